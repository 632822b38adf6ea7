/**
 * From where and along which way a router answers a sender: from the leg at which the packet came; to a sender beside it
 * the way that the packet came, to others as the router sends any packet there.
 */
import { cidrContains, type Family, fromIpAddress, type IpAddress, type Row, toCidr } from '@openvnet/schema'
import type { PuntedPacket } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import type { Ethernet } from '../../packet/index.ts'
import { macNumber } from '../../pipeline/addresses.ts'
import type { PacketToSend } from '../../pipeline/packets.ts'
import { addressOfLease, domainOfNetwork, domainsOfInterface } from '../presence/queries.ts'
import { entryOfAnswer } from '../punt/queries.ts'

export interface WayBack extends Pick<PacketToSend, 'at' | 'slices'> {
  readonly eth_src: number
  readonly eth_dst: number
  /** Of the leg at which the packet came, or of another where that has none of the family. */
  readonly address: IpAddress | undefined
}

const leasesIn = (leg: number, network: number, view: View) =>
  view
    .list('ip_lease.interface_id', leg)
    .filter(({ network_id }) => network_id === network)
    .flatMap((lease) => addressOfLease(lease, view) ?? [])

/** A leg and the network in which a packet came to it. */
type Met = readonly [leg: number, network: number]

const addressIn = ([leg, network]: Met, family: Family, view: View): IpAddress | undefined =>
  leasesIn(leg, network, view).find(({ address }) => address.family === family)?.address

/** A leg need not have addresses of both families: then any of the router does (RFC 1812 §4.3.2.4, RFC 4443 §2.2d). */
const ownAddress = (met: Met, router: number, family: Family, view: View): IpAddress | undefined => {
  const own = addressIn(met, family, view)
  if (own !== undefined || router === 0) return own
  for (const route of view.list('route.route_link_id', router)) {
    const { interface_id, network_id } = route
    if (interface_id === null || network_id === null) continue
    const other = addressIn([interface_id, network_id], family, view)
    if (other !== undefined) return other
  }
  return undefined
}

/** The route by which a router sends to an address: the longest prefix through a leg. */
const routeTo = (router: number, address: IpAddress, view: View): Row<'route'> | undefined =>
  view
    .list('route.route_link_id', router)
    .filter(({ type, egress }) => type === 'unicast' && egress)
    .filter(({ destination, prefix }) => cidrContains(toCidr(destination, prefix), address))
    .toSorted((a, b) => b.prefix - a.prefix)[0]

/** Of a packet that another host has handed over nobody here knows where it came: it is where the router sends to its sender. */
const metBy = ({ leg, ingress_domain, router }: PuntedPacket, src: IpAddress, view: View): Met => {
  if (ingress_domain !== 0) return [leg, ingress_domain]
  const route = routeTo(router, src, view)
  return [route?.interface_id ?? 0, route?.network_id ?? 0]
}

/** The guest itself, where it is in the network in which its packet came: its frame has the address of a leg once its way is chosen. */
const guestBeside = (
  { ingress_interface }: PuntedPacket,
  [, network]: Met,
  src: IpAddress,
  view: View,
): number | undefined => {
  if (!view.query(domainsOfInterface, ingress_interface).includes(view.query(domainOfNetwork, network)))
    return undefined
  const lease = view
    .list('ip_lease.interface_id', ingress_interface)
    .find(({ network_id, address }) => network_id === network && address === fromIpAddress(src))
  const macs = view.list('mac_lease.interface_id', ingress_interface)
  const mac = macs.length === 1 ? macs[0] : view.get('mac_lease', lease?.mac_lease_id ?? null)
  return mac === undefined ? undefined : macNumber(mac.mac_address)
}

/** The frame has that of the next hop once it is known. */
const macOfLeg = ([leg, network]: Met, view: View): number | undefined => {
  const mac = leasesIn(leg, network, view)[0]?.mac
  return mac === undefined ? undefined : macNumber(mac)
}

/** `undefined` when the leg is gone, or the router has no way to the sender. @param src of the packet */
export const wayBack = (
  packet: PuntedPacket,
  frame: Ethernet,
  src: IpAddress,
  view: View,
): WayBack | undefined => {
  const met = metBy(packet, src, view)
  if (view.get('interface', met[0])?.mode !== 'simulated') return undefined
  const eth_dst = guestBeside(packet, met, src, view) ?? frame.src
  const entry = entryOfAnswer(packet, eth_dst, view)
  if (entry === undefined) return undefined
  const address = ownAddress(met, packet.router, src.family, view)
  return { ...entry, address, eth_src: macOfLeg(met, view) ?? frame.dst, eth_dst }
}
