/**
 * One connection of a switch, from the accepted socket to its end: handshake, ports, synchroniser.
 *
 * Whatever the peer sends, the worst is that this connection ends, with one line in the log. The engine hears of the
 * switch when its ports are known; the synchroniser hears of the engine's passes only after that. (Roles of several
 * controllers belong between the handshake and the ports.)
 */
import type { Socket } from 'node:net'
import {
  type CloseReason,
  Connection,
  type ErrorMessage,
  type FeaturesReply,
  type Message,
  type PacketIn,
} from '@openvnet/openflow'
import type { Logger } from 'pino'
import type { DesiredSwitch, SwitchFacts, TablesChange } from '../engine/desired.ts'
import { nameOf } from '../reconcile/channel.ts'
import { createChannel, type SwitchChannel } from './channel.ts'
import { createPorts, type Ports } from './ports.ts'
import type { SwitchRecord } from './record.ts'
import { Synchroniser } from './synchroniser.ts'

export interface SessionOptions {
  readonly socket: Socket
  readonly facts: SwitchFacts
  readonly desired: (dpid: string) => DesiredSwitch | undefined
  readonly log: Logger
  readonly probeInterval: number
  readonly auditInterval: number
  /** The switch said who it is. @returns where to count and report */
  readonly onIdentified: (session: Session, dpid: string) => SwitchRecord
  readonly onStatus: () => void
  /** Once, whether or not it was identified. */
  readonly onEnd: (session: Session) => void
}

/** Bytes that may wait for a switch that does not read; no batch is larger between two looks at the socket. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024
const CLOSE_TIMEOUT_MS = 1000
/** Ends that are nobody's fault. */
const ORDERLY: ReadonlySet<CloseReason['code']> = new Set(['closed', 'ended'])
/** At most one log line of packet-ins in this time. */
const PACKET_LOG_MS = 10_000

/** `0x` and 16 digits. */
export const dpidText = (datapath_id: bigint): string => `0x${datapath_id.toString(16).padStart(16, '0')}`

export class Session {
  readonly #options: SessionOptions
  readonly #connection: Connection
  readonly #channel: SwitchChannel
  readonly #peer: string
  #log: Logger
  #record: SwitchRecord | undefined
  #ports: Ports | undefined
  #synchroniser: Synchroniser | undefined
  #packetsLogged = -Infinity
  /** Why this side ends it, where the connection cannot know. */
  #ending: string | undefined

  constructor(options: SessionOptions) {
    const { socket } = options
    this.#options = options
    this.#peer = `${socket.remoteAddress}:${socket.remotePort}`
    this.#log = options.log.child({ peer: this.#peer })
    this.#connection = new Connection({
      socket,
      requestFeatures: true,
      echoIntervalMs: options.probeInterval,
      handshakeTimeoutMs: 2 * options.probeInterval,
      maxQueuedBytes: MAX_QUEUED_BYTES,
      closeTimeoutMs: CLOSE_TIMEOUT_MS,
      onReady: (features) => this.#onReady(features),
      onMessage: (message) => this.#onMessage(message),
      onError: (error) => this.#onError(error),
      onClose: (reason) => this.#onClose(reason),
    })
    this.#channel = createChannel(this.#connection)
  }

  /** `undefined` until the switch said who it is. */
  get dpid(): string | undefined {
    return this.#record?.dpid
  }

  /** The engine finished a pass. */
  changed(change: TablesChange): void {
    if (this.#ports !== undefined) this.#synchroniser?.changed(change)
  }

  /** Resolves when the socket is closed. */
  async close(reason: string): Promise<void> {
    this.#ending ??= reason
    this.#synchroniser?.stop()
    await this.#connection.close()
  }

  #onReady(features: FeaturesReply | null): void {
    if (features === null || features.auxiliary_id !== 0) {
      void this.close('an auxiliary connection, which we do not use')
      return
    }
    const dpid = dpidText(features.datapath_id)
    this.#log = this.#log.child({ dpid })
    const record = this.#options.onIdentified(this, dpid)
    this.#record = Object.assign(record, {
      connected: true,
      peer: this.#peer,
      acknowledged_revision: 0,
      warnings: [],
      since: new Date(),
    })
    this.#log.info({ tables: features.n_tables }, 'switch connected')
    this.#synchronise(dpid, record)
    void this.#describePorts(dpid)
    this.#options.onStatus()
  }

  #synchronise(dpid: string, record: SwitchRecord): void {
    const { auditInterval, desired, onStatus } = this.#options
    this.#synchroniser = new Synchroniser({
      channel: this.#channel,
      record,
      desired: () => desired(dpid),
      auditInterval,
      log: this.#log,
      onStatus,
      onStuck: (reason) => void this.close(reason),
    })
  }

  /** Never rejects. */
  async #describePorts(dpid: string): Promise<void> {
    try {
      const { ports } = await this.#connection.multipart({ type: 'port_desc' })
      this.#ports = createPorts(ports)
      this.#options.facts.connected(dpid, this.#ports.names)
    } catch (error) {
      if (!this.#channel.ended) await this.close(`ports unknown: ${(error as Error).message}`)
    }
  }

  #onMessage(message: Message): void {
    switch (message.type) {
      case 'multipart_reply':
        this.#channel.takePart(message)
        break
      case 'port_status':
        // Before the ports were described, the description to come has it.
        for (const { name, port_no } of this.#ports?.follow(message) ?? []) {
          this.#log.info({ port: name, port_no }, 'port changed')
          this.#options.facts.port(this.#record!.dpid, name, port_no)
        }
        break
      case 'packet_in':
        this.#onPacketIn(message)
        break
    }
  }

  #onPacketIn({ table_id, reason, total_len }: PacketIn): void {
    const record = this.#record!
    record.packet_ins += 1
    const now = performance.now()
    if (now - this.#packetsLogged < PACKET_LOG_MS) return
    this.#packetsLogged = now
    this.#log.debug(
      { table: table_id, reason, total_len, packet_ins: record.packet_ins },
      'packet from the switch',
    )
  }

  #onError(error: ErrorMessage): void {
    if (this.#channel.takeError(error)) return
    this.#log.warn({ xid: error.xid, error: nameOf(error) }, 'unexpected error from the switch')
  }

  #onClose({ code, message, error }: CloseReason): void {
    const reason = this.#ending ?? message
    this.#synchroniser?.stop()
    this.#channel.end(reason)
    const fields = { code, reason, ...(code === 'handler_error' && { err: error }) }
    if (ORDERLY.has(code)) this.#log.info(fields, 'switch disconnected')
    else {
      this.#log.warn(fields, 'switch disconnected')
      if (this.#record !== undefined) this.#record.last_error = reason
    }
    this.#options.onEnd(this)
    if (this.#record !== undefined) this.#options.onStatus()
  }
}
