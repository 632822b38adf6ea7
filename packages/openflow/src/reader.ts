/**
 * Reads big-endian values out of one message. Every read is checked against `end`; `limit` narrows `end` to one
 * TLV and `leave` widens it again, so a wrong inner length never reads into its neighbour. One object and one
 * DataView serve all messages of a receive buffer (`reset`): making them costs more than reading a message.
 */
import { DecodeError, type DecodeErrorCode, within } from './decode-error.ts'

const TWO_32 = 0x1_0000_0000

/** @throws DecodeError with code `truncated` from every read that goes beyond `end` */
export class Reader {
  /** Position in the underlying buffer. */
  offset = 0
  /** The first position that may not be read. */
  end = 0
  #start = 0
  #view: DataView

  /** @param bytes one message; they are not copied */
  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer)
    this.reset(bytes)
  }

  /** Starts over at the first of `bytes`, which hold one message. */
  reset(bytes: Uint8Array): void {
    if (this.#view.buffer !== bytes.buffer) this.#view = new DataView(bytes.buffer)
    this.#start = bytes.byteOffset
    this.offset = bytes.byteOffset
    this.end = bytes.byteOffset + bytes.byteLength
  }

  /** Bytes up to the present limit. */
  get remaining(): number {
    return this.end - this.offset
  }

  /** @throws DecodeError at the present position, or at `offset` */
  fail(code: DecodeErrorCode, detail: string, offset = this.offset): never {
    throw new DecodeError(code, offset - this.#start, detail)
  }

  /** Takes `size` bytes and returns where they begin. */
  #take(size: number): number {
    const at = this.offset
    if (size > this.end - at) this.fail('truncated', `${size} bytes needed, ${this.end - at} left`)
    this.offset = at + size
    return at
  }

  /** 0..255. */
  u8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  /** 0..65535. */
  u16(): number {
    return this.#view.getUint16(this.#take(2))
  }

  /** 0..2^32 - 1. */
  u32(): number {
    return this.#view.getUint32(this.#take(4))
  }

  /** 0..255, at the offset `at`, which must be before `end`: to look ahead. */
  peekU8(at: number): number {
    return this.#view.getUint8(at)
  }

  /** 0..65535, of which both bytes must be before `end`: to look ahead. */
  peekU16(at: number): number {
    return this.#view.getUint16(at)
  }

  /** A 48-bit number: a MAC address. */
  u48(): number {
    const at = this.#take(6)
    return this.#view.getUint16(at) * TWO_32 + this.#view.getUint32(at + 2)
  }

  /** 0..2^64 - 1. */
  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8))
  }

  /** 0..2^128 - 1: an IPv6 address. */
  u128(): bigint {
    const at = this.#take(16)
    return (this.#view.getBigUint64(at) << 64n) | this.#view.getBigUint64(at + 8)
  }

  /** Reads over `size` bytes: padding. */
  skip(size: number): void {
    this.#take(size)
  }

  /** The next `size` bytes as a view: it shares the receive buffer. */
  bytes(size: number): Uint8Array {
    return new Uint8Array(this.#view.buffer, this.#take(size), size)
  }

  /** The bytes up to the limit, as a view. */
  rest(): Uint8Array {
    return this.bytes(this.remaining)
  }

  /** The bytes up to the limit, copied: for what is kept longer than the receive buffer should be. */
  copyRest(): Uint8Array {
    return this.rest().slice()
  }

  /**
   * Narrows reading to the next `size` bytes.
   * @returns what `leave` or `abandon` needs
   * @throws DecodeError with code `length` if there are not so many
   */
  limit(size: number): number {
    const outer = this.end
    if (size < 0 || size > outer - this.offset) {
      this.fail('length', `length leaves ${size} bytes where ${outer - this.offset} are`)
    }
    this.end = this.offset + size
    return outer
  }

  /**
   * Ends a `limit`: everything within it must have been read.
   * @throws DecodeError with code `trailing`
   */
  leave(outer: number): void {
    if (this.offset !== this.end) this.fail('trailing', `${this.remaining} bytes too many`)
    this.end = outer
  }

  /** Skips what is left within a `limit` and ends it: for padding. */
  abandon(outer: number): void {
    this.offset = this.end
    this.end = outer
  }
}

/** Reads items up to the reader's limit. `name` is what a DecodeError calls the list. */
export function readList<T>(reader: Reader, name: string, readItem: (reader: Reader) => T): T[] {
  const items: T[] = []
  try {
    while (reader.offset < reader.end) items.push(readItem(reader))
  } catch (error) {
    throw within(error, `${name}[${items.length}]`)
  }
  return items
}

/**
 * The same where it is known that `count` items will come. They are held in as much memory as they need, an array that
 * grows has room for 17 at least: matches and actions are short, and kept by the hundred thousand.
 */
export function readCounted<T>(
  reader: Reader,
  name: string,
  count: number,
  readItem: (reader: Reader) => T,
): T[] {
  const items = new Array<T>(count)
  let index = 0
  try {
    for (; reader.offset < reader.end; index++) items[index] = readItem(reader)
  } catch (error) {
    throw within(error, `${name}[${index}]`)
  }
  return items
}

/** How many structures come up to the limit that begin with type and length and have 8 bytes or more. */
export function countTlvs(reader: Reader): number {
  let count = 0
  for (let at = reader.offset; at + 4 <= reader.end; at += Math.max(8, reader.peekU16(at + 2))) count++
  return count
}
