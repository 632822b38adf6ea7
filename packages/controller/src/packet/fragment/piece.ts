/** Fragments of IPv4 and IPv6 as pieces for `Reassembly`, and packets of what it put together. */
import type { Ipv4 } from '../ipv4.ts'
import type { Ipv6 } from '../ipv6.ts'
import { walkIpv6 } from '../ipv6_extension.ts'
import type { Piece } from './reassembly.ts'

/** `undefined` when the packet is no fragment. */
export const ipv4Piece = (packet: Ipv4): Piece<Ipv4> | undefined => {
  const { src, dst, protocol, id, fragment_offset, more_fragments, options, payload } = packet
  if (!more_fragments && fragment_offset === 0) return undefined
  return {
    key: `${src} ${dst} ${protocol} ${id}`,
    offset: fragment_offset,
    more: more_fragments,
    data: payload,
    // What is kept must not be a view into a larger buffer.
    packet: { ...packet, options: options.slice(), payload: payload.slice() },
  }
}

export const wholeIpv4 = (whole: { readonly first: Ipv4; readonly payload: Uint8Array }): Ipv4 => ({
  ...whole.first,
  more_fragments: false,
  payload: whole.payload,
})

/** `undefined` when the packet is no fragment, or malformed. A fragment that is all (RFC 6946) is a piece, too. */
export const ipv6Piece = (packet: Ipv6): Piece<Ipv6> | undefined => {
  const fragment = walkIpv6(packet)?.fragment
  if (fragment === undefined) return undefined
  const { id, offset, more, data, next_header } = fragment
  const key = `${packet.src} ${packet.dst} ${id}`
  // One that is all meets no other: RFC 6946 §4.
  const alone = offset === 0 && !more
  return {
    key: alone ? `${key} alone` : key,
    offset,
    more,
    data,
    packet: { ...packet, next_header, payload: data.slice() },
  }
}

/** Without the headers that stood before the fragment header. */
export const wholeIpv6 = (whole: { readonly first: Ipv6; readonly payload: Uint8Array }): Ipv6 => ({
  ...whole.first,
  payload: whole.payload,
})
