/**
 * One connection of a switch, from the accepted socket to its end: handshake, then, when it is to be used, ports and
 * synchroniser. Until then it stands by: it is kept alive, and what the switch tells is left to the one that is used.
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
  type PortStatus,
} from '@openvnet/openflow'
import type { Logger } from 'pino'
import type { DesiredSwitch, SwitchFacts, TablesChange } from '../engine/desired.ts'
import { nameOf } from '../reconcile/channel.ts'
import { answers } from './answers.ts'
import { createChannel, type SwitchChannel } from './channel.ts'
import { createPorts, type Ports } from './ports.ts'
import type { SwitchRecord } from './record.ts'
import { Synchroniser } from './synchroniser.ts'
import { createTally } from './tally.ts'

export interface SessionOptions {
  readonly socket: Socket
  readonly facts: SwitchFacts
  readonly desired: (dpid: string) => DesiredSwitch | undefined
  readonly log: Logger
  readonly probeInterval: number
  readonly auditInterval: number
  /** The switch said who it is. The session stands by unless `use` is called, now or later. */
  readonly onIdentified: (session: Session, dpid: string) => void
  readonly onStatus: () => void
  /** Once, whether or not it was identified. */
  readonly onEnd: (session: Session) => void
}

/** Bytes that may wait for a switch that does not read; no batch is larger between two looks at the socket. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024
const CLOSE_TIMEOUT_MS = 1000
/** More than any switch has; a description of so many has 4 MiB. */
const MAX_PORTS = 65_536
const MAX_REPLY_BYTES = 8 * 1024 * 1024
/** Ends that are nobody's fault. */
const ORDERLY: ReadonlySet<CloseReason['code']> = new Set(['closed', 'ended'])
/** What a switch causes again and again is logged once in this time, changed ports some more times. */
const LOG_INTERVAL_MS = 10_000
const PORT_LINES = 200

/** `0x` and 16 digits. */
export const dpidText = (datapath_id: bigint): string => `0x${datapath_id.toString(16).padStart(16, '0')}`

export class Session {
  readonly #options: SessionOptions
  readonly #connection: Connection
  readonly #channel: SwitchChannel
  /** Address of the switch's end. */
  readonly peer: string
  readonly #packetTally = createTally(LOG_INTERVAL_MS)
  readonly #errorTally = createTally(LOG_INTERVAL_MS)
  readonly #portTally = createTally(LOG_INTERVAL_MS, PORT_LINES)
  #log: Logger
  #features: FeaturesReply | undefined
  /** Absent while it stands by. */
  #record: SwitchRecord | undefined
  #ports: Ports | undefined
  #synchroniser: Synchroniser | undefined
  /** Why this side ends it, where the connection cannot know. */
  #ending: string | undefined
  /** Whether that is the switch's fault. */
  #givenUp = false

  constructor(options: SessionOptions) {
    const { socket } = options
    this.#options = options
    this.peer = `${socket.remoteAddress}:${socket.remotePort}`
    this.#log = options.log.child({ peer: this.peer })
    this.#connection = new Connection({
      socket,
      requestFeatures: true,
      echoIntervalMs: options.probeInterval,
      handshakeTimeoutMs: 2 * options.probeInterval,
      maxQueuedBytes: MAX_QUEUED_BYTES,
      maxReplyBytes: MAX_REPLY_BYTES,
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
    return this.#features && dpidText(this.#features.datapath_id)
  }

  /** Whether its end is decided. */
  get ended(): boolean {
    return this.#connection.reason !== null
  }

  /** Whether the switch answers when it is asked now. Takes a second at most. */
  answers(): Promise<boolean> {
    return answers(this.#connection, this.#options.socket)
  }

  /** Keeps the switch at what it should hold from now on. @param record where to count and report */
  use(record: SwitchRecord): void {
    this.#record = Object.assign(record, {
      connected: true,
      peer: this.peer,
      acknowledged_revision: 0,
      warnings: [],
      refused: 0,
      since: new Date(),
    })
    this.#log.info({ tables: this.#features?.n_tables }, 'switch connected')
    this.#synchronise(record)
    void this.#describePorts(record.dpid)
    this.#options.onStatus()
  }

  /** The engine finished a pass. */
  changed(change: TablesChange): void {
    if (this.#ports !== undefined) this.#synchroniser?.changed(change)
  }

  /** Resolves when the socket is closed. */
  async close(reason: string): Promise<void> {
    if (!this.ended) this.#ending = reason
    this.#synchroniser?.stop()
    await this.#connection.close()
  }

  #giveUp(reason: string): void {
    this.#givenUp ||= !this.ended
    void this.close(reason)
  }

  #onReady(features: FeaturesReply | null): void {
    if (features === null || features.auxiliary_id !== 0) {
      void this.close('an auxiliary connection, which we do not use')
      return
    }
    const dpid = dpidText(features.datapath_id)
    this.#features = features
    this.#log = this.#log.child({ dpid })
    this.#options.onIdentified(this, dpid)
  }

  #synchronise(record: SwitchRecord): void {
    const { auditInterval, desired, onStatus } = this.#options
    this.#synchroniser = new Synchroniser({
      channel: this.#channel,
      record,
      desired: () => desired(record.dpid),
      auditInterval,
      log: this.#log,
      onStatus,
      onStuck: (reason) => this.#giveUp(reason),
    })
  }

  /** Never rejects. */
  async #describePorts(dpid: string): Promise<void> {
    try {
      const { ports } = await this.#connection.multipart({ type: 'port_desc' })
      this.#ports = createPorts(ports)
      this.#options.facts.connected(dpid, this.#ports.names)
    } catch (error) {
      if (!this.#channel.ended) this.#giveUp(`ports unknown: ${(error as Error).message}`)
    }
  }

  #onMessage(message: Message): void {
    switch (message.type) {
      case 'multipart_reply':
        this.#channel.takePart(message)
        break
      case 'port_status':
        // Before the ports were described, the description to come has it.
        if (this.#ports !== undefined) this.#onPortStatus(message, this.#ports)
        break
      case 'packet_in':
        if (this.#record !== undefined) this.#onPacketIn(message, this.#record)
        break
    }
  }

  #onPortStatus(status: PortStatus, ports: Ports): void {
    for (const { name, port_no } of ports.follow(status)) {
      const changes = this.#portTally()
      if (changes !== undefined) this.#log.info({ port: name, port_no, changes }, 'port changed')
      this.#options.facts.port(this.#record!.dpid, name, port_no)
    }
    if (ports.names.size > MAX_PORTS) this.#giveUp(`it says to have more than ${MAX_PORTS} ports`)
  }

  #onPacketIn({ table_id, reason, total_len }: PacketIn, record: SwitchRecord): void {
    record.packet_ins += 1
    if (this.#packetTally() === undefined) return
    this.#log.debug(
      { table: table_id, reason, total_len, packet_ins: record.packet_ins },
      'packet from the switch',
    )
  }

  #onError(error: ErrorMessage): void {
    if (this.#channel.takeError(error)) return
    const errors = this.#errorTally()
    if (errors === undefined) return
    this.#log.warn({ xid: error.xid, error: nameOf(error), errors }, 'unexpected error from the switch')
  }

  #onClose({ code, message, error }: CloseReason): void {
    const reason = this.#ending ?? message
    this.#synchroniser?.stop()
    this.#channel.end(reason)
    const fields = { code, reason, ...(code === 'handler_error' && { err: error }) }
    const standsBy = this.#features !== undefined && this.#record === undefined
    const text = standsBy ? 'unused connection of the switch ended' : 'switch disconnected'
    if (ORDERLY.has(code) && !this.#givenUp) this.#log.info(fields, text)
    else {
      this.#log.warn(fields, text)
      // Not where another connection has replaced this one.
      if (this.#record?.peer === this.peer) this.#record.last_error = reason
    }
    this.#options.onEnd(this)
    if (this.#features !== undefined) this.#options.onStatus()
  }
}
