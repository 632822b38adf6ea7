/**
 * Names of a DNS message that were written before become pointers to there: RFC 1035 §4.1.4. The library writes whole names;
 * compressed, twice as many records fit into a datagram. Names are equal octet by octet, so that each keeps its case; those
 * in data only of the types that RFC 3597 §4 lets be compressed.
 */
import { readU16, writeU16 } from '../octets.ts'

const HEADER = 12
const COUNTS = [4, 6, 8, 10] as const
/** Type and class of a question; type, class, TTL and length of a record. */
const [QUESTION, RECORD] = [4, 10]
const POINTER = 0xc000
/** Places that 14 bits can say. */
const REACH = 0x4000

/** Names in the data of a record: how many octets stand before the first, and how many names there are. */
const NAMES: Readonly<Record<number, readonly [before: number, names: number]>> = {
  2: [0, 1], // NS
  5: [0, 1], // CNAME
  6: [0, 2], // SOA
  12: [0, 1], // PTR
  15: [2, 1], // MX
}

export interface Compressed {
  readonly bytes: Uint8Array
  /** Where the question ends, and then each record: what stands before is a message without the rest, but for its counts. */
  readonly ends: readonly number[]
}

class Compressor {
  readonly #from: Uint8Array
  readonly #to: Uint8Array
  readonly #places = new Map<string, number>()
  #read = 0
  #written = 0

  constructor(message: Uint8Array) {
    this.#from = message
    this.#to = new Uint8Array(message.length)
  }

  get bytes(): Uint8Array {
    return this.#to.subarray(0, this.#written)
  }

  copy(octets: number): void {
    this.#to.set(this.#from.subarray(this.#read, this.#read + octets), this.#written)
    this.#read += octets
    this.#written += octets
  }

  /** A pointer takes the place of the longest end of the name that was written before. */
  name(): void {
    let end = this.#read
    while (this.#from[end] !== 0) end += 1 + this.#from[end]!
    for (let at = this.#read; at < end; at = this.#read) {
      const rest = Buffer.from(this.#from.buffer, this.#from.byteOffset + at, end - at).toString('latin1')
      const place = this.#places.get(rest)
      if (place !== undefined) {
        writeU16(this.#to, this.#written, POINTER | place)
        this.#written += 2
        this.#read = end + 1
        return
      }
      if (this.#written < REACH) this.#places.set(rest, this.#written)
      this.copy(1 + this.#from[at]!)
    }
    this.copy(1)
  }

  record(): void {
    this.name()
    const fields = this.#written
    const [type, length] = [readU16(this.#from, this.#read), readU16(this.#from, this.#read + RECORD - 2)]
    this.copy(RECORD)
    const end = this.#read + length
    const [before, names] = NAMES[type] ?? [0, 0]
    this.copy(before)
    for (let name = 0; name < names; name += 1) this.name()
    this.copy(end - this.#read)
    writeU16(this.#to, fields + RECORD - 2, this.#written - fields - RECORD)
  }
}

/** @param message with whole names, as the library writes it */
export const compressDns = (message: Uint8Array): Compressed => {
  const compressor = new Compressor(message)
  const [questions, ...records] = COUNTS.map((at) => readU16(message, at)) as [number, number, number, number]
  compressor.copy(HEADER)
  for (let question = 0; question < questions; question += 1) {
    compressor.name()
    compressor.copy(QUESTION)
  }
  const ends = [compressor.bytes.length]
  for (let left = records[0] + records[1] + records[2]; left > 0; left -= 1) {
    compressor.record()
    ends.push(compressor.bytes.length)
  }
  return { bytes: compressor.bytes, ends }
}
