/** IP packets of guests with addresses as text, the same for both families. Extension headers of IPv6 are payload. */
import {
  adjustChecksum,
  buildIpv4,
  buildIpv6,
  ETH_TYPE,
  type Ethernet,
  type Ipv4Ends,
  type Ipv6Ends,
  parseIpv4,
  parseIpv6,
  readU16,
  toIpv4,
  writeU16,
} from '@openvnet/controller/packet'
import { fromIpAddress, toIpAddress } from '@openvnet/schema'

export interface IpPacket {
  readonly src: string
  readonly dst: string
  readonly ttl: number
  readonly protocol: number
  readonly payload: Uint8Array
}

export interface ReceivedIp extends IpPacket {
  readonly family: 4 | 6
  /** As checksums count them. */
  readonly ends: Ipv4Ends | Ipv6Ends
  /** From the first octet of its header on. */
  readonly bytes: Uint8Array
  /** Of IPv4: place in the datagram, in octets, and whether more follows. */
  readonly fragment?: { readonly id: number; readonly offset: number; readonly more: boolean }
}

export const isIpv6 = (address: string): boolean => address.includes(':')
export const ethTypeOf = (address: string): number => (isIpv6(address) ? ETH_TYPE.ipv6 : ETH_TYPE.ipv4)

const textOf = (family: 4 | 6, value: number | bigint): string =>
  fromIpAddress({ family, value: BigInt(value) })

/** `undefined` when it is malformed. */
export const receivedIpv4 = (bytes: Uint8Array): ReceivedIp | undefined => {
  const packet = parseIpv4(bytes)
  if (packet === undefined) return undefined
  const { id, fragment_offset: offset, more_fragments: more, ttl, protocol, payload } = packet
  const length = readU16(bytes, 2)
  return {
    ...{ family: 4, src: textOf(4, packet.src), dst: textOf(4, packet.dst), ttl, protocol, payload },
    ...{ ends: packet, bytes: bytes.subarray(0, length) },
    ...(offset > 0 || more ? { fragment: { id, offset, more } } : {}),
  }
}

const receivedIpv6 = (bytes: Uint8Array): ReceivedIp | undefined => {
  const packet = parseIpv6(bytes)
  if (packet === undefined) return undefined
  const { next_header: protocol, hop_limit: ttl, payload } = packet
  return {
    ...{ family: 6, src: textOf(6, packet.src), dst: textOf(6, packet.dst), ttl, protocol, payload },
    ...{ ends: packet, bytes },
  }
}

/** `undefined` for what is no IP packet, or malformed. */
export const ipIn = ({ eth_type, payload }: Ethernet): ReceivedIp | undefined => {
  if (eth_type === ETH_TYPE.ipv4) return receivedIpv4(payload)
  return eth_type === ETH_TYPE.ipv6 ? receivedIpv6(payload) : undefined
}

/**
 * @param payload with checksums over the addresses
 * @param mayFragment lets routers cut it; of IPv4 alone
 */
export const buildIp = (
  { src, dst, ttl, protocol }: Omit<IpPacket, 'payload'>,
  payload: (ends: Ipv4Ends | Ipv6Ends) => Uint8Array,
  mayFragment = false,
): Uint8Array => {
  if (isIpv6(src)) {
    const ends = { src: toIpAddress(src).value, dst: toIpAddress(dst).value }
    const header = { traffic_class: 0, flow_label: 0, next_header: protocol, hop_limit: ttl }
    return buildIpv6({ ...header, ...ends, payload: payload(ends) })
  }
  const ends = { src: toIpv4(src), dst: toIpv4(dst) }
  return buildIpv4({ ...ends, ttl, protocol, payload: payload(ends), dont_fragment: !mayFragment })
}

/** The packet one hop further. */
export const oneHopOn = ({ family, bytes, ttl }: ReceivedIp): Uint8Array => {
  const copy = Uint8Array.from(bytes)
  if (family === 6) copy[7] = ttl - 1
  else {
    const before = readU16(copy, 8)
    copy[8] = ttl - 1
    writeU16(copy, 10, adjustChecksum(readU16(copy, 10), before, readU16(copy, 8)))
  }
  return copy
}
