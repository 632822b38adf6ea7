/** A packet that a router does not deliver, in either family: what an answer needs of it. */
import type { IpAddress } from '@openvnet/schema'
import {
  buildIpv4Error,
  buildIpv6Error,
  ETH_TYPE,
  type Ethernet,
  EXTENSION,
  fragmentIpv4,
  IP_PROTO,
  type IpEnds,
  type IpError,
  type Ipv4,
  type Ipv6,
  ipv4ErrorRefusal,
  ipv6ErrorRefusal,
  parseIpv4,
  parseIpv6,
  walkIpv6,
} from '../../packet/index.ts'

export interface Offending {
  readonly family: IpAddress['family']
  readonly src: IpAddress
  readonly dst: IpAddress
  /** Of the upper layer. */
  readonly protocol: number
  readonly payload: Uint8Array
  /** See `IpError`. */
  readonly named_at: number
  readonly isFragment: boolean
  /** It says that nothing is in it: RFC 8200 §4.7. */
  readonly isEmpty: boolean
  readonly ends: IpEnds
  /** Why it gets no error in answer. @param broadcasts see `Arrival` */
  refusal(cause: IpError['cause'], broadcasts: readonly number[]): string | undefined
  /** The packet that tells its sender. @param src of its family */
  error(error: IpError, src: IpAddress): Uint8Array | undefined
  /** The packet in pieces that fit, where its sender allows that; IPv6 never does. */
  fragments(mtu: number): readonly Uint8Array[] | undefined
}

const offendingIpv4 = (frame: Ethernet, packet: Ipv4): Offending => {
  return {
    family: 4,
    src: { family: 4, value: BigInt(packet.src) },
    dst: { family: 4, value: BigInt(packet.dst) },
    protocol: packet.protocol,
    payload: packet.payload,
    named_at: 0,
    isFragment: packet.more_fragments,
    isEmpty: false,
    ends: packet,
    refusal: (_cause, broadcasts) => ipv4ErrorRefusal(packet, { eth_dst: frame.dst, broadcasts }),
    error: (error, src) => buildIpv4Error(error, frame.payload, Number(src.value)),
    fragments: (mtu) => fragmentIpv4(packet, mtu),
  }
}

const offendingIpv6 = (frame: Ethernet, packet: Ipv6): Offending | undefined => {
  const chain = walkIpv6(packet)
  if (chain === undefined) return undefined
  return {
    family: 6,
    src: { family: 6, value: packet.src },
    dst: { family: 6, value: packet.dst },
    protocol: chain.protocol,
    payload: chain.payload,
    named_at: chain.named_at,
    isFragment: chain.fragment?.more ?? false,
    isEmpty: chain.protocol === EXTENSION.none,
    ends: packet,
    refusal: (cause) => ipv6ErrorRefusal(packet, { eth_dst: frame.dst }, cause),
    error: (error, src) => buildIpv6Error(error, frame.payload, src.value),
    fragments: () => undefined,
  }
}

/** Or why it is none: few constant words, to be counted by. */
export const offendingIn = (frame: Ethernet): Offending | string => {
  if (frame.eth_type === ETH_TYPE.ipv4) {
    const packet = parseIpv4(frame.payload)
    return packet === undefined ? 'malformed IPv4' : offendingIpv4(frame, packet)
  }
  if (frame.eth_type !== ETH_TYPE.ipv6) return 'not IP'
  const packet = parseIpv6(frame.payload)
  return (packet && offendingIpv6(frame, packet)) ?? 'malformed IPv6'
}

/** Messages to a router that ask nothing of it. */
export const isIcmp = ({ family, protocol }: Offending): boolean =>
  protocol === (family === 4 ? IP_PROTO.icmp : IP_PROTO.icmpv6)
