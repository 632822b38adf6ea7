/** Open vSwitch's own messages as `ovs-ofctl ofp-print` prints them. */
import { NXTTMC, OFP_NO_BUFFER } from '../constants.ts'
import type {
  CtFlushProperty,
  CtTupleProperty,
  NxtCtFlush,
  NxtPacketIn2,
  NxtResume,
  NxtSetPacketInFormat,
  NxtTlvTableMod,
  NxtTlvTableReply,
  PacketIn2Property,
  TlvMap,
} from '../types/message.ts'
import { formatIpv6 } from './address.ts'
import type { TextNames } from './names.ts'
import { bytesToHex, hex } from './number.ts'
import { formatPacketIn, NO_COOKIE } from './traffic.ts'

const FORMATS = ['standard', 'nxt_packet_in', 'nxt_packet_in2'] as const

export const formatPacketInFormat = (message: NxtSetPacketInFormat): string =>
  `format=${FORMATS[message.format] ?? message.format}`

type Found<T extends PacketIn2Property['type']> = Extract<PacketIn2Property, { readonly type: T }>

/** One line, as of a packet-in; then what only this form has. */
export function formatPacketIn2(message: NxtPacketIn2 | NxtResume, names: TextNames): string {
  const find = <T extends PacketIn2Property['type']>(type: T): Found<T> | undefined =>
    message.properties.find((property): property is Found<T> => property.type === type)
  const data = find('packet')?.data ?? new Uint8Array(0)
  const userdata = find('userdata')?.userdata
  const text = formatPacketIn(
    {
      buffer_id: find('buffer_id')?.buffer_id ?? OFP_NO_BUFFER,
      total_len: find('full_len')?.full_len ?? data.length,
      reason: find('reason')?.reason ?? 0,
      table_id: find('table_id')?.table_id ?? 0,
      cookie: find('cookie')?.cookie ?? NO_COOKIE,
      match: find('metadata')?.metadata ?? [],
      data,
    },
    names,
  )
  return userdata === undefined || userdata.length === 0
    ? text
    : `${text}\n userdata=${[...userdata].map((byte) => byte.toString(16).padStart(2, '0')).join('.')}`
}

const TLV_HEADER = [
  ' mapping table:',
  '  class  type  length  match field',
  ' ------  ----  ------  --------------',
]
const TLV_COMMANDS = ['ADD', 'DEL', 'CLEAR'] as const

export function formatTlvTableMod(message: NxtTlvTableMod): string {
  const command = TLV_COMMANDS[message.command] ?? String(message.command)
  if (message.command === NXTTMC.CLEAR) return `\n ${command}`
  return `\n ${command}${formatMaps(message.maps)}`
}

export function formatTlvTableReply(message: NxtTlvTableReply): string {
  const used = message.maps.reduce((sum, map) => sum + map.option_len, 0)
  return [
    '',
    ` max option space=${message.max_option_space} max fields=${message.max_fields}`,
    ` allocated option space=${used}`,
    '',
    formatMaps(message.maps),
  ].join('\n')
}

const formatMaps = (maps: readonly TlvMap[]): string => [...TLV_HEADER, ...maps.map(formatMap)].join('\n')

function formatMap(map: TlvMap): string {
  const [option, type] = [hex(map.option_class).padStart(7), hex(map.option_type).padStart(6)]
  return `${option}${type}${String(map.option_len).padStart(8)}  tun_metadata${map.index}`
}

const ICMP = 1
const ICMPV6 = 58
const MAPPED = 0xffffn

/** Both directions, always, and the zone; marks and labels, which Open vSwitch 3.1 does not know, in our own words. */
export function formatCtFlush(message: NxtCtFlush): string {
  const tuples = (['orig_tuple', 'reply_tuple'] as const).map((type) => tupleOf(message.properties, type))
  const family = tuples.some(isIpv4) ? 'ct_nw' : 'ct_ipv6'
  const [orig, reply] = tuples.map((tuple) => formatTuple(tuple, family, message.ip_proto))
  const zone = message.properties.find((property) => property.type === 'zone')?.zone_id ?? 0
  const rest = message.properties.flatMap(formatOtherProperty)
  return [`zone=${zone}`, ...rest, `'${orig},ct_nw_proto=${message.ip_proto}'`, `'${reply}'`].join(' ')
}

const tupleOf = (
  properties: readonly CtFlushProperty[],
  type: 'orig_tuple' | 'reply_tuple',
): readonly CtTupleProperty[] => properties.flatMap((one) => (one.type === type ? one.tuple : []))

const isIpv4 = (tuple: readonly CtTupleProperty[]): boolean =>
  tuple.some((one) => 'address' in one && one.address >> 32n === MAPPED)

function formatTuple(tuple: readonly CtTupleProperty[], family: string, protocol: number): string {
  const address = (type: 'src' | 'dst'): string => {
    const found = tuple.find((one) => one.type === type)
    return mapped(found !== undefined && 'address' in found ? found.address : 0n)
  }
  const value = (type: string): number => {
    const found = tuple.find((one) => one.type === type)
    return found !== undefined && 'value' in found ? found.value : 0
  }
  const addresses = `${family}_src=${address('src')},${family}_dst=${address('dst')}`
  return protocol === ICMP || protocol === ICMPV6
    ? `${addresses},icmp_id=${value('icmp_id')},icmp_type=${value('icmp_type')},icmp_code=${value('icmp_code')}`
    : `${addresses},ct_tp_src=${value('src_port')},ct_tp_dst=${value('dst_port')}`
}

/** An IPv4 address within an IPv6 one as what it is. */
const mapped = (address: bigint): string =>
  address >> 32n === MAPPED ? formatIpv6(address).replace(/^::ffff:/, '') : formatIpv6(address)

function formatOtherProperty(property: CtFlushProperty): string[] {
  switch (property.type) {
    case 'mark':
    case 'mark_mask':
      return [`${property.type}=${hex(property.mark)}`]
    case 'labels':
    case 'labels_mask':
      return [`${property.type}=${hex(property.labels)}`]
    case 'unknown':
      return [`property ${property.property_type}=${bytesToHex(property.data)}`]
    default:
      return []
  }
}
