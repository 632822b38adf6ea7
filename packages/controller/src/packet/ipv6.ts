/** The fixed header of IPv6: RFC 8200 §3. Extension headers are payload. */
import { concat, readU16, readU32, readU128, writeU16, writeU32, writeU128 } from './octets.ts'

export const IPV6_HEADER = 40

export interface Ipv6 {
  readonly traffic_class: number
  readonly flow_label: number
  readonly next_header: number
  readonly hop_limit: number
  readonly src: bigint
  readonly dst: bigint
  readonly payload: Uint8Array
}

export const parseIpv6 = (bytes: Uint8Array): Ipv6 | undefined => {
  if (bytes.length < IPV6_HEADER || bytes[0]! >>> 4 !== 6) return undefined
  const length = readU16(bytes, 4)
  if (bytes.length < IPV6_HEADER + length) return undefined
  const first = readU32(bytes, 0)
  return {
    traffic_class: (first >>> 20) & 0xff,
    flow_label: first & 0xfffff,
    next_header: bytes[6]!,
    hop_limit: bytes[7]!,
    src: readU128(bytes, 8),
    dst: readU128(bytes, 24),
    payload: bytes.subarray(IPV6_HEADER, IPV6_HEADER + length),
  }
}

export const buildIpv6 = (packet: Ipv6): Uint8Array => {
  const header = new Uint8Array(IPV6_HEADER)
  writeU32(header, 0, ((6 << 28) | (packet.traffic_class << 20) | packet.flow_label) >>> 0)
  writeU16(header, 4, packet.payload.length)
  header[6] = packet.next_header
  header[7] = packet.hop_limit
  writeU128(header, 8, packet.src)
  writeU128(header, 24, packet.dst)
  return concat(header, packet.payload)
}
