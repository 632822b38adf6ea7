/** ICMPv6 messages: RFC 4443 §2.1. The checksum covers the pseudo header, so the addresses are needed both ways. */
import { type Ipv6Ends, transportChecksum } from './checksum.ts'
import type { Icmp } from './icmp.ts'
import { IP_PROTO } from './ipv4.ts'
import { concat, readU32, writeU16, writeU32 } from './octets.ts'

export const ICMPV6_TYPE = {
  unreachable: 1,
  packet_too_big: 2,
  time_exceeded: 3,
  parameter_problem: 4,
  echo_request: 128,
  echo_reply: 129,
  mld_query: 130,
  mld_report: 131,
  mld_done: 132,
  router_solicitation: 133,
  router_advertisement: 134,
  neighbour_solicitation: 135,
  neighbour_advertisement: 136,
  redirect: 137,
  mld2_report: 143,
} as const
const HEADER = 8

/** As in ICMP, `rest` is the second word: MTU, pointer, identifier and sequence, or flags. */
export type Icmpv6 = Icmp

/** RFC 4443 §2.1: the highest bit of the type tells informational messages from errors. */
export const isIcmpv6Error = (type: number): boolean => type < 128

/** `undefined` when the message is cut or its checksum is wrong. */
export const parseIcmpv6 = (bytes: Uint8Array, ends: Ipv6Ends): Icmpv6 | undefined => {
  if (bytes.length < HEADER || transportChecksum(ends, IP_PROTO.icmpv6, bytes) !== 0) return undefined
  return { type: bytes[0]!, code: bytes[1]!, rest: readU32(bytes, 4), payload: bytes.subarray(HEADER) }
}

export const buildIcmpv6 = ({ type, code, rest, payload }: Icmpv6, ends: Ipv6Ends): Uint8Array => {
  const header = new Uint8Array(HEADER)
  header[0] = type
  header[1] = code
  writeU32(header, 4, rest)
  const message = concat(header, payload)
  writeU16(message, 2, transportChecksum(ends, IP_PROTO.icmpv6, message))
  return message
}
