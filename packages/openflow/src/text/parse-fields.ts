/**
 * Which field a name means. Derived from the field table and its spellings, so a new field can be read at once. Some
 * names mean several fields (`tp_dst`, `icmp_type`, `nw_src`): the first whose prerequisites the match has is meant.
 */
import { SPELLING } from '../field-spelling.ts'
import { FIELDS, type FieldName } from '../fields.ts'
import type { FieldValue, MatchField } from '../types/match.ts'
import { suggestion } from './suggestion.ts'

const FIELD_NAMES = Object.keys(FIELDS) as FieldName[]

/** Names that the spelling table does not have, as `ovs-ofctl` takes them. */
const ALSO: Readonly<Record<string, readonly FieldName[]>> = {
  in_port: ['in_port'],
  nw_src: ['ipv4_src', 'arp_spa'],
  nw_dst: ['ipv4_dst', 'arp_tpa'],
  nw_proto: ['arp_op', 'ip_proto'],
  ip_src: ['ipv4_src'],
  ip_dst: ['ipv4_dst'],
  tun_id: ['tunnel_id'],
  nw_ecn: ['ip_ecn'],
  ipv6_label: ['ipv6_flabel' as FieldName],
}

const OXM_BASIC = 0x8000

/** What of a row says when its field may be matched. */
interface Prerequisites {
  readonly needs?: Readonly<Record<string, number>>
  /** Where `needs` does not say it all. */
  readonly requires?: string
}

function namesOf(field: FieldName): string[] {
  const { match, name, action } = SPELLING[field]
  const oxm = FIELDS[field].class === OXM_BASIC ? [`OXM_OF_${field}`] : []
  return [match, name, field, action, ...oxm].map((one) => one.toLowerCase())
}

const BY_NAME: ReadonlyMap<string, readonly FieldName[]> = namesToFields()

function namesToFields(): Map<string, readonly FieldName[]> {
  const byName = new Map<string, readonly FieldName[]>()
  const add = (name: string, fields: readonly FieldName[]): void => {
    const known = fields.filter((field) => field in FIELDS)
    byName.set(name, [...new Set([...(byName.get(name) ?? []), ...known])])
  }
  for (const [name, fields] of Object.entries(ALSO)) add(name, fields)
  for (const field of FIELD_NAMES) for (const name of namesOf(field)) add(name, [field])
  return byName
}

/** The fields that a name, in any case, may mean; none if it is no field's. */
export const fieldsNamed = (name: string): readonly FieldName[] => BY_NAME.get(name.toLowerCase()) ?? []

/** What a name that is no field's may have meant. */
export const fieldHint = (name: string): string => suggestion(name, BY_NAME.keys())

/** What is known of the packet: the values matched exactly. */
export type Known = ReadonlyMap<string, FieldValue>

export function knownFrom(match: readonly MatchField[]): Known {
  return new Map(match.flatMap((field) => (field.field === 'unknown' ? [] : [[field.field, field.value]])))
}

const IP_TYPES: readonly FieldValue[] = [0x0800, 0x86dd]

/** Conditions that `needs` cannot say; those of a row without one here are its `needs`. */
const REQUIREMENTS: Readonly<Record<string, (known: Known) => boolean>> = {
  ip: (known) => IP_TYPES.includes(known.get('eth_type') ?? 0),
  arp: (known) => [0x0806, 0x8035].includes(known.get('eth_type') as number),
  mpls: (known) => [0x8847, 0x8848].includes(known.get('eth_type') as number),
  vlan: () => true,
  tcp: (known) => isTransport(known, 6),
  udp: (known) => isTransport(known, 17),
  sctp: (known) => isTransport(known, 132),
  nd: (known) => isNeighbour(known, [135, 136]),
  nd_solicit: (known) => isNeighbour(known, [135]),
  nd_advert: (known) => isNeighbour(known, [136]),
  ct: () => true,
  ct_ip: (known) => known.get('eth_type') === 0x0800,
  ct_ipv6: (known) => known.get('eth_type') === 0x86dd,
  ct_transport: (known) => IP_TYPES.includes(known.get('eth_type') ?? 0),
}

const isTransport = (known: Known, protocol: number): boolean =>
  IP_TYPES.includes(known.get('eth_type') ?? 0) && known.get('ip_proto') === protocol

const isNeighbour = (known: Known, types: readonly number[]): boolean =>
  known.get('ip_proto') === 58 && types.includes(known.get('icmpv6_type') as number)

/** Whether the prerequisites of a field are matched. */
export function isAllowed(field: FieldName, known: Known): boolean {
  const { requires, needs } = FIELDS[field] as Prerequisites
  const requirement = requires === undefined ? undefined : REQUIREMENTS[requires]
  if (requirement !== undefined) return requirement(known)
  return Object.entries(needs ?? {}).every(([name, value]) => known.get(name) === value)
}

/** What a match would have to have for one of the fields. */
export function prerequisiteOf(fields: readonly FieldName[]): string {
  const texts = fields.map((field) => {
    const { requires, needs } = FIELDS[field] as Prerequisites
    if (requires !== undefined) return requires.replace(/^nd.*/, 'a neighbour message').replace(/^ct_/, '')
    return Object.entries(needs ?? {})
      .map(([name, value]) => `${name}=${name === 'eth_type' ? `0x${value.toString(16)}` : value}`)
      .join(',')
  })
  return [...new Set(texts)].join(' or ')
}
