/**
 * Messages of Neighbour Discovery, RFC 4861 §4, with the validity that hosts and routers must check before they believe
 * one: hop limit 255 (so that it never passed a router), code 0, checksum, lengths, and what addresses may stand where
 * (§6.1.1, §6.1.2, §7.1.1, §7.1.2, §8.1). What fails is malformed and to be dropped silently.
 */
import { buildIcmpv6, ICMPV6_TYPE, type Icmpv6, parseIcmpv6 } from '../icmpv6.ts'
import { IP_PROTO } from '../ipv4.ts'
import { buildIpv6, type Ipv6 } from '../ipv6.ts'
import { isLinkLocal, isMulticastIpv6, UNSPECIFIED_IPV6 } from '../ipv6_address.ts'
import { concat, readU32, readU128, writeU32, writeU128 } from '../octets.ts'
import {
  buildNdOptions,
  type NdOption,
  type Preference,
  parseNdOptions,
  preferenceBits,
  toPreference,
} from './option.ts'

const HOP_LIMIT = 255

export interface RouterSolicitation {
  readonly kind: 'router_solicitation'
  readonly options: readonly NdOption[]
}

export interface RouterAdvertisement {
  readonly kind: 'router_advertisement'
  /** 0 leaves it to the host. */
  readonly hop_limit: number
  /** Addresses by DHCPv6; other configuration by DHCPv6. */
  readonly managed: boolean
  readonly other: boolean
  readonly preference: Preference
  /** Seconds, up to 65535; 0 is no default router. */
  readonly lifetime: number
  /** Milliseconds; 0 leaves it to the host. */
  readonly reachable_time: number
  readonly retransmit_timer: number
  readonly options: readonly NdOption[]
}

export interface NeighbourSolicitation {
  readonly kind: 'neighbour_solicitation'
  readonly target: bigint
  readonly options: readonly NdOption[]
}

export interface NeighbourAdvertisement {
  readonly kind: 'neighbour_advertisement'
  readonly target: bigint
  readonly router: boolean
  readonly solicited: boolean
  readonly override: boolean
  readonly options: readonly NdOption[]
}

export interface Redirect {
  readonly kind: 'redirect'
  /** The better first hop; the destination itself when that is a neighbour. */
  readonly target: bigint
  readonly destination: bigint
  readonly options: readonly NdOption[]
}

export type NdMessage =
  | RouterSolicitation
  | RouterAdvertisement
  | NeighbourSolicitation
  | NeighbourAdvertisement
  | Redirect

type Header = Pick<Ipv6, 'src' | 'dst'>
type Reader = (icmp: Icmpv6, header: Header) => NdMessage | undefined

const has = (options: readonly NdOption[], kind: NdOption['kind']): boolean =>
  options.some((option) => option.kind === kind)

/** Options from a place on; `undefined` when the fixed part before them is cut, too. */
const optionsFrom = ({ payload }: Icmpv6, at: number): readonly NdOption[] | undefined =>
  payload.length < at ? undefined : parseNdOptions(payload.subarray(at))

const readRouterSolicitation: Reader = (icmp, { src }) => {
  const options = optionsFrom(icmp, 0)
  if (options === undefined || (src === UNSPECIFIED_IPV6 && has(options, 'source_link_layer')))
    return undefined
  return { kind: 'router_solicitation', options }
}

const readRouterAdvertisement: Reader = (icmp, { src }) => {
  const options = optionsFrom(icmp, 8)
  if (options === undefined || !isLinkLocal(src)) return undefined
  const flags = (icmp.rest >>> 16) & 0xff
  return {
    kind: 'router_advertisement',
    hop_limit: icmp.rest >>> 24,
    managed: (flags & 0x80) !== 0,
    other: (flags & 0x40) !== 0,
    preference: toPreference(flags >>> 3) ?? 'medium',
    lifetime: icmp.rest & 0xffff,
    reachable_time: readU32(icmp.payload, 0),
    retransmit_timer: readU32(icmp.payload, 4),
    options,
  }
}

const SOLICITED_NODE = (0xff02n << 88n) | 0x1ffn

/** From the unspecified address it is a probe for duplicates: to the solicited-node address and without its sender's MAC. */
const readNeighbourSolicitation: Reader = (icmp, { src, dst }) => {
  const options = optionsFrom(icmp, 16)
  if (options === undefined) return undefined
  const target = readU128(icmp.payload, 0)
  const probe = src === UNSPECIFIED_IPV6
  if (isMulticastIpv6(target)) return undefined
  if (probe && (dst >> 24n !== SOLICITED_NODE || has(options, 'source_link_layer'))) return undefined
  return { kind: 'neighbour_solicitation', target, options }
}

const readNeighbourAdvertisement: Reader = (icmp, { dst }) => {
  const options = optionsFrom(icmp, 16)
  if (options === undefined) return undefined
  const target = readU128(icmp.payload, 0)
  const solicited = (icmp.rest & 0x4000_0000) !== 0
  if (isMulticastIpv6(target) || (solicited && isMulticastIpv6(dst))) return undefined
  const router = icmp.rest >>> 31 === 1
  const override = (icmp.rest & 0x2000_0000) !== 0
  return { kind: 'neighbour_advertisement', target, router, solicited, override, options }
}

const readRedirect: Reader = (icmp, { src }) => {
  const options = optionsFrom(icmp, 32)
  if (options === undefined || !isLinkLocal(src)) return undefined
  const target = readU128(icmp.payload, 0)
  const destination = readU128(icmp.payload, 16)
  if (isMulticastIpv6(destination) || (target !== destination && !isLinkLocal(target))) return undefined
  return { kind: 'redirect', target, destination, options }
}

const READERS: Readonly<Record<number, Reader>> = {
  [ICMPV6_TYPE.router_solicitation]: readRouterSolicitation,
  [ICMPV6_TYPE.router_advertisement]: readRouterAdvertisement,
  [ICMPV6_TYPE.neighbour_solicitation]: readNeighbourSolicitation,
  [ICMPV6_TYPE.neighbour_advertisement]: readNeighbourAdvertisement,
  [ICMPV6_TYPE.redirect]: readRedirect,
}

/** `undefined` when the packet is none of these messages, or not a valid one. */
export const parseNd = (packet: Ipv6): NdMessage | undefined => {
  if (packet.next_header !== IP_PROTO.icmpv6 || packet.hop_limit !== HOP_LIMIT) return undefined
  const icmp = parseIcmpv6(packet.payload, packet)
  return icmp === undefined || icmp.code !== 0 ? undefined : READERS[icmp.type]?.(icmp, packet)
}

const advertisementRest = (message: RouterAdvertisement): number =>
  message.hop_limit * 2 ** 24 +
  (((message.managed ? 0x80 : 0) | (message.other ? 0x40 : 0) | (preferenceBits(message.preference) << 3)) <<
    16) +
  message.lifetime

/** The second word of the message, and what stands between it and the options. */
const fixedPart = (message: NdMessage): Pick<Icmpv6, 'rest' | 'payload'> => {
  const payload = new Uint8Array(
    {
      router_solicitation: 0,
      router_advertisement: 8,
      neighbour_solicitation: 16,
      neighbour_advertisement: 16,
      redirect: 32,
    }[message.kind],
  )
  if ('target' in message) writeU128(payload, 0, message.target)
  if (message.kind === 'redirect') writeU128(payload, 16, message.destination)
  if (message.kind === 'router_advertisement') {
    writeU32(payload, 0, message.reachable_time)
    writeU32(payload, 4, message.retransmit_timer)
    return { rest: advertisementRest(message), payload }
  }
  if (message.kind !== 'neighbour_advertisement') return { rest: 0, payload }
  const { router, solicited, override } = message
  return { rest: (router ? 2 ** 31 : 0) + (solicited ? 2 ** 30 : 0) + (override ? 2 ** 29 : 0), payload }
}

/** The whole IPv6 packet. */
export const buildNd = (message: NdMessage, ends: Header): Uint8Array => {
  const { rest, payload } = fixedPart(message)
  const whole = concat(payload, buildNdOptions(message.options))
  const icmp = { type: ICMPV6_TYPE[message.kind], code: 0, rest, payload: whole }
  return buildIpv6({
    traffic_class: 0,
    flow_label: 0,
    next_header: IP_PROTO.icmpv6,
    hop_limit: HOP_LIMIT,
    src: ends.src,
    dst: ends.dst,
    payload: buildIcmpv6(icmp, ends),
  })
}
