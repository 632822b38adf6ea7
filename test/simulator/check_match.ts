/** Refuses the matches that Open vSwitch refuses: `lib/nx-match.c` `nx_pull_raw`, `lib/meta-flow.c`. */
import { FIELDS, type FieldName, type FieldSpec, type Match, type OxmField } from '@openvnet/openflow'
import { hasNdField } from './neighbour_discovery.ts'
import { Refusal } from './refusal.ts'

/** What a match says about the packets that it lets through, as far as prerequisites ask. */
export interface Facts {
  readonly eth_type: number | undefined
  readonly ip_proto: number | undefined
  readonly icmpv6_type?: number
  readonly icmpv6_code?: number
  /** VLAN tags that packets have for certain. */
  readonly tags: number
}

const IP_TYPES = [0x0800, 0x86dd]
const IP_FIELDS: readonly FieldName[] = ['ip_dscp', 'ip_ecn', 'ip_proto', 'nw_ttl', 'ip_frag']
const VLAN_PRESENT = 0x1000n
export const NO_FACTS: Facts = { eth_type: undefined, ip_proto: undefined, tags: 0 }

const isIp = ({ eth_type }: Facts): boolean => eth_type !== undefined && IP_TYPES.includes(eth_type)

const needsHold = (name: FieldName, facts: Facts): boolean => {
  const { needs = {} }: FieldSpec = FIELDS[name]
  if (hasNdField(name, facts.icmpv6_type, facts.icmpv6_code) === false) return false
  if (needs['eth_type'] !== undefined && needs['eth_type'] !== facts.eth_type) return false
  return needs['ip_proto'] === undefined || (needs['ip_proto'] === facts.ip_proto && isIp(facts))
}

/** Does a packet with these facts have the field? */
export const hasField = (name: FieldName, facts: Facts): boolean => {
  if (IP_FIELDS.includes(name)) return isIp(facts)
  if (name === 'vlan_pcp') return facts.tags > 0
  return needsHold(name, facts)
}

const learn = (facts: Facts, { field, value, mask }: OxmField): Facts => {
  if (field === 'eth_type') return { ...facts, eth_type: Number(value) }
  if (field === 'ip_proto') return { ...facts, ip_proto: Number(value) }
  if (field === 'icmpv6_type' || field === 'icmpv6_code') return { ...facts, [field]: Number(value) }
  if (field !== 'vlan_vid') return facts
  const present = BigInt(value as number) & BigInt((mask ?? 0x1fff) as number) & VLAN_PRESENT
  return { ...facts, tags: present === 0n ? 0 : 1 }
}

/** An upper bound where Open vSwitch knows a smaller one than the width of the field. */
const limit = (name: FieldName): bigint => (name === 'arp_op' ? 0x100n : 1n << BigInt(FIELDS[name].bits))

/** The value and mask as numbers. */
export const numeric = (field: OxmField): { readonly value: bigint; readonly mask: bigint | null } => {
  const { value, mask } = field
  if (value instanceof Uint8Array || mask instanceof Uint8Array) {
    throw new Refusal('OFPBMC_BAD_FIELD', `${field.field} of variable length is not simulated`)
  }
  return { value: BigInt(value), mask: mask === null ? null : BigInt(mask) }
}

const checkPort = (value: bigint): void => {
  if (value > 0xfeffn && value < 0xffff_ff00n) throw new Refusal('OFPBMC_BAD_VALUE', `in_port=${value}`)
}

const checkValue = (field: OxmField): void => {
  const { field: name } = field
  const { value, mask } = numeric(field)
  if (value < 0n || value >= limit(name)) throw new Refusal('OFPBMC_BAD_VALUE', `${name}=${value}`)
  if (name === 'in_port') checkPort(value)
  if (mask === null) return
  const ones = (1n << BigInt(FIELDS[name].bits)) - 1n
  if (mask !== ones && mask !== 0n && !FIELDS[name].maskable)
    throw new Refusal('OFPBMC_BAD_MASK', `${name} has no mask`)
  if ((value & ~mask) !== 0n)
    throw new Refusal('OFPBMC_BAD_WILDCARDS', `${name}=${value}/${mask}: bits outside of the mask`)
}

/**
 * Prerequisites must stand before what needs them.
 * @throws {Refusal}
 */
export const checkMatch = (match: Match): Facts => {
  let facts = NO_FACTS
  const seen = new Set<FieldName>()
  for (const field of match) {
    if (field.field === 'unknown')
      throw new Refusal('OFPBMC_BAD_FIELD', `header 0x${field.header.toString(16)}`)
    if (seen.has(field.field)) throw new Refusal('OFPBMC_DUP_FIELD', field.field)
    seen.add(field.field)
    checkValue(field)
    if (!hasField(field.field, facts))
      throw new Refusal('OFPBMC_BAD_PREREQ', `${field.field} without what it needs`)
    facts = learn(facts, field)
  }
  return facts
}
