/** What a connection is made with, and what it takes where nothing is said. */
import type { Duplex } from 'node:stream'
import { OFP_HEADER_BYTES, OFP_MAX_MESSAGE_BYTES } from '../constants.ts'
import type { DecodeError } from '../decode-error.ts'
import type { ErrorMessage, FeaturesReply, Message } from '../types/message.ts'
import type { Connection } from './connection.ts'
import type { CloseReason } from './errors.ts'

/**
 * What a connection tells. Each callback also gets the connection; it may be asynchronous, but messages do not wait
 * for it: `pause` makes them. One that throws or rejects ends the connection with `handler_error`.
 */
export interface ConnectionCallbacks {
  /** Once, when messages may be sent. `features` is `null` unless they were requested. */
  readonly onReady?: (features: FeaturesReply | null, connection: Connection) => void
  /**
   * Every message that is not a reply to a request, an error, or taken care of here (hello, echo). Never before
   * `onReady`: a port-status that comes earlier is dropped, as the ports are read afterwards. The message may hold
   * views into the receive buffer (packets, echo and unknown data): copy what outlives the call.
   */
  readonly onMessage?: (message: Message, connection: Connection) => void
  /** An OFPT_ERROR that belongs to no pending request: to a flow-mod, say. Its xid tells which. */
  readonly onError?: (error: ErrorMessage, connection: Connection) => void
  /**
   * A whole message that does not decode. A request that it would have answered is rejected with the error. Absent: such
   * a message ends the connection with `malformed`, as does anything that is not OpenFlow 1.3 at all.
   * @param bytes a view into the receive buffer
   */
  readonly onMalformed?: (bytes: Uint8Array, error: DecodeError, connection: Connection) => void
  /** Once, when the socket is closed. There is nothing left to end: what it throws is a warning of the process. */
  readonly onClose?: (reason: CloseReason, connection: Connection) => void
}

/** How a connection behaves. Times and limits may be Infinity: never, none. */
export interface ConnectionSettings {
  /** Ask the peer for its features before `onReady`, as a controller does. Absent: no. */
  readonly requestFeatures?: boolean
  /** Milliseconds of silence before an echo request, and again before the end; 0: never. Absent: 5000. */
  readonly echoIntervalMs?: number
  /** Milliseconds until `onReady`, connecting included. Absent: 10000. */
  readonly handshakeTimeoutMs?: number
  /** Milliseconds to wait for a reply, and for each further part of one. Absent: 10000. */
  readonly requestTimeoutMs?: number
  /** Milliseconds that `close` gives the peer to take what is queued. Absent: 1000. */
  readonly closeTimeoutMs?: number
  /** Longest message to accept: 8..65535 bytes. Absent: 65535. */
  readonly maxMessageBytes?: number
  /** Longest multipart reply to put together: bytes on the wire, and 256 for each part. Absent: 256 MiB. */
  readonly maxReplyBytes?: number
  /** Bytes that may wait to be sent before the peer is given up. Absent: 64 MiB. */
  readonly maxQueuedBytes?: number
}

/** What a `Connection` is made with. */
export interface ConnectionOptions extends ConnectionCallbacks, ConnectionSettings {
  /** A `net.Socket`, `tls.TLSSocket` or any other byte stream, accepted or still connecting. */
  readonly socket: Duplex
}

/**
 * All of them, with what counts where nothing is said.
 * @throws RangeError for a number that is none, negative, or no length of a message
 */
export function settingsOf(options: ConnectionSettings): Required<ConnectionSettings> {
  const settings = {
    requestFeatures: options.requestFeatures ?? false,
    echoIntervalMs: options.echoIntervalMs ?? 5000,
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? 10_000,
    requestTimeoutMs: options.requestTimeoutMs ?? 10_000,
    closeTimeoutMs: options.closeTimeoutMs ?? 1000,
    maxMessageBytes: options.maxMessageBytes ?? OFP_MAX_MESSAGE_BYTES,
    maxReplyBytes: options.maxReplyBytes ?? 256 * 1024 * 1024,
    maxQueuedBytes: options.maxQueuedBytes ?? 64 * 1024 * 1024,
  }
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value !== 'boolean' && !isNotNegative(value)) throw new RangeError(`${name} is ${value}`)
  }
  const { maxMessageBytes } = settings
  if (maxMessageBytes < OFP_HEADER_BYTES || maxMessageBytes > OFP_MAX_MESSAGE_BYTES)
    throw new RangeError(`maxMessageBytes is ${maxMessageBytes}, not 8 to 65535`)
  return settings
}

/** Also Infinity: no limit, or never. */
export const isNotNegative = (value: unknown): boolean => typeof value === 'number' && value >= 0
