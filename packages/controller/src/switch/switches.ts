/**
 * All switches: who is connected, by datapath id. Knows nothing of their flows; that is each session's business.
 *
 * A datapath may have several connections, of which one is used: `connections.ts`. What is known of it outlives them,
 * so that counters go on and a lost switch is still in the status. Who has not said who he is, is one of a bounded
 * number.
 */
import type { Socket } from 'node:net'
import type { FlowStats } from '@openvnet/openflow'
import type { Logger } from 'pino'
import type { DesiredSwitch, SwitchFacts, TablesChange } from '../engine/desired.ts'
import { Connections } from './connections.ts'
import { randomWho } from './generation.ts'
import { type ListenAddress, listen } from './listener.ts'
import type { SwitchStatus } from './record.ts'
import type { AnswerPacket, FlowsOfTable, ProgramAnswer, ServiceSettings } from './service.ts'
import { Session } from './session.ts'
import { createPace } from './slots.ts'
import { createTally } from './tally.ts'

export type { ListenAddress } from './listener.ts'
export type { SwitchStatus } from './record.ts'

export interface SwitchesOptions {
  readonly listen: readonly ListenAddress[]
  /** Hears of switches that come and go, and of their ports. */
  readonly facts: SwitchFacts
  /** What a switch should hold; `undefined`: it is left as it is. */
  readonly desired: (dpid: string) => DesiredSwitch | undefined
  readonly log: Logger
  /** What the status of a switch says is different now. */
  readonly onStatus: (dpid: string) => void
  /**
   * Milliseconds of silence before a switch is asked whether it lives; it is given up after the same again (5,000).
   * A new connection has as long to say who it is.
   */
  readonly probeInterval?: number
  /** Milliseconds between looks for changes that others made to our flows (10,000); 0: never. */
  readonly auditInterval?: number
  /** Connections that may be open and have not said which switch they are (1,024); more are closed at once. */
  readonly maxUnidentified?: number
  /** Answers packets that flows send to the controller; absent: nobody does. */
  readonly answer?: AnswerPacket
  /**
   * Whether another controller says that a switch is connected to it. It decides who acts at first; from then on the
   * switch does. Absent: no.
   */
  readonly isContended?: (dpid: string) => boolean
}

export interface Switches {
  /** Where it listens, ports filled in. */
  readonly addresses: readonly ListenAddress[]
  /**
   * The engine finished a pass that may have changed the tables of a switch. To be called for each switch after
   * `SwitchFacts.connected`, also when nothing changed: a switch is not touched before.
   */
  changed(dpid: string, change: TablesChange): void
  /** Counts and sends what a program says of its own, or later; nothing while another controller acts for the switch. */
  deliver(dpid: string, answer: ProgramAnswer): void
  /** What flows of ours a switch has, by table and cookie; `undefined` when it does not say. Never rejects. */
  flows(dpid: string, which: FlowsOfTable): Promise<FlowStats[] | undefined>
  /** All switches seen since the start. */
  statuses(): SwitchStatus[]
  /** Their datapath ids. */
  dpids(): Iterable<string>
  /** One of them. */
  status(dpid: string): SwitchStatus | undefined
  /** Stops listening and ends all sessions; flows stay. Resolves when all sockets are closed. */
  close(): Promise<void>
}

const PROBE_INTERVAL_MS = 5000
const AUDIT_INTERVAL_MS = 10_000
/** Disconnected switches that are remembered; the longest known go first. */
const MAX_DISCONNECTED = 1000

const MAX_UNIDENTIFIED = 1024
/** At most one log line of connections that were not accepted in this time. */
const REFUSED_LOG_MS = 10_000

const unanswered: AnswerPacket = () => ({ kind: 'unknown', outcome: 'nobody answers', packets: [] })

class Registry {
  readonly #options: SwitchesOptions
  readonly #settings: ServiceSettings
  /** By datapath id. */
  readonly #switches = new Map<string, Connections>()
  /** All that are open, identified or not. */
  readonly #sessions = new Set<Session>()
  readonly #unidentified = new Set<Session>()
  readonly #refusedTally = createTally(REFUSED_LOG_MS)

  constructor(options: SwitchesOptions) {
    const { facts, desired, onStatus, probeInterval, auditInterval, answer, isContended } = options
    this.#options = options
    this.#settings = {
      facts,
      desired,
      onStatus,
      probeInterval: probeInterval ?? PROBE_INTERVAL_MS,
      auditInterval: auditInterval ?? AUDIT_INTERVAL_MS,
      answer: answer ?? unanswered,
      isContended: isContended ?? (() => false),
      who: randomWho(),
      pace: createPace(),
    }
  }

  readonly accept = (socket: Socket): void => {
    if (this.#unidentified.size >= (this.#options.maxUnidentified ?? MAX_UNIDENTIFIED)) this.#refuse(socket)
    else this.#open(socket)
  }

  #refuse(socket: Socket): void {
    const refused = this.#refusedTally()
    const fields = { refused, peer: socket.remoteAddress }
    if (refused !== undefined) this.#options.log.warn(fields, 'too many connections do not say who they are')
    socket.destroy()
  }

  #open(socket: Socket): void {
    const session = new Session({
      socket,
      settings: this.#settings,
      log: this.#options.log,
      onIdentified: (identified, dpid) => this.#identify(identified, dpid),
      onEnd: (ended) => this.#end(ended),
    })
    this.#sessions.add(session)
    this.#unidentified.add(session)
  }

  #identify(session: Session, dpid: string): void {
    this.#unidentified.delete(session)
    const connections = this.#switches.get(dpid) ?? this.#newConnections(dpid)
    this.#switches.set(dpid, connections)
    connections.join(session)
  }

  #newConnections(dpid: string): Connections {
    const { facts, log, onStatus } = this.#options
    const onGone = () => facts.disconnected(dpid)
    return new Connections({ dpid, log: log.child({ dpid }), onStatus, onGone })
  }

  #end(session: Session): void {
    this.#sessions.delete(session)
    this.#unidentified.delete(session)
    if (session.dpid === undefined) return
    this.#switches.get(session.dpid)?.leave(session)
    this.#forget()
  }

  #forget(): void {
    if (this.#switches.size <= MAX_DISCONNECTED) return
    const gone = [...this.#switches].filter(([, { isConnected }]) => !isConnected)
    for (const [dpid] of gone.slice(0, -MAX_DISCONNECTED)) {
      this.#switches.delete(dpid)
      this.#options.facts.forgotten(dpid)
      this.#options.onStatus(dpid)
    }
  }

  changed(dpid: string, change: TablesChange): void {
    this.#switches.get(dpid)?.changed(change)
  }

  deliver(dpid: string, answer: ProgramAnswer): void {
    this.#switches.get(dpid)?.deliver(answer)
  }

  async flows(dpid: string, which: FlowsOfTable): Promise<FlowStats[] | undefined> {
    try {
      return await this.#switches.get(dpid)?.flows(which)
    } catch {
      // Its connection says what is wrong.
      return undefined
    }
  }

  statuses(): SwitchStatus[] {
    return [...this.#switches].map(([dpid, connections]) => this.#statusOf(dpid, connections))
  }

  dpids(): Iterable<string> {
    return this.#switches.keys()
  }

  status(dpid: string): SwitchStatus | undefined {
    const connections = this.#switches.get(dpid)
    return connections && this.#statusOf(dpid, connections)
  }

  #statusOf(dpid: string, connections: Connections): SwitchStatus {
    const tables = this.#options.desired(dpid)?.tables
    return connections.status({
      flows: tables?.flows.size ?? 0,
      groups: tables?.groups.size ?? 0,
      meters: tables?.meters.size ?? 0,
    })
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.close('the controller stops')))
  }
}

/** @throws the system's error (e.g. EADDRINUSE) when an address cannot be listened on. */
export async function createSwitches(options: SwitchesOptions): Promise<Switches> {
  const registry = new Registry(options)
  const listener = await listen({
    addresses: options.listen,
    onSocket: registry.accept,
    onError: (error, address) => options.log.error({ err: error, address }, 'listening for switches fails'),
  })
  return {
    addresses: listener.addresses,
    changed: (dpid, change) => registry.changed(dpid, change),
    deliver: (dpid, answer) => registry.deliver(dpid, answer),
    flows: (dpid, which) => registry.flows(dpid, which),
    statuses: () => registry.statuses(),
    dpids: () => registry.dpids(),
    status: (dpid) => registry.status(dpid),
    close: async () => {
      const closed = listener.close()
      await registry.close()
      await closed
    },
  }
}
