/**
 * Packets that are never answered with an ICMP error, lest errors multiply: RFC 1812 §4.3.2.7, RFC 4443 §2.4e.
 * Each is named, so that what was not answered can be counted by reason.
 */

import { ICMPV6_TYPE, isIcmpv6Error } from './icmpv6.ts'
import type { IpError } from './ip_error.ts'
import { IP_PROTO, type Ipv4 } from './ipv4.ts'
import type { Ipv6 } from './ipv6.ts'
import { isMulticastIpv6, LOOPBACK_IPV6 } from './ipv6_address.ts'
import { walkIpv6 } from './ipv6_extension.ts'

/** Why a packet gets no error in answer. */
export type ErrorRefusal =
  | 'malformed'
  | 'an ICMP error'
  | 'a later fragment'
  | 'multicast or broadcast'
  | 'multicast or broadcast of the link'
  | 'its source is no single host'

/** How the packet came. */
export interface Arrival {
  /** Destination MAC address of the frame. */
  readonly eth_dst: number
  /** Directed broadcast addresses that the router knows: of the subnets of its legs. */
  readonly broadcasts?: readonly number[]
}

/** RFC 792, RFC 950, RFC 1256: the messages that ask or tell. Everything else counts as an error, also what is unknown. */
const INFORMATIONAL = [0, 8, 9, 10, 13, 14, 15, 16, 17, 18]
const GROUP_BIT = 0x0100_0000_0000

const isGroupMac = (mac: number): boolean => Math.floor(mac / GROUP_BIT) % 2 === 1
const isMulticastOrReserved = (address: number): boolean => address >>> 28 >= 0xe

/** RFC 1812 §5.3.7: addresses that no host sends from. */
const isMartian = (address: number): boolean => {
  const first = address >>> 24
  return first === 0 || first === 127 || isMulticastOrReserved(address)
}

/** `undefined` when an error may be sent. */
export const ipv4ErrorRefusal = (packet: Ipv4, arrival: Arrival): ErrorRefusal | undefined => {
  const broadcasts = arrival.broadcasts ?? []
  if (isMartian(packet.src) || broadcasts.includes(packet.src)) return 'its source is no single host'
  if (isMulticastOrReserved(packet.dst) || broadcasts.includes(packet.dst)) return 'multicast or broadcast'
  if (isGroupMac(arrival.eth_dst)) return 'multicast or broadcast of the link'
  if (packet.fragment_offset > 0) return 'a later fragment'
  if (packet.protocol !== IP_PROTO.icmp) return undefined
  return INFORMATIONAL.includes(packet.payload[0] ?? -1) ? undefined : 'an ICMP error'
}

const isErrorOrRedirect = (payload: Uint8Array): boolean =>
  payload[0] === undefined || isIcmpv6Error(payload[0]) || payload[0] === ICMPV6_TYPE.redirect

/**
 * `undefined` when an error may be sent. "Packet too big" also answers multicast (§2.4e.3), and later fragments, whose
 * sender must learn of the MTU whichever fragment meets it; other errors answer the first fragment only.
 */
export const ipv6ErrorRefusal = (
  packet: Ipv6,
  arrival: Arrival,
  cause: IpError['cause'],
): ErrorRefusal | undefined => {
  const tooBig = cause === 'too_big'
  if (packet.src <= LOOPBACK_IPV6 || isMulticastIpv6(packet.src)) return 'its source is no single host'
  if (!tooBig && isMulticastIpv6(packet.dst)) return 'multicast or broadcast'
  if (!tooBig && isGroupMac(arrival.eth_dst)) return 'multicast or broadcast of the link'
  const chain = walkIpv6(packet)
  if (chain === undefined) return 'malformed'
  const icmp = chain.protocol === IP_PROTO.icmpv6
  // Whether a later fragment belongs to an ICMPv6 error cannot be seen.
  if ((chain.fragment?.offset ?? 0) > 0) return tooBig && !icmp ? undefined : 'a later fragment'
  return icmp && isErrorOrRedirect(chain.payload) ? 'an ICMP error' : undefined
}
