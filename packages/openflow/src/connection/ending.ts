/**
 * The end of a connection: decided once, with one reason, whatever the peer does. Graceful: what is queued is sent,
 * then FIN, then the peer has until a deadline to close too. Or at once. Nothing is expected of the socket but that
 * it says `close` at last; one that is gone already says nothing more.
 */
import type { Duplex } from 'node:stream'
import { Deadline } from './deadline.ts'
import { type CloseCode, type CloseReason, closeReason } from './errors.ts'
import { describeSocketError } from './socket-error.ts'

export interface EndingOptions {
  readonly socket: Duplex
  /** Milliseconds between FIN and giving up on the peer's. */
  readonly closeTimeoutMs: number
  /** Hands what is queued to the socket. */
  readonly flush: () => void
  /** Once, when the end is decided: before anything is done about it. */
  readonly onDecided: (reason: CloseReason) => void
  /** Once, when the socket is closed. */
  readonly onClosed: (reason: CloseReason) => void
}

export class Ending {
  readonly #options: EndingOptions
  readonly #closed = Promise.withResolvers<CloseReason>()
  #reason: CloseReason | null = null
  #deadline: Deadline | null = null

  constructor(options: EndingOptions) {
    this.#options = options
    const { socket } = options
    socket.on('error', (error) => this.atOnce('socket_error', describeSocketError(error), error))
    socket.on('close', () => this.#onClose())
    if (socket.destroyed) process.nextTick(() => this.#onClose())
  }

  /** `null` until the end is decided. */
  get reason(): CloseReason | null {
    return this.#reason
  }

  /** Resolves when the socket is closed. */
  get closed(): Promise<CloseReason> {
    return this.#closed.promise
  }

  /** Ends the connection after what is queued; the first reason counts. */
  gracefully(code: CloseCode, message: string, error: Error | null = null): void {
    const { socket, flush, closeTimeoutMs } = this.#options
    if (!this.#decide(code, message, error)) return
    flush()
    socket.end()
    // What still comes is dropped, but must be read for the stream to end.
    socket.resume()
    this.#deadline = new Deadline(closeTimeoutMs, () => socket.destroy())
  }

  /** Ends the connection without waiting for anything; the first reason counts. */
  atOnce(code: CloseCode, message: string, error: Error | null = null): void {
    this.#decide(code, message, error)
    this.#options.socket.destroy()
  }

  #decide(code: CloseCode, message: string, error: Error | null): boolean {
    if (this.#reason !== null) return false
    this.#reason = closeReason(code, message, error)
    this.#options.onDecided(this.#reason)
    return true
  }

  #onClose(): void {
    this.#decide('ended', 'the socket was closed', null)
    this.#deadline?.stop()
    const reason = this.#reason as CloseReason
    this.#closed.resolve(reason)
    this.#options.onClosed(reason)
  }
}
