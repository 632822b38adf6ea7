/**
 * Bytes and meaning: every vector of `vectors/` (their format: `golden-vectors.ts`) decodes to the object that stands
 * there, which encodes to the same bytes and has the text that `ovs-ofctl ofp-print` gives the bytes.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { DecodeError, decode, encode, formatMessage, type Message } from '@openvnet/openflow'
import t from 'tap'
import { readVectors, type Vector, vectorFiles } from './golden-vectors.ts'
import { withoutOpenVswitch } from './open-vswitch.ts'

/** ovs-ofctl goes on with what is in the packet. */
const PACKETS: ReadonlySet<Message['type']> = new Set([
  'packet_in',
  'packet_out',
  'nxt_packet_in',
  'nxt_packet_in2',
  'nxt_resume',
])

/** Without dumps of bytes, and of a packet's message the first line and its userdata: a continuation is opaque here. */
function ofpPrint({ bytes, message }: Vector): string {
  const text = execFileSync('ovs-ofctl', ['ofp-print', Buffer.from(bytes).toString('hex')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const lines = text.split('\n').filter((line) => !/^[0-9a-f]{8} {2}/.test(line))
  const about = PACKETS.has(message.type)
    ? lines.filter((line, index) => index === 0 || line.startsWith(' userdata='))
    : lines
  return about
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()
}

/** Who made the bytes: Open vSwitch, or a person with the specification. */
const ORIGIN = /^(captured: ovs-(ofctl|vswitchd)|by hand)/

for (const file of vectorFiles) {
  t.test(`vectors of ${file}`, async (t) => {
    const vectors = readVectors(file)
    t.ok(vectors.length > 0)
    for (const vector of vectors) {
      const { title, bytes, message, origin, text } = vector
      assert.match(origin, ORIGIN, title)
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
