/**
 * Messages on their way out. What is sent within one turn of the event loop goes to the socket in one write, or in
 * one per 64 KiB of a long batch. Bytes handed to the socket are never touched again.
 */
import type { Duplex } from 'node:stream'
import { encodeInto } from '../codec/message.ts'
import type { Message } from '../types/message.ts'
import { Writer } from '../writer.ts'

const WRITE_BYTES = 64 * 1024

export interface OutboxOptions {
  readonly socket: Duplex
  readonly maxQueuedBytes: number
  /** The peer does not take what is sent. */
  readonly onOverflow: () => void
}

export class Outbox {
  readonly #options: OutboxOptions
  readonly #writer = new Writer()
  readonly #waiting: { resolve: () => void; reject: (error: Error) => void }[] = []
  #scheduled = false

  constructor(options: OutboxOptions) {
    this.#options = options
    options.socket.on('drain', () => this.#onDrain())
  }

  /** @throws EncodeError, and then nothing of the message is sent */
  send(message: Message, xid: number): void {
    encodeInto(this.#writer, message, xid)
    if (this.#writer.offset >= WRITE_BYTES) this.flush()
    else if (!this.#scheduled) {
      this.#scheduled = true
      process.nextTick(this.#onTick)
    }
  }

  readonly #onTick = (): void => {
    this.#scheduled = false
    this.flush()
  }

  /** Hands what is there to the socket. */
  flush(): void {
    const { socket, maxQueuedBytes, onOverflow } = this.#options
    if (this.#writer.offset === 0) return
    const bytes = this.#writer.take()
    if (!socket.writable) return
    socket.write(bytes)
    if (socket.writableLength > maxQueuedBytes) onOverflow()
  }

  /** Bytes that the peer has not taken yet. */
  get queuedBytes(): number {
    return this.#options.socket.writableLength + this.#writer.offset
  }

  /** False while the socket holds more than it likes to. */
  get writable(): boolean {
    return !this.#options.socket.writableNeedDrain
  }

  /** Resolves when the socket has room again. Marked as handled: it may be dropped. */
  drained(): Promise<void> {
    this.flush()
    if (this.writable) return Promise.resolve()
    const promise = new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }))
    promise.catch(() => undefined)
    return promise
  }

  #onDrain(): void {
    for (const waiting of this.#waiting.splice(0)) waiting.resolve()
  }

  /** Nothing more will be sent: who waits for room is told. */
  abandon(error: Error): void {
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error)
  }
}
