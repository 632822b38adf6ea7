/**
 * From where and along which way a router answers a sender: the network in which the packet came to the router, the leg
 * there, and the MAC addresses between which it came.
 */
import { type Row, toIpAddress } from '@openvnet/schema'
import type { PuntedPacket } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import type { Ethernet } from '../../packet/index.ts'
import { macNumber } from '../../pipeline/addresses.ts'

export interface WayBack {
  /** Id of the network. */
  readonly network: number
  readonly eth_src: number
  readonly eth_dst: number
  /** IPv4 address of the leg. */
  readonly address: number
}

const numberOf = ({ address }: Row<'ip_lease'>): number | undefined => {
  const { family, value } = toIpAddress(address)
  return family === 4 ? Number(value) : undefined
}

const macOf = (lease: Row<'ip_lease'> | undefined, view: View): number | undefined => {
  const row = lease && view.get('mac_lease', lease.mac_lease_id)
  return row && macNumber(row.mac_address)
}

/** The IPv4 lease of the leg in a network. */
const leaseOfLeg = (leg: number, network: number, view: View): Row<'ip_lease'> | undefined =>
  view
    .list('ip_lease.interface_id', leg)
    .find((lease) => lease.network_id === network && numberOf(lease) !== undefined)

/** As the packet came: it was not routed yet. */
const asItCame = ({ leg, domain }: PuntedPacket, frame: Ethernet, view: View): WayBack | undefined => {
  const lease = leaseOfLeg(leg, domain, view)
  if (lease === undefined) return undefined
  return { network: domain, eth_src: frame.dst, eth_dst: frame.src, address: numberOf(lease)! }
}

/** The packet has left for another network already: the rows say where its sender is. */
const toTheSender = (
  { leg, ingress_interface }: PuntedPacket,
  sender: number,
  view: View,
): WayBack | undefined => {
  const lease = view
    .list('ip_lease.interface_id', ingress_interface)
    .find((each) => numberOf(each) === sender && leaseOfLeg(leg, each.network_id, view) !== undefined)
  const ofLeg = lease && leaseOfLeg(leg, lease.network_id, view)
  const [eth_src, eth_dst] = [macOf(ofLeg, view), macOf(lease, view)]
  if (lease === undefined || ofLeg === undefined || eth_src === undefined || eth_dst === undefined)
    return undefined
  return { network: lease.network_id, eth_src, eth_dst, address: numberOf(ofLeg)! }
}

/** `undefined` when the rows have changed meanwhile. @param sender IPv4 address */
export const wayBack = (
  packet: PuntedPacket,
  frame: Ethernet,
  sender: number,
  view: View,
): WayBack | undefined =>
  packet.reason === 'address_unreachable' ? toTheSender(packet, sender, view) : asItCame(packet, frame, view)

/** The address that means all of a network; `undefined` where it has no IPv4 subnet. */
export const broadcastOf = (network: number, view: View): number | undefined => {
  const row = view.get('network', network)
  if (row === undefined || row.ipv4_network === null || row.ipv4_prefix === null) return undefined
  const hosts = 2 ** (32 - row.ipv4_prefix)
  const { value } = toIpAddress(row.ipv4_network)
  // The addresses of /31 and /32 are all of hosts (RFC 3021).
  return hosts <= 2 ? undefined : Math.floor(Number(value) / hosts) * hosts + hosts - 1
}
