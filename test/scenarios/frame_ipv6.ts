/** IPv6 packets of scenarios as bytes and back: pings, and messages of neighbour discovery. */
import {
  buildIcmpv6,
  buildIpv6,
  buildNd,
  formatMac,
  ICMPV6_TYPE,
  IP_PROTO,
  type NdMessage,
  parseIcmpv6,
  parseIpv6,
  parseNd,
  toMac,
} from '@openvnet/controller/packet'
import { fromIpAddress, toIpAddress } from '@openvnet/schema'
import type { FrameSpec } from './scenario.ts'

type NdSpec = NonNullable<FrameSpec['nd']>
type EchoSpec = NonNullable<FrameSpec['echo']>

const numberOf = (address: string): bigint => toIpAddress(address).value
const textOf = (value: bigint): string => fromIpAddress({ family: 6, value })

const ECHO = { code: 0, rest: 0x0001_0001, payload: new TextEncoder().encode('scenario') }
const ROUTER = {
  kind: 'router_advertisement',
  hop_limit: 64,
  managed: false,
  other: false,
  preference: 'medium',
  lifetime: 1800,
  reachable_time: 0,
  retransmit_timer: 0,
  options: [],
} as const

const messageOf = ({ kind, target = '::', link, flags = '' }: NdSpec): NdMessage => {
  const option = (name: 'source_link_layer' | 'target_link_layer') =>
    link === undefined ? [] : [{ kind: name, mac: toMac(link) }]
  if (kind === 'router_advertisement') return ROUTER
  if (kind === 'solicitation')
    return {
      kind: 'neighbour_solicitation',
      target: numberOf(target),
      options: option('source_link_layer'),
    }
  const [router, solicited, override] = ['R', 'S', 'O'].map((flag) => flags.includes(flag))
  return {
    ...{ kind: 'neighbour_advertisement', target: numberOf(target) },
    ...{ router: router === true, solicited: solicited === true, override: override === true },
    options: option('target_link_layer'),
  }
}

export const buildNdSpec = (spec: NdSpec): Uint8Array =>
  buildNd(messageOf(spec), { src: numberOf(spec.src), dst: numberOf(spec.dst) })

export const buildEcho6 = ({ src, dst, ttl, reply }: EchoSpec): Uint8Array => {
  const ends = { src: numberOf(src), dst: numberOf(dst) }
  const type = reply === true ? ICMPV6_TYPE.echo_reply : ICMPV6_TYPE.echo_request
  return buildIpv6({
    ...{ traffic_class: 0, flow_label: 0, next_header: IP_PROTO.icmpv6, hop_limit: ttl },
    ...ends,
    payload: buildIcmpv6({ type, ...ECHO }, ends),
  })
}

const linkOf = (message: NdMessage): Pick<NdSpec, 'link'> => {
  const option = message.options.find(({ kind }) => kind.endsWith('link_layer'))
  return option !== undefined && 'mac' in option ? { link: formatMac(option.mac) } : {}
}

const describeNd = (message: NdMessage, ends: Pick<NdSpec, 'src' | 'dst'>): Pick<FrameSpec, 'nd'> => {
  if (message.kind === 'router_advertisement') return { nd: { kind: 'router_advertisement', ...ends } }
  if (message.kind === 'neighbour_solicitation')
    return { nd: { kind: 'solicitation', ...ends, target: textOf(message.target), ...linkOf(message) } }
  if (message.kind !== 'neighbour_advertisement') return {}
  const { router, solicited, override, target } = message
  const flags = `${router ? 'R' : ''}${solicited ? 'S' : ''}${override ? 'O' : ''}`
  return { nd: { kind: 'advertisement', ...ends, target: textOf(target), ...linkOf(message), flags } }
}

/** Extension header in front of MLD messages. */
const HOP_BY_HOP = 0

const ROUTER_MESSAGES = ['router_solicitation', 'router_advertisement']

/** What kernels say by themselves, and hear of it: which groups they listen to, that they would like to hear of routers. */
export const isChatter = (payload: Uint8Array): boolean => {
  const packet = parseIpv6(payload)
  if (packet === undefined) return false
  return packet.next_header === HOP_BY_HOP || ROUTER_MESSAGES.includes(parseNd(packet)?.kind ?? '')
}

/** Nothing for what is neither, or malformed. */
export const describeIpv6 = (payload: Uint8Array): Pick<FrameSpec, 'nd' | 'echo'> => {
  const packet = parseIpv6(payload)
  if (packet === undefined) return {}
  const ends = { src: textOf(packet.src), dst: textOf(packet.dst) }
  const message = parseNd(packet)
  if (message !== undefined) return describeNd(message, ends)
  const icmp = packet.next_header === IP_PROTO.icmpv6 ? parseIcmpv6(packet.payload, packet) : undefined
  const { echo_request, echo_reply } = ICMPV6_TYPE
  if (icmp === undefined || (icmp.type !== echo_request && icmp.type !== echo_reply)) return {}
  const echo = { ...ends, ttl: packet.hop_limit }
  return { echo: icmp.type === echo_reply ? { ...echo, reply: true } : echo }
}
