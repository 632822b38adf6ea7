/** Properties of the codec and of the framer that hold for all messages and all bytes. */
import assert from 'node:assert/strict'
import {
  DecodeError,
  decode,
  EncodeError,
  encode,
  encodeInto,
  type FlowMod,
  Framer,
  formatMessage,
  type Message,
  Writer,
} from '@openvnet/openflow'
import fc from 'fast-check'
import t from 'tap'
import { anyMessage } from './arbitrary.ts'

/** `OPENFLOW_FUZZ_RUNS` makes the runs longer. */
const numRuns = Number(process.env['OPENFLOW_FUZZ_RUNS'] ?? 2000)

/** Decodes, and fails on anything but a message or a DecodeError. */
function decodeOrError(bytes: Uint8Array): Message | DecodeError {
  try {
    return decode(bytes)
  } catch (error) {
    assert.ok(error instanceof DecodeError, `not a DecodeError: ${String(error)}`)
    assert.ok(error.offset >= 0 && error.offset <= bytes.length, `offset ${error.offset} of ${bytes.length}`)
    return error
  }
}

t.test('a message decodes to what was encoded', async () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      assert.deepEqual(decode(encode(message)), message)
    }),
    { numRuns },
  )
})

t.test('a structured clone encodes to the same bytes, and encoding changes nothing', async () => {
  fc.assert(
    fc.property(anyMessage, anyMessage, (message, other) => {
      const clone = structuredClone(message)
      const bytes = encode(message)
      const kept = bytes.slice()
      encode(other)
      assert.deepEqual(message, clone)
      assert.deepEqual(encode(clone), bytes)
      assert.deepEqual(bytes, kept)
    }),
    { numRuns },
  )
})

t.test('a message decodes in the middle of a larger buffer', async () => {
  fc.assert(
    fc.property(anyMessage, fc.uint8Array({ maxLength: 20 }), (message, around) => {
      const bytes = encode(message)
      const larger = Buffer.concat([around, bytes, around])
      assert.deepEqual(decode(larger.subarray(around.length, around.length + bytes.length)), message)
    }),
    { numRuns },
  )
})

t.test('every truncation is a DecodeError, whether the header admits it or not', async () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      const bytes = encode(message)
      for (let length = 0; length < bytes.length; length++) {
        const cut = bytes.slice(0, length)
        assert.ok(decodeOrError(cut) instanceof DecodeError)
        if (length < 8) continue
        new DataView(cut.buffer).setUint16(2, length)
        decodeOrError(cut)
      }
    }),
    { numRuns: Math.min(numRuns, 100) },
  )
})

t.test('a changed byte gives a message or a DecodeError, and such a message has a text', async () => {
  fc.assert(
    fc.property(anyMessage, fc.nat(), fc.nat(255), (message, place, value) => {
      const bytes = encode(message)
      bytes[place % bytes.length] = value
      const decoded = decodeOrError(bytes)
      if (!(decoded instanceof DecodeError)) assert.equal(typeof formatMessage(decoded), 'string')
    }),
    { numRuns: numRuns * 3 },
  )
})

t.test('random bytes behind a valid header give a message or a DecodeError', async () => {
  fc.assert(
    fc.property(fc.nat(30), fc.uint8Array({ maxLength: 400 }), (type, body) => {
      const bytes = Buffer.concat([Buffer.from([4, type, 0, 0, 0, 0, 0, 1]), body])
      bytes.writeUInt16BE(bytes.length, 2)
      decodeOrError(bytes)
    }),
    { numRuns: numRuns * 3 },
  )
})

t.test('a DecodeError says where', async (t) => {
  const bytes = encode({ ...flowMod, match: [{ field: 'eth_type', value: 0x0806, mask: null }] })
  // The length byte of the TLV: match at 48, its header 4 bytes, length last.
  bytes[55] = 3
  t.throws(() => decode(bytes), {
    code: 'length',
    offset: 52,
    path: 'flow_mod.match[0]',
    message: 'flow_mod.match[0]: eth_type has 3 bytes instead of 2 (byte 52)',
  })
  t.throws(() => decode(Buffer.from('0105000800000001', 'hex')), { code: 'version' })
  t.throws(() => decode(Buffer.from('0414000c0000000100000000', 'hex')), { code: 'trailing' })
})

const flowMod: FlowMod = {
  type: 'flow_mod',
  xid: 1,
  cookie: 0n,
  cookie_mask: 0n,
  table_id: 0,
  command: 0,
  idle_timeout: 0,
  hard_timeout: 0,
  priority: 1,
  buffer_id: 0xffffffff,
  out_port: 0xffffffff,
  out_group: 0xffffffff,
  flags: 0,
  match: [],
  instructions: [],
}

t.test('what does not fit is an EncodeError', async (t) => {
  const wrong: Record<string, Message> = {
    'a table of 9 bits': { ...flowMod, table_id: 256 },
    'a negative priority': { ...flowMod, priority: -1 },
    'a fraction': { ...flowMod, priority: 1.5 },
    'a cookie of 65 bits': { ...flowMod, cookie: 1n << 64n },
    'a value wider than its field': { ...flowMod, match: [{ field: 'vlan_vid', value: 0x2000, mask: null }] },
    'a number where a bigint belongs': { ...flowMod, match: [{ field: 'metadata', value: 1, mask: null }] },
    'value bits outside of the mask': { ...flowMod, match: [{ field: 'reg0', value: 3, mask: 1 }] },
    'bits that a field does not have': withAction({
      type: 'reg_load',
      dst: { field: 'reg0', offset: 30, bits: 4 },
      value: 0n,
    }),
    'a load wider than its place': withAction({
      type: 'reg_load',
      dst: { field: 'reg0', offset: 0, bits: 4 },
      value: 16n,
    }),
    'a move between different widths': withAction({
      type: 'reg_move',
      src: { field: 'reg0', offset: 0, bits: 4 },
      dst: { field: 'reg1', offset: 0, bits: 5 },
    }),
    'a set_field with a mask': withAction({ type: 'set_field', field: { field: 'reg0', value: 1, mask: 1 } }),
    'too many actions': withActions(
      Array.from({ length: 5000 }, () => ({ type: 'output', port: 1, max_len: 0 })),
    ),
    'a port name of 16 bytes': portStatus('a'.repeat(16)),
    'a port name with a NUL': portStatus('a\0b'),
    'a message over 65535 bytes': { type: 'echo_request', xid: 1, data: new Uint8Array(65528) },
  }
  for (const [what, message] of Object.entries(wrong)) {
    const writer = new Writer()
    encodeInto(writer, { type: 'barrier_request', xid: 5 })
    t.throws(() => encodeInto(writer, message), EncodeError, what)
    t.equal(writer.offset, 8, `${what}: the writer is as it was`)
  }
  t.equal(encode({ type: 'echo_request', xid: 1, data: new Uint8Array(65527) }).length, 65535)
})

function withActions(
  actions: Extract<FlowMod['instructions'][number], { type: 'apply_actions' }>['actions'],
): FlowMod {
  return { ...flowMod, instructions: [{ type: 'apply_actions', actions }] }
}
function withAction(action: Parameters<typeof withActions>[0][number]): FlowMod {
  return withActions([action])
}
function portStatus(name: string): Message {
  const rest = {
    config: 0,
    state: 0,
    curr: 0,
    advertised: 0,
    supported: 0,
    peer: 0,
    curr_speed: 0,
    max_speed: 0,
  }
  return { type: 'port_status', xid: 1, reason: 0, port: { port_no: 1, hw_addr: 0, name, ...rest } }
}

/** The messages of a stream that arrives in these chunks. */
function frame(chunks: readonly Uint8Array[]): Uint8Array[] {
  const framer = new Framer()
  const messages: Uint8Array[] = []
  for (const chunk of chunks) {
    framer.push(chunk)
    for (let next = framer.next(); next !== null; next = framer.next()) messages.push(next)
  }
  assert.equal(framer.buffered, 0)
  return messages
}

t.test('a stream cut at any byte gives the same messages', async () => {
  fc.assert(
    fc.property(fc.array(anyMessage, { minLength: 1, maxLength: 4 }), (messages) => {
      const encoded = messages.map(encode)
      const stream = Buffer.concat(encoded)
      for (let cut = 0; cut <= stream.length; cut++) {
        assert.deepEqual(frame([stream.subarray(0, cut), stream.subarray(cut)]), encoded)
      }
    }),
    { numRuns: Math.min(numRuns, 50) },
  )
})

t.test('a stream in chunks of any size gives the same messages, also if they are taken late', async () => {
  fc.assert(
    fc.property(
      fc.array(anyMessage, { minLength: 1, maxLength: 9 }),
      fc.integer({ min: 1, max: 30 }),
      (messages, size) => {
        const encoded = messages.map(encode)
        const stream = Buffer.concat(encoded)
        const chunks: Uint8Array[] = []
        for (let at = 0; at < stream.length; at += size) chunks.push(stream.subarray(at, at + size))
        assert.deepEqual(frame(chunks), encoded)
        const late = new Framer()
        for (const chunk of chunks) late.push(chunk)
        assert.deepEqual(
          encoded.map(() => late.next()),
          encoded,
        )
        assert.equal(late.next(), null)
      },
    ),
    { numRuns: Math.min(numRuns, 400) },
  )
})

t.test('a length that cannot be is refused', async (t) => {
  const refuse = (hex: string, max?: number): void => {
    const framer = new Framer(max === undefined ? {} : { maxMessageBytes: max })
    framer.push(Buffer.from(hex, 'hex'))
    t.throws(() => framer.next(), { name: 'DecodeError', code: 'length' })
  }
  refuse('0400000700000000')
  refuse('0400000000000000')
  refuse('0400006500000000', 100)
})
