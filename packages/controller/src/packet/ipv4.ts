/** IPv4 packets: RFC 791, with the DSCP and ECN bits of RFC 2474 and RFC 3168. */
import { internetChecksum } from './checksum.ts'
import { concat, readU16, readU32, writeU16, writeU32 } from './octets.ts'

export const IP_PROTO = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const
const HEADER = 20

export interface Ipv4 {
  readonly dscp: number
  readonly ecn: number
  readonly id: number
  readonly dont_fragment: boolean
  readonly more_fragments: boolean
  /** Place of the payload in the unfragmented one, in octets; a multiple of 8. */
  readonly fragment_offset: number
  readonly ttl: number
  readonly protocol: number
  readonly src: number
  readonly dst: number
  /** A multiple of 4 octets, at most 40. */
  readonly options: Uint8Array
  readonly payload: Uint8Array
}

/** `undefined` when the header is cut, its lengths contradict the data, or its checksum is wrong. */
export const parseIpv4 = (bytes: Uint8Array): Ipv4 | undefined => {
  if (bytes.length < HEADER || bytes[0]! >>> 4 !== 4) return undefined
  const header = (bytes[0]! & 0xf) * 4
  const total = readU16(bytes, 2)
  if (header < HEADER || total < header || total > bytes.length) return undefined
  if (internetChecksum(bytes.subarray(0, header)) !== 0) return undefined
  const fragment = readU16(bytes, 6)
  return {
    dscp: bytes[1]! >>> 2,
    ecn: bytes[1]! & 3,
    id: readU16(bytes, 4),
    dont_fragment: (fragment & 0x4000) !== 0,
    more_fragments: (fragment & 0x2000) !== 0,
    fragment_offset: (fragment & 0x1fff) * 8,
    ttl: bytes[8]!,
    protocol: bytes[9]!,
    src: readU32(bytes, 12),
    dst: readU32(bytes, 16),
    options: bytes.subarray(HEADER, header),
    payload: bytes.subarray(header, total),
  }
}

/** What `buildIpv4` needs; the rest is zero, and DF is set as hosts do. */
export type Ipv4Fields = Pick<Ipv4, 'protocol' | 'src' | 'dst' | 'payload'> & Partial<Ipv4>

const DEFAULTS = {
  dscp: 0,
  ecn: 0,
  id: 0,
  dont_fragment: true,
  more_fragments: false,
  fragment_offset: 0,
  ttl: 64,
  options: new Uint8Array(),
}

export const buildIpv4 = (fields: Ipv4Fields): Uint8Array => {
  const packet = { ...DEFAULTS, ...fields }
  const header = new Uint8Array(HEADER + packet.options.length)
  const flags = (packet.dont_fragment ? 0x4000 : 0) | (packet.more_fragments ? 0x2000 : 0)
  header[0] = 0x40 | (header.length / 4)
  header[1] = (packet.dscp << 2) | packet.ecn
  writeU16(header, 2, header.length + packet.payload.length)
  writeU16(header, 4, packet.id)
  writeU16(header, 6, flags | (packet.fragment_offset / 8))
  header[8] = packet.ttl
  header[9] = packet.protocol
  writeU32(header, 12, packet.src)
  writeU32(header, 16, packet.dst)
  header.set(packet.options, HEADER)
  writeU16(header, 10, internetChecksum(header))
  return concat(header, packet.payload)
}
