/**
 * Matches: fields in their order, each once, each with what it needs before it, none that Open vSwitch does not have.
 * OpenFlow 1.3.5 §7.2.3.6, `lib/nx-match.c` and `lib/meta-flow.c` of Open vSwitch.
 */
import { FIELDS, type FieldName } from '../fields.ts'
import { missingPrerequisite } from '../prerequisites.ts'
import type { Match, MatchField, OxmField } from '../types/match.ts'
import { isPort } from './port.ts'
import { type Violation, violation } from './violation.ts'

/** OpenFlow's own that Open vSwitch cannot match. */
const UNSUPPORTED: ReadonlySet<FieldName> = new Set<FieldName>(['in_phy_port', 'pbb_isid'])

export function validateMatch(match: Match, path: string): Violation | null {
  const names = match.map(({ field }) => field).filter((name) => name !== 'unknown')
  if (names.some((name) => UNSUPPORTED.has(name))) return violation('OFPBMC_BAD_FIELD', path)
  if (new Set(names).size < names.length) return violation('OFPBMC_DUP_FIELD', path)
  if (missingPrerequisite(match) !== null) return violation('OFPBMC_BAD_PREREQ', path)
  return match.every(hasValidValue) ? null : violation('OFPBMC_BAD_VALUE', path)
}

/** Decoding lets pass what has the field's bits; Open vSwitch keeps fewer of some. */
function hasValidValue(one: MatchField): boolean {
  if (one.field === 'unknown') return true
  const { field, value } = one
  switch (field) {
    case 'arp_op':
      return Number(value) <= 255
    case 'nw_tos':
      return (Number(value) & 3) === 0
    case 'nsh_ttl':
      return Number(value) <= 63
    case 'nsh_mdtype':
      return value === 1 || value === 2
    default:
      return FIELDS[field].kind !== 'port' || FIELDS[field].bytes < 4 || isPort(Number(value))
  }
}

/** A tuple of connection tracking is of the family that the match is of: `ofputil_decode_flow_mod`. */
export function hasOtherFamily(match: Match): boolean {
  const names = new Set(match.map(({ field }) => field))
  const type = match.find((field): field is OxmField => field.field === 'eth_type')?.value
  const isIpv4Tuple = names.has('ct_nw_src') || names.has('ct_nw_dst')
  const isIpv6Tuple = names.has('ct_ipv6_src') || names.has('ct_ipv6_dst')
  return (isIpv4Tuple && type !== 0x0800) || (isIpv6Tuple && type !== 0x86dd)
}
