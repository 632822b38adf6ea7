/**
 * From where and along which way a router answers a sender: from the leg at which the packet came; to a sender beside it
 * the way that the packet came, to others as the router sends any packet there.
 */
import { type Family, type IpAddress, toIpAddress } from '@openvnet/schema'
import type { PuntedPacket } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import type { Ethernet } from '../../packet/index.ts'
import type { PacketToSend } from '../../pipeline/packets.ts'
import { entryOfAnswer } from '../punt/queries.ts'

export interface WayBack extends Pick<PacketToSend, 'at' | 'slices'> {
  /** Id of the network in which the packet came. */
  readonly network: number
  readonly eth_src: number
  readonly eth_dst: number
  /** Of the leg there. */
  readonly address: IpAddress
}

/** The address of the leg in a network. */
const addressOfLeg = (leg: number, network: number, family: Family, view: View): IpAddress | undefined =>
  view
    .list('ip_lease.interface_id', leg)
    .filter(({ network_id }) => network_id === network)
    .map(({ address }) => toIpAddress(address))
    .find((address) => address.family === family)

/** `undefined` when the rows have changed meanwhile, or the router has no way to the sender. */
export const wayBack = (
  packet: PuntedPacket,
  frame: Ethernet,
  family: Family,
  view: View,
): WayBack | undefined => {
  const { leg, ingress_domain: network } = packet
  const address = addressOfLeg(leg, network, family, view)
  const entry = entryOfAnswer(packet, frame.src, view)
  if (address === undefined || entry === undefined) return undefined
  return { ...entry, network, address, eth_src: frame.dst, eth_dst: frame.src }
}

/** The address that means all of a network; `undefined` where it has no IPv4 subnet. */
export const broadcastOf = (network: number, view: View): number | undefined => {
  const row = view.get('network', network)
  if (row === undefined || row.ipv4_network === null || row.ipv4_prefix === null) return undefined
  const hosts = 2 ** (32 - row.ipv4_prefix)
  const { value } = toIpAddress(row.ipv4_network)
  // The addresses of /31 and /32 are all of hosts (RFC 3021).
  return hosts <= 2 ? undefined : Math.floor(Number(value) / hosts) * hosts + hosts - 1
}
