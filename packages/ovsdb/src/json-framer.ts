/**
 * A byte stream into JSON values, one behind the other with nothing but space between (RFC 7047 §4, JSON-RPC 1.0 over a
 * stream), however the stream was cut. What a value may take is bounded before it is parsed: bytes, depth, and the number of
 * values in it, since a byte of `[[],[],…` is worth ten in memory.
 */
import { ProtocolError } from './errors.ts'

export interface JsonLimits {
  /** Bytes of one message. */
  readonly maxMessageBytes: number
  /** Objects and arrays within each other. */
  readonly maxDepth: number
  /** Objects, arrays, and what is in them, of one message. */
  readonly maxMessageValues: number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPENING = [0x7b, 0x5b]
const CLOSING = [0x7d, 0x5d]
const SPACE = [0x20, 0x09, 0x0a, 0x0d]
const FIRST_CAPACITY = 4096

export class JsonFramer {
  readonly #limits: JsonLimits
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  /** The beginning of a value that came in former chunks. */
  #held: Buffer | null = null
  #length = 0
  #depth = 0
  #values = 0
  #inString = false
  #escaped = false

  constructor(limits: JsonLimits) {
    this.#limits = limits
  }

  /**
   * The values that are complete with this chunk.
   * @throws ProtocolError; nothing can be taken any more then
   */
  *push(chunk: Uint8Array): Generator<unknown> {
    let from = 0
    while (from < chunk.length) {
      if (this.#depth === 0 && this.#length === 0) {
        from = this.#skipSpace(chunk, from)
        if (from === chunk.length) return
      }
      const end = this.#scan(chunk, from)
      this.#checkSize(end - from)
      if (this.#depth > 0) this.#hold(chunk.subarray(from, end))
      else yield this.#take(chunk.subarray(from, end))
      from = end
    }
  }

  /** Whether the stream may end here. */
  get isBetweenValues(): boolean {
    return this.#depth === 0
  }

  #skipSpace(chunk: Uint8Array, from: number): number {
    let at = from
    while (at < chunk.length && SPACE.includes(chunk[at]!)) at += 1
    if (at < chunk.length && !OPENING.includes(chunk[at]!)) {
      const code = chunk[at]!.toString(16).padStart(2, '0')
      throw new ProtocolError(`the server does not speak JSON-RPC: byte 0x${code} where a message begins`)
    }
    return at
  }

  /** @returns the end of the value, or of the chunk */
  #scan(chunk: Uint8Array, from: number): number {
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at]!
      if (this.#inString) this.#scanString(byte)
      else if (byte === QUOTE) this.#inString = true
      else if (byte === COMMA) this.#values += 1
      else if (OPENING.includes(byte)) this.#open()
      else if (CLOSING.includes(byte)) {
        this.#depth -= 1
        if (this.#depth === 0) return at + 1
      }
    }
    return chunk.length
  }

  #scanString(byte: number): void {
    if (this.#escaped) this.#escaped = false
    else if (byte === BACKSLASH) this.#escaped = true
    else if (byte === QUOTE) this.#inString = false
  }

  #open(): void {
    this.#depth += 1
    this.#values += 1
    if (this.#depth > this.#limits.maxDepth)
      throw new ProtocolError(`a message of the server is nested deeper than ${this.#limits.maxDepth}`)
  }

  #checkSize(more: number): void {
    const { maxMessageBytes, maxMessageValues } = this.#limits
    if (this.#length + more > maxMessageBytes)
      throw new ProtocolError(`a message of the server is longer than ${maxMessageBytes} bytes`)
    if (this.#values > maxMessageValues)
      throw new ProtocolError(`a message of the server has more than ${maxMessageValues} values`)
  }

  /** Copies, so that many small chunks take no more than one large one. */
  #hold(part: Uint8Array): void {
    const length = this.#length + part.length
    const held = this.#held ?? Buffer.alloc(FIRST_CAPACITY)
    if (held.length >= length) this.#held = held
    else {
      this.#held = Buffer.alloc(Math.max(length, held.length * 2))
      held.copy(this.#held, 0, 0, this.#length)
    }
    this.#held.set(part, this.#length)
    this.#length = length
  }

  #take(rest: Uint8Array): unknown {
    let bytes = rest
    if (this.#length > 0) {
      this.#hold(rest)
      bytes = this.#held!.subarray(0, this.#length)
    }
    this.#held = null
    this.#length = 0
    this.#values = 0
    try {
      return JSON.parse(this.#decoder.decode(bytes))
    } catch (error) {
      throw new ProtocolError(`a message of the server is no JSON: ${(error as Error).message}`)
    }
  }
}
