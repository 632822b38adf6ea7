/**
 * One connection of a switch, from the accepted socket to its end: handshake, then, when it is to be used, the service
 * of the switch on it. Until then it stands by: it is kept alive, and what the switch tells is left to the one that is
 * used.
 *
 * Whatever the peer sends, the worst is that this connection ends, with one line in the log.
 */
import type { Socket } from 'node:net'
import {
  type CloseReason,
  Connection,
  type ErrorMessage,
  type FeaturesReply,
  type FlowStats,
  type Message,
} from '@openvnet/openflow'
import type { Logger } from 'pino'
import type { TablesChange } from '../engine/desired.ts'
import { nameOf } from '../reconcile/channel.ts'
import { answers } from './answers.ts'
import { createChannel, type SwitchChannel } from './channel.ts'
import type { SwitchRecord } from './record.ts'
import { type FlowsOfTable, type ProgramAnswer, Service, type ServiceSettings } from './service.ts'
import { createTally } from './tally.ts'
import { takeTurns } from './turns.ts'

export interface SessionOptions {
  readonly socket: Socket
  readonly settings: ServiceSettings
  readonly log: Logger
  /** The switch said who it is. The session stands by unless `use` is called, now or later. */
  readonly onIdentified: (session: Session, dpid: string) => void
  /** Once, whether or not it was identified. */
  readonly onEnd: (session: Session) => void
}

/** Bytes that may wait for a switch that does not read; no batch is larger between two looks at the socket. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024
const CLOSE_TIMEOUT_MS = 1000
const MAX_REPLY_BYTES = 8 * 1024 * 1024
/** Ends that are nobody's fault. */
const ORDERLY: ReadonlySet<CloseReason['code']> = new Set(['closed', 'ended'])
/** What a switch causes again and again is logged once in this time. */
const LOG_INTERVAL_MS = 10_000
/** `0x` and 16 digits. */
export const dpidText = (datapath_id: bigint): string => `0x${datapath_id.toString(16).padStart(16, '0')}`

export class Session {
  readonly #options: SessionOptions
  readonly #connection: Connection
  readonly #channel: SwitchChannel
  /** Address of the switch's end. */
  readonly peer: string
  readonly #errorTally = createTally(LOG_INTERVAL_MS)
  #log: Logger
  #features: FeaturesReply | undefined
  /** Absent while it stands by. */
  #record: SwitchRecord | undefined
  #service: Service | undefined
  /** Why this side ends it, where the connection cannot know. */
  #ending: string | undefined
  /** Whether that is the switch's fault. */
  #givenUp = false

  constructor(options: SessionOptions) {
    const { socket, settings } = options
    this.#options = options
    this.peer = `${socket.remoteAddress}:${socket.remotePort}`
    this.#log = options.log.child({ peer: this.peer })
    this.#connection = new Connection({
      socket,
      requestFeatures: true,
      echoIntervalMs: settings.probeInterval,
      handshakeTimeoutMs: 2 * settings.probeInterval,
      maxQueuedBytes: MAX_QUEUED_BYTES,
      maxReplyBytes: MAX_REPLY_BYTES,
      closeTimeoutMs: CLOSE_TIMEOUT_MS,
      onReady: (features) => this.#onReady(features),
      onMessage: (message) => this.#onMessage(message),
      onError: (error) => this.#onError(error),
      onClose: (reason) => this.#onClose(reason),
    })
    this.#channel = createChannel(this.#connection)
    takeTurns(socket, () => this.#channel.isReading)
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

  /** Serves the switch from now on. @param record where to count and report */
  use(record: SwitchRecord): void {
    this.#record = Object.assign(record, {
      connected: false,
      peer: this.peer,
      role: null,
      acknowledged_revision: 0,
      current: false,
      warnings: [],
      refused: 0,
      since: new Date(),
    })
    const { settings, socket } = this.#options
    this.#service = new Service({
      ...settings,
      socket,
      connection: this.#connection,
      channel: this.#channel,
      record,
      log: this.#log,
      onStuck: (reason) => this.#giveUp(reason),
    })
    settings.onStatus(record.dpid)
  }

  /** See `Service`; `undefined` while it stands by. */
  flows(which: FlowsOfTable): Promise<FlowStats[]> | undefined {
    return this.#service?.flows(which)
  }

  /** The engine finished a pass. */
  deliver(answer: ProgramAnswer): void {
    this.#service?.deliver(answer)
  }

  changed(change: TablesChange): void {
    this.#service?.changed(change)
  }

  /** Resolves when the socket is closed. */
  async close(reason: string): Promise<void> {
    if (!this.ended) this.#ending = reason
    this.#service?.stop()
    await this.#connection.close()
  }

  #giveUp(reason: string): void {
    this.#givenUp ||= !this.ended
    // Nobody waits for it any longer, though the socket may take a moment to close.
    if (this.#record?.peer === this.peer) {
      Object.assign(this.#record, { connected: false, last_error: reason })
      this.#options.settings.onStatus(this.#record.dpid)
    }
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

  #onMessage(message: Message): void {
    if (message.type === 'multipart_reply' && this.#channel.takePart(message)) return
    this.#service?.take(message)
  }

  #onError(error: ErrorMessage): void {
    if (this.#record !== undefined) this.#record.errors += 1
    if (this.#service?.takeError(error) || this.#channel.takeError(error)) return
    const errors = this.#errorTally()
    if (errors === undefined) return
    this.#log.warn({ xid: error.xid, error: nameOf(error), errors }, 'unexpected error from the switch')
  }

  #onClose({ code, message, error }: CloseReason): void {
    const reason = this.#ending ?? message
    this.#service?.stop()
    this.#channel.end(reason)
    const fields = { code, reason, ...(code === 'handler_error' && { err: error }) }
    const standsBy = this.#features !== undefined && this.#service === undefined
    const text = standsBy ? 'unused connection of the switch ended' : 'switch disconnected'
    if (ORDERLY.has(code) && !this.#givenUp) this.#log.info(fields, text)
    else {
      this.#log.warn(fields, text)
      // Not where another connection has replaced this one.
      if (this.#record?.peer === this.peer) this.#record.last_error = reason
    }
    this.#options.onEnd(this)
    if (this.dpid !== undefined) this.#options.settings.onStatus(this.dpid)
  }
}
