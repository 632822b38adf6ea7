/** Matches of one random field, with the fields that it needs before it. */
import {
  canonicalMatch,
  FIELDS,
  type FieldName,
  type FieldSpec,
  type Match,
  type MatchField,
} from '@openvnet/openflow'
import type fc from 'fast-check'
import { knownField } from './arbitrary-field.ts'
import { exact } from './sane-profile.ts'

const TRACKED: MatchField = { field: 'ct_state', value: 0x21, mask: 0x21 }

/** What stands for a requirement that is no list of values. */
const REQUIRED: Readonly<Record<string, Match>> = {
  ip: [exact('eth_type', 0x0800)],
  mpls: [exact('eth_type', 0x8847)],
  tcp: [exact('eth_type', 0x0800)],
  udp: [exact('eth_type', 0x0800)],
  sctp: [exact('eth_type', 0x0800)],
  nd: [exact('icmpv6_type', 135)],
  vlan: [exact('vlan_vid', 0x1005)],
  ct: [TRACKED],
  ct_ip: [exact('eth_type', 0x0800), TRACKED],
  ct_ipv6: [exact('eth_type', 0x86dd), TRACKED],
  ct_transport: [exact('eth_type', 0x0800), TRACKED, exact('ct_nw_proto', 6)],
}

function withNeeds(field: MatchField): Match {
  if (field.field === 'unknown') return [field]
  const { needs, requires }: FieldSpec = FIELDS[field.field]
  const values = Object.entries(needs ?? {}).map(([name, value]) => exact(name as FieldName, value))
  const byName = new Map([...(REQUIRED[requires ?? ''] ?? []), ...values].map((one) => [one.field, one]))
  byName.delete(field.field)
  // In an order that has prerequisites first.
  return [...canonicalMatch([...byName.values()]), field]
}

/**
 * Whether text can say a field: not the fragment that there is not (a later one which is none), nor a part of a VLAN
 * priority, which OpenFlow 1.3 cannot say either.
 */
function isSayable(field: MatchField): boolean {
  if (field.field === 'ip_frag') return field.value !== 2 || field.mask === 2
  if (field.field !== 'vlan_tci' || field.mask === null) return true
  const priority = (field.mask as number) >>> 13
  return priority === 0 || (priority === 7 && ((field.mask as number) & 0x1fff) !== 0)
}

/** Field and match. */
export const sayableMatch: fc.Arbitrary<readonly [field: MatchField, match: Match]> = knownField
  .filter(isSayable)
  .map((field) => [field, withNeeds(field)] as const)
