/**
 * Writes big-endian values into one growing buffer. Lengths are patched in when they are known (`offset` before,
 * `patchU16` after). Values that do not fit their size throw EncodeError. `take` hands the bytes over and starts a
 * new buffer, so what was given away is never written again.
 */
import { EncodeError } from './encode-error.ts'

const EMPTY = new Uint8Array(0)
const EMPTY_VIEW = new DataView(EMPTY.buffer)
const TWO_32 = 0x1_0000_0000
const TWO_48 = 0x1_0000_0000_0000
const TWO_64 = 1n << 64n

/** @throws EncodeError from every method for a value that does not fit; what was written before it stays */
export class Writer {
  /** Bytes written so far. */
  offset = 0
  #bytes = EMPTY
  #view = EMPTY_VIEW
  /** The length of `#bytes`: to ask a Uint8Array costs more, and every write asks. */
  #capacity = 0
  /** What to allocate for the next first byte: an idle writer holds no memory. */
  #initial: number

  /** @param initial bytes to allocate at first; later it is a little more than the last `take` gave */
  constructor(initial = 256) {
    this.#initial = initial
  }

  /** Reserves `size` bytes and returns where they begin. */
  #reserve(size: number): number {
    const at = this.offset
    const needed = at + size
    if (needed > this.#capacity) this.#grow(needed)
    this.offset = needed
    return at
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, this.#capacity * 2, this.#initial))
    grown.set(this.#bytes)
    this.#bytes = grown
    this.#capacity = grown.length
    this.#view = new DataView(grown.buffer)
  }

  /** 0..255. */
  u8(value: number): void {
    if ((value & 0xff) !== value) doesNotFit(value, 8)
    const at = this.#reserve(1)
    this.#view.setUint8(at, value)
  }

  /** 0..65535. */
  u16(value: number): void {
    if ((value & 0xffff) !== value) doesNotFit(value, 16)
    const at = this.#reserve(2)
    this.#view.setUint16(at, value)
  }

  /** Two numbers of 0..65535: the type and the length that a structure begins with. */
  tlv(type: number, length: number): void {
    if ((type & 0xffff) !== type) doesNotFit(type, 16)
    if ((length & 0xffff) !== length) doesNotFit(length, 16)
    const at = this.#reserve(4)
    this.#view.setUint32(at, (type << 16) | length)
  }

  /** 0..2^32 - 1. */
  u32(value: number): void {
    if (value >>> 0 !== value) doesNotFit(value, 32)
    const at = this.#reserve(4)
    this.#view.setUint32(at, value)
  }

  /** `count` numbers of 0..2^32 - 1. */
  u32s(values: readonly number[], count: number): void {
    if (values.length !== count) throw new EncodeError(`${values.length} numbers instead of ${count}`)
    for (const value of values) this.u32(value)
  }

  /** 0..2^48 - 1: a MAC address. */
  u48(value: number): void {
    if (!Number.isInteger(value) || value < 0 || value >= TWO_48) doesNotFit(value, 48)
    const at = this.#reserve(6)
    this.#view.setUint16(at, value / TWO_32)
    this.#view.setUint32(at + 2, value)
  }

  /** 0..2^64 - 1. */
  u64(value: bigint): void {
    if (typeof value !== 'bigint' || value < 0n || value >= TWO_64) doesNotFit(value, 64)
    const at = this.#reserve(8)
    this.#view.setBigUint64(at, value)
  }

  /** 0..2^128 - 1: an IPv6 address. */
  u128(value: bigint): void {
    if (typeof value !== 'bigint' || value < 0n || value >> 128n !== 0n) doesNotFit(value, 128)
    const at = this.#reserve(16)
    this.#view.setBigUint64(at, value >> 64n)
    this.#view.setBigUint64(at + 8, value & (TWO_64 - 1n))
  }

  /** A copy of the bytes. */
  bytes(bytes: Uint8Array): void {
    if (!(bytes instanceof Uint8Array)) notBytes(bytes)
    const at = this.#reserve(bytes.length)
    this.#bytes.set(bytes, at)
  }

  /** `size` bytes of 0: padding. */
  zeros(size: number): void {
    const at = this.#reserve(size)
    // `fill` is slower than this for a few bytes of padding, and what is zero here is not always: see `rewind`.
    if (size > 16) this.#bytes.fill(0, at, at + size)
    else for (let place = at; place < at + size; place++) this.#view.setUint8(place, 0)
  }

  /** Zeros up to the next multiple of 8 from `start`. */
  pad8(start: number): void {
    const over = (this.offset - start) & 7
    if (over !== 0) this.zeros(8 - over)
  }

  /** Writes 0..65535 at the offset `at`, over what was written there: a length that is known late. */
  patchU16(at: number, value: number): void {
    if ((value & 0xffff) !== value) doesNotFit(value, 16)
    this.#view.setUint16(at, value)
  }

  /** Gives up what was written since `offset` had this value. */
  rewind(offset: number): void {
    this.offset = offset
  }

  /** The bytes written, which are the caller's from now on. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.offset)
    // An eighth more: the next batch is not of the same length to the byte, and growing copies all of it.
    this.#initial = Math.max(64, taken.length + (taken.length >>> 3))
    this.#bytes = EMPTY
    this.#capacity = 0
    this.#view = EMPTY_VIEW
    this.offset = 0
    return taken
  }
}

function doesNotFit(value: unknown, bits: number): never {
  throw new EncodeError(`${String(value)} is not an unsigned number of ${bits} bits`, { value })
}

function notBytes(value: unknown): never {
  throw new EncodeError(`${typeof value} instead of bytes`, { value })
}
