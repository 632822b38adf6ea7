/**
 * The chain of extension headers of an IPv6 packet: RFC 8200 §4, RFC 7045. It is walked once, from the front; it ends at
 * the upper layer, at a header that is not an extension, or at a fragment other than the first. The walk is bounded by
 * the packet, as every header takes at least 8 octets. Headers that hide what follows (ESP) count as upper layer.
 */
import type { Ipv6 } from './ipv6.ts'
import { readU16, readU32 } from './octets.ts'

export const EXTENSION = {
  hop_by_hop: 0,
  routing: 43,
  fragment: 44,
  authentication: 51,
  none: 59,
  destination: 60,
} as const
const PAD1 = 0
const ROUTER_ALERT = 5

export interface Ipv6Fragment {
  readonly id: number
  /** Place in the fragmentable part, in octets; a multiple of 8. */
  readonly offset: number
  readonly more: boolean
  /** Of the first header behind the fragment header, in the fragment that begins with it. */
  readonly next_header: number
  /** All behind the fragment header: a view into the packet. */
  readonly data: Uint8Array
}

export interface Ipv6Chain {
  /** Protocol of the upper layer, `EXTENSION.none` for nothing, or what follows in the first fragment. */
  readonly protocol: number
  /** A view into the packet: the upper layer's header and data, or the data of a fragment that is not the first. */
  readonly payload: Uint8Array
  /** Octet of the packet, counted from the IPv6 header, that names `protocol`: what a parameter problem points at. */
  readonly named_at: number
  readonly fragment?: Ipv6Fragment
  /** Value of the router alert option (RFC 2711); 0 is MLD. */
  readonly router_alert?: number
}

const IPV6_HEADER = 40
const NEXT_HEADER_AT = 6

/** Value of the router alert option among hop-by-hop options; `null` when these are malformed. */
const routerAlert = (options: Uint8Array): number | null | undefined => {
  let alert: number | undefined
  for (let at = 0; at < options.length; ) {
    if (options[at] === PAD1) {
      at += 1
      continue
    }
    const length = options[at + 1]
    if (length === undefined || at + 2 + length > options.length) return null
    if (options[at] === ROUTER_ALERT && length === 2) alert = readU16(options, at + 2)
    at += 2 + length
  }
  return alert
}

/** Octets that a header takes; `undefined` when it is no extension. AH counts in words: RFC 4302 §2.2. */
const extensionLength = (type: number, units: number): number | undefined => {
  if (type === EXTENSION.fragment) return 8
  if (type === EXTENSION.authentication) return (units + 2) * 4
  const common = [EXTENSION.hop_by_hop, EXTENSION.routing, EXTENSION.destination] as readonly number[]
  return common.includes(type) ? (units + 1) * 8 : undefined
}

const toFragment = (bytes: Uint8Array): Ipv6Fragment => ({
  id: readU32(bytes, 4),
  offset: readU16(bytes, 2) & 0xfff8,
  more: (bytes[3]! & 1) === 1,
  next_header: bytes[0]!,
  data: bytes.subarray(8),
})

type Seen = Pick<Ipv6Chain, 'fragment' | 'router_alert'>

/** What a header of `length` octets tells of the packet; `null` when it is malformed. */
const read = (type: number, bytes: Uint8Array, length: number): Seen | null => {
  if (type === EXTENSION.fragment) return { fragment: toFragment(bytes) }
  if (type !== EXTENSION.hop_by_hop) return {}
  const router_alert = routerAlert(bytes.subarray(2, length))
  if (router_alert === null) return null
  return router_alert === undefined ? {} : { router_alert }
}

/** `undefined` when a header is cut, or hop-by-hop options are malformed or not in front. */
export const walkIpv6 = ({ next_header, payload }: Ipv6): Ipv6Chain | undefined => {
  let protocol = next_header
  let named_at = NEXT_HEADER_AT
  let at = 0
  let seen: Seen = {}
  while (seen.fragment === undefined || seen.fragment.offset === 0) {
    const length = extensionLength(protocol, payload[at + 1] ?? 0)
    if (length === undefined) break
    if (at + length > payload.length || (protocol === EXTENSION.hop_by_hop && at > 0)) return undefined
    const found = read(protocol, payload.subarray(at), length)
    if (found === null) return undefined
    seen = { ...seen, ...found }
    protocol = payload[at]!
    named_at = IPV6_HEADER + at
    at += length
  }
  return { protocol, payload: payload.subarray(at), named_at, ...seen }
}
