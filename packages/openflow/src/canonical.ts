/**
 * One form for what means the same, so that what a switch gives back compares with what it was sent.
 * The orders are Open vSwitch's own (`lib/nx-match.c`, `lib/ofp-actions.c`), so the canonical form of a flow is
 * what a dump of it holds, byte for byte.
 */
import { andNumber } from './codec/oxm.ts'
import { FIELDS, type FieldName } from './fields.ts'
import type { Instruction } from './types/instruction.ts'
import type { FieldValue, Match, MatchField, OxmField } from './types/match.ts'

/** The order of fields in a match. */
const ORDER: readonly FieldName[] = [
  'in_port',
  'eth_src',
  'eth_dst',
  'eth_type',
  'vlan_vid',
  'vlan_pcp',
  'ipv4_src',
  'ipv4_dst',
  'ipv6_src',
  'ipv6_dst',
  'ip_frag',
  'ip_dscp',
  'ip_ecn',
  'nw_ttl',
  'ip_proto',
  'tcp_src',
  'tcp_dst',
  'udp_src',
  'udp_dst',
  'icmpv4_type',
  'icmpv4_code',
  'icmpv6_type',
  'icmpv6_code',
  'arp_op',
  'arp_spa',
  'arp_tpa',
  'arp_sha',
  'arp_tha',
  'tunnel_id',
  'reg0',
  'reg1',
  'reg2',
  'reg3',
  'reg4',
  'reg5',
  'reg6',
  'reg7',
  'reg8',
  'reg9',
  'reg10',
  'reg11',
  'reg12',
  'reg13',
  'reg14',
  'reg15',
  'metadata',
]
const RANK: ReadonlyMap<string, number> = new Map(ORDER.map((name, index) => [name, index]))

/**
 * Fields in one order, a mask of all bits dropped, a field of which no bit counts dropped. Fields that are not known
 * come last, by their header. Values and other masks stay as they are.
 */
export function canonicalMatch(match: Match): Match {
  const fields: MatchField[] = []
  for (const field of match) {
    const canonical = field.field === 'unknown' ? field : canonicalField(field)
    if (canonical !== null) fields.push(canonical)
  }
  return fields.sort(compareFields)
}

function canonicalField(field: OxmField): OxmField | null {
  const { mask } = field
  if (mask === null) return field
  const bits = FIELDS[field.field].bits
  const counting = significant(mask, bits)
  if (counting === 0 || counting === 0n) return null
  if (counting === allOnes(mask, bits)) return { field: field.field, value: field.value, mask: null }
  return counting === mask ? field : { field: field.field, value: field.value, mask: counting }
}

/** The bits of a mask that the field has: those above say nothing. */
function significant(mask: FieldValue, bits: number): FieldValue {
  if (typeof mask === 'bigint') return BigInt.asUintN(bits, mask)
  return typeof mask === 'number' ? andNumber(mask, 2 ** bits - 1) : mask
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
  'unknown',
]

/** Instructions in the order in which they are executed; lists without actions are dropped, as a switch does. */
export function canonicalInstructions(instructions: readonly Instruction[]): Instruction[] {
  return orderedInstructions(instructions).filter(
    (one) => (one.type !== 'apply_actions' && one.type !== 'write_actions') || one.actions.length > 0,
  )
}

/** Instructions in the order in which they are executed, none left out. */
export function orderedInstructions(instructions: readonly Instruction[]): Instruction[] {
  return [...instructions].sort(
    (a, b) => INSTRUCTION_ORDER.indexOf(a.type) - INSTRUCTION_ORDER.indexOf(b.type),
  )
}
