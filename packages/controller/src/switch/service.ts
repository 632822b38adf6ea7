/**
 * What is done on the one connection of a switch that is in use: its ports are told to the engine, its role is settled,
 * and while this controller acts for it, it is kept at what it should hold.
 *
 * The engine hears of the switch when its ports are known, and only then it counts as connected. Nobody acts before the
 * engine has computed what the switch should hold. A switch that owes an answer and says nothing at all is given up
 * sooner than one of which nothing was asked, since `wait` waits for it.
 */
import type { Socket } from 'node:net'
import type { DatapathRole } from '@openvnet/feed'
import {
  type Connection,
  type ErrorMessage,
  type FlowStats,
  type FlowStatsRequest,
  type Message,
  type NxtPacketIn2,
  OFPCR,
  type PacketIn,
  type PacketOut,
  type PortStatus,
} from '@openvnet/openflow'
import type { Logger } from 'pino'
import type { DesiredSwitch, SwitchFacts, TablesChange } from '../engine/desired.ts'
import { getOrCreate } from '../model/get_or_create.ts'
import { OURS } from '../reconcile/dump.ts'
import { ASYNC_MESSAGES } from './async_messages.ts'
import type { SwitchChannel } from './channel.ts'
import { createPorts, type Ports } from './ports.ts'
import type { SwitchRecord } from './record.ts'
import { Role } from './role.ts'
import { Silence } from './silence.ts'
import type { Pace } from './slots.ts'
import { Synchroniser } from './synchroniser.ts'
import { createTally } from './tally.ts'

/** What became of a packet, in few words, to be counted by; and what is to be sent. */
export interface ProgramAnswer {
  readonly kind: string
  readonly outcome: string
  readonly packets: readonly Omit<PacketOut, 'xid'>[]
}

/** What a program says of a packet, which a flow sent to the controller. Never throws. */
/** A table, and what cookies have in common. */
export type FlowsOfTable = Pick<FlowStatsRequest, 'table_id' | 'cookie' | 'cookie_mask'>

export type AnswerPacket = (dpid: string, message: NxtPacketIn2) => ProgramAnswer

/** What all connections of a controller have in common. */
export interface ServiceSettings {
  readonly facts: SwitchFacts
  readonly desired: (dpid: string) => DesiredSwitch | undefined
  /** Whether another controller says that it has the switch. */
  readonly isContended: (dpid: string) => boolean
  /** Tells this process from others at a switch: 1 to 0xfffe. */
  readonly who: number
  readonly probeInterval: number
  readonly auditInterval: number
  readonly pace: Pace
  readonly answer: AnswerPacket
  /** What the status of a switch says is different now. */
  readonly onStatus: (dpid: string) => void
}

export interface ServiceOptions extends ServiceSettings {
  readonly connection: Connection
  readonly socket: Socket
  readonly channel: SwitchChannel
  /** Where to count and report. */
  readonly record: SwitchRecord
  readonly log: Logger
  /** The connection should be given up. */
  readonly onStuck: (reason: string) => void
}

/** Milliseconds between looks at role and silence. */
const BEAT_MS = 400
/** More than any switch has; a description of so many has 4 MiB. */
const MAX_PORTS = 65_536
/** What a switch causes again and again is logged once in this time, changed ports some more times. */
const LOG_INTERVAL_MS = 10_000
const PORT_LINES = 200

/**
 * OFPC_FRAG_NX_MATCH (`ovs-ofctl set-frags BRIDGE nx-match`): the first fragment of a packet matches as the packet would,
 * by its ports or its type. Otherwise Open vSwitch takes these for zero, and a large ping looks like an answer to one.
 */
const FRAGMENTS = { type: 'set_config', flags: 3, miss_send_len: 0xffff } as const

/** Bytes that wait for a switch, from which on its packets are not answered: memory is not theirs to fill. */
const MAX_QUEUED_BYTES = 1024 * 1024

export class Service {
  readonly #options: ServiceOptions
  readonly #role: Role
  readonly #silence: Silence
  readonly #heart: NodeJS.Timeout
  readonly #packetTally = createTally(LOG_INTERVAL_MS)
  readonly #portTally = createTally(LOG_INTERVAL_MS, PORT_LINES)
  readonly #asyncXids = new Set<number>()
  #ports: Ports | undefined
  /** Of the last pass that the engine announced for this connection. */
  #revision: number | undefined
  /** While this controller acts for the switch. */
  #synchroniser: Synchroniser | undefined
  #stopped = false

  constructor(options: ServiceOptions) {
    this.#options = options
    const { channel, connection, socket, record, probeInterval, log, who, isContended, onStuck } = options
    this.#role = new Role({
      connection,
      who,
      isContended: () => isContended(record.dpid),
      log,
      onRole: (role) => this.#onRole(role),
      onStuck,
    })
    this.#silence = new Silence({
      bytesRead: () => socket.bytesRead,
      isWaiting: () => channel.isWaiting || this.#role.isWaiting || this.#ports === undefined,
      beatInterval: BEAT_MS,
      patience: probeInterval,
      onSilent: (seconds) => this.#onSilent(seconds),
      onDead: (seconds) => onStuck(`the switch owes an answer and is silent for ${seconds} s`),
    })
    this.#heart = setInterval(() => this.#beat(), BEAT_MS).unref()
    for (const message of ASYNC_MESSAGES) this.#asyncXids.add(connection.send(message))
    void this.#describePorts()
  }

  /** The engine finished a pass that may have changed this switch, or the first since it connected. */
  changed(change: TablesChange): void {
    if (this.#ports === undefined) return
    this.#revision = change.revision
    this.#synchroniser?.changed(change)
    this.#role.allow()
  }

  /** A message that answers no request. */
  take(message: Message): void {
    switch (message.type) {
      case 'port_status':
        // Before the ports were described, the description to come has it.
        if (this.#ports !== undefined) this.#onPortStatus(message, this.#ports)
        break
      case 'packet_in':
        this.#onPacketIn(message)
        break
      case 'nxt_packet_in2':
        this.#onPunt(message)
        break
      case 'role_status':
        if (message.role === OFPCR.SECONDARY) this.#role.replaced(message.generation_id)
        break
      default:
        this.#synchroniser?.take(message)
    }
  }

  /** @returns whether the error was to be expected */
  takeError({ xid }: ErrorMessage): boolean {
    return this.#asyncXids.delete(xid)
  }

  /** Nothing is done any more. */
  stop(): void {
    clearInterval(this.#heart)
    this.#stopped = true
    this.#role.stop()
    this.#synchroniser?.stop()
  }

  #beat(): void {
    this.#role.beat()
    this.#silence.beat()
  }

  /** Never rejects. */
  async #describePorts(): Promise<void> {
    const { channel, connection, facts, log, onStatus, onStuck, record, socket } = this.#options
    try {
      const { ports } = await connection.multipart({ type: 'port_desc' })
      if (this.#stopped) return
      this.#ports = createPorts(ports)
      record.connected = true
      log.info({ ports: this.#ports.names.size }, 'switch connected')
      facts.connected(record.dpid, this.#ports.names, socket.remoteAddress)
      onStatus(record.dpid)
    } catch (error) {
      if (!channel.ended) onStuck(`ports unknown: ${(error as Error).message}`)
    }
  }

  #onRole(role: DatapathRole): void {
    const { record, onStatus } = this.#options
    record.role = role
    if (role === 'secondary') this.#standBy()
    else this.#synchroniser ??= this.#act()
    onStatus(record.dpid)
  }

  #act(): Synchroniser {
    const { onStuck, onStatus, desired, record, connection, channel, auditInterval, pace, log } =
      this.#options
    connection.send(FRAGMENTS)
    const synchroniser = new Synchroniser({
      channel,
      record,
      desired: () => desired(record.dpid),
      auditInterval,
      pace,
      log,
      onStatus: () => onStatus(record.dpid),
      onUnknown: () => this.#role.check(),
      onStuck,
    })
    const revision = this.#revision
    if (revision !== undefined)
      synchroniser.changed({
        revision,
        since: revision,
        flows: new Set(),
        groups: new Set(),
        meters: new Set(),
      })
    return synchroniser
  }

  #standBy(): void {
    this.#synchroniser?.stop()
    this.#synchroniser = undefined
    Object.assign(this.#options.record, {
      acknowledged_revision: 0,
      current: false,
      refused: 0,
      warnings: [],
      last_error: null,
    })
  }

  /** Somebody else may act for it by now. */
  #onSilent(seconds: number): void {
    const { connection, record, onStatus } = this.#options
    // It may have left out an answer, and live.
    if (seconds > 0) connection.send({ type: 'echo_request', data: new Uint8Array(0) })
    if (seconds === 0) record.role = this.#role.current
    else if (this.#role.isContended) record.role = null
    record.last_error = seconds === 0 ? null : `the switch owes an answer and is silent for ${seconds} s`
    onStatus(record.dpid)
  }

  #onPortStatus(status: PortStatus, ports: Ports): void {
    const { facts, log, onStuck, record } = this.#options
    for (const { name, port_no } of ports.follow(status)) {
      const changes = this.#portTally()
      if (changes !== undefined) log.info({ port: name, port_no, changes }, 'port changed')
      facts.port(record.dpid, name, port_no)
    }
    if (ports.names.size > MAX_PORTS) onStuck(`it says to have more than ${MAX_PORTS} ports`)
  }

  #onPunt(message: NxtPacketIn2): void {
    const { answer, record } = this.#options
    record.packet_ins += 1
    // Who stands by leaves it to the one who acts.
    if (this.#synchroniser !== undefined) this.deliver(answer(record.dpid, message))
  }

  /** Flows of ours by table and cookie, as they are there. @throws as `Channel.multipart` */
  async flows(which: FlowsOfTable): Promise<FlowStats[]> {
    const found: FlowStats[] = []
    await this.#options.channel.multipart({ type: 'flow', ...OURS, ...which }, (body) => {
      if (body.type === 'flow') found.push(...body.flows)
    })
    return found
  }

  /** Counts and sends what a program says; nothing while another controller acts. */
  deliver({ kind, outcome, packets }: ProgramAnswer): void {
    const { record } = this.#options
    if (this.#synchroniser === undefined) return
    const outcomes = getOrCreate(record.punts, kind, () => new Map<string, number>())
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    for (const packet of packets) this.#sendPacket(packet)
  }

  #sendPacket(packet: Omit<PacketOut, 'xid'>): void {
    const { connection, record } = this.#options
    const isFull = connection.queuedBytes > MAX_QUEUED_BYTES
    if (!isFull) connection.send(packet)
    record[isFull ? 'packet_outs_dropped' : 'packet_outs'] += 1
  }

  #onPacketIn({ table_id, reason, total_len }: PacketIn): void {
    const { log, record } = this.#options
    record.packet_ins += 1
    if (this.#packetTally() === undefined) return
    const { packet_ins } = record
    log.debug({ table: table_id, reason, total_len, packet_ins }, 'packet from the switch')
  }
}
