/**
 * What a field needs before it in a match (OpenFlow 1.3.5 §7.2.3.6; `lib/meta-flow.c`, `mf_are_prereqs_ok`, of Open
 * vSwitch). A switch refuses a flow without it (OFPBMC_BAD_PREREQ); decoding does not, for packet-ins and dumps may
 * have fields alone.
 */
import { FIELDS, type FieldName, type FieldSpec, type Requirement } from './fields.ts'
import type { FieldValue, Match, OxmField } from './types/match.ts'

/** The fields that come before, by name. */
type Before = ReadonlyMap<string, OxmField>

const CT_STATE = { NEW: 1, EST: 2, REL: 4, RPL: 8, INV: 16, TRK: 32, SNAT: 64, DNAT: 128 } as const

/** The value of a field of which every bit is matched. */
const exact = (before: Before, name: FieldName): FieldValue | undefined => {
  const field = before.get(name)
  return field === undefined || field.mask !== null ? undefined : field.value
}
const ethType = (before: Before): FieldValue | undefined => exact(before, 'eth_type')
const isIp = (before: Before): boolean => ethType(before) === 0x0800 || ethType(before) === 0x86dd
const LATER_FRAGMENT = 2
/** What is beyond the first fragment has no header of the transport. */
const isLater = (before: Before): boolean =>
  (Number(before.get('ip_frag')?.value ?? 0) & LATER_FRAGMENT) !== 0
const isProtocol = (before: Before, protocol: number): boolean =>
  isIp(before) && exact(before, 'ip_proto') === protocol && !isLater(before)
/** A code that is not matched will do. */
const isNd = (before: Before, types: readonly number[]): boolean =>
  ethType(before) === 0x86dd &&
  isProtocol(before, 58) &&
  types.some((type) => exact(before, 'icmpv6_type') === type) &&
  (!before.has('icmpv6_code') || exact(before, 'icmpv6_code') === 0)

/** A tag that is there, by vlan_vid or by NXM's vlan_tci. */
function isTagged(before: Before): boolean {
  const tag = before.get('vlan_vid') ?? before.get('vlan_tci')
  if (tag === undefined) return false
  return ((tag.value as number) & ((tag.mask ?? 0xffff) as number) & 0x1000) !== 0
}

/** One of the states that a tracked packet may be in, or that it is not invalid: `is_ct_valid` of Open vSwitch. */
function isTracked(before: Before): boolean {
  const state = before.get('ct_state')
  if (state === undefined) return false
  const mask = (state.mask ?? 0xff) as number
  const set = (state.value as number) & mask
  const { NEW, EST, REL, RPL, INV, TRK, SNAT, DNAT } = CT_STATE
  if ((set & (NEW | EST | REL | RPL | SNAT | DNAT)) !== 0) return true
  return (set & TRK) !== 0 && (mask & INV) !== 0 && (set & INV) === 0
}

const REQUIREMENTS: Readonly<Record<Requirement, (before: Before) => boolean>> = {
  ip: isIp,
  arp: (before) => ethType(before) === 0x0806 || ethType(before) === 0x8035,
  mpls: (before) => ethType(before) === 0x8847 || ethType(before) === 0x8848,
  vlan: isTagged,
  tcp: (before) => isProtocol(before, 6),
  udp: (before) => isProtocol(before, 17),
  sctp: (before) => isProtocol(before, 132),
  nd: (before) => isNd(before, [135, 136]),
  nd_solicit: (before) => isNd(before, [135]),
  nd_advert: (before) => isNd(before, [136]),
  ct: isTracked,
  ct_ip: (before) => isTracked(before) && ethType(before) === 0x0800,
  ct_ipv6: (before) => isTracked(before) && ethType(before) === 0x86dd,
  // That its protocol has ports is asked by no switch: a match without it is never hit.
  ct_transport: isTracked,
}

function isMet(spec: FieldSpec, before: Before): boolean {
  if (spec.requires !== undefined) return REQUIREMENTS[spec.requires](before)
  if (spec.needs?.['ip_proto'] !== undefined && isLater(before)) return false
  for (const name in spec.needs) if (exact(before, name as FieldName) !== spec.needs[name]) return false
  return true
}

/**
 * The first field of a match whose prerequisites do not come before it, or `null`. Fields that are not known need
 * nothing.
 */
export function missingPrerequisite(match: Match): FieldName | null {
  const before = new Map<string, OxmField>()
  for (const field of match) {
    if (field.field === 'unknown') continue
    if (!isMet(FIELDS[field.field], before)) return field.field
    before.set(field.field, field)
  }
  return null
}
