/** What is on the wire: remotes, messages cut anywhere, values both ways, and whatever else a server may send. */
import fc from 'fast-check'
import t from 'tap'
import {
  type AnyKind,
  boolean,
  EncodeError,
  formatRemote,
  integer,
  kindOf,
  map,
  named,
  OvsdbError,
  optional,
  ProtocolError,
  parseRemote,
  RemoteSyntaxError,
  real,
  set,
  string,
  uuid,
} from '../src/index.ts'
import { JsonFramer } from '../src/json-framer.ts'
import { type Notation, Replica } from '../src/replica.ts'
import { parseSchema } from '../src/schema.ts'

t.test('a remote is spelled as Open vSwitch does', async (t) => {
  const good: [text: string, full?: string][] = [
    ['unix:/var/run/openvswitch/db.sock'],
    ['unix:relative file'],
    ['tcp:10.0.0.1:6641'],
    ['tcp:host.example', 'tcp:host.example:6640'],
    ['ssl:[fd00::1]:6640'],
    ['ssl:[fe80::1%eth0]', 'ssl:[fe80::1%eth0]:6640'],
  ]
  for (const [text, full = text] of good) t.equal(formatRemote(parseRemote(text)), full)
  for (const text of [
    '',
    'unix:',
    'ptcp:6640',
    'tcp:',
    'tcp:h:0',
    'tcp:h:65536',
    'tcp:::1:6640',
    'tcp:h:1:2',
    'http://h',
  ])
    t.throws(
      () => parseRemote(text),
      { name: 'RemoteSyntaxError', message: /expected unix:FILE, tcp:/ },
      text,
    )
  t.ok(new RemoteSyntaxError('x') instanceof OvsdbError)
})

const LIMITS = { maxMessageBytes: 10_000, maxDepth: 16, maxMessageValues: 500 }

/** Everything that comes out when the bytes come in these pieces. */
const framed = (bytes: Uint8Array, cuts: readonly number[], limits = LIMITS): unknown[] => {
  const framer = new JsonFramer(limits)
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return places.slice(1).flatMap((end, index) => [...framer.push(bytes.subarray(places[index], end))])
}

const message = fc.oneof(
  fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 6 })),
  fc.array(fc.jsonValue({ maxDepth: 5 })),
)

t.test('messages come out as they went in, wherever the stream is cut', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(message, fc.constantFrom('', ' ', '\n', '\t\r\n'))),
      fc.array(fc.nat()),
      (messages, cuts) => {
        const texts = messages.map(([value, space]) => JSON.stringify(value) + space)
        const out = framed(Buffer.from(texts.join('')), cuts, {
          ...LIMITS,
          maxMessageBytes: 1e6,
          maxMessageValues: 1e5,
        })
        return (
          JSON.stringify(out) === JSON.stringify(messages.map(([value]) => JSON.parse(JSON.stringify(value))))
        )
      },
    ),
  )
})

t.test('byte by byte, and a text of several bytes per letter', async (t) => {
  const bytes = Buffer.from('{"a":"\\"}]\\\\ käse 🧀"}[1]')
  const each = Array.from({ length: bytes.length }, (_, index) => index)
  t.same(framed(bytes, each), [{ a: '"}]\\ käse 🧀' }, [1]])
})

t.test('what is no JSON, or too much of it, is a typed error', async (t) => {
  const wrong: [text: string | Uint8Array, says: RegExp][] = [
    ['HTTP/1.1 400 Bad Request', /does not speak JSON-RPC: byte 0x48/],
    ['{"a":1}x', /byte 0x78/],
    ['{"a":}', /is no JSON/],
    ['{]', /is no JSON/],
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), /is no JSON/],
    [`{"a":"${'x'.repeat(10_000)}"}`, /longer than 10000 bytes/],
    ['['.repeat(17), /nested deeper than 16/],
    [`[${'[],'.repeat(400)}1]`, /more than 500 values/],
    [`[${'1,'.repeat(501)}`, /more than 500 values/],
  ]
  for (const [text, says] of wrong)
    t.throws(() => framed(Buffer.from(text), [3, 7]), { name: 'ProtocolError', message: says })
})

t.test('random bytes are messages or a typed error', async () => {
  const likely = fc.constantFrom(...Buffer.from('{}[]",:\\ 10eault'))
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 9, arbitrary: likely }, fc.nat(255))),
      fc.array(fc.nat()),
      (bytes, cuts) => {
        try {
          framed(Uint8Array.from(bytes), cuts)
        } catch (error) {
          return error instanceof ProtocolError
        }
        return true
      },
    ),
  )
})

t.test('a message in many small pieces takes the memory of one in few', async (t) => {
  const framer = new JsonFramer({ ...LIMITS, maxMessageBytes: 2 ** 22 })
  const letter = Buffer.from('x')
  const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed
  t.same([...framer.push(Buffer.from('{"a":"'))], [])
  for (let count = 0; count < 2 ** 20; count += 1) for (const _ of framer.push(letter)) t.fail('not complete')
  const grown = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before
  t.ok(grown < 2 ** 26, `${grown} bytes for 2 ** 20 pieces`)
  t.equal([...framer.push(Buffer.from('"}'))].length, 1)
})

const uuids = fc.uuid().map((text) => text.toLowerCase())
const texts = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '').toWellFormed())
const VALUES: readonly [AnyKind, fc.Arbitrary<unknown>][] = [
  [integer, fc.maxSafeInteger()],
  [real, fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (Math.abs(x) < 1e-300 ? 0 : x))],
  [boolean, fc.boolean()],
  [string, texts],
  [uuid, uuids],
  [optional(string), fc.option(texts)],
  [optional(uuid), fc.option(uuids)],
  [set(integer), fc.uniqueArray(fc.maxSafeInteger())],
  [set(uuid), fc.uniqueArray(uuids)],
  [map(string, string), fc.array(fc.tuple(texts, texts)).map((pairs) => new Map(pairs))],
  [map(integer, uuid), fc.array(fc.tuple(fc.maxSafeInteger(), uuids)).map((pairs) => new Map(pairs))],
]

t.test('values are what they were after the wire', async (t) => {
  for (const [kind, values] of VALUES) {
    fc.assert(
      fc.property(values, (value) => {
        const back: unknown = kind.decode(JSON.parse(JSON.stringify(kind.encode(value))))
        // JSON has no negative zero.
        t.match(back, Object.is(value, -0) ? 0 : value)
        t.same(kind.encode(back), JSON.parse(JSON.stringify(kind.encode(value))), kind.name)
      }),
      { numRuns: 50 },
    )
  }
})

t.test(
  'a set of one element may come without the word, a row of the transaction go by its name',
  async (t) => {
    t.same(set(string).decode('a'), ['a'])
    t.same(set(uuid).decode(['uuid', '00000000-0000-0000-0000-000000000001']), [
      '00000000-0000-0000-0000-000000000001',
    ])
    t.equal(optional(integer).decode(7), 7)
    t.equal(optional(integer).decode(['set', []]), null)
    t.same(set(uuid).encode([named('row1')]), ['set', [['named-uuid', 'row1']]])
  },
)

t.test('what cannot be said is not said', async (t) => {
  const wrong: [kind: AnyKind, value: unknown][] = [
    [integer, 2 ** 53],
    [integer, 1.5],
    [real, Number.NaN],
    [real, 5e-324],
    [real, '1'],
    [boolean, 0],
    [string, 'a\0b'],
    [string, '\ud800'],
    [uuid, 'not one'],
    [uuid, named('9 lives')],
    [set(integer), ['1']],
    [map(string, string), new Map([['a', 1]])],
  ]
  for (const [kind, value] of wrong)
    t.throws(() => kind.encode(value), EncodeError, `${kind.name} ${String(value)}`)
})

t.test('a difference changes a set and a map by elements, and anything else as a whole', async (t) => {
  t.same(set(string).change(['a', 'b'], ['set', ['b', 'c']]), ['a', 'c'])
  t.same(set(string).change(['a'], 'a'), [])
  t.equal(optional(string).change('a', 'b'), 'b')
  t.equal(optional(string).change('a', ['set', []]), null)
  const before = new Map([
    ['same', '1'],
    ['gone', '2'],
    ['other', '3'],
  ])
  const difference = [
    'map',
    [
      ['gone', '2'],
      ['other', '4'],
      ['new', '5'],
    ],
  ]
  t.same(
    [...map(string, string).change(before, difference)],
    [
      ['same', '1'],
      ['other', '4'],
      ['new', '5'],
    ],
  )
})

t.test('the kinds of a schema', async (t) => {
  const kinds: [type: unknown, name: string][] = [
    ['string', 'string'],
    [{ key: { type: 'string', enum: ['set', ['a', 'b']] } }, 'string'],
    [{ key: 'integer', min: 0, max: 1 }, 'optional integer'],
    [{ key: { type: 'uuid', refTable: 'T' }, min: 0, max: 'unlimited' }, 'set of uuid'],
    [{ key: 'integer', min: 1, max: 3 }, 'set of integer'],
    [{ key: 'string', value: { type: 'uuid' }, min: 0, max: 'unlimited' }, 'map of string to uuid'],
  ]
  for (const [type, name] of kinds) t.equal(kindOf(type).name, name)
})

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 5 }),
  fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom<unknown>(
        'set',
        'map',
        'uuid',
        'string',
        'integer',
        null,
        1,
        true,
        '__proto__',
        'A',
        'a',
        'b',
      ),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          'A',
          'a',
          'b',
          'new',
          'initial',
          'insert',
          'modify',
          'delete',
          'key',
          'value',
          'type',
          'tables',
          'columns',
          'name',
          'version',
          '__proto__',
        ),
        tie('any'),
        { maxKeys: 4 },
      ),
    ),
  })).any,
)

t.test('whatever a server sends is taken, or is a typed error and changes nothing', async () => {
  const tables = { A: { a: map(string, string), b: set(uuid) }, name: { a: optional(integer) } }
  const takers: ((json: unknown) => unknown)[] = [
    ...VALUES.flatMap(([kind]) => [kind.decode, (json: unknown) => kind.change(kind.empty, json)]),
    kindOf,
    parseSchema,
    ...(['rows', 'differences'] as Notation[]).flatMap((notation) => [
      (json: unknown) => new Replica(tables, { maxRows: 3, maxBytes: 1000 }).update(json, notation),
      (json: unknown) => new Replica(tables, { maxRows: 3, maxBytes: 1000 }).replace({ A: json }, notation),
    ]),
  ]
  fc.assert(
    fc.property(anything, (json) =>
      takers.every((take) => {
        try {
          take(json)
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error
        }
        return true
      }),
    ),
    { numRuns: 500 },
  )
})

t.test('rows are bounded in number and size, and a message is taken whole or not at all', async (t) => {
  const tables = { A: { a: string } }
  const replica = new Replica(tables, { maxRows: 2, maxBytes: 1000 })
  const rowsOf = (...texts: string[]) => ({
    A: Object.fromEntries(texts.map((a, index) => [index, { insert: { a } }])),
  })
  t.equal(replica.update(rowsOf('x', 'y'), 'differences').length, 2)
  t.throws(() => replica.update(rowsOf('1', '2', '3'), 'differences'), { message: /more than 2 rows/ })
  t.throws(() => replica.update(rowsOf('z'.repeat(900)), 'differences'), { message: /more than 1000 bytes/ })
  t.throws(
    () => replica.update({ A: { 0: { insert: { a: 'new' } }, 1: { insert: { a: 7 } } } }, 'differences'),
    ProtocolError,
  )
  t.throws(() => replica.update({ A: { 9: { modify: { a: 'new' } } } }, 'differences'), {
    message: /not there/,
  })
  t.same([...replica.rows('A').values()], [{ a: 'x' }, { a: 'y' }])
  t.equal(replica.replace(rowsOf('x'), 'differences').length, 1, 'what is the same is no change')
  t.same([...replica.rows('A').values()], [{ a: 'x' }])
})
