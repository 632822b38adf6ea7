/**
 * The user's callbacks. A callback may be asynchronous: a promise that rejects counts as a throw, so that no
 * rejection is left unhandled.
 */
import type { DecodeError } from '../decode-error.ts'
import type { ErrorMessage, FeaturesReply, Message } from '../types/message.ts'
import type { Connection } from './connection.ts'
import type { CloseReason } from './errors.ts'
import type { ConnectionOptions } from './options.ts'

export class Callbacks {
  readonly #options: ConnectionOptions
  readonly #connection: Connection
  readonly #onRejection: (error: unknown) => void

  /** @param onRejection takes what the promise of a callback was rejected with */
  constructor(options: ConnectionOptions, connection: Connection, onRejection: (error: unknown) => void) {
    this.#options = options
    this.#connection = connection
    this.#onRejection = onRejection
  }

  ready(features: FeaturesReply | null): void {
    this.#watch(this.#options.onReady?.(features, this.#connection))
  }

  message(message: Message): void {
    this.#watch(this.#options.onMessage?.(message, this.#connection))
  }

  error(error: ErrorMessage): void {
    this.#watch(this.#options.onError?.(error, this.#connection))
  }

  get wantsMalformed(): boolean {
    return this.#options.onMalformed !== undefined
  }

  malformed(bytes: Uint8Array, error: DecodeError): void {
    this.#watch(this.#options.onMalformed?.(bytes, error, this.#connection))
  }

  /** There is nothing left to end: what this one throws becomes a warning of the process. */
  closed(reason: CloseReason): void {
    try {
      const returned: unknown = this.#options.onClose?.(reason, this.#connection)
      if (returned instanceof Promise) returned.catch(warn)
    } catch (error) {
      warn(error)
    }
  }

  #watch(returned: unknown): void {
    if (returned instanceof Promise) returned.catch(this.#onRejection)
  }
}

const warn = (error: unknown): void => process.emitWarning(error instanceof Error ? error : String(error))
