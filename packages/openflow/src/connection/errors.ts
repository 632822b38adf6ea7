/** What a request can end with instead of a reply. */
import { errorName } from '../error-names.ts'
import type { ErrorMessage } from '../types/message.ts'

/** The peer answered with OFPT_ERROR. */
export class OpenFlowError extends Error {
  override readonly name = 'OpenFlowError'
  /** The decoded message; its data are a copy. */
  readonly error: ErrorMessage
  /** The specification's name: `OFPFMFC_TABLE_FULL`. */
  readonly errorName: string

  constructor(error: ErrorMessage) {
    const name = errorName(error.error_type, error.code, error.experimenter)
    super(`the peer answered ${name}`)
    this.error = { ...error, data: error.data.slice() }
    this.errorName = name
  }
}

/** The connection ended before the reply came. Whether the request was carried out is unknown. */
export class ConnectionClosed extends Error {
  override readonly name = 'ConnectionClosed'
  readonly reason: CloseReason

  constructor(reason: CloseReason) {
    super(`the connection is closed: ${reason.message}`)
    this.reason = reason
  }
}

/** No reply in time. Whether the request was carried out is unknown. */
export class RequestTimeout extends Error {
  override readonly name = 'RequestTimeout'

  constructor(type: string, milliseconds: number) {
    super(`no reply to ${type} within ${milliseconds} ms`)
  }
}

/**
 * - `closed`: this side called `close`
 * - `ended`: the peer ended the connection; `truncated`: it did so within a message
 * - `socket_error`: see `error`
 * - `handshake_timeout`: no HELLO, or no features reply, in time
 * - `inactivity`: nothing received, not even the reply to an echo request
 * - `version`: the peer does not speak OpenFlow 1.3; `hello_failed`: the peer says that we do not speak its version
 * - `malformed`: not OpenFlow, or a message that does not decode; see `error`
 * - `send_overflow`: the peer does not read; `reply_overflow`: a multipart reply is longer than allowed
 * - `handler_error`: a callback threw; see `error`
 */
export type CloseCode =
  | 'closed'
  | 'ended'
  | 'truncated'
  | 'socket_error'
  | 'handshake_timeout'
  | 'inactivity'
  | 'version'
  | 'hello_failed'
  | 'malformed'
  | 'send_overflow'
  | 'reply_overflow'
  | 'handler_error'

/** Why a connection ended: the first reason that there was. */
export interface CloseReason {
  readonly code: CloseCode
  /** A sentence for logs. */
  readonly message: string
  readonly error: Error | null
}

export const closeReason = (code: CloseCode, message: string, error: Error | null = null): CloseReason => ({
  code,
  message,
  error,
})
