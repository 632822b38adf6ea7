/**
 * Errors that a router or host answers with, for both families: ICMP of RFC 792 and RFC 1812 §4.3, with the next-hop MTU
 * of RFC 1191; ICMPv6 of RFC 4443. A cause is named once; its type and code follow per family. What is built is a whole
 * IP packet to the sender of the offending one, which it quotes as received, as far as it fits.
 * Whether one may be sent at all is in `ip_error_refusal.ts`.
 */
import { buildIcmp, ICMP_TYPE } from './icmp.ts'
import { buildIcmpv6, ICMPV6_TYPE } from './icmpv6.ts'
import { buildIpv4, IP_PROTO, parseIpv4 } from './ipv4.ts'
import { buildIpv6, IPV6_HEADER, parseIpv6 } from './ipv6.ts'
import { readU16 } from './octets.ts'

/** Per cause: type and code over IPv4, then over IPv6. */
const CAUSES = {
  no_route: [ICMP_TYPE.unreachable, 0, ICMPV6_TYPE.unreachable, 0],
  address_unreachable: [ICMP_TYPE.unreachable, 1, ICMPV6_TYPE.unreachable, 3],
  protocol_unreachable: [ICMP_TYPE.unreachable, 2, ICMPV6_TYPE.parameter_problem, 1],
  port_unreachable: [ICMP_TYPE.unreachable, 3, ICMPV6_TYPE.unreachable, 4],
  too_big: [ICMP_TYPE.unreachable, 4, ICMPV6_TYPE.packet_too_big, 0],
  /** Of IPv6 alone: RFC 4443 §3.1. */
  beyond_scope: [ICMP_TYPE.unreachable, 0, ICMPV6_TYPE.unreachable, 2],
  /** RFC 1812 §5.2.7.1; RFC 4443 §3.1. */
  prohibited: [ICMP_TYPE.unreachable, 13, ICMPV6_TYPE.unreachable, 1],
  hop_limit: [ICMP_TYPE.time_exceeded, 0, ICMPV6_TYPE.time_exceeded, 0],
  reassembly_time: [ICMP_TYPE.time_exceeded, 1, ICMPV6_TYPE.time_exceeded, 1],
} as const satisfies Readonly<Record<string, readonly [number, number, number, number]>>

type Plain = Exclude<keyof typeof CAUSES, 'too_big' | 'protocol_unreachable'>
export type IpError =
  | { readonly cause: Plain }
  /** `mtu`: octets that the next hop takes, IP header included. */
  | { readonly cause: 'too_big'; readonly mtu: number }
  /** `named_at`: octet of an IPv6 packet that names the protocol, see `Ipv6Chain`; not told over IPv4. */
  | { readonly cause: 'protocol_unreachable'; readonly named_at: number }

const IPV4_HEADER = 20
const ICMP_HEADER = 8
/** RFC 1812 §4.3.2.3: the ICMP datagram does not exceed 576 octets. */
const QUOTE_V4 = 576 - IPV4_HEADER - ICMP_HEADER
/** RFC 4443 §2.4c: the whole packet does not exceed the minimum MTU of IPv6. */
const QUOTE_V6 = 1280 - IPV6_HEADER - ICMP_HEADER
/** RFC 1812 §4.3.2.5: precedence "internetwork control", as routers' own traffic; class selector 6 of RFC 2474. */
const INTERNETWORK_CONTROL = 48

/**
 * The packet to send to the source of `offending`; `undefined` when that is no valid IPv4 packet.
 * @param offending an IPv4 packet from its header on; padding behind it is not quoted
 * @param src the address that answers: of the leg at which it arrived
 */
export const buildIpv4Error = (
  error: IpError,
  offending: Uint8Array,
  src: number,
): Uint8Array | undefined => {
  const packet = parseIpv4(offending)
  if (packet === undefined) return undefined
  const [type, code] = CAUSES[error.cause]
  const payload = offending.subarray(0, Math.min(readU16(offending, 2), QUOTE_V4))
  return buildIpv4({
    protocol: IP_PROTO.icmp,
    src,
    dst: packet.src,
    dscp: INTERNETWORK_CONTROL,
    dont_fragment: false,
    payload: buildIcmp({ type, code, rest: error.cause === 'too_big' ? error.mtu : 0, payload }),
  })
}

const restOf = (error: IpError): number => {
  if (error.cause === 'too_big') return error.mtu
  return error.cause === 'protocol_unreachable' ? error.named_at : 0
}

/** The same for IPv6. @param src a unicast address of the leg at which it arrived (RFC 4443 §2.2) */
export const buildIpv6Error = (
  error: IpError,
  offending: Uint8Array,
  src: bigint,
): Uint8Array | undefined => {
  const packet = parseIpv6(offending)
  if (packet === undefined) return undefined
  const [, , type, code] = CAUSES[error.cause]
  const payload = offending.subarray(0, Math.min(IPV6_HEADER + packet.payload.length, QUOTE_V6))
  const ends = { src, dst: packet.src }
  return buildIpv6({
    ...ends,
    traffic_class: 0,
    flow_label: 0,
    hop_limit: 64,
    next_header: IP_PROTO.icmpv6,
    payload: buildIcmpv6({ type, code, rest: restOf(error), payload }, ends),
  })
}
