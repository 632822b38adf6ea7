import assert from 'node:assert/strict'
import {
  type Bucket,
  FIELDS,
  type FieldName,
  type Instruction,
  type Match,
  type MatchField,
} from '@openvnet/openflow'
import fc from 'fast-check'
import t from 'tap'
import { isOurGroup } from './group_space.ts'
import { flowKey, flowValue, groupValue, meterValue, readFlowKey } from './identity.ts'
import { isOurMeter, meterOf } from './meter_space.ts'

/** Those with numbers for values; the pipeline has no use for tunnel options. */
const NAMES = (Object.keys(FIELDS) as FieldName[]).filter((name) => FIELDS[name].kind !== 'bytes')

/** Any value of a field, as this project holds it: number up to 48 bits, bigint above. */
const anyValue = (name: FieldName): fc.Arbitrary<number | bigint> => {
  const { bits, bytes } = FIELDS[name]
  const any = fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n })
  return bytes > 6 ? any : any.map(Number)
}
const and = (a: number | bigint, b: number | bigint) => {
  const both = BigInt(a) & BigInt(b)
  return typeof a === 'bigint' ? both : Number(both)
}
const named = (name: FieldName): fc.Arbitrary<MatchField> =>
  fc
    .tuple(anyValue(name), fc.option(anyValue(name)))
    .map(([value, mask]) => ({ field: name, value: mask === null ? value : and(value, mask), mask }))
const unknown: fc.Arbitrary<MatchField> = fc.record({
  field: fc.constant('unknown' as const),
  header: fc.nat(0xffffffff),
  data: fc.uint8Array({ maxLength: 8 }),
})
const match: fc.Arbitrary<Match> = fc
  .tuple(
    fc.subarray(NAMES).chain((names) => fc.tuple(...names.map(named))),
    fc.option(unknown),
  )
  .map(([fields, extra]) => (extra === null ? fields : [...fields, extra]))
const table = fc.nat(254)
const priority = fc.nat(0xffff)

t.test('a key holds all that it names', async () => {
  fc.assert(
    fc.property(table, priority, match, (table_id, priority, match) => {
      const key = flowKey(table_id, priority, match)
      const read = readFlowKey(key)
      assert.equal(read.table_id, table_id)
      assert.equal(read.priority, priority)
      assert.equal(flowKey(read.table_id, read.priority, read.match), key)
    }),
    { numRuns: 300 },
  )
})

t.test('the key does not depend on the order of the fields', async () => {
  fc.assert(
    fc.property(match, (match) => {
      assert.equal(flowKey(1, 2, match.toReversed()), flowKey(1, 2, match))
    }),
  )
})

const one = (field: FieldName, value: number | bigint, mask: number | bigint | null = null): Match => [
  { field, value, mask },
]

t.test('spellings of the same match have the same key', async (t) => {
  const same: [string, Match, Match][] = [
    ['a mask of all ones is no mask', one('ipv4_dst', 0x0a000001, 0xffffffff), one('ipv4_dst', 0x0a000001)],
    ['a mask of all significant bits is no mask', one('vlan_vid', 0x1005, 0x1fff), one('vlan_vid', 0x1005)],
    ['a mask of zeros is no field', one('metadata', 0n, 0n), []],
    [
      'bits outside of the mask do not count',
      one('ipv4_dst', 0x0a0000ff, 0xffffff00),
      one('ipv4_dst', 0x0a000000, 0xffffff00),
    ],
    ['64 bits', one('metadata', 5n, (1n << 64n) - 1n), one('metadata', 5n)],
    ['128 bits', one('ipv6_dst', 5n, (1n << 128n) - 1n), one('ipv6_dst', 5n)],
  ]
  for (const [name, a, b] of same) t.equal(flowKey(0, 0, a), flowKey(0, 0, b), name)
})

t.test('different matches have different keys', async (t) => {
  const keys = [
    flowKey(0, 0, []),
    flowKey(1, 0, []),
    flowKey(0, 1, []),
    flowKey(0, 0, one('ipv4_src', 1)),
    flowKey(0, 0, one('ipv4_dst', 1)),
    flowKey(0, 0, one('ipv4_dst', 0)),
    flowKey(0, 0, one('ipv4_dst', 0, 1)),
    flowKey(0, 0, one('eth_dst', 0xfffffffffffe)),
    flowKey(0, 0, one('eth_dst', 0xfffefffffffe)),
    flowKey(0, 0, one('ipv6_dst', 1n << 100n)),
    flowKey(0, 0, one('ipv6_dst', 1n << 36n)),
  ]
  t.equal(new Set(keys).size, keys.length)
})

const flow = (instructions: readonly Instruction[], more = {}) =>
  flowValue({ cookie: 0x4f56n, idle_timeout: 0, hard_timeout: 0, flags: 0, instructions, ...more })
const output = (port: number) => ({ type: 'output', port, max_len: 0 }) as const

t.test('the value is what the switch keeps', async (t) => {
  const apply: Instruction = { type: 'apply_actions', actions: [output(1)] }
  const goto: Instruction = { type: 'goto_table', table_id: 3 }
  t.equal(flow([goto, apply]), flow([apply, goto]), 'instructions are executed in one order')
  t.equal(flow([{ type: 'apply_actions', actions: [] }, goto]), flow([goto]), 'empty actions are none')
  t.equal(flow([goto], { flags: 6 }), flow([goto]), 'CHECK_OVERLAP and RESET_COUNTS are not kept')
  const different = [
    flow([goto]),
    flow([goto], { flags: 1 }),
    flow([goto], { cookie: 0x14f56n }),
    flow([goto], { idle_timeout: 1 }),
    flow([goto], { hard_timeout: 1 }),
    flow([apply]),
    flow([{ type: 'write_actions', actions: [output(1)] }]),
    flow([{ type: 'apply_actions', actions: [output(1), output(2)] }]),
    flow([{ type: 'apply_actions', actions: [output(2), output(1)] }]),
    flow([{ type: 'write_metadata', metadata: 1n, metadata_mask: 1n }]),
    flow([{ type: 'write_metadata', metadata: 1n, metadata_mask: 3n }]),
  ]
  t.equal(new Set(different).size, different.length)
})

t.test('the value of a group leaves out what its type does not use', async (t) => {
  const bucket = (more: Partial<Bucket> = {}): Bucket => ({
    weight: 0,
    watch_port: 0xffffffff,
    watch_group: 0xffffffff,
    actions: [output(1)],
    ...more,
  })
  const value = (group_type: number, ...buckets: Bucket[]) => groupValue({ group_type, buckets })
  t.equal(value(0, bucket({ weight: 1 })), value(0, bucket()), 'weight of an all group')
  t.equal(value(0, bucket({ watch_port: 0, watch_group: 0 })), value(0, bucket()), 'watches of an all group')
  t.not(value(1, bucket({ weight: 1 })), value(1, bucket()), 'weight of a select group')
  t.not(value(3, bucket({ watch_port: 1 })), value(3, bucket()), 'watch of a fast failover group')
  t.not(value(0, bucket()), value(2, bucket()), 'type')
  t.not(value(0, bucket(), bucket()), value(0, bucket()), 'number of buckets')
})

t.test('our groups are told by their id', async (t) => {
  t.strictSame(
    [0x40000000, 0x4fffffff, 0, 1, 0x3fffffff, 0x50000000, 0xc0000000, 0xffffff00].map(isOurGroup),
    [true, true, false, false, false, false, false, false],
  )
})

t.test(
  'a meter id says kind and interface; what does not fit is refused, and others are not ours',
  async (t) => {
    t.equal(meterOf(1, 7), 0x41000007)
    t.equal(meterOf(15, 0xffffff), 0x4fffffff)
    t.throws(() => meterOf(16, 1), { message: 'kind 16 of interface id 1 does not fit into a meter id' })
    t.throws(() => meterOf(1, 0x1000000), RangeError)
    t.strictSame(
      [0x40000000, 0x4fffffff, 7, 0x3fffffff, 0x50000000, 0xc1000007, 0xffffffff].map(isOurMeter),
      [true, true, ...[false, false, false, false, false]],
    )
  },
)

t.test('the value of a meter is what a switch keeps of it', async (t) => {
  const drop = { type: 'drop', rate: 20, burst_size: 40 } as const
  const value = meterValue({ flags: 6, bands: [drop] })
  t.equal(meterValue({ flags: 14, bands: [drop] }), value, 'counted or not')
  t.not(meterValue({ flags: 5, bands: [drop] }), value)
  t.not(meterValue({ flags: 6, bands: [{ ...drop, burst_size: 41 }] }), value)
  t.not(meterValue({ flags: 6, bands: [drop, drop] }), value)
})
