/**
 * Random flows and groups for comparing the simulator with a real switch. Values come from small pools so that frames
 * meet the flows; flows may be ones that a switch refuses, which is compared too.
 */
import {
  type Action,
  FIELDS,
  type FieldName,
  type Instruction,
  type OxmField,
  type Subfield,
} from '@openvnet/openflow'
import fc, { type Arbitrary } from 'fast-check'
import { GROUP_IDS, IPS, IPS6, MACS, PORTS, TCP_UDP } from './pools.ts'
import type { SimulatedFlow, SimulatedGroup } from './simulated_flow.ts'

const POOLS: Partial<Record<FieldName, readonly (number | bigint)[]>> = {
  in_port: PORTS,
  eth_src: MACS,
  eth_dst: MACS,
  eth_type: [0x0800, 0x0806, 0x86dd],
  vlan_vid: [0x1000, 0x1005, 0x1fff, 0],
  vlan_pcp: [0, 3],
  ip_dscp: [0, 46],
  ip_ecn: [0, 1],
  ip_proto: [1, 6, 17, 58],
  ip_frag: [0, 1, 3],
  nw_ttl: [1, 2, 64],
  ipv4_src: IPS,
  ipv4_dst: IPS,
  arp_spa: IPS,
  arp_tpa: IPS,
  arp_sha: MACS,
  arp_tha: MACS,
  arp_op: [1, 2],
  ipv6_src: IPS6,
  ipv6_dst: IPS6,
  tcp_src: TCP_UDP,
  tcp_dst: TCP_UDP,
  udp_src: TCP_UDP,
  udp_dst: TCP_UDP,
  icmpv4_type: [0, 8],
  icmpv4_code: [0, 1],
  icmpv6_type: [128, 129, 135, 136],
  icmpv6_code: [0],
  ipv6_nd_target: IPS6,
  ipv6_nd_sll: MACS,
  ipv6_nd_tll: MACS,
  nd_reserved: [0, 0xe000_0000],
  nd_options_type: [1, 2],
  metadata: [0n, 5n, 0xffff_0000_0000_0005n],
  tunnel_id: [0n, 9n],
}
const poolOf = (name: FieldName): readonly (number | bigint)[] => POOLS[name] ?? [0, 5, 0xffff_0005]

const isWide = (name: FieldName): boolean => FIELDS[name].bits > 48
const typed = (name: FieldName, value: bigint): number | bigint => (isWide(name) ? value : Number(value))

/** The fields that the simulator gives a packet; the library knows more. */
const SIMULATED =
  /^(in_port|metadata|eth_(src|dst|type)|vlan_(vid|pcp)|ip_(dscp|ecn|proto|frag)|ipv[46]_(src|dst)|(tcp|udp)_(src|dst)|icmpv[46]_(type|code)|arp_.*|ipv6_nd_.*|nd_.*|tunnel_id|nw_ttl|reg([0-9]|1[0-5]))$/
const fieldNames = fc.constantFrom(
  ...(Object.keys(FIELDS) as FieldName[]).filter((name) => SIMULATED.test(name)),
)
const pooled = (name: FieldName): Arbitrary<bigint> => fc.constantFrom(...poolOf(name)).map(BigInt)

const masked = (name: FieldName, value: bigint, mask: bigint): OxmField => ({
  field: name,
  value: typed(name, value & mask),
  mask: typed(name, mask),
})

const oxm = (name: FieldName): Arbitrary<OxmField> => {
  const exact = pooled(name).map(
    (value): OxmField => ({ field: name, value: typed(name, value), mask: null }),
  )
  if (!FIELDS[name].maskable) return exact
  const ones = (1n << BigInt(FIELDS[name].bits)) - 1n
  const mask = fc.constantFrom(ones >> 1n, ones - 1n, ones ^ 0xfn, 1n, ones).map((bits) => bits & ones)
  return fc.oneof(
    { weight: 3, arbitrary: exact },
    fc.tuple(pooled(name), mask).map(([value, bits]) => masked(name, value, bits)),
  )
}

/** Families of fields that occur in one packet, with what they need in front. */
const fact = (field: FieldName, value: number): OxmField => ({ field, value, mask: null })
const SORTS: readonly { readonly facts: readonly OxmField[]; readonly fields: readonly FieldName[] }[] = [
  { facts: [], fields: [] },
  { facts: [{ field: 'vlan_vid', value: 0x1000, mask: 0x1000 }], fields: ['vlan_pcp'] },
  { facts: [fact('eth_type', 0x0806)], fields: ['arp_op', 'arp_spa', 'arp_tpa', 'arp_sha', 'arp_tha'] },
  {
    facts: [fact('eth_type', 0x0800)],
    fields: ['ipv4_src', 'ipv4_dst', 'ip_dscp', 'ip_ecn', 'nw_ttl', 'ip_frag'],
  },
  {
    facts: [fact('eth_type', 0x0800), fact('ip_proto', 1)],
    fields: ['icmpv4_type', 'icmpv4_code', 'ipv4_src', 'ipv4_dst', 'nw_ttl'],
  },
  {
    facts: [fact('eth_type', 0x0800), fact('ip_proto', 6)],
    fields: ['tcp_src', 'tcp_dst', 'ipv4_src', 'ip_dscp'],
  },
  {
    facts: [fact('eth_type', 0x0800), fact('ip_proto', 17)],
    fields: ['udp_src', 'udp_dst', 'ipv4_dst', 'ip_ecn'],
  },
  {
    facts: [fact('eth_type', 0x86dd), fact('ip_proto', 58)],
    fields: ['icmpv6_type', 'icmpv6_code', 'ipv6_src', 'nw_ttl'],
  },
  ...[[135, 'ipv6_nd_sll'] as const, [136, 'ipv6_nd_tll'] as const].map(([type, option]) => ({
    facts: [
      fact('eth_type', 0x86dd),
      fact('ip_proto', 58),
      fact('icmpv6_type', type),
      fact('icmpv6_code', 0),
    ],
    fields: ['icmpv6_type', 'nd_reserved', 'nd_options_type', 'ipv6_nd_target', option, 'ipv6_dst'] as const,
  })),
  { facts: [fact('eth_type', 0x86dd), fact('ip_proto', 17)], fields: ['udp_src', 'ipv6_dst', 'ip_dscp'] },
  { facts: [fact('eth_type', 0x86dd), fact('ip_proto', 6)], fields: ['tcp_dst', 'ipv6_src', 'ip_ecn'] },
]
const COMMON: readonly FieldName[] = [
  'in_port',
  'eth_src',
  'eth_dst',
  'metadata',
  'reg0',
  'reg5',
  'tunnel_id',
]
type Sort = (typeof SORTS)[number]

const subfield = (name: FieldName): Arbitrary<Subfield> =>
  fc
    .tuple(fc.nat(FIELDS[name].bits - 1), fc.integer({ min: 1, max: FIELDS[name].bits }))
    .map(([offset, bits]) => ({ field: name, offset, bits: Math.min(bits, FIELDS[name].bits - offset) }))

const registers = fc.constantFrom<FieldName>('reg0', 'reg5', 'reg15', 'metadata', 'tunnel_id')

const pair = (names: Arbitrary<FieldName>): Arbitrary<readonly [Subfield, Subfield]> =>
  fc
    .tuple(fc.oneof(names, registers), fc.oneof(names, registers))
    .chain(([src, dst]) => fc.tuple(subfield(src), subfield(dst)))
    .map(([src, dst]) => {
      const bits = Math.min(src.bits, dst.bits)
      return [
        { ...src, bits },
        { ...dst, bits },
      ] as const
    })

const load = (dst: Subfield, value: bigint): Action => ({
  type: 'reg_load',
  dst: dst.bits > 64 ? { ...dst, bits: 64 } : dst,
  value: value & ((1n << BigInt(Math.min(dst.bits, 64))) - 1n),
})

const outputPort = fc.constantFrom(...PORTS, 0xffff_fff8, 0xffff_fffb, 0xffff_fffc, 9)
const output = outputPort.map((port): Action => ({ type: 'output', port, max_len: 0 }))

/**
 * Where a part of one is written Open vSwitch 3.1 writes the rest too, as it had read it: nothing, where an option is there
 * twice.
 */
const WHOLE: readonly FieldName[] = [
  ...(['nd_reserved', 'nd_options_type'] as const),
  ...(['ipv6_nd_target', 'ipv6_nd_sll', 'ipv6_nd_tll'] as const),
]

/** @param table resubmit goes below it, so that most programs end */
const actionOf = (sort: Sort, table: number): Arbitrary<Action> => {
  const common = ['eth_src', 'eth_dst', 'reg0', 'reg5', 'metadata'] as const
  const names = fc.constantFrom<FieldName>(...common, ...sort.fields)
  const parted = fc.constantFrom<FieldName>(...common, ...sort.fields.filter((name) => !WHOLE.includes(name)))
  const subfields = fc.oneof(parted, registers).chain(subfield)
  return fc.oneof(
    { weight: 5, arbitrary: output },
    {
      weight: 4,
      arbitrary: fc.oneof({ weight: 9, arbitrary: names }, fieldNames).chain((name) =>
        pooled(name).map(
          (value): Action => ({
            type: 'set_field',
            field: { field: name, value: typed(name, value), mask: null },
          }),
        ),
      ),
    },
    { weight: 3, arbitrary: pair(parted).map(([src, dst]): Action => ({ type: 'reg_move', src, dst })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(subfields, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
        .map(([dst, value]) => load(dst, value)),
    },
    { weight: 1, arbitrary: subfields.map((src): Action => ({ type: 'stack_push', src })) },
    { weight: 1, arbitrary: subfields.map((dst): Action => ({ type: 'stack_pop', dst })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Action>(
        { type: 'dec_nw_ttl' },
        { type: 'set_nw_ttl', ttl: 9 },
        { type: 'pop_vlan' },
        { type: 'push_vlan', ethertype: 0x8100 },
        { type: 'push_vlan', ethertype: 0x88a8 },
        { type: 'set_queue', queue_id: 0 },
        ...[0n, 2n].map(
          (value): Action => ({ type: 'reg_load', dst: { field: 'in_port', offset: 0, bits: 32 }, value }),
        ),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...GROUP_IDS, 99).map((group_id): Action => ({ type: 'group', group_id })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.integer({ min: table + 1, max: 6 }), fc.constantFrom(0xfff8, 2))
        .map(([to, in_port]): Action => ({ type: 'resubmit_table', in_port, table: to })),
    },
  )
}

const instructionsOf = (sort: Sort, table: number): Arbitrary<Instruction[]> => {
  const actions = fc.array(actionOf(sort, table), { minLength: 1, maxLength: 5 })
  const wide = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
  const optional = <T>(arbitrary: Arbitrary<T>): Arbitrary<T[]> =>
    fc.option(arbitrary, { nil: undefined, freq: 2 }).map((one) => (one === undefined ? [] : [one]))
  return fc
    .tuple(
      optional(actions.map((list): Instruction => ({ type: 'apply_actions', actions: list }))),
      optional(fc.constant<Instruction>({ type: 'clear_actions' })).map((list) =>
        table % 2 === 0 ? [] : list,
      ),
      optional(actions.map((list): Instruction => ({ type: 'write_actions', actions: list }))),
      optional(
        fc.tuple(wide, wide).map(
          ([metadata, metadata_mask]): Instruction => ({
            type: 'write_metadata',
            metadata: metadata & metadata_mask,
            metadata_mask,
          }),
        ),
      ),
      optional(
        fc
          .integer({ min: Math.max(table, 1), max: 4 })
          .map((table_id): Instruction => ({ type: 'goto_table', table_id })),
      ),
    )
    .map((parts) => parts.flat())
}

const matchOf = (sort: Sort): Arbitrary<OxmField[]> =>
  fc
    .subarray([...new Set([...COMMON, ...sort.fields])], { maxLength: 2 })
    .chain((names) => fc.tuple(...names.map(oxm)))
    .map((fields) => [...sort.facts, ...fields])

export const flows: Arbitrary<SimulatedFlow[]> = fc
  .array(
    fc
      .tuple(fc.constantFrom(...SORTS), fc.constantFrom(0, 0, 0, 1, 2, 3, 4))
      .chain(([sort, table_id]) =>
        fc
          .tuple(matchOf(sort), instructionsOf(sort, table_id))
          .map(([match, instructions]) => ({ table_id, priority: 0, match, instructions, why: '' })),
      ),
    { minLength: 4, maxLength: 14 },
  )
  .map((list) => list.map((flow, index) => ({ ...flow, priority: 100 + index, why: `flow ${index}` })))

// The switch accepts a bucket that uses the stack, and ignores that, or a group that is not there; the simulator refuses both.
const inBucket = (action: Action): boolean =>
  action.type === 'group' ? action.group_id === 8 : !action.type.startsWith('stack_')

const bucketAction = fc.oneof(
  { weight: 2, arbitrary: output },
  fc
    .constantFrom(...SORTS)
    .chain((sort) => actionOf(sort, 0))
    .filter(inBucket),
)

export const groups: Arbitrary<SimulatedGroup[]> = fc
  .tuple(
    fc.constantFrom(0, 2),
    fc.array(fc.array(bucketAction, { maxLength: 4 }), { minLength: 1, maxLength: 3 }),
    fc.array(output, { minLength: 1, maxLength: 2 }),
  )
  .map(([group_type, lists, plain]) => {
    const bucket = (actions: readonly Action[]) => ({
      weight: 0,
      watch_port: 0xffff_ffff,
      watch_group: 0xffff_ffff,
      actions,
    })
    const some = group_type === 2 ? lists.slice(0, 1) : lists
    return [
      { group_id: 8, group_type: 0, buckets: plain.map((action) => bucket([action])), why: 'group 8' },
      { group_id: 7, group_type, buckets: some.map(bucket), why: 'group 7' },
    ]
  })
