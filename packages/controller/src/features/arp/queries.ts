/** Where somebody may ask for the owner of an address: the same for ARP and neighbour discovery. */
import { listQuery, type View, valueQuery } from '../../engine/view.ts'
import { domainOfSegment } from '../../pipeline/domain.ts'
import {
  allowedSwitches,
  homeOf,
  interfaceOfLease,
  isHost,
  isOutside,
  portOfInterface,
  segmentOfNetwork,
  switchesOfFree,
  switchesOfGuests,
  switchesOfNetwork,
} from '../presence/queries.ts'

/**
 * Where guests may ask for the address of a lease. A host answers itself where it is elsewhere: its networks are outside of the
 * switches, so who asks is heard there, and hosts that are all in one network need not all know each other's.
 */
export const switchesOfAnswer = listQuery<string>('switches of answer', (id, view) => {
  const lease = view.get('ip_lease', id)
  const owner = lease && interfaceOfLease(lease, view)
  if (lease === undefined || owner === undefined) return []
  if (isHost(owner)) return homeOf(owner.id, view)
  const dpids = view.query(switchesOfNetwork, lease.network_id)
  return owner.mode === 'simulated' ? allowedSwitches(owner, dpids, view) : dpids
})

/** Outside of the switch, or in a segment, there may be anybody: who is not known is asked for. */
export const mayHoldUnknown = valueQuery<boolean>(
  'network that may hold unknown',
  (network, view) => isOutside(network, view) || segmentOfNetwork(network, view) !== null,
)

/**
 * The port of an edge on the switch that leads to the interface and to others; `undefined`: there is none. Who is behind the
 * same edge asks outside: an answer from here would tell the switches there that the machine is here.
 */
export const sharedPortOf = (interfaceId: number, view: View, dpid: string): number | undefined => {
  const port = view.query(portOfInterface, interfaceId)
  return port?.isShared === true && port.dpid === dpid ? port.port_no : undefined
}

/** Where somebody on the switch may ask from: the network, and the segment of who has no address. */
export const askedIn = (network: number, view: View, dpid: string): number[] => {
  const segment = segmentOfNetwork(network, view)
  if (segment === null) return [network]
  return [
    ...(view.query(switchesOfGuests, network).includes(dpid) ? [network] : []),
    ...(view.query(switchesOfFree, segment).includes(dpid) ? [domainOfSegment(segment)] : []),
  ]
}
