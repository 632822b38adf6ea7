/** What a connection is made with, and what it takes where nothing is said. */
import type { Duplex } from 'node:stream'
import { OFP_MAX_MESSAGE_BYTES } from '../constants.ts'
import type { ErrorMessage, FeaturesReply, Message } from '../types/message.ts'
import type { CloseReason } from './errors.ts'

export interface ConnectionOptions {
  /** A `net.Socket`, `tls.TLSSocket` or any other byte stream, accepted or still connecting. */
  readonly socket: Duplex
  /** Ask the peer for its features before `onReady`, as a controller does. Absent: no. */
  readonly requestFeatures?: boolean
  /** Once, when messages may be sent. `features` is `null` unless they were requested. */
  readonly onReady?: (features: FeaturesReply | null) => void
  /**
   * Every message that is not a reply to a request, an error, or taken care of here (hello, echo). Never before
   * `onReady`: a port-status that comes earlier is dropped, as the ports are read afterwards. The message may hold
   * views into the receive buffer (packets, echo and unknown data): copy what outlives the call.
   */
  readonly onMessage?: (message: Message) => void
  /** An OFPT_ERROR that belongs to no pending request: to a flow-mod, say. Its xid tells which. */
  readonly onError?: (error: ErrorMessage) => void
  /** Once, when the socket is closed. */
  readonly onClose?: (reason: CloseReason) => void
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
  /** Longest multipart reply to put together, in bytes on the wire. Absent: 256 MiB. */
  readonly maxReplyBytes?: number
  /** Bytes that may wait to be sent before the peer is given up. Absent: 64 MiB. */
  readonly maxQueuedBytes?: number
}

export interface Limits {
  readonly echoIntervalMs: number
  readonly handshakeTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly closeTimeoutMs: number
  readonly maxMessageBytes: number
  readonly maxReplyBytes: number
  readonly maxQueuedBytes: number
}

export function limitsOf(options: ConnectionOptions): Limits {
  return {
    echoIntervalMs: options.echoIntervalMs ?? 5000,
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? 10_000,
    requestTimeoutMs: options.requestTimeoutMs ?? 10_000,
    closeTimeoutMs: options.closeTimeoutMs ?? 1000,
    maxMessageBytes: options.maxMessageBytes ?? OFP_MAX_MESSAGE_BYTES,
    maxReplyBytes: options.maxReplyBytes ?? 256 * 1024 * 1024,
    maxQueuedBytes: options.maxQueuedBytes ?? 64 * 1024 * 1024,
  }
}
