/**
 * Datagrams in fragments: IPv4 of RFC 791 §3.2, by anyone on the path unless DF forbids it; IPv6 of RFC 8200 §4.5, by the
 * sender only. Every fragment but the last carries a multiple of 8 octets.
 */
import { buildIpv4, type Ipv4, type Ipv4Fields } from '../ipv4.ts'
import { buildIpv6, IPV6_HEADER, type Ipv6 } from '../ipv6.ts'
import { EXTENSION } from '../ipv6_extension.ts'
import { concat, writeU16, writeU32 } from '../octets.ts'

const UNIT = 8
const IPV4_HEADER = 20
const FRAGMENT_HEADER = 8
const END_OF_OPTIONS = 0
const NO_OPERATION = 1
const COPIED = 0x80

interface Part {
  readonly offset: number
  readonly more: boolean
  readonly data: Uint8Array
}

/** @param room octets of data that one fragment takes; `undefined` when not even 8 */
const partsOf = (payload: Uint8Array, room: number): readonly Part[] | undefined => {
  const step = Math.floor(room / UNIT) * UNIT
  if (step <= 0) return undefined
  const parts: Part[] = []
  for (let offset = 0; offset === 0 || offset < payload.length; offset += step) {
    const data = payload.subarray(offset, offset + step)
    parts.push({ offset, more: offset + step < payload.length, data })
  }
  return parts
}

/** Options that every fragment repeats, filled to words; the others stand in the first only. */
const copiedOptions = (options: Uint8Array): Uint8Array => {
  const kept: Uint8Array[] = []
  for (let at = 0; at < options.length && options[at] !== END_OF_OPTIONS; ) {
    const length = options[at] === NO_OPERATION ? 1 : Math.max(options[at + 1] ?? 0, 2)
    if ((options[at]! & COPIED) !== 0) kept.push(options.subarray(at, at + length))
    at += length
  }
  const copied = concat(...kept)
  return concat(copied, new Uint8Array(-copied.length & 3))
}

/**
 * The packet in fragments of at most `mtu` octets, in order; itself when it fits. A fragment may be split again.
 * `undefined` when it may not be (DF), or nothing fits beside the header.
 */
export const fragmentIpv4 = (packet: Ipv4, mtu: number): readonly Uint8Array[] | undefined => {
  const header = IPV4_HEADER + packet.options.length
  if (header + packet.payload.length <= mtu) return [buildIpv4(packet)]
  const parts = packet.dont_fragment ? undefined : partsOf(packet.payload, mtu - header)
  const copied = copiedOptions(packet.options)
  return parts?.map(({ offset, more, data }) => {
    const fields: Ipv4Fields = { ...packet, payload: data, fragment_offset: packet.fragment_offset + offset }
    const options = offset === 0 ? packet.options : copied
    return buildIpv4({ ...fields, options, more_fragments: more || packet.more_fragments })
  })
}

/**
 * A packet of one's own, without extension headers that routers must see, in fragments of at most `mtu` octets.
 * @param id that no other packet between the two addresses carried lately
 */
export const fragmentIpv6 = (packet: Ipv6, id: number, mtu: number): readonly Uint8Array[] | undefined => {
  if (IPV6_HEADER + packet.payload.length <= mtu) return [buildIpv6(packet)]
  return partsOf(packet.payload, mtu - IPV6_HEADER - FRAGMENT_HEADER)?.map(({ offset, more, data }) => {
    const header = new Uint8Array(FRAGMENT_HEADER)
    header[0] = packet.next_header
    writeU16(header, 2, offset | (more ? 1 : 0))
    writeU32(header, 4, id)
    return buildIpv6({ ...packet, next_header: EXTENSION.fragment, payload: concat(header, data) })
  })
}
