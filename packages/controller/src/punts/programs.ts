/**
 * Hands packets that switches send to the program that answers their kind, and makes messages of what it says.
 * Never throws: what a handler throws is counted, and logged now and then. Nothing is kept of a packet, but for errands:
 * what a handler would know of the world outside is asked for, and its answer sent when that is there.
 */
import type { Match, NxtPacketIn2, PacketOut } from '@openvnet/openflow'
import type { Logger } from 'pino'
import type {
  AnyPacketHandler,
  Consequences,
  Errand,
  Learn,
  LeaseWish,
  PacketAnswer,
  PuntedPacket,
  Utterance,
} from '../engine/packet.ts'
import type { Feature } from '../engine/rule.ts'
import type { View } from '../engine/view.ts'
import { readNextHop } from '../pipeline/next_hop.ts'
import { packetOut, readSlice } from '../pipeline/packets.ts'
import { PUNT_KINDS, type PuntKind, puntKind, puntReason } from '../pipeline/punts.ts'
import { createTally } from '../switch/tally.ts'
import { Memory } from './memory.ts'

export interface ProgramsOptions {
  readonly features: readonly Feature[]
  /** Rows; `undefined` while there are none. */
  readonly view: () => View | undefined
  readonly log: Logger
  /** Asks outside; `undefined`: too much is asked already. Absent: nobody is asked. */
  readonly outside?: (errand: Errand) => Promise<Uint8Array | undefined> | undefined
  /** Asks for a lease. Absent: nobody gives one. */
  readonly wish?: (wish: LeaseWish) => void
  /** Absent: nobody hears of it. */
  readonly learn?: Learn
  /** Where programs that name one memory find it. Absent: a new one. */
  readonly memory?: Memory
  /** What came of an errand, for the switch that had sent the packet; or what is for another switch. */
  readonly deliver?: (dpid: string, answered: Answered) => void
  /** Milliseconds of a clock that never goes back; `performance.now` when absent. */
  readonly now?: () => number
}

/** What became of a packet. */
export interface Answered {
  readonly kind: PuntKind | 'unknown'
  /** `answered`, `failed`, or why it was dropped: few constant words, to be counted by. */
  readonly outcome: string
  readonly packets: readonly Omit<PacketOut, 'xid'>[]
}

/** Milliseconds in which the failures of a kind are logged once. */
const LOG_INTERVAL_MS = 10_000

interface Program {
  readonly handler: AnyPacketHandler
  readonly state: unknown
  readonly failures: () => number | undefined
}

interface Received {
  readonly frame: Uint8Array
  readonly match: Match
  readonly kind: PuntKind
}

/** What a program says of its own to a switch. */
export const toBeSaid = (
  kind: PuntKind,
  { send, outcome = 'told unasked' }: Omit<Utterance, 'dpid'>,
): Answered => ({ kind, outcome, packets: send.map(packetOut) })

const dropped = (kind: Answered['kind'], outcome: string): Answered => ({ kind, outcome, packets: [] })

/** `undefined` for a packet that no flow of ours has sent. */
const receive = ({ properties }: NxtPacketIn2): Received | undefined => {
  let frame: Uint8Array | undefined
  let match: Match = []
  let kind: PuntKind | undefined
  for (const property of properties) {
    if (property.type === 'packet') frame = property.data
    else if (property.type === 'metadata') match = property.metadata
    else if (property.type === 'userdata') kind = puntKind(property.userdata[0] ?? 0)
  }
  return frame === undefined || kind === undefined ? undefined : { frame, match, kind }
}

export class Programs {
  readonly #options: ProgramsOptions
  readonly #programs = new Map<PuntKind, Program>()

  /** @throws when two features answer one kind, or nobody does */
  constructor(options: ProgramsOptions) {
    this.#options = options
    const memory = options.memory ?? new Memory()
    for (const handler of options.features.flatMap(({ handlers = [] }) => handlers)) {
      if (this.#programs.has(handler.kind)) throw new Error(`two programs answer ${handler.kind}`)
      this.#programs.set(handler.kind, {
        handler,
        state: memory.of(handler.memory ?? handler.kind, handler.createState),
        failures: createTally(LOG_INTERVAL_MS),
      })
    }
    const lonely = (Object.keys(PUNT_KINDS) as PuntKind[]).find((kind) => !this.#programs.has(kind))
    if (lonely !== undefined) throw new Error(`no program answers ${lonely}`)
  }

  /** What to send back to the switch that sent the packet. */
  answer(dpid: string, message: NxtPacketIn2): Answered {
    const received = receive(message)
    if (received === undefined) return dropped('unknown', 'nobody asked for it')
    const { kind } = received
    const program = this.#programs.get(kind)!
    const view = this.#options.view()
    if (view === undefined) return dropped(kind, 'rows are not known yet')
    return this.#guard(dpid, kind, () => this.#run(program, received, dpid, view))
  }

  /** What programs have to say of a switch, as they remember it. */
  warnings(dpid: string): readonly string[] {
    const view = this.#options.view()
    if (view === undefined) return []
    const now = this.#now()
    return [...this.#programs.values()].flatMap(
      ({ handler, state }) => handler.warnings?.(state, dpid, now, view) ?? [],
    )
  }

  #now(): number {
    return (this.#options.now ?? performance.now.bind(performance))()
  }

  /** What is to be sent now; errands are begun. */
  #guard(dpid: string, kind: PuntKind, run: () => PacketAnswer): Answered {
    try {
      const answer = run()
      if ('dropped' in answer) {
        if (answer.wish !== undefined) this.#options.wish?.(answer.wish)
        return dropped(kind, answer.dropped)
      }
      const packets = answer.send.map(packetOut)
      if (!('ask' in answer)) {
        this.#follow(kind, answer)
        return { kind, outcome: answer.outcome ?? 'answered', packets }
      }
      for (const errand of answer.ask) this.#begin(dpid, kind, errand)
      return { kind, outcome: 'asked outside', packets }
    } catch (error) {
      const failures = this.#programs.get(kind)?.failures()
      if (failures !== undefined)
        this.#options.log.error({ err: error, dpid, kind, failures }, 'A program failed on a packet')
      return dropped(kind, 'failed')
    }
  }

  #follow(kind: PuntKind, { learned, elsewhere = [] }: Consequences): void {
    if (learned !== undefined) this.#options.learn?.(learned)
    for (const { dpid, ...said } of elsewhere) this.#options.deliver?.(dpid, toBeSaid(kind, said))
  }

  /** Never rejects: what is asked outside comes or does not come. */
  #begin(dpid: string, kind: PuntKind, errand: Errand): void {
    const { outside, deliver } = this.#options
    const finish = (answer: Uint8Array | undefined): void =>
      deliver?.(
        dpid,
        this.#guard(dpid, kind, () => errand.resume(answer)),
      )
    const answer = outside?.(errand)
    if (answer === undefined) deliver?.(dpid, dropped(kind, 'too many questions outside'))
    else void answer.then(finish)
  }

  #run({ handler, state }: Program, { frame, match }: Received, dpid: string, view: View): PacketAnswer {
    const packet: PuntedPacket = {
      dpid,
      frame,
      reason: puntReason(readSlice('punt_reason', match)),
      ingress_interface: readSlice('ingress_interface', match),
      domain: readSlice('domain', match),
      leg: readSlice('leg', match),
      router: readSlice('router', match),
      ingress_domain: readSlice('ingress_domain', match),
      next_hop: readNextHop(match),
    }
    return handler.handle(packet, { view, state, now: this.#now() })
  }
}
