/**
 * Where a router asks for the MAC addresses of its next hops: in networks in which somebody unknown may be. Elsewhere
 * everybody is known, and none of this costs anything.
 */
import { cidrContains, type Family, type IpAddress, type Row, toCidr } from '@openvnet/schema'
import { type View, valueQuery } from '../../engine/view.ts'
import { isLinkLocal } from '../../packet/index.ts'
import { macNumber } from '../../pipeline/addresses.ts'
import { mayHoldUnknown } from '../arp/queries.ts'
import {
  addressOfLease,
  allowedSwitches,
  firstRouted,
  routedNetworks,
  routersOfNetwork,
} from '../presence/queries.ts'

/** Whether routers may have next hops in the network that no row names. */
export const asksForNeighbours = valueQuery<boolean>(
  'network with unknown next hops',
  (id, view) => view.query(routersOfNetwork, id).length > 0 && view.query(mayHoldUnknown, id),
)

const routedToUnknown = valueQuery<boolean>('routed networks with unknown next hops', (first, view) =>
  routedNetworks(first, view).some((network) => view.query(asksForNeighbours, network)),
)

/** Whether packets from the network may be routed to such next hops. */
export const leadsToUnknown = (network: number, view: View): boolean =>
  view.query(routedToUnknown, view.query(firstRouted, network))

/** An address of a leg, from which it asks. */
export interface AskingLeg {
  /** Row id of the interface. */
  readonly id: number
  readonly mac: number
  readonly address: IpAddress
}

/** The legs of routers in a network that act on a switch, with each address that they have there. */
export const legsIn = (network: number, dpid: string, view: View): readonly AskingLeg[] => {
  const ids = new Set(
    view.list('route.network_id', network).flatMap(({ interface_id }) => interface_id ?? []),
  )
  return [...ids].flatMap((id) => {
    const leg = view.get('interface', id)
    if (leg?.mode !== 'simulated' || allowedSwitches(leg, [dpid], view).length === 0) return []
    return view
      .list('ip_lease.interface_id', id)
      .filter(({ network_id }) => network_id === network)
      .flatMap((lease) => {
        const owned = addressOfLease(lease, view)
        return owned === null ? [] : [{ id, mac: macNumber(owned.mac), address: owned.address }]
      })
  })
}

const subnetOf = (network: Row<'network'>, family: Family) => {
  const { ipv4_network, ipv4_prefix, ipv6_network, ipv6_prefix } = network
  if (family === 6) return ipv6_network === null ? undefined : toCidr(ipv6_network, ipv6_prefix ?? 64)
  return ipv4_network === null ? undefined : toCidr(ipv4_network, ipv4_prefix ?? 24)
}

/** The addresses of a subnet of IPv4 that mean none of its hosts (RFC 1122 §3.2.1.3), unless it has two at most (RFC 3021). */
const meansAll = (value: bigint, prefix: number): boolean => {
  const hosts = (1n << BigInt(32 - prefix)) - 1n
  const host = value & hosts
  return prefix < 31 && (host === 0n || host === hosts)
}

/** Whether somebody may have the address in the network: it is of its subnet, or link-local (RFC 4861 §5.1). */
export const isOnLink = (network: number, address: IpAddress, view: View): boolean => {
  const row = view.get('network', network)
  if (row === undefined) return false
  if (address.family === 6 && isLinkLocal(address.value)) return row.ipv6_network !== null
  const subnet = subnetOf(row, address.family)
  if (subnet === undefined || !cidrContains(subnet, address)) return false
  return address.family === 6 || !meansAll(BigInt(address.value), subnet.prefix)
}

/** Whether rows say who has the address: what is heard of it counts for nothing then. A host is asked for its own. */
export const isSaid = (network: number, address: string, view: View): boolean =>
  view.list('ip_lease.address', address).some((lease) => {
    const mode = view.get('interface', lease.interface_id)?.mode
    return lease.network_id === network && (mode === 'vif' || mode === 'simulated')
  })

/** Whether the MAC address is that of a leg: nobody else has it. @param mac as text */
export const isOfLeg = (mac: string, view: View): boolean =>
  view
    .list('mac_lease.mac_address', mac)
    .some(({ interface_id }) => view.get('interface', interface_id)?.mode === 'simulated')
