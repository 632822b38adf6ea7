/**
 * IP packets of either family as what both have: two addresses, a protocol and what is for it. Addresses say which family it
 * is. What is no such packet has a reason, few constant words, to be counted by.
 */
import type { Ipv4Ends, Ipv6Ends } from './checksum.ts'
import { buildEthernet, ETH_TYPE, type Ethernet, parseEthernet } from './ethernet.ts'
import { buildIpv4, IP_PROTO, parseIpv4 } from './ipv4.ts'
import { buildIpv6, parseIpv6 } from './ipv6.ts'
import { walkIpv6 } from './ipv6_extension.ts'
import { buildUdp, parseUdp, type Udp } from './udp.ts'

export type IpEnds = Ipv4Ends | Ipv6Ends

export interface IpPacket<E extends IpEnds = IpEnds> {
  readonly ends: E
  /** Of the upper layer. */
  readonly protocol: number
  /** A view into the packet. */
  readonly payload: Uint8Array
}

const HOP_LIMIT = 64

const isIpv4 = (ends: IpEnds): ends is Ipv4Ends => typeof ends.src === 'number'

/** The ends of what is sent back. */
export const turnEnds = <E extends IpEnds>(ends: E): E => ({ src: ends.dst, dst: ends.src }) as E

const readIpv4 = (bytes: Uint8Array): IpPacket<Ipv4Ends> | string => {
  const packet = parseIpv4(bytes)
  if (packet === undefined) return 'malformed IPv4'
  if (packet.more_fragments || packet.fragment_offset > 0) return 'a fragment'
  const { src, dst, protocol, payload } = packet
  return { ends: { src, dst }, protocol, payload }
}

/** A fragment that is all of its packet is none (RFC 6946). */
const readIpv6 = (bytes: Uint8Array): IpPacket<Ipv6Ends> | string => {
  const packet = parseIpv6(bytes)
  const chain = packet && walkIpv6(packet)
  if (packet === undefined || chain === undefined) return 'malformed IPv6'
  if (chain.fragment !== undefined && (chain.fragment.more || chain.fragment.offset > 0)) return 'a fragment'
  return { ends: { src: packet.src, dst: packet.dst }, protocol: chain.protocol, payload: chain.payload }
}

/** The whole packet in a frame. */
export const readIp = ({ eth_type, payload }: Ethernet): IpPacket | string => {
  if (eth_type === ETH_TYPE.ipv4) return readIpv4(payload)
  return eth_type === ETH_TYPE.ipv6 ? readIpv6(payload) : 'not IP'
}

/** With the checksum of the upper layer in it. */
export const buildIp = ({ ends, protocol, payload }: IpPacket): Uint8Array =>
  isIpv4(ends)
    ? buildIpv4({ ...ends, protocol, payload })
    : buildIpv6({
        ...{ traffic_class: 0, flow_label: 0, hop_limit: HOP_LIMIT, next_header: protocol },
        ...{ ...ends, payload },
      })

/** @param macs of the frame */
export const buildIpFrame = (macs: Pick<Ethernet, 'src' | 'dst'>, packet: IpPacket): Uint8Array =>
  buildEthernet({
    ...macs,
    eth_type: isIpv4(packet.ends) ? ETH_TYPE.ipv4 : ETH_TYPE.ipv6,
    payload: buildIp(packet),
  })

export interface UdpFrame<E extends IpEnds> {
  readonly ethernet: Ethernet
  readonly ends: E
  readonly udp: Udp
}

const readUdpFrame = (frame: Uint8Array, eth_type: number): UdpFrame<IpEnds> | string => {
  const ethernet = parseEthernet(frame)
  if (ethernet?.eth_type !== eth_type) return 'another kind of frame'
  const packet = readIp(ethernet)
  if (typeof packet === 'string') return packet
  const udp = packet.protocol === IP_PROTO.udp ? parseUdp(packet.payload, packet.ends) : undefined
  return udp === undefined ? 'malformed UDP' : { ethernet, ends: packet.ends, udp }
}

export const readUdpOverIpv4 = (frame: Uint8Array): UdpFrame<Ipv4Ends> | string =>
  readUdpFrame(frame, ETH_TYPE.ipv4) as UdpFrame<Ipv4Ends> | string
export const readUdpOverIpv6 = (frame: Uint8Array): UdpFrame<Ipv6Ends> | string =>
  readUdpFrame(frame, ETH_TYPE.ipv6) as UdpFrame<Ipv6Ends> | string

export const buildUdpFrame = (macs: Pick<Ethernet, 'src' | 'dst'>, ends: IpEnds, udp: Udp): Uint8Array =>
  buildIpFrame(macs, { ends, protocol: IP_PROTO.udp, payload: buildUdp(udp, ends) })
