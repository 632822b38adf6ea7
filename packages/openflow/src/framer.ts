/**
 * Cuts a byte stream into messages. A message that lies within one chunk is a view of it; one that straddles chunks
 * is copied once, into memory of exactly its length. A length that cannot be is an error from which there is no
 * recovery: the stream has no other marks. OpenFlow 1.3.5 §7.1.
 */
import { OFP_HEADER_BYTES, OFP_MAX_MESSAGE_BYTES } from './constants.ts'
import { DecodeError } from './decode-error.ts'

/** What a framer is made with. */
export interface FramerOptions {
  /** Longer messages are refused: 8..65535 bytes, 65535 if absent. */
  readonly maxMessageBytes?: number
}

/** From the chunks of a stream to messages: `push` what came, then `next` until it is `null`. */
export class Framer {
  readonly #max: number
  /** Chunks not yet consumed; the first one from `#offset` on. */
  readonly #chunks: Uint8Array[] = []
  #offset = 0
  #buffered = 0
  /** Where a straddling message is put together: its header first, then all of it. */
  #partial: Uint8Array | null = null
  #filled = 0

  constructor(options: FramerOptions = {}) {
    this.#max = options.maxMessageBytes ?? OFP_MAX_MESSAGE_BYTES
  }

  /** Bytes received of messages not yet taken. */
  get buffered(): number {
    return this.#buffered
  }

  /** Appends what was received. The framer keeps the chunk until its messages are taken. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#chunks.push(chunk)
    this.#buffered += chunk.length
  }

  /**
   * The next whole message as a view, or `null` if it has not arrived yet.
   * @throws DecodeError with code `length`
   */
  next(): Uint8Array | null {
    if (this.#partial === null) {
      const whole = this.#nextWithinChunk()
      if (whole !== null) return whole
      if (this.#buffered === 0) return null
      this.#partial = new Uint8Array(OFP_HEADER_BYTES)
      this.#filled = 0
    }
    return this.#nextAcrossChunks(this.#partial)
  }

  /** The first two bytes of a message that is not whole yet, if they are there: what may be said of it early. */
  peek(): { readonly version: number; readonly type: number } | null {
    const partial = this.#partial
    if (partial === null || this.#filled < 2) return null
    return { version: partial[0] as number, type: partial[1] as number }
  }

  #nextWithinChunk(): Uint8Array | null {
    const chunk = this.#chunks[0]
    if (chunk === undefined || chunk.length - this.#offset < OFP_HEADER_BYTES) return null
    const length = this.#lengthAt(chunk, this.#offset)
    if (chunk.length - this.#offset < length) return null
    const view = new Uint8Array(chunk.buffer, chunk.byteOffset + this.#offset, length)
    this.#consume(length)
    return view
  }

  #nextAcrossChunks(header: Uint8Array): Uint8Array | null {
    if (!this.#fill(header)) return null
    const length = this.#lengthAt(header, 0)
    let message = header
    if (header.length < length) {
      message = new Uint8Array(length)
      message.set(header)
      this.#partial = message
      if (!this.#fill(message)) return null
    }
    this.#partial = null
    this.#buffered -= length
    return message
  }

  /** Moves bytes from the chunks until `target` is full; false if they do not suffice. */
  #fill(target: Uint8Array): boolean {
    while (this.#filled < target.length) {
      const chunk = this.#chunks[0]
      if (chunk === undefined) return false
      const size = Math.min(target.length - this.#filled, chunk.length - this.#offset)
      target.set(chunk.subarray(this.#offset, this.#offset + size), this.#filled)
      this.#filled += size
      this.#advance(size)
    }
    return true
  }

  #consume(size: number): void {
    this.#buffered -= size
    this.#advance(size)
  }

  #advance(size: number): void {
    this.#offset += size
    if (this.#offset === this.#chunks[0]?.length) {
      this.#chunks.shift()
      this.#offset = 0
    }
  }

  #lengthAt(bytes: Uint8Array, offset: number): number {
    const length = ((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0)
    if (length < OFP_HEADER_BYTES || length > this.#max) {
      const why = length > this.#max ? `more than the limit of ${this.#max}` : 'less than a header'
      throw new DecodeError('length', 2, `the header says ${length} bytes: ${why}`).within('stream')
    }
    return length
  }
}
