/**
 * A switch without packets: the switch's end of an OpenFlow 1.3 connection, with flow tables, groups, meters,
 * ports and bundles as data. It answers as `ovs-vswitchd` 3.1 does (checked against it), for tests and benchmarks of
 * controllers, thousands in one process. Its tables outlive its connections, as a real switch's do.
 */
import net from 'node:net'
import { Connection } from '../connection/connection.ts'
import { type CloseReason, ConnectionClosed } from '../connection/errors.ts'
import { OFP_VERSION, OFPPR, OFPPS } from '../constants.ts'
import type { DecodeError } from '../decode-error.ts'
import { OFPET } from '../error-names.ts'
import type {
  FlowMod,
  FlowStats,
  GroupDesc,
  GroupMod,
  Message,
  MeterConfig,
  PacketOut,
  Port,
} from '../types/message.ts'
import { Commands } from './commands.ts'
import type { Refusal } from './refusal.ts'

/** What a switch is, and how it behaves. */
export interface FakeSwitchOptions {
  /** 64 bits. */
  readonly datapathId: bigint
  /** Those that it begins with. Absent: none. */
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

/** The switch's end of a connection, with all that a switch keeps but packets: see `FakeSwitchOptions`. */
export class FakeSwitch {
  /** 64 bits. */
  readonly datapathId: bigint
  /** By number. `setPort` and `removePort` also tell the controller. */
  readonly ports: Map<number, Port>
  /** How many messages of each type were received. */
  readonly received = new Map<Message['type'], number>()
  /** Refuses flow-mods and group-mods; may be changed at any time. */
  refuse: (message: FlowMod | GroupMod) => Refusal | null
  readonly #options: FakeSwitchOptions
  readonly #commands: Commands
  #socket: net.Socket | null = null
  #connection: Connection | null = null

  constructor(options: FakeSwitchOptions) {
    this.#options = options
    this.datapathId = options.datapathId
    this.ports = new Map(options.ports?.map((port) => [port.port_no, port]))
    this.refuse = options.refuse ?? (() => null)
    this.#commands = new Commands({
      datapathId: options.datapathId,
      ports: this.ports,
      tableCount: options.tableCount ?? 254,
      maxFlowsPerTable: options.maxFlowsPerTable ?? 1_000_000,
      refuse: (message) => this.refuse(message),
      onPacketOut: (message) => this.#options.onPacketOut?.(message),
      notify: (message) => this.#notify(message),
      setPort: (port) => this.setPort(port),
    })
  }

  /** The flows, by table; each table by priority and match. */
  get tables(): ReadonlyMap<number, ReadonlyMap<string, FlowStats>> {
    return this.#commands.tables.tables
  }

  get groups(): ReadonlyMap<number, GroupDesc> {
    return this.#commands.tables.groups
  }

  /** The meters, by number. */
  get meters(): ReadonlyMap<number, MeterConfig> {
    return this.#commands.meters.meters
  }

  /** All flows. */
  get flows(): FlowStats[] {
    return [...this.tables.values()].flatMap((table) => [...table.values()])
  }

  get flowCount(): number {
    return this.#commands.tables.flowCount
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
    this.#commands.reset()
    this.#socket = socket
    return new Promise((resolve, reject) => {
      const connection = new Connection({
        socket,
        echoIntervalMs: this.#options.echoIntervalMs ?? 0,
        onReady: () => resolve(),
        onMessage: (message) => this.#onMessage(message, connection),
        onMalformed: (bytes, error) => this.#refuseBytes(bytes, error, connection),
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
    return this.#commands.apply(message)
  }

  /** Forgets flows, groups and meters, like a restart. */
  clear(): void {
    this.#commands.tables.clear()
    this.#commands.meters.meters.clear()
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
    this.#notify({ type: 'port_status', xid: 0, reason, port })
  }

  /** As Open vSwitch does: an error, and on with the next. It knows more codes than these. */
  #refuseBytes(bytes: Uint8Array, { code }: DecodeError, connection: Connection): void {
    const OFPBRC_BAD_TYPE = 1
    const OFPBRC_BAD_LEN = 6
    const xid = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4)
    connection.send({
      type: 'error',
      version: OFP_VERSION,
      xid,
      error_type: OFPET.BAD_REQUEST,
      code: code === 'value' ? OFPBRC_BAD_TYPE : OFPBRC_BAD_LEN,
      experimenter: null,
      data: bytes.slice(0, 64),
    })
  }

  #onMessage(message: Message, connection: Connection): void {
    this.received.set(message.type, (this.received.get(message.type) ?? 0) + 1)
    this.#options.onMessage?.(message)
    this.#commands.take(message, connection)
  }

  /** Sends what the controller did not ask for, if it wants it. */
  #notify(message: Message): void {
    if (this.connected && this.#commands.wants(message)) this.#connection?.send(message)
  }
}
