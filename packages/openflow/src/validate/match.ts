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
const UNSUPPORTED: ReadonlySet<string> = new Set<FieldName>(['in_phy_port', 'pbb_isid'])

export function validateMatch(match: Match, path: string): Violation | null {
  if (match.length === 0) return null
  if (match.some(({ field }) => UNSUPPORTED.has(field))) return violation('OFPBMC_BAD_FIELD', path)
  if (match.some(isRepeated)) return violation('OFPBMC_DUP_FIELD', path)
  if (missingPrerequisite(match) !== null) return violation('OFPBMC_BAD_PREREQ', path)
  return match.every(hasValidValue) ? null : violation('OFPBMC_BAD_VALUE', path)
}

/** Matches are short: comparing each with those before it is faster than a set. */
function isRepeated({ field }: MatchField, index: number, match: Match): boolean {
  if (field === 'unknown') return false
  for (let before = 0; before < index; before++) if (match[before]?.field === field) return true
  return false
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

/** The type of packets that have such a tuple. */
const TUPLES: ReadonlyMap<string, number> = new Map([
  ['ct_nw_src', 0x0800],
  ['ct_nw_dst', 0x0800],
  ['ct_ipv6_src', 0x86dd],
  ['ct_ipv6_dst', 0x86dd],
])

/** A tuple of connection tracking is of the family that the match is of: `ofputil_decode_flow_mod`. */
export function hasOtherFamily(match: Match): boolean {
  const type = match.find((field): field is OxmField => field.field === 'eth_type')?.value
  return match.some(({ field }) => {
    const family = TUPLES.get(field)
    return family !== undefined && family !== type
  })
}
