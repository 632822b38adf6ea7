/** Questions of scenarios as frames. */
import {
  ALL_DHCP_RELAYS_AND_SERVERS,
  ALL_ROUTERS,
  buildEthernet,
  buildIcmp,
  buildIcmpv6,
  buildNd,
  buildTcp,
  buildUdp,
  concat,
  DHCP4_OP,
  DHCP4_OPTION,
  DHCP4_PORT,
  DHCP4_TYPE,
  DHCP6_PORT,
  DHCP6_TYPE,
  type Dhcp6Option,
  encodeDhcp4,
  encodeDhcp6,
  formatMac,
  ICMP_TYPE,
  ICMPV6_TYPE,
  IP_PROTO,
  type Ipv4Ends,
  type Ipv6Ends,
  linkLayerDuid,
  linkLocalAddress,
  multicastMacIpv6,
  TCP_FLAG,
  toIpv4,
  toMac,
  UNSPECIFIED_IPV6,
  u16s,
  u32s,
} from '@openvnet/controller/packet'
import { fromIpAddress, toIpAddress } from '@openvnet/schema'
import { buildIp, ethTypeOf, isIpv6 } from './ip.ts'
import type { Question } from './question.ts'

/** Who asks. */
export interface Asker {
  readonly mac: string
  /** Without prefix length. */
  readonly address: string
}

type Of<K extends string> = Extract<Question, { readonly [name in K]: unknown }>

const BROADCAST = 'ff:ff:ff:ff:ff:ff'
/** The same in each message: questions of a scenario are told apart by what they ask. */
const XID = 0x0056_f31f
const EPHEMERAL = 40_000
/** At which whoever asks gets answers. */
export const CLIENT_PORTS: readonly number[] = [EPHEMERAL, DHCP4_PORT.client, DHCP6_PORT.client]
const HEADERS = { udp: 8, tcp: 20, echo: 8, protocol: 0 } as const

const octetsOfIp = (address: string): number => (isIpv6(address) ? 40 : 20)

const textOf = (value: bigint): string => fromIpAddress({ family: 6, value })

const payloadOf =
  (asks: Of<'to'>, room: number) =>
  (ends: Ipv4Ends | Ipv6Ends): Uint8Array => {
    const payload = new Uint8Array(Math.max(0, room))
    if ('udp' in asks) return buildUdp({ src: EPHEMERAL, dst: asks.udp, payload }, ends)
    if ('tcp' in asks) {
      const rest = { window: 1024, urgent: 0, options: new Uint8Array(), payload }
      const numbers = { src: EPHEMERAL, dst: asks.tcp, sequence: 1, acknowledgement: 0, flags: TCP_FLAG.syn }
      return buildTcp({ ...numbers, ...rest }, ends)
    }
    if ('protocol' in asks) return payload
    const echo = { code: 0, rest: 0x0001_0001, payload }
    return typeof ends.src === 'bigint'
      ? buildIcmpv6({ type: ICMPV6_TYPE.echo_request, ...echo }, ends as Ipv6Ends)
      : buildIcmp({ type: ICMP_TYPE.echo_request, ...echo })
  }

const protocolOf = (asks: Of<'to'>): number => {
  if ('udp' in asks) return IP_PROTO.udp
  if ('tcp' in asks) return IP_PROTO.tcp
  if ('protocol' in asks) return asks.protocol
  return isIpv6(asks.to) ? IP_PROTO.icmpv6 : IP_PROTO.icmp
}

/** An IP packet to somebody, whoever brings it there. */
const packetTo = (asks: Exclude<Of<'to'>, Of<'dns'> | Of<'dhcp4'>>, { address }: Asker): Uint8Array => {
  const { to, ttl = 64, octets = 0, mayFragment } = asks
  const kind = (['udp', 'tcp', 'protocol', 'echo'] as const).find((name) => name in asks)!
  const room = octets - octetsOfIp(to) - HEADERS[kind]
  return buildIp(
    { src: address, dst: to, ttl, protocol: protocolOf(asks) },
    payloadOf(asks, room),
    mayFragment,
  )
}

const udpPacket = (
  src: string,
  dst: string,
  ports: { readonly src: number; readonly dst: number },
  payload: Uint8Array,
) => buildIp({ src, dst, ttl: 64, protocol: IP_PROTO.udp }, (ends) => buildUdp({ ...ports, payload }, ends))

/** Codes by RFC 1035 §3.2.2, and of RFC 3596 and RFC 2782. */
const DNS_TYPES: Readonly<Record<string, number>> = { A: 1, CNAME: 5, PTR: 12, TXT: 16, AAAA: 28, SRV: 33 }

const dnsQuery = (name: string, type: string): Uint8Array => {
  const labels = name
    .split('.')
    .map((label) => concat(Uint8Array.of(label.length), new TextEncoder().encode(label)))
  const recursionDesired = 0x0100
  return concat(
    u16s(XID & 0xffff, recursionDesired, 1, 0, 0, 0),
    ...labels,
    Uint8Array.of(0),
    u16s(DNS_TYPES[type]!, 1),
  )
}

const addressOption = (code: number, address: string | undefined) =>
  address === undefined ? [] : [{ code, data: u32s(toIpv4(address)) }]

const dhcp4Message = (
  { dhcp4, requested, server, ciaddr, wants = [] }: Of<'dhcp4'>,
  mac: string,
): Uint8Array =>
  encodeDhcp4(
    {
      ...{ op: DHCP4_OP.request, hops: 0, xid: XID, secs: 0, broadcast: false, sname: '', file: '' },
      ...{ ciaddr: toIpv4(ciaddr ?? '0.0.0.0'), yiaddr: 0, siaddr: 0, giaddr: 0, chaddr: toMac(mac) },
    },
    [
      { code: DHCP4_OPTION.message_type, data: Uint8Array.of(DHCP4_TYPE[dhcp4]) },
      ...addressOption(DHCP4_OPTION.requested_address, requested),
      ...addressOption(DHCP4_OPTION.server_id, server),
      { code: DHCP4_OPTION.parameter_list, data: Uint8Array.from(wants) },
    ],
  ).bytes

const association = (address: string | undefined): Dhcp6Option => ({
  ...{ kind: 'ia_na', iaid: 1, t1: 0, t2: 0 },
  options:
    address === undefined
      ? []
      : [
          {
            ...{ kind: 'address', address: toIpAddress(address).value },
            ...{ preferred_lifetime: 0, valid_lifetime: 0, options: [] },
          },
        ],
})

const dhcp6Message = ({ dhcp6, address, server, wants = [] }: Of<'dhcp6'>, mac: string): Uint8Array =>
  encodeDhcp6({
    ...{ type: DHCP6_TYPE[dhcp6], xid: XID & 0xff_ffff },
    options: [
      { kind: 'client_id', duid: linkLayerDuid(toMac(mac)) },
      ...(server === undefined ? [] : [{ kind: 'server_id', duid: linkLayerDuid(toMac(server)) } as const]),
      ...(dhcp6 === 'information_request' ? [] : [association(address)]),
      { kind: 'option_request', codes: wants },
    ],
  })

interface Packet {
  readonly dst: string
  readonly bytes: Uint8Array
  /** Where a frame goes that is for no neighbour. */
  readonly eth_dst?: string
}

const multicast = (group: bigint, bytes: Uint8Array): Packet => ({
  ...{ dst: textOf(group), bytes },
  eth_dst: formatMac(multicastMacIpv6(group)),
})

const solicitation = ({ routers }: Of<'routers'>, mac: string): Packet => {
  const number = toMac(mac)
  const isKnown = routers === 'known'
  const src = isKnown ? linkLocalAddress(number) : UNSPECIFIED_IPV6
  const options = isKnown ? [{ kind: 'source_link_layer', mac: number } as const] : []
  return multicast(ALL_ROUTERS, buildNd({ kind: 'router_solicitation', options }, { src, dst: ALL_ROUTERS }))
}

const dhcp4Packet = (asks: Of<'dhcp4'>, mac: string): Packet => {
  const { ciaddr = '0.0.0.0', to } = asks
  const ports = { src: DHCP4_PORT.client, dst: DHCP4_PORT.server }
  const dst = to ?? '255.255.255.255'
  const bytes = udpPacket(ciaddr, dst, ports, dhcp4Message(asks, mac))
  return to === undefined ? { dst, bytes, eth_dst: BROADCAST } : { dst, bytes }
}

const dhcp6Packet = (asks: Of<'dhcp6'>, mac: string): Packet => {
  const ports = { src: DHCP6_PORT.client, dst: DHCP6_PORT.server }
  const src = textOf(linkLocalAddress(toMac(mac)))
  const bytes = udpPacket(src, textOf(ALL_DHCP_RELAYS_AND_SERVERS), ports, dhcp6Message(asks, mac))
  return multicast(ALL_DHCP_RELAYS_AND_SERVERS, bytes)
}

/** The packet, and the MAC address that it goes to unless that is a neighbour's or the gateway's. */
export const packetOf = (asks: Question, asker: Asker): Packet => {
  if ('routers' in asks) return solicitation(asks, asker.mac)
  if ('dhcp4' in asks) return dhcp4Packet(asks, asker.mac)
  if ('dhcp6' in asks) return dhcp6Packet(asks, asker.mac)
  if ('dns' in asks) {
    const ports = { src: EPHEMERAL, dst: 53 }
    return { dst: asks.to, bytes: udpPacket(asker.address, asks.to, ports, dnsQuery(asks.dns, asks.type)) }
  }
  return { dst: asks.to, bytes: packetTo(asks, asker) }
}

/** @param eth_dst MAC address of the neighbour or gateway that it goes to */
export const frameOf = ({ mac }: Asker, { dst, bytes }: Packet, eth_dst: string): Uint8Array =>
  buildEthernet({ dst: toMac(eth_dst), src: toMac(mac), eth_type: ethTypeOf(dst), payload: bytes })
