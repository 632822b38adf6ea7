/**
 * A switch without packets: the switch's end of an OpenFlow 1.3 connection, with flow tables, groups, ports and
 * bundles as data. It answers as `ovs-vswitchd` 3.1 does (checked against it), for tests and benchmarks of
 * controllers, thousands in one process. Its tables outlive its connections, as a real switch's do.
 */
import net from 'node:net'
import { encode } from '../codec/message.ts'
import { Connection } from '../connection/connection.ts'
import { type CloseReason, ConnectionClosed } from '../connection/errors.ts'
import { OFP_VERSION, OFPC, OFPPR, OFPPS } from '../constants.ts'
import { OFPET, ONF_ERROR } from '../error-names.ts'
import type {
  BundleAddMessage,
  FlowMod,
  FlowStats,
  GroupDesc,
  GroupMod,
  Message,
  PacketOut,
  Port,
} from '../types/message.ts'
import { Bundles } from './bundles.ts'
import { refuseMalformed } from './malformed.ts'
import { answerMultipart } from './multipart-answer.ts'
import { onfRefusal, type Refusal, refusal } from './refusal.ts'
import { Roles } from './roles.ts'
import { SwitchTables } from './switch-tables.ts'
import { Undo } from './undo.ts'

/** Bytes of an offending message that fit into an error. */
const ERROR_DATA_BYTES = 65535 - 16

export interface FakeSwitchOptions {
  readonly datapathId: bigint
  readonly ports?: readonly Port[]
  /** Tables that it says to have. Absent: 254, as Open vSwitch. */
  readonly tableCount?: number
  /** Flows that a table takes. Absent: 1,000,000. */
  readonly maxFlowsPerTable?: number
  /** Called with every message before it is carried out. */
  readonly onMessage?: (message: Message) => void
  /** Called with packets that the controller sends. */
  readonly onPacketOut?: (message: PacketOut) => void
  /** Refuses a flow-mod or group-mod, also within a bundle; `null` lets it pass. */
  readonly refuse?: (message: FlowMod | GroupMod) => Refusal | null
  /** Milliseconds of silence before it asks the controller whether it is there. Absent: never. */
  readonly echoIntervalMs?: number
}

/** A port that is up: the rest of it does not matter. */
export function fakePort(port_no: number, name: string, hw_addr = 0x020000000000 + port_no): Port {
  return {
    port_no,
    hw_addr,
    name,
    config: 0,
    state: OFPPS.LIVE,
    curr: 0,
    advertised: 0,
    supported: 0,
    peer: 0,
    curr_speed: 0,
    max_speed: 0,
  }
}

export class FakeSwitch {
  readonly datapathId: bigint
  readonly ports: Map<number, Port>
  /** How many messages of each type were received. */
  readonly received = new Map<Message['type'], number>()
  /** Refuses flow-mods and group-mods; may be changed at any time. */
  refuse: (message: FlowMod | GroupMod) => Refusal | null
  readonly #options: FakeSwitchOptions
  readonly #tables: SwitchTables
  readonly #tableCount: number
  #bundles = new Bundles()
  readonly #roles = new Roles()
  #config = { flags: 0, miss_send_len: 128 }
  #socket: net.Socket | null = null
  #connection: Connection | null = null

  constructor(options: FakeSwitchOptions) {
    this.#options = options
    this.datapathId = options.datapathId
    this.ports = new Map(options.ports?.map((port) => [port.port_no, port]))
    this.refuse = options.refuse ?? (() => null)
    this.#tableCount = options.tableCount ?? 254
    this.#tables = new SwitchTables(options.maxFlowsPerTable ?? 1_000_000)
  }

  /** The flows, by table; each table by priority and match. */
  get tables(): ReadonlyMap<number, ReadonlyMap<string, FlowStats>> {
    return this.#tables.tables
  }

  get groups(): ReadonlyMap<number, GroupDesc> {
    return this.#tables.groups
  }

  /** All flows. */
  get flows(): FlowStats[] {
    return [...this.tables.values()].flatMap((table) => [...table.values()])
  }

  get flowCount(): number {
    return this.#tables.flowCount
  }

  get connected(): boolean {
    return this.#connection?.ready === true
  }

  /**
   * Connects to a controller. Resolves when versions are negotiated.
   * Rejects with ConnectionClosed if the connection ends before.
   */
  connect(address: net.TcpNetConnectOpts | net.IpcNetConnectOpts): Promise<void> {
    return this.attach(net.connect(address))
  }

  /** As `connect`, on a socket that is there already. */
  attach(socket: net.Socket): Promise<void> {
    void this.#connection?.close()
    this.#bundles = new Bundles()
    this.#roles.reset()
    this.#socket = socket
    return new Promise((resolve, reject) => {
      const connection = new Connection({
        socket,
        echoIntervalMs: this.#options.echoIntervalMs ?? 0,
        onReady: () => resolve(),
        onMessage: (message) => this.#onMessage(message, connection),
        onClose: (reason) => reject(new ConnectionClosed(reason)),
      })
      this.#connection = connection
    })
  }

  /** Ends the connection; flows, groups and ports stay. `null` if there is none. */
  async disconnect(): Promise<CloseReason | null> {
    return (await this.#connection?.close()) ?? null
  }

  /** Ends the connection at once, like a switch that dies. */
  kill(): void {
    this.#socket?.destroy()
  }

  /** Carries out a command that no controller sent, like someone with `ovs-ofctl`. Returns why not, or `null`. */
  apply(message: FlowMod | GroupMod): Refusal | null {
    return refuseMalformed(message) ?? this.#apply(message, new Undo())
  }

  /** Forgets flows and groups, like a restart. */
  clear(): void {
    this.#tables.clear()
  }

  /** Reads nothing any more: the controller's messages pile up. */
  stopReading(): void {
    this.#connection?.pause()
  }

  startReading(): void {
    this.#connection?.resume()
  }

  /** Writes bytes to the controller that need not be OpenFlow. */
  sendBytes(bytes: Uint8Array): void {
    this.#socket?.write(bytes)
  }

  /** Sends a message of the switch's own, such as a packet-in. */
  send(message: Message): void {
    this.#connection?.send(message)
  }

  /** Adds or changes a port and tells the controller. */
  setPort(port: Port): void {
    const reason = this.ports.has(port.port_no) ? OFPPR.MODIFY : OFPPR.ADD
    this.ports.set(port.port_no, port)
    this.#sendPortStatus(reason, port)
  }

  /** Removes a port and tells the controller. */
  removePort(port_no: number): void {
    const port = this.ports.get(port_no)
    if (port === undefined) return
    this.ports.delete(port_no)
    this.#sendPortStatus(OFPPR.DELETE, port)
  }

  #sendPortStatus(reason: number, port: Port): void {
    if (this.connected) this.#connection?.send({ type: 'port_status', reason, port })
  }

  #onMessage(message: Message, connection: Connection): void {
    this.received.set(message.type, (this.received.get(message.type) ?? 0) + 1)
    this.#options.onMessage?.(message)
    const refused = this.#carryOut(message, connection)
    if (refused !== null) sendError(connection, refused, message)
  }

  #carryOut(message: Message, connection: Connection): Refusal | null {
    const { xid } = message
    switch (message.type) {
      case 'features_request':
        connection.send({ ...this.#features(), xid })
        return null
      case 'get_config_request':
        connection.send({ type: 'get_config_reply', xid, ...this.#config })
        return null
      case 'set_config':
        this.#config = { flags: message.flags, miss_send_len: message.miss_send_len }
        return null
      case 'barrier_request':
        connection.send({ type: 'barrier_reply', xid })
        return null
      case 'role_request': {
        const answer = this.#roles.request(message)
        if (!('type' in answer)) return answer
        connection.send(answer)
        return null
      }
      case 'flow_mod':
      case 'group_mod':
        return this.apply(message)
      case 'packet_out':
        this.#options.onPacketOut?.(message)
        return null
      case 'multipart_request': {
        const from = { tables: this.#tables, ports: this.ports, tableCount: this.#tableCount }
        const answer = answerMultipart(message, from)
        if (!Array.isArray(answer)) return answer
        connection.sendAll(answer)
        return null
      }
      case 'bundle_add_message':
        return this.#bundles.add(message)
      case 'bundle_control': {
        const refused = this.#bundles.control(message, (messages) => this.#commit(messages, connection))
        if (refused === null) connection.send({ ...message, control: message.control + 1, flags: 0 })
        return refused
      }
      default:
        return refusal(OFPET.BAD_REQUEST, 1)
    }
  }

  #features() {
    return {
      type: 'features_reply',
      datapath_id: this.datapathId,
      n_buffers: 0,
      n_tables: this.#tableCount,
      auxiliary_id: 0,
      capabilities: OFPC.FLOW_STATS | OFPC.TABLE_STATS | OFPC.PORT_STATS | OFPC.GROUP_STATS,
      reserved: 0,
    } as const
  }

  #apply(message: FlowMod | GroupMod, undo: Undo): Refusal | null {
    const refused = this.refuse(message)
    if (refused !== null) return refused
    return message.type === 'flow_mod'
      ? this.#tables.applyFlowMod(message, undo)
      : this.#tables.applyGroupMod(message, undo)
  }

  /** Carries out a bundle's messages. If one is refused, none is, and the refusal of that one is told too. */
  #commit(messages: readonly BundleAddMessage[], connection: Connection): Refusal | null {
    const undo = new Undo()
    for (const added of messages) {
      const { message } = added
      if (message.type === 'packet_out' || message.type === 'unknown') continue
      const refused = this.#apply(message, undo)
      if (refused === null) continue
      undo.rollBack()
      sendError(connection, refused, added)
      return onfRefusal(ONF_ERROR.OFPBFC_MSG_FAILED)
    }
    for (const { message } of messages)
      if (message.type === 'packet_out') this.#options.onPacketOut?.(message)
    return null
  }
}

function sendError(connection: Connection, refused: Refusal, offender: Message): void {
  const data = encode(offender).subarray(0, ERROR_DATA_BYTES)
  connection.send({ type: 'error', version: OFP_VERSION, xid: offender.xid, ...refused, data })
}
