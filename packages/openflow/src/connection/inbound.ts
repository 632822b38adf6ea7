/**
 * Messages on their way in: bytes of the socket, cut, decoded and given on in the order of the wire. A reply ends the
 * turn: who awaits it sees it before what the wire brought after it. Pausing leaves the bytes in the socket, so that
 * the peer is slowed down. Nothing is given on once the end is decided.
 */
import type { Duplex } from 'node:stream'
import { decodeFrom } from '../codec/message.ts'
import { DecodeError } from '../decode-error.ts'
import { Framer } from '../framer.ts'
import { Reader } from '../reader.ts'
import type { Message } from '../types/message.ts'

export interface InboundOptions {
  readonly socket: Duplex
  readonly maxMessageBytes: number
  /** False when the end is decided. */
  readonly isOpen: () => boolean
  /** Whole messages came, or nothing can be expected to. */
  readonly onHeard: () => void
  /** The first bytes of a message that is not whole yet. Throws if none can begin so. */
  readonly checkHeader: (header: { readonly version: number; readonly type: number }) => void
  /** Takes a message of so many bytes; true if it completed the reply to a request. */
  readonly take: (message: Message, bytes: number) => boolean
  /** Takes a whole message that does not decode; false if it ends the connection. */
  readonly takeMalformed: (bytes: Uint8Array, error: DecodeError) => boolean
  /** Decoding, or one of the above, threw. */
  readonly onError: (error: unknown) => void
  /** The peer ended the stream, perhaps within a message. */
  readonly onEnd: (isTruncated: boolean) => void
}

export class Inbound {
  readonly #options: InboundOptions
  readonly #framer: Framer
  readonly #reader = new Reader(new Uint8Array(0))
  #paused = false
  #receiving = false

  constructor(options: InboundOptions) {
    this.#options = options
    const { socket, maxMessageBytes } = options
    this.#framer = new Framer({ maxMessageBytes })
    socket.on('data', (chunk: Uint8Array) => this.#onData(chunk))
    socket.on('end', () => this.#onEnd())
  }

  get paused(): boolean {
    return this.#paused
  }

  pause(): void {
    this.#paused = true
    this.#options.socket.pause()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#options.onHeard()
    this.#options.socket.resume()
    this.#receiveLater()
  }

  #onData(chunk: Uint8Array): void {
    if (!this.#options.isOpen()) return
    this.#framer.push(chunk)
    if (!this.#receiving) this.#receive()
  }

  /** Takes messages in the next turn of the event loop. */
  #receiveLater(): void {
    if (this.#receiving) return
    this.#receiving = true
    setImmediate(() => this.#receive())
  }

  #receive(): void {
    this.#receiving = true
    const more = this.#receiveAvailable()
    this.#receiving = false
    if (more) this.#receiveLater()
  }

  /** Takes the messages that are there. Returns true if a reply ended the turn early. */
  #receiveAvailable(): boolean {
    try {
      return this.#takeAvailable()
    } catch (error) {
      this.#options.onError(error)
      return false
    }
  }

  #takeAvailable(): boolean {
    const { isOpen, onHeard, checkHeader, take } = this.#options
    let heard = false
    while (!this.#paused && isOpen()) {
      const bytes = this.#framer.next()
      if (bytes === null) {
        const header = this.#framer.peek()
        if (header !== null) checkHeader(header)
        return false
      }
      if (!heard) onHeard()
      heard = true
      const message = this.#decode(bytes)
      if (message !== null && take(message, bytes.length)) return this.#framer.buffered > 0
    }
    return false
  }

  /** `null` for one that does not decode and was taken as such. */
  #decode(bytes: Uint8Array): Message | null {
    this.#reader.reset(bytes)
    try {
      return decodeFrom(this.#reader)
    } catch (error) {
      if (error instanceof DecodeError && this.#options.takeMalformed(bytes, error)) return null
      throw error
    }
  }

  #onEnd(): void {
    // What came before the end counts, also what waits for a turn of its own.
    while (this.#receiveAvailable());
    this.#options.onEnd(this.#framer.buffered > 0 && !this.#paused)
  }
}
