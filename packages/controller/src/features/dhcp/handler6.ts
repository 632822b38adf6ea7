/**
 * The DHCPv6 server of all networks that send their guests to one. Its identifier follows from the MAC address of the
 * service, so it is the same on every host and after every restart; its address is the link-local one of that MAC.
 */
import type { Row } from '@openvnet/schema'
import { toCidr } from '@openvnet/schema'
import type { HandlerContext, LeaseWish, PacketAnswer, PuntedPacket } from '../../engine/packet.ts'
import { packetHandler } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import {
  ALL_DHCP_RELAYS_AND_SERVERS,
  buildUdpFrame,
  DHCP6_PORT,
  DHCP6_TYPE,
  type Dhcp6,
  type Dhcp6Option,
  decodeDhcp6,
  dhcp6Discard,
  dhcp6Option,
  encodeDhcp6,
  type Ipv6Ends,
  isMalformed,
  linkLayerDuid,
  linkLocalAddress,
  mayBeLinkLocalOf,
  readUdpOverIpv6,
  type UdpFrame,
} from '../../packet/index.ts'
import { leasesOfMac, type Server, sendToGuest, serverOf } from './client.ts'
import { type Decision6, decide6, decideUnicast, type Facts6 } from './decision6.ts'
import type { Asking } from './options4.ts'
import { informing } from './options6.ts'
import { wishFor } from './policies.ts'
import { Quarantine } from './quarantine.ts'
import { usesDhcp6 } from './queries.ts'

const drop = (dropped: string): PacketAnswer => ({ dropped })

interface Question extends UdpFrame<Ipv6Ends> {
  readonly message: Dhcp6
}

/** The message in a frame, or why there is none that could be answered. */
const read = (frame: Uint8Array): Question | string => {
  const datagram = readUdpOverIpv6(frame)
  if (typeof datagram === 'string') return datagram
  const { ethernet, ends, udp } = datagram
  // RFC 8415 §13.1: a client sends from a link-local address.
  if (!mayBeLinkLocalOf(ethernet.src, ends.src)) return 'sent from another address'
  const message = decodeDhcp6(udp.payload)
  return isMalformed(message) ? message.malformed : { ...datagram, message }
}

interface Place {
  readonly asking: Asking
  readonly server: Server
  readonly leases: readonly Row<'ip_lease'>[]
}

const placeOf = (
  { ingress_interface, domain, dpid }: PuntedPacket,
  { ethernet }: Question,
  view: View,
): Place | undefined => {
  const row = view.get('interface', ingress_interface)
  const network = view.get('network', domain)
  const server = serverOf(domain, 6, view, dpid)
  if (row === undefined || network === undefined || server === undefined || !usesDhcp6(network))
    return undefined
  const leases = leasesOfMac(ingress_interface, ethernet.src, 6, view).filter(
    ({ network_id }) => network_id === domain,
  )
  return { asking: { interface: row, network, dpid }, server, leases }
}

const addressOf = ({ address }: Row<'ip_lease'>): bigint => toCidr(address, 128).address.value

const factsOf = ({ asking: { network }, leases }: Place, quarantine: Quarantine, now: number): Facts6 => {
  const subnet = toCidr(network.ipv6_network ?? '::', network.ipv6_prefix ?? 64)
  const bits = BigInt(128 - subnet.prefix)
  return {
    leased: network.ipv6_address_mode === 'dhcpv6_stateful' ? leases.map(addressOf) : undefined,
    offered: leases.filter((lease) => !quarantine.has(lease, now)).map(addressOf),
    isInSubnet: (address) => address >> bits === subnet.address.value >> bits,
    lifetime: network.dhcp_lease_time,
  }
}

const sendBack = (
  options: readonly Dhcp6Option[],
  type: number,
  question: Question,
  place: Place,
): PacketAnswer => {
  const { ethernet, message } = question
  const { server, asking } = place
  const ends = { src: linkLocalAddress(server.mac), dst: question.ends.src }
  const payload = encodeDhcp6({ type, xid: message.xid, options })
  const macs = { src: server.mac, dst: ethernet.src }
  const frame = buildUdpFrame(macs, ends, { src: DHCP6_PORT.server, dst: DHCP6_PORT.client, payload })
  return sendToGuest(frame, asking)
}

/** Who asks for an address for the first time may get one from a policy, and asks again. */
const wishOf = ({ message }: Question, { asking, leases }: Place, view: View): LeaseWish | undefined =>
  message.type === DHCP6_TYPE.solicit &&
  leases.length === 0 &&
  asking.network.ipv6_address_mode === 'dhcpv6_stateful'
    ? wishFor(asking.interface, asking.network.id, 6, view)
    : undefined

const carryOut = (
  decision: Exclude<Decision6, { readonly type: 'silence' }>,
  question: Question,
  place: Place,
  { view, state, now }: HandlerContext<Quarantine>,
): PacketAnswer => {
  const { options } = question.message
  for (const lease of place.leases)
    if (decision.declined?.includes(addressOf(lease)) === true)
      state.add(lease, { guest: place.asking.interface.uuid, dpid: place.asking.dpid }, now)
  const client = dhcp6Option(options, 'client_id')
  const answer: Dhcp6Option[] = [
    ...(client === undefined ? [] : [client]),
    { kind: 'server_id', duid: linkLayerDuid(place.server.mac) },
    ...decision.options,
    ...(decision.isInformed ? informing(place.asking, question.message, view) : []),
  ]
  return sendBack(answer, DHCP6_TYPE[decision.type], question, place)
}

export const dhcp6Handler = packetHandler<Quarantine>({
  kind: 'dhcp6',
  createState: () => new Quarantine(),
  warnings: (state, dpid, now) => state.warnings(dpid, now),
  handle: (punted, context) => {
    const question = read(punted.frame)
    if (typeof question === 'string') return drop(question)
    const place = placeOf(punted, question, context.view)
    if (place === undefined) return drop('no DHCPv6 service any more')
    const discard = dhcp6Discard(question.message, linkLayerDuid(place.server.mac))
    if (discard !== undefined) return drop(discard)
    const { dst } = question.ends
    if (dst !== ALL_DHCP_RELAYS_AND_SERVERS) {
      if (dst !== linkLocalAddress(place.server.mac)) return drop('for another server')
      const asked = decideUnicast(question.message)
      return asked.type === 'silence' ? drop(asked.why) : carryOut(asked, question, place, context)
    }
    const wish = wishOf(question, place, context.view)
    if (wish !== undefined) return { dropped: 'a lease policy was asked', wish }
    const decision = decide6(question.message, factsOf(place, context.state, context.now))
    return decision.type === 'silence' ? drop(decision.why) : carryOut(decision, question, place, context)
  },
})
