/**
 * The vectors: bytes of real programs, or written by hand from the specification, with what they mean. Each entry is
 *
 *     == title
 *     -- where the bytes are from
 *     04 0e 00 38   ; annotation         (`00 * 256` for a run of one byte)
 *     => the message as a literal
 *     | its text, as formatMessage and ovs-ofctl ofp-print give it
 *     ovs| the text of ovs-ofctl, where it is another
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DecodeError, decode, encode, formatMessage, type Message } from '@openvnet/openflow'
import t from 'tap'
import { withoutOpenVswitch } from './open-vswitch.ts'

interface Vector {
  readonly title: string
  readonly bytes: Uint8Array
  readonly message: Message
  readonly text: string
  readonly theirText: string
}

const directory = join(import.meta.dirname, 'vectors')

function readVectors(file: string): Vector[] {
  const entries = readFileSync(join(directory, file), 'utf8').split('\n== ').slice(1)
  return entries.map((entry) => readVector(entry.split('\n')))
}

function readVector(lines: readonly string[]): Vector {
  const object = lines.findIndex((line) => line.startsWith('=> '))
  const text = lines.findIndex((line) => line.startsWith('| '))
  const ours = stripped(lines, '| ')
  const theirs = stripped(lines, 'ovs| ')
  return {
    title: lines[0] as string,
    bytes: Uint8Array.from(lines.slice(2, object).flatMap(readBytes)),
    message: evaluate(lines.slice(object, text).join('\n').slice(3)),
    text: ours,
    theirText: theirs === '' ? ours : theirs,
  }
}

const stripped = (lines: readonly string[], prefix: string): string =>
  lines
    .filter((line) => line.startsWith(prefix))
    .map((line) => line.slice(prefix.length))
    .join('\n')

function readBytes(line: string): number[] {
  const bytes = (line.split(';')[0] as string).trim()
  const run = /^([0-9a-f]{2}) \* ([0-9]+)$/.exec(bytes)
  if (run !== null) return new Array<number>(Number(run[2])).fill(Number.parseInt(run[1] as string, 16))
  return bytes.split(' ').map((byte) => Number.parseInt(byte, 16))
}

function evaluate(literal: string): Message {
  const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))
  return new Function('hex', `return (${literal})`)(hex)
}

/** ovs-ofctl goes on with what is in the packet. */
const PACKETS: ReadonlySet<Message['type']> = new Set([
  'packet_in',
  'packet_out',
  'nxt_packet_in',
  'nxt_packet_in2',
  'nxt_resume',
])

/** Without dumps of bytes, and of a packet's message the first line only. */
function ofpPrint({ bytes, message }: Vector): string {
  const text = execFileSync('ovs-ofctl', ['ofp-print', Buffer.from(bytes).toString('hex')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const lines = text.split('\n').filter((line) => !/^[0-9a-f]{8} {2}/.test(line))
  return (
    PACKETS.has(message.type) ? (lines[0] as string) : lines.map((line) => line.trimEnd()).join('\n')
  ).trimEnd()
}

for (const file of readdirSync(directory)) {
  t.test(`vectors of ${file}`, async (t) => {
    const vectors = readVectors(file)
    t.ok(vectors.length > 0)
    for (const vector of vectors) {
      const { title, bytes, message, text } = vector
      assert.deepEqual(decode(bytes), message, title)
      t.pass(`${title}: decodes`)
      t.equal(hexOf(encode(message)), hexOf(bytes), `${title}: encodes`)
      t.equal(formatMessage(message).trimEnd(), text, `${title}: has a text`)
      for (let length = 0; length < bytes.length; length++) {
        assert.throws(() => decode(bytes.subarray(0, length)), DecodeError, `${title} cut at ${length}`)
      }
    }
  })

  t.test(`ovs-ofctl agrees on the text of ${file}`, { skip: withoutOpenVswitch }, async (t) => {
    for (const vector of readVectors(file)) t.equal(ofpPrint(vector), vector.theirText, vector.title)
  })
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
