/**
 * Mutated messages of real programs and random bytes, for a few seconds; `OPENFLOW_FUZZ_SECONDS` makes it longer,
 * `OPENFLOW_FUZZ_SEED` repeats a run. Whatever the bytes: a message or a DecodeError, soon, and in little memory. What
 * is decoded has a text, and encodes to bytes that decode to the same.
 */
import assert from 'node:assert/strict'
import { DecodeError, decode, encode, Framer, formatMessage, type Message } from '@openvnet/openflow'
import t from 'tap'
import { readVectors, vectorFiles } from './golden-vectors.ts'

const SECONDS = Number(process.env['OPENFLOW_FUZZ_SECONDS'] ?? 3)
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 0xffffffff)
/** One message may take this long on a machine that does other things too. */
const MAX_MESSAGE_MS = 2000
const MAX_GROWTH_BYTES = 256 * 1024 * 1024

/** Numbers below `limit`, the same for the same seed (mulberry32). */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed >>> 0
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 0x1_0000_0000) * limit)
  }
}

const random = randomFrom(SEED)

const INTERESTING = [0, 1, 4, 7, 8, 0x10, 0x7f, 0x80, 0xfe, 0xff]
const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T
const corpus = vectorFiles.flatMap(readVectors).map(({ bytes }) => bytes)

type Mutation = (bytes: Uint8Array) => Uint8Array

const MUTATIONS: readonly Mutation[] = [
  (bytes) => put(bytes, random(bytes.length), (bytes[random(bytes.length)] ?? 0) ^ (1 << random(8))),
  (bytes) => put(bytes, random(bytes.length), pick(INTERESTING)),
  (bytes) => put(bytes, random(bytes.length), random(256)),
  // A length or type of 16 bits.
  (bytes) => {
    const at = random(bytes.length) & ~1
    return put(put(bytes, at, 0), at + 1, pick(INTERESTING))
  },
  (bytes) => bytes.slice(0, random(bytes.length + 1)),
  // A part of another message in the middle.
  (bytes) => {
    const at = random(bytes.length) & ~7
    const other = pick(corpus)
    const from = random(other.length) & ~7
    return join3(bytes.subarray(0, at), other.subarray(from), bytes.subarray(at))
  },
  // A part twice, or many times: nesting and repetition.
  (bytes) => {
    const at = 8 + (random(bytes.length) & ~7)
    const piece = bytes.subarray(at, at + 8 * (1 + random(8)))
    const many = new Uint8Array(piece.length * random(400))
    for (let start = 0; start < many.length; start += piece.length) many.set(piece, start)
    return join3(bytes.subarray(0, at), many, bytes.subarray(at))
  },
  (bytes) => bytes.map((byte, index) => (index < 8 ? byte : random(256))),
]

function put(bytes: Uint8Array, at: number, value: number): Uint8Array {
  if (at < bytes.length) bytes[at] = value
  return bytes
}

function join3(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts).subarray(0, 65535))
}

function mutated(): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(pick(corpus))
  for (let count = 1 + random(4); count > 0 && bytes.length > 0; count--) bytes = pick(MUTATIONS)(bytes)
  // Mostly the header tells the truth, or nothing behind it would be tried.
  if (bytes.length >= 8 && random(8) !== 0) {
    bytes[0] = 4
    new DataView(bytes.buffer, bytes.byteOffset).setUint16(2, bytes.length)
  }
  return bytes
}

function decodeOrNull(bytes: Uint8Array): Message | null {
  try {
    return decode(bytes)
  } catch (error) {
    assert.ok(error instanceof DecodeError, `not a DecodeError: ${String(error)}`)
    assert.ok(error.offset >= 0 && error.offset <= bytes.length, 'the offset lies within')
    assert.ok(error.message.length < 1000, 'the text of an error is short')
    return null
  }
}

/** What was decoded can be printed, and encodes to what it was: only padding may differ. */
function checkMessage(message: Message): void {
  assert.equal(typeof formatMessage(message), 'string')
  assert.deepEqual(decode(encode(message)), withOneXid(message))
}

/** The message in a bundle has the xid of the one around it: encode sees to that. */
const withOneXid = (message: Message): Message =>
  message.type === 'bundle_add_message'
    ? { ...message, message: { ...message.message, xid: message.xid } }
    : message

const deadline = Date.now() + SECONDS * 1000
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

t.test(`messages made wrong, for ${SECONDS} s (seed ${SEED})`, async (t) => {
  const before = process.memoryUsage()
  let [count, decoded, slowest] = [0, 0, 0]
  while (Date.now() < deadline) {
    const bytes = mutated()
    const start = performance.now()
    try {
      const message = decodeOrNull(bytes)
      if (message !== null) {
        decoded++
        checkMessage(message)
      }
    } catch (error) {
      t.fail(`seed ${SEED}, message ${count}: ${String(error)}`, { bytes: hexOf(bytes).slice(0, 4000) })
      return
    }
    slowest = Math.max(slowest, performance.now() - start)
    count++
  }
  const after = process.memoryUsage()
  t.ok(slowest < MAX_MESSAGE_MS, `the slowest took ${slowest.toFixed(0)} ms`)
  t.ok(after.rss - before.rss < MAX_GROWTH_BYTES, 'memory stays bounded')
  t.ok(decoded > 0 && decoded < count, `${count} messages, of which ${decoded} decode`)
})

t.test('streams made wrong', async (t) => {
  const end = Date.now() + (SECONDS * 1000) / 4
  let streams = 0
  for (; Date.now() < end; streams++) {
    const stream = join3(pick(corpus), mutated(), mutated(), pick(corpus))
    const framer = new Framer()
    try {
      for (let at = 0; at < stream.length; ) {
        const size = 1 + random(200)
        framer.push(stream.subarray(at, at + size))
        at += size
        for (let next = framer.next(); next !== null; next = framer.next()) decodeOrNull(next)
      }
    } catch (error) {
      assert.ok(error instanceof DecodeError && error.code === 'length', String(error))
    }
    assert.ok(framer.buffered <= stream.length)
  }
  t.ok(streams > 0, `${streams} streams`)
})
