/**
 * Byte strings: text of one latin1 character per byte, the most compact thing that can be compared and be the key of a
 * map. One writer serves all: what it wrote is taken as a string of its own.
 */

const TWO_32 = 0x1_0000_0000
const LOW_32 = 0xffff_ffffn

export class ByteStringWriter {
  #bytes = Buffer.alloc(1024)
  #length = 0

  #reserve(size: number): number {
    const at = this.#length
    this.#length = at + size
    if (this.#length > this.#bytes.length) {
      const grown = Buffer.alloc(this.#length * 2)
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    return at
  }

  u8(value: number): void {
    const at = this.#reserve(1)
    this.#bytes[at] = value
  }

  u16(value: number): void {
    const at = this.#reserve(2)
    this.#bytes[at] = value >>> 8
    this.#bytes[at + 1] = value
  }

  u32(value: number): void {
    const at = this.#reserve(4)
    this.#bytes[at] = value >>> 24
    this.#bytes[at + 1] = value >>> 16
    this.#bytes[at + 2] = value >>> 8
    this.#bytes[at + 3] = value
  }

  u48(value: number): void {
    this.u16(Math.floor(value / TWO_32))
    this.u32(value % TWO_32)
  }

  u64(value: bigint): void {
    this.u32(Number((value >> 32n) & LOW_32))
    this.u32(Number(value & LOW_32))
  }

  u128(value: bigint): void {
    this.u64(value >> 64n)
    this.u64(value)
  }

  /** The length in two bytes, then the bytes. @param data at most 65535 bytes */
  counted(data: Uint8Array): void {
    this.u16(data.length)
    this.#bytes.set(data, this.#reserve(data.length))
  }

  /** Forgets what was written and not taken. */
  clear(): void {
    this.#length = 0
  }

  /** What was written. */
  take(): string {
    const text = this.#bytes.toString('latin1', 0, this.#length)
    this.#length = 0
    return text
  }
}

/** Takes a byte string apart. */
export class ByteStringReader {
  readonly #text: string
  #at: number

  constructor(text: string, at = 0) {
    this.#text = text
    this.#at = at
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length
  }

  /** An unsigned number of 1 to 6 bytes. */
  number(width: number): number {
    let value = 0
    for (let end = this.#at + width; this.#at < end; this.#at++)
      value = value * 256 + this.#text.charCodeAt(this.#at)
    return value
  }

  /** An unsigned number of 8 or 16 bytes. */
  bigint(width: number): bigint {
    let value = 0n
    for (let words = width / 4; words > 0; words--) value = (value << 32n) | BigInt(this.number(4))
    return value
  }

  counted(): Uint8Array {
    const length = this.number(2)
    this.#at += length
    return Buffer.from(this.#text.slice(this.#at - length, this.#at), 'latin1')
  }
}
