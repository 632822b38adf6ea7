/**
 * The bytes of a packet as it leaves: what arrived with the changed fields written in and the checksums adjusted
 * incrementally, so that a wrong checksum stays wrong. As `lib/odp-util.c` commits and `lib/packets.c` sets them.
 */
import {
  ARP_LENGTH,
  adjustChecksum,
  adjustChecksumBytes,
  IP_PROTO,
  readU16,
  writeU16,
  writeU32,
  writeU48,
  writeU128,
} from '@openvnet/controller/packet'
import type { FieldName } from '@openvnet/openflow'
import { renderNd } from './neighbour_discovery.ts'
import type { PacketState, Tag } from './packet_state.ts'

interface Target {
  readonly packet: PacketState
  readonly bytes: Uint8Array
  readonly l3: number
  readonly l4: number
}

const changed = ({ packet }: Target, name: FieldName): boolean =>
  packet.fields.get(name) !== packet.received.fields.get(name)
const number = ({ packet }: Target, name: FieldName): number => Number(packet.fields.get(name))

/** Writes 16-bit words and adjusts the checksum at `checksumAt` for it. */
const replace = (bytes: Uint8Array, at: number, after: Uint8Array, checksumAt: number): void => {
  const before = bytes.slice(at, at + after.length)
  bytes.set(after, at)
  writeU16(bytes, checksumAt, adjustChecksumBytes(readU16(bytes, checksumAt), before, after))
}

/** Where the checksum of the segment is; `undefined` when there is none that addresses or ports are part of. */
const transportChecksumAt = (target: Target): number | undefined => {
  const { bytes, l4 } = target
  const protocol = number(target, 'ip_proto')
  if (l4 === 0) return undefined
  if (protocol === IP_PROTO.tcp) return l4 + 16
  if (protocol === IP_PROTO.udp) return readU16(bytes, l4 + 6) === 0 ? undefined : l4 + 6
  return protocol === IP_PROTO.icmpv6 ? l4 + 2 : undefined
}

/** A UDP checksum that comes out as zero is sent as ones: zero means none. */
const avoidZero = (target: Target, checksumAt: number): void => {
  const { bytes } = target
  if (number(target, 'ip_proto') === IP_PROTO.udp && readU16(bytes, checksumAt) === 0) {
    writeU16(bytes, checksumAt, 0xffff)
  }
}

const adjustTransport = (target: Target, before: Uint8Array, after: Uint8Array): void => {
  const at = transportChecksumAt(target)
  if (at === undefined) return
  writeU16(target.bytes, at, adjustChecksumBytes(readU16(target.bytes, at), before, after))
  avoidZero(target, at)
}

const setAddress = (target: Target, name: FieldName, at: number, after: Uint8Array): void => {
  if (!changed(target, name)) return
  const { bytes, l3 } = target
  const before = bytes.slice(at, at + after.length)
  adjustTransport(target, before, after)
  if (after.length === 4) replace(bytes, at, after, l3 + 10)
  else bytes.set(after, at)
}

const fourBytes = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4)
  writeU32(bytes, 0, value)
  return bytes
}
const sixteenBytes = (value: bigint): Uint8Array => {
  const bytes = new Uint8Array(16)
  writeU128(bytes, 0, value)
  return bytes
}

const trafficClass = (target: Target): number => number(target, 'ip_dscp') * 4 + number(target, 'ip_ecn')

const renderIpv4 = (target: Target): void => {
  const { bytes, l3 } = target
  setAddress(target, 'ipv4_src', l3 + 12, fourBytes(number(target, 'ipv4_src')))
  setAddress(target, 'ipv4_dst', l3 + 16, fourBytes(number(target, 'ipv4_dst')))
  if (changed(target, 'ip_dscp') || changed(target, 'ip_ecn')) {
    replace(bytes, l3, Uint8Array.of(bytes[l3]!, trafficClass(target)), l3 + 10)
  }
  if (changed(target, 'nw_ttl')) {
    replace(bytes, l3 + 8, Uint8Array.of(number(target, 'nw_ttl'), bytes[l3 + 9]!), l3 + 10)
  }
}

const renderIpv6 = (target: Target): void => {
  const { bytes, l3, packet } = target
  setAddress(target, 'ipv6_src', l3 + 8, sixteenBytes(packet.fields.get('ipv6_src')!))
  setAddress(target, 'ipv6_dst', l3 + 24, sixteenBytes(packet.fields.get('ipv6_dst')!))
  writeU16(bytes, l3, (readU16(bytes, l3) & 0xf00f) | (trafficClass(target) << 4))
  bytes[l3 + 7] = number(target, 'nw_ttl')
}

const renderPorts = (target: Target, protocol: 'tcp' | 'udp'): void => {
  const { bytes, l4 } = target
  for (const [name, at] of [
    [`${protocol}_src`, l4],
    [`${protocol}_dst`, l4 + 2],
  ] as const) {
    if (!changed(target, name)) continue
    const before = bytes.slice(at, at + 2)
    writeU16(bytes, at, number(target, name))
    adjustTransport(target, before, bytes.slice(at, at + 2))
  }
}

const renderMessage = (target: Target, protocol: 'icmpv4' | 'icmpv6'): void => {
  const { bytes, l4 } = target
  const before = readU16(bytes, l4)
  const after = number(target, `${protocol}_type`) * 256 + number(target, `${protocol}_code`)
  if (before === after) return
  writeU16(bytes, l4, after)
  writeU16(bytes, l4 + 2, adjustChecksum(readU16(bytes, l4 + 2), before, after))
}

const renderTransport = (target: Target): void => {
  const { fields } = target.packet
  if (target.l4 === 0) return
  if (fields.has('tcp_src')) renderPorts(target, 'tcp')
  if (fields.has('udp_src')) renderPorts(target, 'udp')
  if (fields.has('icmpv4_type')) renderMessage(target, 'icmpv4')
  if (!fields.has('icmpv6_type')) return
  const { received } = target.packet
  renderNd({ ...target, end: received.offsets.end, before: received.fields, after: fields })
  renderMessage(target, 'icmpv6')
}

const ARP_FIELDS = ['arp_op', 'arp_sha', 'arp_spa', 'arp_tha', 'arp_tpa'] as const

const renderArp = (target: Target): void => {
  const { bytes, l3 } = target
  const cut = bytes.length < l3 + ARP_LENGTH
  if (cut || !ARP_FIELDS.some((name) => changed(target, name))) return
  writeU16(bytes, l3 + 6, number(target, 'arp_op'))
  writeU48(bytes, l3 + 8, number(target, 'arp_sha'))
  writeU32(bytes, l3 + 14, number(target, 'arp_spa'))
  writeU48(bytes, l3 + 18, number(target, 'arp_tha'))
  writeU32(bytes, l3 + 24, number(target, 'arp_tpa'))
}

const sameTag = (a: Tag | undefined, b: Tag | undefined): boolean =>
  a?.tpid === b?.tpid && a?.pcp === b?.pcp && a?.vid === b?.vid

/** A tag that nothing changed keeps its drop eligible bit; one that was written has none. */
const tagBytes = ({ received, tags }: PacketState): Uint8Array => {
  const bytes = new Uint8Array(tags.length * 4)
  for (const [index, { tpid, pcp, vid }] of tags.entries()) {
    writeU16(bytes, index * 4, tpid)
    writeU16(bytes, index * 4 + 2, (pcp << 13) | vid)
  }
  if (received.tags.length > 0 && sameTag(received.tags[0], tags.at(-1))) {
    bytes.set(received.tagBytes, bytes.length - 4)
  }
  return bytes
}

/** Packets without protocol or operation are left as they are: `commit_set_nw_action`. */
export const render = (packet: PacketState): Uint8Array => {
  const { received, fields } = packet
  const bytes = Uint8Array.from(received.bytes)
  const target: Target = { packet, bytes, ...received.offsets }
  if (fields.get('ip_proto')) {
    if (fields.has('ipv4_src')) renderIpv4(target)
    if (fields.has('ipv6_src')) renderIpv6(target)
  }
  if (fields.get('arp_op')) renderArp(target)
  renderTransport(target)
  writeU48(bytes, 0, number(target, 'eth_dst'))
  writeU48(bytes, 6, number(target, 'eth_src'))
  const tags = tagBytes(packet)
  const frame = new Uint8Array(bytes.length + tags.length)
  frame.set(bytes.subarray(0, 12))
  frame.set(tags, 12)
  frame.set(bytes.subarray(12), 12 + tags.length)
  return frame
}
