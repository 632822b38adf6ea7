/** Where somebody may ask for the owner of an address: the same for ARP and neighbour discovery. */
import { listQuery, type View } from '../../engine/view.ts'
import { domainOfSegment } from '../../pipeline/domain.ts'
import {
  allowedSwitches,
  interfaceOfLease,
  segmentOfNetwork,
  switchesOfFree,
  switchesOfGuests,
  switchesOfNetwork,
} from '../presence/queries.ts'

/** Where guests may ask for the address of a lease. */
export const switchesOfAnswer = listQuery<string>('switches of answer', (id, view) => {
  const lease = view.get('ip_lease', id)
  const owner = lease && interfaceOfLease(lease, view)
  if (lease === undefined || owner === undefined) return []
  const dpids = view.query(switchesOfNetwork, lease.network_id)
  return owner.mode === 'simulated' ? allowedSwitches(owner, dpids, view) : dpids
})

/** Where somebody on the switch may ask from: the network, and the segment of who has no address. */
export const askedIn = (network: number, view: View, dpid: string): number[] => {
  const segment = segmentOfNetwork(network, view)
  if (segment === null) return [network]
  return [
    ...(view.query(switchesOfGuests, network).includes(dpid) ? [network] : []),
    ...(view.query(switchesOfFree, segment).includes(dpid) ? [domainOfSegment(segment)] : []),
  ]
}
