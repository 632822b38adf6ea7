/**
 * A match as `ovs-ofctl dump-flows` of Open vSwitch prints it: `arp,reg0=0x1,in_port=1,dl_src=52:54:00:00:00:01`.
 * The protocol stands for eth_type and ip_proto; the order is Open vSwitch's (`lib/match.c`).
 */
import { canonicalMatch } from '../canonical.ts'
import { SPELLING } from '../field-spelling.ts'
import type { FieldName } from '../fields.ts'
import type { FieldValue, Match, MatchField, OxmField } from '../types/match.ts'
import { formatByKind, formatPacketType } from './field-value.ts'
import { AFTER_VLAN, BEFORE_PROTOCOL, BEFORE_VLAN } from './match-order.ts'
import type { TextNames } from './names.ts'
import { bytesToHex, paddedHex } from './number.ts'

type Fields = ReadonlyMap<FieldName, OxmField>

const ETH_TYPES: ReadonlyMap<FieldValue, string> = new Map([
  [0x0800, 'ip'],
  [0x86dd, 'ipv6'],
  [0x0806, 'arp'],
  [0x8035, 'rarp'],
  [0x8847, 'mpls'],
  [0x8848, 'mplsm'],
])
/** By eth_type, the names of what ip_proto adds to it. Open vSwitch 3.1 has none for IGMP. */
const IP_PROTOCOLS: ReadonlyMap<string, ReadonlyMap<FieldValue, string>> = new Map([
  [
    'ip',
    new Map([
      [1, 'icmp'],
      [6, 'tcp'],
      [17, 'udp'],
      [132, 'sctp'],
    ]),
  ],
  [
    'ipv6',
    new Map([
      [58, 'icmp6'],
      [6, 'tcp6'],
      [17, 'udp6'],
      [132, 'sctp6'],
    ]),
  ],
])

/** The text of a match; empty for one that matches everything. */
export function formatMatch(match: Match, names: TextNames = {}): string {
  const canonical = canonicalMatch(match)
  const fields = new Map<FieldName, OxmField>()
  const unknown: string[] = []
  for (const field of canonical) {
    if (field.field === 'unknown') unknown.push(`oxm_${paddedHex(field.header, 8)}=${bytesToHex(field.data)}`)
    else fields.set(field.field, field)
  }
  const protocol = protocolOf(fields)
  const format = (name: FieldName): string[] => {
    const field = fields.get(name)
    return field === undefined || protocol.says.has(name) || isEthernet(field)
      ? []
      : [formatField(field, names)]
  }
  return [
    ...BEFORE_PROTOCOL.flatMap(format),
    ...protocol.text,
    ...BEFORE_VLAN.flatMap(format),
    ...formatVlan(fields, match.find(isTag)),
    ...AFTER_VLAN.flatMap(format),
    ...unknown,
  ].join(',')
}

const isTag = (field: MatchField): field is OxmField => field.field === 'vlan_tci'

/** The packet type that need not be said. */
const isEthernet = ({ field, value }: OxmField): boolean => field === 'packet_type' && value === 0

/** The protocol's name, and the fields that it stands for. */
function protocolOf(fields: Fields): { text: string[]; says: Set<FieldName> } {
  const ethernet = ETH_TYPES.get(fields.get('eth_type')?.value ?? -1)
  if (ethernet === undefined) return { text: [], says: new Set() }
  const ip = IP_PROTOCOLS.get(ethernet)?.get(fields.get('ip_proto')?.value ?? -1)
  if (ip === undefined) return { text: [ethernet], says: new Set(['eth_type']) }
  return { text: [ip], says: new Set(['eth_type', 'ip_proto']) }
}

/** VLAN id and priority are one tag: `dl_vlan=5,dl_vlan_pcp=3`, or its bits where these are not whole. */
function formatVlan(fields: Fields, whole: OxmField | undefined): string[] {
  if (whole !== undefined) return formatTag(whole.value as number, (whole.mask ?? 0xffff) as number)
  const vid = fields.get('vlan_vid')
  const pcp = fields.get('vlan_pcp')
  if (vid === undefined && pcp === undefined) return []
  const value = ((vid?.value ?? 0x1000) as number) | (((pcp?.value ?? 0) as number) << 13)
  const vidMask = vid === undefined ? 0x1000 : ((vid.mask ?? 0x1fff) as number)
  return formatTag(value, vidMask | (pcp === undefined ? 0 : 0xe000))
}

function formatTag(value: number, mask: number): string[] {
  if (mask === 0) return []
  const idBits = mask & 0x0fff
  const priorityBits = mask & 0xe000
  const isWhole =
    (idBits === 0 || idBits === 0x0fff) && (priorityBits === 0 || priorityBits === 0xe000) && mask !== 0x1000
  if ((value & mask & 0x1000) !== 0 && isWhole) {
    return [
      ...(idBits === 0 ? [] : [`dl_vlan=${value & 0x0fff}`]),
      ...(priorityBits === 0 ? [] : [`dl_vlan_pcp=${value >>> 13}`]),
    ]
  }
  return [`vlan_tci=${paddedHex(value, 4)}${mask === 0xffff ? '' : `/${paddedHex(mask, 4)}`}`]
}

function formatField(field: OxmField, names: TextNames): string {
  return `${matchName(field.field)}=${formatMatchValue(field, names)}`
}

const matchName = (name: FieldName): string => (name === 'ip_dscp' ? 'nw_tos' : SPELLING[name].match)

function formatMatchValue({ field, value, mask }: OxmField, names: TextNames): string {
  switch (field) {
    case 'eth_type':
      return paddedHex(value as number, 4)
    case 'ip_dscp':
      return String((value as number) << 2)
    case 'ip_frag':
      return formatFragment(value as number, mask as number | null)
    case 'ipv6_flabel':
      return formatLabel(value as number, mask as number | null)
    case 'packet_type':
      return formatPacketType(value as number)
    case 'ct_zone':
      return mask === null ? String(value) : formatByKind(field, value, mask, names)
    case 'nsh_spi':
      return `0x${(value as number).toString(16)}`
    case 'nsh_flags':
      return mask === null
        ? String(value)
        : `${paddedHex(value as number, 2)}/${paddedHex(mask as number, 2)}`
    default:
      return formatByKind(field, value, mask, names)
  }
}

/** Five hexadecimal digits. */
const formatLabel = (value: number, mask: number | null): string =>
  paddedHex(value, 5) + (mask === null ? '' : `/${paddedHex(mask, 5)}`)

/** Bit 0: is a fragment; bit 1: not the first one. */
function formatFragment(value: number, mask: number | null): string {
  if (mask === 1) return value === 0 ? 'no' : 'yes'
  if (mask === 2) return value === 0 ? 'not_later' : 'later'
  return ['no', 'first', '<error>', 'later'][value] as string
}
