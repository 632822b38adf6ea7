/**
 * Frames in tunnels, as bytes on the underlay and back: VXLAN (RFC 7348), Geneve (RFC 8926, options are skipped) and GRE
 * with a key (RFC 2890) that carries Ethernet, over IPv4 and IPv6.
 */
import {
  buildEthernet,
  buildIpv4,
  buildIpv6,
  buildUdp,
  concat,
  ETH_TYPE,
  IP_PROTO,
  parseEthernet,
  parseIpv4,
  parseIpv6,
  readU16,
  readU32,
  writeU16,
  writeU32,
} from '@openvnet/controller/packet'
import { fromIpAddress, type IpAddress, toIpAddress } from '@openvnet/schema'

export type Encapsulation = 'vxlan' | 'geneve' | 'gre'

export interface Encapsulated {
  readonly kind: Encapsulation
  /** Addresses as text. */
  readonly source: string
  readonly destination: string
  readonly key: number
  readonly frame: Uint8Array
}

const UDP_PORT = { vxlan: 4789, geneve: 6081 } as const
const UDP_HEADER = 8
const GRE = 47
/** Transparent Ethernet bridging. */
const ETHERNET = 0x6558
const GRE_FLAG = { checksum: 0x8000, key: 0x2000, sequence: 0x1000 } as const
const VXLAN_HAS_KEY = 0x0800_0000

interface Packet {
  readonly source: IpAddress
  readonly destination: IpAddress
  readonly protocol: number
  readonly payload: Uint8Array
}

const ip = (family: 4 | 6, value: number | bigint): IpAddress => ({ family, value: BigInt(value) })

const packetIn = (outer: Uint8Array): Packet | undefined => {
  const { eth_type, payload } = parseEthernet(outer)!
  if (eth_type === ETH_TYPE.ipv4) {
    const packet = parseIpv4(payload)
    if (packet === undefined) return undefined
    const { src, dst, protocol } = packet
    return { source: ip(4, src), destination: ip(4, dst), protocol, payload: packet.payload }
  }
  const packet = eth_type === ETH_TYPE.ipv6 ? parseIpv6(payload) : undefined
  if (packet === undefined) return undefined
  const { src, dst, next_header: protocol } = packet
  return { source: ip(6, src), destination: ip(6, dst), protocol, payload: packet.payload }
}

type Inner = Pick<Encapsulated, 'kind' | 'key' | 'frame'>

const inUdp = (datagram: Uint8Array): Inner | undefined => {
  const port = readU16(datagram, 2)
  const bytes = datagram.subarray(UDP_HEADER)
  const key = bytes.length < 8 ? 0 : readU32(bytes, 4) >>> 8
  if (port === UDP_PORT.vxlan) return { kind: 'vxlan', key, frame: bytes.subarray(8) }
  if (port !== UDP_PORT.geneve) return undefined
  const options = (bytes[0]! & 0x3f) * 4
  return { kind: 'geneve', key, frame: bytes.subarray(8 + options) }
}

const inGre = (bytes: Uint8Array): Inner | undefined => {
  const flags = readU16(bytes, 0)
  if (readU16(bytes, 2) !== ETHERNET) return undefined
  const keyAt = (flags & GRE_FLAG.checksum) === 0 ? 4 : 8
  const hasKey = (flags & GRE_FLAG.key) !== 0
  const end = keyAt + (hasKey ? 4 : 0) + ((flags & GRE_FLAG.sequence) === 0 ? 0 : 4)
  return { kind: 'gre', key: hasKey ? readU32(bytes, keyAt) : 0, frame: bytes.subarray(end) }
}

/** `undefined` for what is no frame in a tunnel. @param outer a frame of the underlay */
export const parseEncapsulated = (outer: Uint8Array): Encapsulated | undefined => {
  const packet = packetIn(outer)
  if (packet === undefined) return undefined
  const { protocol, payload } = packet
  const inner = protocol === IP_PROTO.udp ? inUdp(payload) : protocol === GRE ? inGre(payload) : undefined
  if (inner === undefined) return undefined
  return {
    ...inner,
    source: fromIpAddress(packet.source),
    destination: fromIpAddress(packet.destination),
  }
}

const header = (first: number, second: number): Uint8Array => {
  const bytes = new Uint8Array(8)
  writeU32(bytes, 0, first)
  writeU32(bytes, 4, second)
  return bytes
}

const content = (
  { kind, key, frame }: Inner,
  ends: Parameters<typeof buildUdp>[1],
): Pick<Packet, 'protocol' | 'payload'> => {
  if (kind === 'gre') {
    const gre = header(0, key)
    writeU16(gre, 0, GRE_FLAG.key)
    writeU16(gre, 2, ETHERNET)
    return { protocol: GRE, payload: concat(gre, frame) }
  }
  const first = kind === 'vxlan' ? VXLAN_HAS_KEY : ETHERNET
  const payload = concat(header(first, (key << 8) >>> 0), frame)
  return {
    protocol: IP_PROTO.udp,
    payload: buildUdp({ src: 49_152, dst: UDP_PORT[kind], payload }, ends),
  }
}

/** A frame of the underlay, between two MAC addresses of it. */
export const buildEncapsulated = (
  { source, destination, ...inner }: Encapsulated,
  macs: { readonly src: number; readonly dst: number },
): Uint8Array => {
  const [from, to] = [toIpAddress(source), toIpAddress(destination)]
  if (from.family === 4) {
    const ends = { src: Number(from.value), dst: Number(to.value) }
    const payload = buildIpv4({ ...ends, ttl: 64, ...content(inner, ends) })
    return buildEthernet({ ...macs, eth_type: ETH_TYPE.ipv4, payload })
  }
  const ends = { src: from.value, dst: to.value }
  const { protocol: next_header, payload } = content(inner, ends)
  const packet = buildIpv6({
    ...{ traffic_class: 0, flow_label: 0, hop_limit: 64, next_header, payload },
    ...ends,
  })
  return buildEthernet({ ...macs, eth_type: ETH_TYPE.ipv6, payload: packet })
}
