/**
 * One form for what means the same, so that what a switch gives back compares with what it was sent.
 * The orders are Open vSwitch's own (`lib/nx-match.c`, `lib/ofp-actions.c`), so the canonical form of a flow is
 * what a dump of it holds, byte for byte.
 */
import { canonicalActions, canonicalValue } from './canonical-action.ts'
import { andNumber } from './codec/oxm-value.ts'
import { partsOf } from './field-parts.ts'
import { FIELDS, type FieldName } from './fields.ts'
import type { Instruction } from './types/instruction.ts'
import type { FieldValue, Match, MatchField, OxmField } from './types/match.ts'

const row = (prefix: string, count: number): FieldName[] =>
  Array.from({ length: count }, (_, n) => `${prefix}${n}` as FieldName)

/** The order of fields in a match. */
const ORDER: readonly FieldName[] = [
  'packet_type',
  'dp_hash',
  'recirc_id',
  'conj_id',
  'in_port',
  'in_phy_port',
  'actset_output',
  'eth_src',
  'eth_dst',
  'eth_type',
  'vlan_vid',
  'vlan_pcp',
  'mpls_tc',
  'mpls_bos',
  'mpls_ttl',
  'mpls_label',
  'pbb_isid',
  'pbb_uca',
  'ipv4_src',
  'ipv4_dst',
  'ipv6_src',
  'ipv6_dst',
  'ip_frag',
  'ip_dscp',
  'ip_ecn',
  'nw_ttl',
  'ipv6_flabel',
  'ipv6_exthdr',
  'ip_proto',
  'tcp_src',
  'tcp_dst',
  'tcp_flags',
  'udp_src',
  'udp_dst',
  'sctp_src',
  'sctp_dst',
  'icmpv4_type',
  'icmpv4_code',
  'icmpv6_type',
  'icmpv6_code',
  'ipv6_nd_target',
  'nd_reserved',
  'nd_options_type',
  'ipv6_nd_sll',
  'ipv6_nd_tll',
  'arp_op',
  'arp_spa',
  'arp_tpa',
  'arp_sha',
  'arp_tha',
  'tunnel_id',
  'tun_flags',
  'tun_src',
  'tun_dst',
  'tun_ipv6_src',
  'tun_ipv6_dst',
  'tun_gbp_id',
  'tun_gbp_flags',
  'tun_erspan_ver',
  'tun_erspan_idx',
  'tun_erspan_dir',
  'tun_erspan_hwid',
  'tun_gtpu_flags',
  'tun_gtpu_msgtype',
  ...row('tun_metadata', 64),
  'nsh_flags',
  'nsh_ttl',
  'nsh_mdtype',
  'nsh_np',
  'nsh_spi',
  'nsh_si',
  'nsh_c1',
  'nsh_c2',
  'nsh_c3',
  'nsh_c4',
  ...row('reg', 32),
  'pkt_mark',
  'ct_state',
  'ct_zone',
  'ct_mark',
  'ct_label',
  'ct_nw_src',
  'ct_ipv6_src',
  'ct_nw_dst',
  'ct_ipv6_dst',
  'ct_nw_proto',
  'ct_tp_src',
  'ct_tp_dst',
  'metadata',
]
const RANK: ReadonlyMap<string, number> = new Map(ORDER.map((name, index) => [name, index]))

/**
 * Fields in one order and in the usual spelling, a mask of all bits dropped, a field of which no bit counts dropped,
 * wide registers as the registers that they are made of, a whole tag as id and priority, options of tunnels in the
 * fewest bytes, no packet type where it is Ethernet. Fields that are not known come last, by their header. Values and
 * other masks stay as they are.
 */
export function canonicalMatch(match: Match): Match {
  const fields: MatchField[] = []
  for (const field of match) {
    if (field.field === 'unknown') fields.push(field)
    else for (const part of partsOf(field)) pushCanonical(fields, part)
  }
  return fields.sort(compareFields)
}

function pushCanonical(fields: MatchField[], field: OxmField): void {
  const whole = canonicalField(field)
  const canonical = whole === null ? null : withoutSynonyms(whole)
  if (canonical !== null) fields.push(canonical)
}

/** What Open vSwitch gives back with a mask, also where all of its bits count. */
const ALWAYS_MASKED: ReadonlyMap<FieldName, number> = new Map([
  ['ct_state', 0xff],
  ['tun_flags', 1],
])

function canonicalField(field: OxmField): OxmField | null {
  const { mask } = field
  const all = ALWAYS_MASKED.get(field.field)
  if (all !== undefined && (mask === null || ((mask as number) & all) === all)) {
    return { field: field.field, value: field.value, mask: all }
  }
  if (field.value instanceof Uint8Array) return hasBit(mask) ? canonicalValue(field) : null
  if (mask === null) {
    return field.alias === undefined ? field : { field: field.field, value: field.value, mask }
  }
  const bits = FIELDS[field.field].bits
  const counting = significant(mask as number | bigint, bits)
  if (counting === 0 || counting === 0n) return null
  if (counting === allOnes(mask, bits)) return { field: field.field, value: field.value, mask: null }
  if (counting === mask && field.alias === undefined) return field
  return { field: field.field, value: field.value, mask: counting as number | bigint }
}

/** What is the same packet to a switch: no fragment has bit 1 without bit 0, and Ethernet is what packets are. */
function withoutSynonyms(field: OxmField): OxmField | null {
  if (field.field === 'packet_type') return field.value === 0 && field.mask === null ? null : field
  if (field.field !== 'ip_frag' || field.mask === null) return field
  if (field.mask === 1 && field.value === 0) return { field: 'ip_frag', value: 0, mask: null }
  return field.mask === 2 && field.value === 2 ? { field: 'ip_frag', value: 3, mask: null } : field
}

const hasBit = (mask: FieldValue | null): boolean =>
  !(mask instanceof Uint8Array) || mask.some((byte) => byte !== 0)

/** The bits of a mask that the field has: those above say nothing. */
function significant(mask: number | bigint, bits: number): FieldValue {
  return typeof mask === 'bigint' ? BigInt.asUintN(bits, mask) : andNumber(mask, 2 ** bits - 1)
}

const allOnes = (mask: FieldValue, bits: number): FieldValue =>
  typeof mask === 'bigint' ? (1n << BigInt(bits)) - 1n : 2 ** bits - 1

function compareFields(a: MatchField, b: MatchField): number {
  const order = rank(a) - rank(b)
  if (order !== 0 || a.field !== 'unknown' || b.field !== 'unknown') return order
  return a.header - b.header
}

const rank = (field: MatchField): number => RANK.get(field.field) ?? ORDER.length

const INSTRUCTION_ORDER: readonly Instruction['type'][] = [
  'meter',
  'apply_actions',
  'clear_actions',
  'write_actions',
  'write_metadata',
  'goto_table',
  'experimenter',
  'unknown',
]

const holdsActions = (one: Instruction): one is Extract<Instruction, { readonly actions: unknown }> =>
  one.type === 'apply_actions' || one.type === 'write_actions'

/**
 * Instructions in the order in which they are executed, their actions as `canonicalActions` has them; lists without
 * actions are dropped, as a switch does.
 * @param match the flow's: it says which field the `set_tp_src` of OpenFlow 1.1 means
 */
export function canonicalInstructions(
  instructions: readonly Instruction[],
  match: Match = [],
): Instruction[] {
  return orderedInstructions(instructions)
    .filter((one) => !holdsActions(one) || one.actions.length > 0)
    .map((one) => (holdsActions(one) ? { ...one, actions: canonicalActions(one.actions, match) } : one))
}

/** Instructions in the order in which they are executed, none left out. */
export function orderedInstructions(instructions: readonly Instruction[]): Instruction[] {
  return [...instructions].sort(
    (a, b) => INSTRUCTION_ORDER.indexOf(a.type) - INSTRUCTION_ORDER.indexOf(b.type),
  )
}
