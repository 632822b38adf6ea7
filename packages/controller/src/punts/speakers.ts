/**
 * Lets programs speak that do so unasked: tells them which of their flows came, changed or went, and sends what they say. A
 * change costs a look at the table of each flow that it concerns, and a second costs what the speakers look at.
 * Never throws: what a speaker throws is logged now and then.
 */
import type { Logger } from 'pino'
import type { AnySpeaker, Learn, SpeakerContext } from '../engine/packet.ts'
import type { Feature } from '../engine/rule.ts'
import type { View } from '../engine/view.ts'
import { decodeCookie, FEATURE_MASK, featureCookie, type Owner } from '../pipeline/cookie.ts'
import type { Tables } from '../pipeline/flow.ts'
import { tableOfKey } from '../pipeline/identity.ts'
import { tableId } from '../pipeline/layout.ts'
import { createTally } from '../switch/tally.ts'
import { Memory } from './memory.ts'
import { type Answered, toBeSaid } from './programs.ts'

export interface SpeakersOptions {
  readonly features: readonly Feature[]
  /** Rows; `undefined` while there are none. */
  readonly view: () => View | undefined
  /** What a switch should hold. */
  readonly tables: (dpid: string) => Tables
  readonly deliver: (dpid: string, answered: Answered) => void
  /** Whether this controller acts for a switch. Absent: for all. */
  readonly acts?: (dpid: string) => boolean
  /** See `ProgramsOptions`. */
  readonly learn?: Learn
  readonly memory?: Memory
  /** Asks a switch how many packets flows have seen; `undefined` when it does not say. Absent: nobody is asked. */
  readonly count?: (dpid: string, which: FlowsToCount) => Promise<CountedFlows | undefined>
  /** Milliseconds of a clock that never goes back; `performance.now` when absent. */
  readonly now?: () => number
  readonly log: Logger
}

/** Flows of a table by their cookie. */
export interface FlowsToCount {
  readonly table_id: number
  readonly cookie: bigint
  readonly cookie_mask: bigint
}

export type CountedFlows = readonly { readonly cookie: bigint; readonly packet_count: bigint }[]

/** What may have changed on a switch: keys of flows, or everything. */
interface Change {
  readonly flows: ReadonlySet<string>
  readonly everything?: true
}

/** Milliseconds. */
const BEAT_MS = 1000
/** Beats between looks at how many packets flows have seen. */
const COUNT_BEATS = 10
const LOG_INTERVAL_MS = 10_000

class Voice {
  readonly speaker: AnySpeaker
  readonly table: number
  readonly state: unknown
  /** Owners by key of the flow, by datapath id. */
  readonly known = new Map<string, Map<string, Owner>>()

  constructor(speaker: AnySpeaker, memory: Memory) {
    this.speaker = speaker
    this.table = tableId(speaker.table)
    this.state =
      speaker.memory === undefined ? speaker.createState() : memory.of(speaker.memory, speaker.createState)
  }
}

export class Speakers {
  readonly #options: SpeakersOptions
  readonly #voices: readonly Voice[]
  readonly #failures = createTally(LOG_INTERVAL_MS)
  readonly #timer: NodeJS.Timeout
  #beats = 0

  constructor(options: SpeakersOptions) {
    this.#options = options
    const memory = options.memory ?? new Memory()
    this.#voices = options.features
      .flatMap(({ speakers = [] }) => speakers)
      .map((each) => new Voice(each, memory))
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
        for (const { dpid, ...said } of speaker.speak(context)) {
          if (said.learned !== undefined) this.#options.learn?.(said.learned)
          this.#options.deliver(dpid, toBeSaid(speaker.kind, said))
        }
      })
    }
    this.#beats += 1
    if (this.#beats % COUNT_BEATS === 0) for (const voice of this.#voices) this.#countAll(voice)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #countAll(voice: Voice): void {
    if (voice.speaker.counted === undefined) return
    for (const dpid of voice.known.keys()) void this.#count(voice, dpid)
  }

  /** Never rejects. */
  async #count(voice: Voice, dpid: string): Promise<void> {
    const { speaker, table } = voice
    const which = {
      table_id: table,
      cookie: featureCookie(speaker.feature),
      cookie_mask: FEATURE_MASK,
    }
    const flows = await this.#options.count?.(dpid, which)
    if (flows === undefined) return
    const counts = flows.flatMap(({ cookie, packet_count: packets }) => {
      const owner = decodeCookie(cookie)
      return owner === undefined ? [] : [{ ...owner, packets }]
    })
    this.#guard(voice, (_voice, context) => speaker.counted?.(dpid, counts, context))
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

  #guard(voice: Voice, run: (voice: Voice, context: SpeakerContext<unknown>) => void): void {
    const view = this.#options.view()
    if (view === undefined) return
    try {
      const now = (this.#options.now ?? performance.now.bind(performance))()
      run(voice, { view, state: voice.state, now, acts: this.#options.acts ?? (() => true) })
    } catch (error) {
      const failures = this.#failures()
      const { kind } = voice.speaker
      if (failures !== undefined)
        this.#options.log.error({ err: error, kind, failures }, 'A program that speaks unasked failed')
    }
  }
}
