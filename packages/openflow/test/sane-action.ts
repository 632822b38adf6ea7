/** Random actions of Open vSwitch's that it accepts in any flow, and gives back as they are: no prerequisites. */
import type { Action, LearnSpec, Nat, Subfield } from '@openvnet/openflow'
import fc from 'fast-check'
import { literal, record, u16, u32, u64 } from './arbitrary-field.ts'

const port = fc.constantFrom(1, 2, 3)
const registerBits = (most: number): fc.Arbitrary<Subfield> =>
  fc
    .tuple(fc.nat(15), fc.nat(31))
    .chain(([n, offset]) =>
      fc
        .integer({ min: 1, max: Math.min(most, 32 - offset) })
        .map((bits) => ({ field: `reg${n}` as 'reg0', offset, bits })),
    )
const halfRegister = fc.nat(15).map((n): Subfield => ({ field: `reg${n}` as 'reg0', offset: 0, bits: 16 }))

const hash = { fields: fc.constantFrom(0, 1, 2, 3, 4, 5, 6), basis: u16 }
const selecting: readonly fc.Arbitrary<Action>[] = [
  record<Action>({
    type: literal('multipath'),
    ...hash,
    algorithm: fc.constantFrom(0, 1, 2, 3),
    max_link: fc.nat(10),
    arg: u32,
    dst: halfRegister,
  }),
  record<Action>({
    type: literal('bundle'),
    ...hash,
    algorithm: fc.constantFrom(0, 1),
    ports: fc.array(port, { minLength: 1, maxLength: 5 }),
  }),
  record<Action>({
    type: literal('bundle_load'),
    ...hash,
    algorithm: fc.constantFrom(0, 1),
    ports: fc.array(port, { minLength: 1, maxLength: 5 }),
    dst: halfRegister,
  }),
]

const plain: readonly fc.Arbitrary<Action>[] = [
  record<Action>({ type: literal('resubmit'), in_port: port }),
  fc.constantFrom<Action>({ type: 'pop_queue' }, { type: 'exit' }, { type: 'ct_clear' }),
  fc.uint8Array({ minLength: 14, maxLength: 14 }).map((note): Action => ({ type: 'note', note })),
  record<Action>({ type: literal('output_trunc'), port, max_len: fc.integer({ min: 14, max: 0xffffffff }) }),
  registerBits(32).map((src): Action => ({ type: 'output_reg', src, max_len: 0xffff })),
  registerBits(1).map((dst): Action => ({ type: 'check_pkt_larger', pkt_len: 1500, dst })),
  record<Action>({
    type: literal('sample'),
    probability: fc.integer({ min: 1, max: 0xffff }),
    collector_set_id: u32,
    obs_domain_id: u32,
    obs_point_id: u32,
  }),
  record<Action>({
    type: literal('sample3'),
    probability: fc.integer({ min: 1, max: 0xffff }),
    collector_set_id: u32,
    obs_domain_id: u32,
    obs_point_id: u32,
    sampling_port: port,
    direction: fc.constantFrom(0, 1, 2),
  }),
  record<Action>({
    type: literal('controller'),
    max_len: u16,
    controller_id: u16.filter((id) => id > 0),
    reason: fc.nat(2),
  }),
  fc
    .tuple(
      u16.filter((id) => id !== 0xffff),
      fc.uint8Array({ minLength: 1, maxLength: 20 }),
    )
    .map(
      ([max_len, userdata]): Action => ({
        type: 'controller2',
        properties: [{ type: 'max_len', max_len }, { type: 'userdata', userdata }, { type: 'pause' }],
      }),
    ),
]

const learnSpec: fc.Arbitrary<LearnSpec> = fc.constantFrom<LearnSpec>(
  {
    bits: 48,
    src: { field: 'eth_src', offset: 0, bits: 48 },
    dst: { type: 'match', field: { field: 'eth_dst', offset: 0, bits: 48 } },
  },
  {
    bits: 12,
    src: { field: 'vlan_tci', offset: 0, bits: 12 },
    dst: { type: 'match', field: { field: 'vlan_tci', offset: 0, bits: 12 } },
  },
  {
    bits: 16,
    src: Uint8Array.of(0, 7),
    dst: { type: 'match', field: { field: 'reg3', offset: 4, bits: 16 } },
  },
  {
    bits: 32,
    src: Uint8Array.of(0, 0, 1, 5),
    dst: { type: 'load', field: { field: 'reg2', offset: 0, bits: 32 } },
  },
  { bits: 16, src: { field: 'nxm_in_port', offset: 0, bits: 16 }, dst: { type: 'output' } },
)
const learned = {
  idle_timeout: fc.nat(9),
  hard_timeout: fc.nat(9),
  priority: u16,
  cookie: u64.filter((cookie) => cookie !== 0xffff_ffff_ffff_ffffn),
  table_id: literal(20),
  fin_idle_timeout: fc.nat(9),
  fin_hard_timeout: fc.nat(9),
  specs: fc.uniqueArray(learnSpec, { maxLength: 5 }),
}
const learns: readonly fc.Arbitrary<Action>[] = [
  record<Action>({ type: literal('learn'), ...learned, flags: fc.nat(3) }),
  record<Action>({
    type: literal('learn2'),
    ...learned,
    flags: fc.nat(3).map((flags) => flags | 4),
    limit: fc.integer({ min: 1, max: 99 }),
    result_dst: registerBits(1),
  }),
]

const leaf: fc.Arbitrary<Action> = fc.oneof(...selecting, ...plain, ...learns)
export const saneOpenVswitchAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 9, arbitrary: leaf },
  fc.array(leaf, { minLength: 1, maxLength: 3 }).map((actions): Action => ({ type: 'clone', actions })),
)

const NAT: Nat = {
  type: 'nat',
  flags: 1,
  range_ipv4_min: 0x0a000001,
  range_ipv4_max: 0x0a000009,
  range_ipv6_min: null,
  range_ipv6_max: null,
  range_proto_min: null,
  range_proto_max: null,
}
/** Of packets of IPv4 only. */
export const saneCt: fc.Arbitrary<Action> = fc
  .record({
    zone: fc.oneof(u16, halfRegister),
    recirc_table: fc.constantFrom(20, 255),
    flags: fc.constantFrom(1, 3),
    actions: fc.constantFrom<Action[]>(
      [],
      [NAT],
      [{ ...NAT, flags: 2 | 16, range_proto_min: 1024, range_proto_max: 2048 }],
      [{ type: 'set_field', field: { field: 'ct_mark', value: 5, mask: null } }],
      [NAT, { type: 'reg_load', dst: { field: 'ct_label', offset: 0, bits: 64 }, value: 5n }],
    ),
  })
  .map((ct): Action => ({ type: 'ct', alg: 0, ...ct }))
