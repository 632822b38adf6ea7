/**
 * Lets programs speak that do so unasked: tells them which of their flows came, changed or went, and sends what they say. A
 * change costs a look at the table of each flow that it concerns, and a second costs what the speakers look at.
 * Never throws: what a speaker throws is logged now and then.
 */
import type { Logger } from 'pino'
import type { AnySpeaker, HandlerContext } from '../engine/packet.ts'
import type { Feature } from '../engine/rule.ts'
import type { View } from '../engine/view.ts'
import { decodeCookie, type Owner } from '../pipeline/cookie.ts'
import type { Tables } from '../pipeline/flow.ts'
import { tableOfKey } from '../pipeline/identity.ts'
import { tableId } from '../pipeline/layout.ts'
import { packetOut } from '../pipeline/packets.ts'
import { createTally } from '../switch/tally.ts'
import type { Answered } from './programs.ts'

export interface SpeakersOptions {
  readonly features: readonly Feature[]
  /** Rows; `undefined` while there are none. */
  readonly view: () => View | undefined
  /** What a switch should hold. */
  readonly tables: (dpid: string) => Tables
  readonly deliver: (dpid: string, answered: Answered) => void
  readonly log: Logger
}

/** What may have changed on a switch: keys of flows, or everything. */
interface Change {
  readonly flows: ReadonlySet<string>
  readonly everything?: true
}

/** Milliseconds. */
const BEAT_MS = 1000
const LOG_INTERVAL_MS = 10_000

class Voice {
  readonly speaker: AnySpeaker
  readonly table: number
  readonly state: unknown
  /** Owners by key of the flow, by datapath id. */
  readonly known = new Map<string, Map<string, Owner>>()

  constructor(speaker: AnySpeaker) {
    this.speaker = speaker
    this.table = tableId(speaker.table)
    this.state = speaker.createState()
  }
}

export class Speakers {
  readonly #options: SpeakersOptions
  readonly #voices: readonly Voice[]
  readonly #failures = createTally(LOG_INTERVAL_MS)
  readonly #timer: NodeJS.Timeout

  constructor(options: SpeakersOptions) {
    this.#options = options
    this.#voices = options.features.flatMap(({ speakers = [] }) => speakers).map((each) => new Voice(each))
    this.#timer = setInterval(() => this.beat(), BEAT_MS).unref()
  }

  /** The tables of a switch are other ones. */
  changed(dpid: string, { flows, everything }: Change): void {
    const tables = this.#options.tables(dpid)
    for (const voice of this.#voices) {
      const known = voice.known.get(dpid) ?? new Map<string, Owner>()
      for (const key of everything ? new Set([...known.keys(), ...tables.flows.keys()]) : flows) {
        if (tableOfKey(key) === voice.table) this.#notice(voice, dpid, known, key)
      }
      if (known.size > 0) voice.known.set(dpid, known)
      else voice.known.delete(dpid)
    }
  }

  /** What is to be said now. */
  beat(): void {
    for (const voice of this.#voices) {
      this.#guard(voice, ({ speaker }, context) => {
        for (const { dpid, send } of speaker.speak(context)) {
          const { kind } = speaker
          this.#options.deliver(dpid, { kind, outcome: 'told unasked', packets: send.map(packetOut) })
        }
      })
    }
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #notice(voice: Voice, dpid: string, known: Map<string, Owner>, key: string): void {
    const flow = this.#options.tables(dpid).flows.get(key)
    const owner = flow && decodeCookie(flow.cookie)
    const own = owner?.feature === voice.speaker.feature ? owner : undefined
    const concerned = own ?? known.get(key)
    if (own !== undefined) known.set(key, own)
    else known.delete(key)
    if (concerned === undefined) return
    const { kind, id } = concerned
    this.#guard(voice, ({ speaker }, context) =>
      speaker.notice({ dpid, kind, id, isThere: own !== undefined }, context),
    )
  }

  #guard(voice: Voice, run: (voice: Voice, context: HandlerContext<unknown>) => void): void {
    const view = this.#options.view()
    if (view === undefined) return
    try {
      run(voice, { view, state: voice.state, now: performance.now() })
    } catch (error) {
      const failures = this.#failures()
      const { kind } = voice.speaker
      if (failures !== undefined)
        this.#options.log.error({ err: error, kind, failures }, 'A program that speaks unasked failed')
    }
  }
}
