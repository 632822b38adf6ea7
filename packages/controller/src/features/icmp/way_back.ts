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
  readonly eth_src: number
  readonly eth_dst: number
  /** Of the leg at which the packet came, or of another where that has none of the family. */
  readonly address: IpAddress | undefined
}

const addressIn = (leg: number, network: number, family: Family, view: View): IpAddress | undefined =>
  view
    .list('ip_lease.interface_id', leg)
    .filter(({ network_id }) => network_id === network)
    .map(({ address }) => toIpAddress(address))
    .find((address) => address.family === family)

/** A leg need not have addresses of both families: then any of the router does (RFC 1812 §4.3.2.4, RFC 4443 §2.2d). */
const ownAddress = (
  { leg, ingress_domain, router }: PuntedPacket,
  family: Family,
  view: View,
): IpAddress | undefined => {
  const own = addressIn(leg, ingress_domain, family, view)
  if (own !== undefined || router === 0) return own
  for (const route of view.list('route.route_link_id', router)) {
    const { interface_id, network_id } = route
    if (interface_id === null || network_id === null) continue
    const other = addressIn(interface_id, network_id, family, view)
    if (other !== undefined) return other
  }
  return undefined
}

/** `undefined` when the leg is gone, or the router has no way to the sender. */
export const wayBack = (
  packet: PuntedPacket,
  frame: Ethernet,
  family: Family,
  view: View,
): WayBack | undefined => {
  if (view.get('interface', packet.leg)?.mode !== 'simulated') return undefined
  const entry = entryOfAnswer(packet, frame.src, view)
  if (entry === undefined) return undefined
  return { ...entry, address: ownAddress(packet, family, view), eth_src: frame.dst, eth_dst: frame.src }
}
