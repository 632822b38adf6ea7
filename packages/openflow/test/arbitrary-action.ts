/** Random actions: everything that the types allow. */
import type { Action, ControllerProperty, LearnSpec, Nat, Subfield } from '@openvnet/openflow'
import fc from 'fast-check'
import {
  anySubfield,
  FIELD_NAMES,
  fieldOf,
  knownField,
  literal,
  padded,
  record,
  shortSubfield,
  u8,
  u16,
  u32,
  u64,
  unknownField,
} from './arbitrary-field.ts'

const load: fc.Arbitrary<Action> = shortSubfield().chain((dst) =>
  fc
    .bigInt({ min: 0n, max: (1n << BigInt(dst.bits)) - 1n })
    .map((value): Action => ({ type: 'reg_load', dst, value })),
)
const copy = (type: 'reg_move' | 'copy_field'): fc.Arbitrary<Action> =>
  fc.tuple(anySubfield(), anySubfield()).map(([a, b]): Action => {
    const bits = Math.min(a.bits, b.bits)
    return { type, src: { ...a, bits }, dst: { ...b, bits } }
  })

const ethertype = fc.oneof(u16, fc.constantFrom(0x8100, 0x88a8, 0x8847, 0x8848))
const standard: readonly fc.Arbitrary<Action>[] = [
  record<Action>({ type: literal('output'), port: u32, max_len: u16 }),
  record<Action>({ type: literal('group'), group_id: u32 }),
  record<Action>({ type: literal('set_queue'), queue_id: u32 }),
  record<Action>({ type: literal('set_nw_ttl'), ttl: u8 }),
  record<Action>({ type: literal('set_mpls_ttl'), ttl: u8 }),
  fc
    .constantFrom('push_vlan' as const, 'push_mpls' as const, 'pop_mpls' as const, 'push_pbb' as const)
    .chain((type) => ethertype.map((ethertype): Action => ({ type, ethertype }))),
  fc
    .constantFrom(
      'dec_nw_ttl' as const,
      'pop_vlan' as const,
      'dec_mpls_ttl' as const,
      'pop_pbb' as const,
      'copy_ttl_out' as const,
      'copy_ttl_in' as const,
    )
    .map((type): Action => ({ type })),
  fc
    .constantFrom(...FIELD_NAMES)
    .chain((field) => fieldOf(field, false))
    .map((field): Action => ({ type: 'set_field', field })),
  unknownField.map((field): Action => ({ type: 'set_field', field })),
]

const short = <T extends Action['type']>(type: T, key: string, bits: number): fc.Arbitrary<Action> =>
  fc.integer({ min: 0, max: 2 ** bits - 1 }).map((value) => ({ type, [key]: value }) as unknown as Action)
const leftover: readonly fc.Arbitrary<Action>[] = [
  short('set_vlan_vid', 'vlan_vid', 12),
  short('set_vlan_pcp', 'vlan_pcp', 3),
  short('set_dl_src', 'dl_addr', 48),
  short('set_dl_dst', 'dl_addr', 48),
  short('set_nw_src', 'nw_addr', 32),
  short('set_nw_dst', 'nw_addr', 32),
  short('set_nw_tos', 'nw_tos', 8),
  short('set_nw_ecn', 'nw_ecn', 2),
  short('set_tp_src', 'tp_port', 16),
  short('set_tp_dst', 'tp_port', 16),
  short('set_mpls_label', 'mpls_label', 20),
  short('set_mpls_tc', 'mpls_tc', 3),
]

const unknown: readonly fc.Arbitrary<Action>[] = [
  record<Action>({
    type: literal('unknown'),
    action_type: literal(200),
    experimenter: literal(null),
    data: padded(4),
  }),
  record<Action>({
    type: literal('unknown'),
    action_type: literal(0xffff),
    experimenter: literal(0x2320),
    data: padded(8, 5).map(withSubtype(99)),
  }),
  record<Action>({
    type: literal('unknown'),
    action_type: literal(0xffff),
    experimenter: u32.filter((id) => id !== 0x2320 && id !== 0x4f4e4600),
    data: padded(8, 5),
  }),
]
function withSubtype(subtype: number): (data: Uint8Array) => Uint8Array {
  return (data) => Uint8Array.from(data, (byte, index) => (index === 0 ? 0 : index === 1 ? subtype : byte))
}

const registers: readonly fc.Arbitrary<Action>[] = [
  load,
  copy('reg_move'),
  copy('copy_field'),
  fc.oneof(knownField, unknownField).map((field): Action => ({ type: 'reg_load2', field })),
  record<Action>({ type: literal('stack_push'), src: anySubfield() }),
  record<Action>({ type: literal('stack_pop'), dst: anySubfield() }),
  record<Action>({ type: literal('output_reg'), src: shortSubfield(), max_len: u16 }),
  record<Action>({ type: literal('output_reg2'), src: anySubfield(64), max_len: u16 }),
  record<Action>({ type: literal('check_pkt_larger'), pkt_len: u16, dst: anySubfield(1) }),
  fc.constantFrom<Action>(
    { type: 'delete_field', field: 'tun_metadata5' },
    { type: 'delete_field', field: 'tun_metadata5', bytes: 8 },
  ),
]

const encapProperty = fc.oneof(
  record({ class: u16, type: u8, data: fc.uint8Array({ maxLength: 20 }) }),
  record({ class: literal(4), type: literal(1), data: fc.uint8Array({ minLength: 1, maxLength: 2 }) }),
  // Options with their padding.
  fc.integer({ min: 1, max: 20 }).chain((length) =>
    fc.uint8Array({ minLength: length, maxLength: length }).map((value) => {
      const data = new Uint8Array(Math.ceil((8 + length) / 8) * 8 - 4)
      data.set([0x10, 0x00, 7, length, ...value])
      return { class: 4, type: 2, data }
    }),
  ),
)
const plain: readonly fc.Arbitrary<Action>[] = [
  record<Action>({ type: literal('resubmit'), in_port: u16 }),
  record<Action>({ type: literal('resubmit_table'), in_port: u16, table: u8 }),
  record<Action>({ type: literal('resubmit_table_ct'), in_port: u16, table: u8 }),
  record<Action>({ type: literal('set_tunnel'), tun_id: u32 }),
  record<Action>({ type: literal('set_tunnel64'), tun_id: u64 }),
  fc
    .constantFrom('pop_queue' as const, 'exit' as const, 'ct_clear' as const, 'dec_nsh_ttl' as const)
    .map((type): Action => ({ type })),
  padded(2).map((note): Action => ({ type: 'note', note })),
  record<Action>({ type: literal('output_trunc'), port: u16, max_len: u32 }),
  fc
    .array(u16, { maxLength: 6 })
    .map((controller_ids): Action => ({ type: 'dec_ttl_cnt_ids', controller_ids })),
  record<Action>({ type: literal('fin_timeout'), fin_idle_timeout: u16, fin_hard_timeout: u16 }),
  record<Action>({
    type: literal('conjunction'),
    clause: fc.oneof(u8, fc.nat(1)),
    n_clauses: fc.oneof(u8, fc.integer({ min: 2, max: 64 })),
    id: u32,
  }),
  record<Action>({ type: literal('decap'), new_pkt_type: u32 }),
  record<Action>({
    type: literal('encap'),
    hdr_size: u16,
    new_pkt_type: u32,
    properties: fc.array(encapProperty, { maxLength: 3 }),
  }),
]

/** Half of them known. */
const hash = {
  algorithm: fc.oneof(u16, fc.nat(3)),
  fields: fc.oneof(u16, fc.nat(6)),
  basis: u16,
}
const selecting: readonly fc.Arbitrary<Action>[] = [
  record<Action>({ type: literal('multipath'), ...hash, max_link: u16, arg: u32, dst: shortSubfield() }),
  record<Action>({ type: literal('bundle'), ...hash, ports: fc.array(u16, { maxLength: 7 }) }),
  record<Action>({
    type: literal('bundle_load'),
    ...hash,
    ports: fc.array(u16, { maxLength: 7 }),
    dst: shortSubfield(),
  }),
]

const property: fc.Arbitrary<ControllerProperty> = fc.oneof(
  record<ControllerProperty>({ type: literal('max_len'), max_len: u16 }),
  record<ControllerProperty>({ type: literal('controller_id'), controller_id: u16 }),
  record<ControllerProperty>({ type: literal('reason'), reason: u8 }),
  record<ControllerProperty>({ type: literal('userdata'), userdata: fc.uint8Array({ maxLength: 30 }) }),
  literal<ControllerProperty>({ type: 'pause' }),
  record<ControllerProperty>({ type: literal('meter_id'), meter_id: u32 }),
  record<ControllerProperty>({
    type: literal('unknown'),
    property_type: fc.integer({ min: 6, max: 0xffff }),
    data: fc.uint8Array({ maxLength: 30 }),
  }),
)
const controllers: readonly fc.Arbitrary<Action>[] = [
  record<Action>({ type: literal('controller'), max_len: u16, controller_id: u16, reason: u8 }),
  fc.array(property, { maxLength: 5 }).map((properties): Action => ({ type: 'controller2', properties })),
]

const sampled = { probability: u16, collector_set_id: u32 }
const samplePort = { sampling_port: u16, direction: fc.oneof(u8, fc.nat(2)) }
const idOrField = fc.oneof<fc.Arbitrary<number | Subfield>[]>(u32, shortSubfield())
const samples: readonly fc.Arbitrary<Action>[] = [
  record<Action>({ type: literal('sample'), ...sampled, obs_domain_id: u32, obs_point_id: u32 }),
  record<Action>({
    type: literal('sample2'),
    ...sampled,
    obs_domain_id: u32,
    obs_point_id: u32,
    ...samplePort,
  }),
  record<Action>({
    type: literal('sample3'),
    ...sampled,
    obs_domain_id: u32,
    obs_point_id: u32,
    ...samplePort,
  }),
  record<Action>({
    type: literal('sample4'),
    ...sampled,
    obs_domain_id: idOrField,
    obs_point_id: idOrField,
    ...samplePort,
  }),
]

/** Source and destination of as many bits as both have. */
const learnSpec: fc.Arbitrary<LearnSpec> = fc
  .tuple(anySubfield(), anySubfield(), fc.constantFrom('match', 'load', 'output'), fc.boolean(), u64)
  .map(([a, b, kind, isImmediate, value]): LearnSpec => {
    const bits = Math.min(a.bits, b.bits)
    const immediate = new Uint8Array(2 * Math.ceil(bits / 16)).fill(Number(value & 0xffn))
    const spare = immediate.length * 8 - bits
    // Half of them without bits above the field's own.
    if (value % 2n === 0n) clearTop(immediate, spare)
    const field = { ...b, bits }
    return {
      bits,
      src: isImmediate ? immediate : { ...a, bits },
      dst: kind === 'output' ? { type: 'output' } : { type: kind as 'match' | 'load', field },
    }
  })
/** Clears the first bits. */
function clearTop(bytes: Uint8Array, bits: number): void {
  for (let bit = 0; bit < bits; bit++) bytes[bit >>> 3] = (bytes[bit >>> 3] ?? 0) & ~(0x80 >>> (bit & 7))
}
const learned = {
  idle_timeout: u16,
  hard_timeout: u16,
  priority: u16,
  cookie: u64,
  table_id: u8,
  fin_idle_timeout: u16,
  fin_hard_timeout: u16,
}
const specs = fc.array(learnSpec, { maxLength: 4 })
const learns: readonly fc.Arbitrary<Action>[] = [
  record<Action>({ type: literal('learn'), ...learned, flags: u16, specs }),
  record<Action>({
    type: literal('learn2'),
    ...learned,
    flags: u16.map((flags) => flags & ~4),
    limit: u32,
    result_dst: literal(null),
    specs,
  }),
  record<Action>({
    type: literal('learn2'),
    ...learned,
    flags: u16.map((flags) => flags | 4),
    limit: u32,
    result_dst: anySubfield(1),
    specs,
  }),
]

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null })
const u128 = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n })
const nat: fc.Arbitrary<Nat> = record<Nat>({
  type: literal('nat'),
  flags: u16,
  range_ipv4_min: maybe(u32),
  range_ipv4_max: maybe(u32),
  range_ipv6_min: maybe(u128),
  range_ipv6_max: maybe(u128),
  range_proto_min: maybe(u16),
  range_proto_max: maybe(u16),
})

const leaf: fc.Arbitrary<Action> = fc.oneof(
  ...standard,
  fc.oneof(...leftover),
  ...unknown,
  ...registers,
  ...plain,
  ...selecting,
  ...controllers,
  ...samples,
  ...learns,
  nat,
)
const zone = fc.oneof<fc.Arbitrary<number | Subfield>[]>(
  u16,
  literal({ field: 'reg5', offset: 8, bits: 16 }),
  literal({ field: 'nxm_in_port', offset: 0, bits: 16 }),
)

/** An action that holds `actions`. */
const around = (actions: fc.Arbitrary<readonly Action[]>): fc.Arbitrary<Action> =>
  fc.oneof(
    record<Action>({ type: literal('clone'), actions }),
    record<Action>({ type: literal('ct'), flags: u16, zone, recirc_table: u8, alg: u16, actions }),
  )
const nested = around(
  fc.array(fc.oneof({ weight: 4, arbitrary: leaf }, around(fc.array(leaf, { maxLength: 2 }))), {
    maxLength: 3,
  }),
)

export const anyAction: fc.Arbitrary<Action> = fc.oneof({ weight: 8, arbitrary: leaf }, nested)
export const anyActions = fc.array(anyAction, { maxLength: 6 })

/**
 * Whether text can say an action: all but some that Open vSwitch refuses, and learnt numbers of more bits than their
 * field, which it prints and does not read.
 */
export function isSayable(action: Action): boolean {
  switch (action.type) {
    case 'set_tp_src':
    case 'set_tp_dst':
      // They need the match's protocol.
      return false
    case 'set_nw_tos':
      return action.nw_tos % 4 === 0
    case 'conjunction':
      return action.clause < action.n_clauses
    case 'nat':
      return (action.flags & 3) === 0 || isConsistent(action)
    case 'learn':
      return (action.flags & 4) === 0 && action.specs.every(isSayableSpec)
    case 'learn2':
      return action.specs.every(isSayableSpec)
    case 'ct':
    case 'clone':
      return action.actions.every(isSayable)
    default:
      return true
  }
}

/** One family, and no last without a first. */
function isConsistent(nat: Nat): boolean {
  const [v4, v6] = [nat.range_ipv4_min !== null, nat.range_ipv6_min !== null]
  return !(v4 && v6) && (v4 || nat.range_ipv4_max === null) && (v6 || nat.range_ipv6_max === null)
}

function isSayableSpec({ bits, src, dst }: LearnSpec): boolean {
  if (!(src instanceof Uint8Array)) return true
  return dst.type !== 'output' && BigInt(`0x${Buffer.from(src).toString('hex')}`) >> BigInt(bits) === 0n
}
