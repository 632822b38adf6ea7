/** Which interfaces speak IPv6, and where a MAC address has the link-local address that follows from it (RFC 4291, appendix A). */
import { listQuery, valueQuery } from '../../engine/view.ts'
import {
  allowedSwitches,
  freeSegment,
  networksOfInterface,
  onlyNetwork,
  switchesOfNetwork,
  switchOfMacLease,
} from '../presence/queries.ts'

const hasIpv6 = valueQuery<boolean>(
  'network has IPv6',
  (id, view) => (view.get('network', id)?.ipv6_network ?? null) !== null,
)

/**
 * Networks in which the link-local address of a MAC lease is known: of a leg all that have IPv6; of a guest the only one,
 * as the address does not say which of several it is sent in.
 */
export const linkLocalNetworks = listQuery<number>('networks of link-local address', (id, view) => {
  const lease = view.get('mac_lease', id)
  const owner = view.get('interface', lease?.interface_id ?? null)
  if (lease === undefined || owner === undefined) return []
  const isGuest =
    owner.mode === 'vif' && onlyNetwork(owner.id, view) !== undefined && freeSegment(lease, view) === null
  if (owner.mode !== 'simulated' && !isGuest) return []
  return view.query(networksOfInterface, owner.id).filter((network) => view.query(hasIpv6, network))
})

/** Where guests may ask for the link-local address of a MAC lease. */
export const switchesOfLinkLocal = listQuery<string>('switches of link-local answer', (id, view) => {
  const lease = view.get('mac_lease', id)
  const owner = view.get('interface', lease?.interface_id ?? null)
  if (owner === undefined) return []
  const dpids = view.query(linkLocalNetworks, id).flatMap((network) => view.query(switchesOfNetwork, network))
  const all = [...new Set(dpids)].sort()
  return owner.mode === 'simulated' ? allowedSwitches(owner, all, view) : all
})

/** The switch of a guest that speaks IPv6 with the address of a MAC lease. */
export const switchOfIpv6Guest = listQuery<string>('switch of IPv6 guest', (id, view) => {
  const lease = view.get('mac_lease', id)
  if (lease === undefined) return []
  const networks = view.query(networksOfInterface, lease.interface_id)
  return networks.some((network) => view.query(hasIpv6, network)) || freeSegment(lease, view) !== null
    ? view.query(switchOfMacLease, id)
    : []
})
