/** Where somebody may ask for the owner of an address: the same for ARP and neighbour discovery. */
import { listQuery, type View } from '../../engine/view.ts'
import { domainOfSegment } from '../../pipeline/domain.ts'
import {
  allowedSwitches,
  interfaceOfLease,
  isHost,
  segmentOfNetwork,
  switchesOfFree,
  switchesOfGuests,
  switchesOfNetwork,
  switchOfInterface,
} from '../presence/queries.ts'

/**
 * Where guests may ask for the address of a lease. A host answers itself where it is elsewhere: its networks are outside of the
 * switches, so who asks is heard there, and hosts that are all in one network need not all know each other's.
 */
export const switchesOfAnswer = listQuery<string>('switches of answer', (id, view) => {
  const lease = view.get('ip_lease', id)
  const owner = lease && interfaceOfLease(lease, view)
  if (lease === undefined || owner === undefined) return []
  if (isHost(owner)) return view.query(switchOfInterface, owner.id)
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
