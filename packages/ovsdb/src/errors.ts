/**
 * Everything that can go wrong, as errors whose message is a sentence for people and whose fields are for programs.
 * Nothing else is ever thrown or rejected with, whatever the server sends.
 */

/** Any error of this package. */
export abstract class OvsdbError extends Error {}

/** The text is no remote as Open vSwitch spells it. */
export class RemoteSyntaxError extends OvsdbError {
  override readonly name = 'RemoteSyntaxError'
}

/** What the server sent is not OVSDB, or more than we take. The connection is ended. */
export class ProtocolError extends OvsdbError {
  override readonly name = 'ProtocolError'
}

/** A value that the protocol cannot say; nothing was sent. */
export class EncodeError extends OvsdbError {
  override readonly name = 'EncodeError'
}

/** There is no connection, or it ended before the answer. What was asked for may have been done. */
export class ConnectionClosed extends OvsdbError {
  override readonly name = 'ConnectionClosed'
}

/** No answer in time. What was asked for may have been done, or be done later. */
export class RequestTimeout extends OvsdbError {
  override readonly name = 'RequestTimeout'
}

/** The server answered with an error (RFC 7047 §4.1: `error` of the response). */
export class RequestRefused extends OvsdbError {
  override readonly name = 'RequestRefused'
  readonly method: string
  /** The server's word for it, as `unknown method` or `unknown database`. */
  readonly error: string
  readonly details: string | null

  constructor(method: string, error: string, details: string | null) {
    super(`the OVSDB server refused ${method}: ${error}${details === null ? '' : ` (${details})`}`)
    this.method = method
    this.error = error
    this.details = details
  }
}

/** An operation failed, and with it the transaction: nothing of it was done (RFC 7047 §4.1.3). */
export class TransactionFailed extends OvsdbError {
  override readonly name = 'TransactionFailed'
  /** Place of the operation in the transaction; their number when the whole of it failed at its end. */
  readonly index: number
  /** As `constraint violation`, `referential integrity violation`, `timed out`. */
  readonly error: string
  readonly details: string | null

  constructor(index: number, what: string, error: string, details: string | null) {
    super(`${what} failed: ${error}${details === null ? '' : ` (${details})`}`)
    this.index = index
    this.error = error
    this.details = details
  }
}

/** What a server sent, short enough for a sentence. */
export const shown = (json: unknown): string => {
  const text = JSON.stringify(json) ?? String(json)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
