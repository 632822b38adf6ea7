/** Which interfaces speak IPv6, and where a MAC address has the link-local address that follows from it (RFC 4291, appendix A). */
import type { Row } from '@openvnet/schema'
import { listQuery, type View, valueQuery } from '../../engine/view.ts'
import {
  allowedSwitches,
  freeSegment,
  networksOfInterface,
  onlyNetwork,
  switchesOfNetwork,
} from '../presence/queries.ts'

const hasIpv6 = valueQuery<boolean>(
  'network has IPv6',
  (id, view) => (view.get('network', id)?.ipv6_network ?? null) !== null,
)

/** Networks with IPv6 that an interface is in. */
export const ipv6Networks = (interfaceId: number, view: View): readonly number[] =>
  view.query(networksOfInterface, interfaceId).filter((network) => view.query(hasIpv6, network))

/**
 * Networks in which the link-local address of a MAC lease is known: of a leg all that have IPv6; of a guest the only one,
 * as the address does not say which of several it is sent in.
 */
export const linkLocalNetworks = (lease: Row<'mac_lease'>, view: View): readonly number[] => {
  const networks = ipv6Networks(lease.interface_id, view)
  if (networks.length === 0) return networks
  const mode = view.get('interface', lease.interface_id)?.mode
  const isGuest =
    mode === 'vif' && onlyNetwork(lease.interface_id, view) !== undefined && freeSegment(lease, view) === null
  return mode === 'simulated' || isGuest ? networks : []
}

/** Where guests may ask for the link-local address of a MAC lease. */
export const switchesOfLinkLocal = listQuery<string>('switches of link-local answer', (id, view) => {
  const lease = view.get('mac_lease', id)
  const owner = view.get('interface', lease?.interface_id ?? null)
  if (lease === undefined || owner === undefined) return []
  const dpids = linkLocalNetworks(lease, view).flatMap((network) => view.query(switchesOfNetwork, network))
  const all = [...new Set(dpids)].sort()
  return owner.mode === 'simulated' ? allowedSwitches(owner, all, view) : all
})
