/**
 * A packet on its way through the tables: the fields that Open vSwitch extracts (`lib/flow.c`, `miniflow_extract`),
 * as numbers that actions change. The bytes stay as they arrived until the packet is put out, see `render.ts`.
 *
 * A header field is present only in packets that have the header; writing an absent one does nothing.
 */
import { ETH_TYPE, IP_PROTO, readU16, readU32, readU48, readU128 } from '@openvnet/controller/packet'
import { FIELDS, type FieldName, type Match, type MatchField } from '@openvnet/openflow'
import type { IpAddress } from '@openvnet/schema'
import { dissectNd, hasNdField } from './neighbour_discovery.ts'

/** A VLAN tag: its tag protocol identifier, priority and VLAN id. */
export interface Tag {
  readonly tpid: number
  readonly pcp: number
  readonly vid: number
}

/** Where the headers of the frame begin, once its tags are taken out. */
export interface Offsets {
  readonly l3: number
  /** 0 when there is no transport header that could be read. */
  readonly l4: number
  /** End of the packet inside the frame; what follows is padding. */
  readonly end: number
}

/** What arrived. */
export interface Received {
  /** The frame without the tags that were taken out. */
  readonly bytes: Uint8Array
  /** The tag with its drop eligible bit, as it arrived. */
  readonly tagBytes: Uint8Array
  readonly tags: readonly Tag[]
  readonly offsets: Offsets
  readonly fields: ReadonlyMap<FieldName, bigint>
}

export interface PacketState {
  readonly received: Received
  tags: readonly Tag[]
  readonly fields: Map<FieldName, bigint>
}

const VLAN_PRESENT = 0x1000
const NOT_AN_ETHERTYPE = 0x05ff
/** Fields that every packet has. */
const PIPELINE = /^(reg\d+|metadata|tunnel_id|tun_(ipv6_)?(src|dst)|in_port)$/

type Fields = Map<FieldName, bigint>
const put = (fields: Fields, name: FieldName, value: number | bigint): void => {
  fields.set(name, BigInt(value))
}

/** IEEE 802.3 frames have a length where others have a type; those with LLC and SNAP have the type after it. */
const etherType = (bytes: Uint8Array): number => {
  const type = readU16(bytes, 12)
  if (type >= 0x600) return type
  const snap = bytes.length >= 22 && readU48(bytes, 14) === 0xaaaa03000000
  return snap && readU16(bytes, 20) >= 0x600 ? readU16(bytes, 20) : NOT_AN_ETHERTYPE
}

const dissectArp = (bytes: Uint8Array, l3: number, fields: Fields): void => {
  if (bytes.length < l3 + 28 || readU48(bytes, l3) !== 0x000108000604) {
    putEmpty(fields, 'arp_op', 'arp_spa', 'arp_tpa', 'arp_sha', 'arp_tha')
    return
  }
  const op = readU16(bytes, l3 + 6)
  put(fields, 'arp_op', op <= 0xff ? op : 0)
  put(fields, 'arp_sha', readU48(bytes, l3 + 8))
  put(fields, 'arp_spa', readU32(bytes, l3 + 14))
  put(fields, 'arp_tha', readU48(bytes, l3 + 18))
  put(fields, 'arp_tpa', readU32(bytes, l3 + 24))
}

const PORTS = { [IP_PROTO.tcp]: ['tcp', 20], [IP_PROTO.udp]: ['udp', 8] } as const
const MESSAGES = {
  [IP_PROTO.icmp]: ['icmpv4', 'ipv4_src'],
  [IP_PROTO.icmpv6]: ['icmpv6', 'ipv6_src'],
} as const
const ICMP_HEADER = 8

const dissectPorts = (bytes: Uint8Array, l4: number, end: number, fields: Fields): number => {
  const [name, header] = PORTS[Number(fields.get('ip_proto')) as keyof typeof PORTS]
  const cut = end - l4 < header
  put(fields, `${name}_src`, cut ? 0 : readU16(bytes, l4))
  put(fields, `${name}_dst`, cut ? 0 : readU16(bytes, l4 + 2))
  return cut ? 0 : l4
}

const dissectMessage = (bytes: Uint8Array, l4: number, end: number, fields: Fields): number => {
  const [name, address] = MESSAGES[Number(fields.get('ip_proto')) as keyof typeof MESSAGES]
  if (!fields.has(address)) return 0
  const cut = end - l4 < ICMP_HEADER
  put(fields, `${name}_type`, cut ? 0 : bytes[l4]!)
  put(fields, `${name}_code`, cut ? 0 : bytes[l4 + 1]!)
  if (!cut && name === 'icmpv6') dissectNd(bytes, l4, end, fields)
  return cut ? 0 : l4
}

/** Offset of the transport header, or 0. */
const dissectTransport = (bytes: Uint8Array, l4: number, end: number, fields: Fields): number => {
  const protocol = Number(fields.get('ip_proto'))
  if (protocol in PORTS) return dissectPorts(bytes, l4, end, fields)
  return protocol in MESSAGES ? dissectMessage(bytes, l4, end, fields) : 0
}

const IP_FIELDS = ['ip_dscp', 'ip_ecn', 'nw_ttl', 'ip_proto', 'ip_frag'] as const

/** A packet that is cut has the fields, with nothing in them. */
const putEmpty = (fields: Fields, ...names: readonly FieldName[]): void => {
  for (const name of names) put(fields, name, 0)
}

const dissectIpv4 = (bytes: Uint8Array, l3: number, fields: Fields): Offsets => {
  const none = { l3, l4: 0, end: bytes.length }
  putEmpty(fields, ...IP_FIELDS, 'ipv4_src', 'ipv4_dst')
  if (bytes.length < l3 + 20) return none
  const header = (bytes[l3]! & 0xf) * 4
  const end = l3 + readU16(bytes, l3 + 2)
  if (header < 20 || end > bytes.length || l3 + header > end) return none
  const fragment = readU16(bytes, l3 + 6) & 0x3fff
  const later = (fragment & 0x1fff) !== 0
  put(fields, 'ip_dscp', bytes[l3 + 1]! >>> 2)
  put(fields, 'ip_ecn', bytes[l3 + 1]! & 3)
  put(fields, 'nw_ttl', bytes[l3 + 8]!)
  put(fields, 'ip_proto', bytes[l3 + 9]!)
  put(fields, 'ip_frag', (fragment !== 0 ? 1 : 0) | (later ? 2 : 0))
  put(fields, 'ipv4_src', readU32(bytes, l3 + 12))
  put(fields, 'ipv4_dst', readU32(bytes, l3 + 16))
  return { l3, l4: later ? 0 : dissectTransport(bytes, l3 + header, end, fields), end }
}

const EXTENSION_HEADERS = [0, 43, 44, 51, 60]

const dissectIpv6 = (bytes: Uint8Array, l3: number, fields: Fields): Offsets => {
  const none = { l3, l4: 0, end: bytes.length }
  putEmpty(fields, ...IP_FIELDS, 'ipv6_src', 'ipv6_dst')
  if (bytes.length < l3 + 40) return none
  const end = l3 + 40 + readU16(bytes, l3 + 4)
  if (end > bytes.length) return none
  if (EXTENSION_HEADERS.includes(bytes[l3 + 6]!)) throw new Error('IPv6 extension headers are not simulated')
  const trafficClass = (readU16(bytes, l3) >>> 4) & 0xff
  put(fields, 'ip_dscp', trafficClass >>> 2)
  put(fields, 'ip_ecn', trafficClass & 3)
  put(fields, 'ip_proto', bytes[l3 + 6]!)
  put(fields, 'nw_ttl', bytes[l3 + 7]!)
  put(fields, 'ipv6_src', readU128(bytes, l3 + 8))
  put(fields, 'ipv6_dst', readU128(bytes, l3 + 24))
  return { l3, l4: dissectTransport(bytes, l3 + 40, end, fields), end }
}

const dissectNetwork = (bytes: Uint8Array, fields: Fields): Offsets => {
  const l3 = 14
  const type = Number(fields.get('eth_type'))
  if (type === ETH_TYPE.ipv4) return dissectIpv4(bytes, l3, fields)
  if (type === ETH_TYPE.ipv6) return dissectIpv6(bytes, l3, fields)
  if (type === ETH_TYPE.arp) dissectArp(bytes, l3, fields)
  return { l3, l4: 0, end: bytes.length }
}

const isTagged = (frame: Uint8Array): boolean =>
  frame.length >= 18 && (readU16(frame, 12) === ETH_TYPE.vlan || readU16(frame, 12) === ETH_TYPE.service_vlan)

/** Takes out the outermost tag only: the default `vlan-limit` of Open vSwitch. */
const splitTag = (frame: Uint8Array): Pick<Received, 'bytes' | 'tagBytes' | 'tags'> => {
  if (!isTagged(frame)) return { bytes: frame, tagBytes: new Uint8Array(), tags: [] }
  const bytes = new Uint8Array(frame.length - 4)
  bytes.set(frame.subarray(0, 12))
  bytes.set(frame.subarray(16), 12)
  const tci = readU16(frame, 14)
  const tag = { tpid: readU16(frame, 12), pcp: tci >>> 13, vid: tci & 0xfff }
  return { bytes, tagBytes: frame.slice(12, 16), tags: [tag] }
}

/** What a tunnel says of a frame beside the frame: its key, and where it begins and ends. */
export interface TunnelFacts {
  readonly key: bigint
  readonly source: IpAddress
  readonly destination: IpAddress
}

const putTunnel = (fields: Fields, { key, source, destination }: TunnelFacts): void => {
  put(fields, 'tunnel_id', key)
  put(fields, source.family === 4 ? 'tun_src' : 'tun_ipv6_src', source.value)
  put(fields, destination.family === 4 ? 'tun_dst' : 'tun_ipv6_dst', destination.value)
}

/**
 * @param frame at least an Ethernet header; not kept
 * @param tunnel by which it came, if by any
 */
export const receive = (in_port: number, frame: Uint8Array, tunnel?: TunnelFacts): PacketState => {
  if (frame.length < 14) throw new RangeError(`a frame of ${frame.length} octets has no Ethernet header`)
  const split = splitTag(Uint8Array.from(frame))
  const fields: Fields = new Map()
  put(fields, 'in_port', in_port)
  if (tunnel !== undefined) putTunnel(fields, tunnel)
  put(fields, 'eth_dst', readU48(split.bytes, 0))
  put(fields, 'eth_src', readU48(split.bytes, 6))
  put(fields, 'eth_type', etherType(split.bytes))
  const offsets = dissectNetwork(split.bytes, fields)
  return { received: { ...split, offsets, fields: new Map(fields) }, tags: split.tags, fields }
}

export const clone = (packet: PacketState): PacketState => ({ ...packet, fields: new Map(packet.fields) })

/** Puts back the fields of a clone. */
export const restore = (packet: PacketState, from: PacketState): void => {
  packet.tags = from.tags
  packet.fields.clear()
  for (const [name, value] of from.fields) packet.fields.set(name, value)
}

/** The value of a field; 0 where the packet has no such header, as in Open vSwitch. */
export const read = (packet: PacketState, name: FieldName): bigint => {
  const [outer] = packet.tags
  if (name === 'nxm_in_port') return read(packet, 'in_port')
  if (name === 'vlan_vid') return outer === undefined ? 0n : BigInt(VLAN_PRESENT | outer.vid)
  if (name === 'vlan_pcp') return BigInt(outer?.pcp ?? 0)
  return packet.fields.get(name) ?? 0n
}

/** What a packet-in says of the way that the packet took: of fields that are not zero. */
export const carried = ({ fields }: PacketState): Match =>
  [...fields]
    .filter(([name, value]) => PIPELINE.test(name) && value !== 0n)
    .map(
      ([field, value]) => ({ field, value: FIELDS[field].bits > 32 ? value : Number(value) }) as MatchField,
    )

const writeTag = (packet: PacketState, change: Partial<Tag>): void => {
  const [outer, ...inner] = packet.tags
  if (outer !== undefined) packet.tags = [{ ...outer, ...change }, ...inner]
}

/** Open vSwitch keeps eight bits of the ARP operation. */
const kept = (name: FieldName, value: bigint): bigint => (name === 'arp_op' ? value & 0xffn : value)

/** Whether a field of neighbour discovery is not of the message that the packet is now. */
const isOfOtherMessage = ({ fields }: PacketState, name: FieldName): boolean =>
  hasNdField(name, Number(fields.get('icmpv6_type') ?? 0), Number(fields.get('icmpv6_code') ?? 0)) === false

/** Does nothing when the packet has no such header. */
export const write = (packet: PacketState, name: FieldName, value: bigint): void => {
  if (name === 'nxm_in_port') packet.fields.set('in_port', value)
  else if (name === 'vlan_vid') writeTag(packet, { vid: Number(value & 0xfffn) })
  else if (name === 'vlan_pcp') writeTag(packet, { pcp: Number(value) })
  else if (isOfOtherMessage(packet, name)) return
  else if (packet.fields.has(name) || PIPELINE.test(name)) packet.fields.set(name, kept(name, value))
}

const TRANSPORT = /^(tcp|udp|icmpv4|icmpv6|nd|ipv6_nd)_/
const LATER_FRAGMENT = 2n

/** May `reg_move` read the field? Not that of another message, nor one of the transport of a later fragment. */
export const isMovable = (packet: PacketState, name: FieldName): boolean =>
  !isOfOtherMessage(packet, name) &&
  !(TRANSPORT.test(name) && (read(packet, 'ip_frag') & LATER_FRAGMENT) !== 0n)

/** The value that a table lookup sees: transport fields of fragments are hidden from it (OFPC_FRAG_NORMAL). */
export const readForLookup = (packet: PacketState, name: FieldName): bigint =>
  TRANSPORT.test(name) && read(packet, 'ip_frag') !== 0n ? 0n : read(packet, name)
