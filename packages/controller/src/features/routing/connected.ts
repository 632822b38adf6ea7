/** What routes mean to flows: a way through a leg, to the subnet itself or through a next hop there, or the end of the way. */
import { type Row, toIpAddress } from '@openvnet/schema'
import type { View } from '../../engine/view.ts'
import { wayKey } from '../../model/index_key.ts'
import { addressOfLease, allowedSwitches } from '../presence/queries.ts'

/** A route through a leg. */
export type LegRoute = Row<'route'> & { readonly interface_id: number; readonly network_id: number }

export const hasLeg = (route: Row<'route'> | undefined): route is LegRoute =>
  route !== undefined && route.type === 'unicast' && route.interface_id !== null && route.network_id !== null

/** The MAC of a leg in a network: that of its lease there, of the family of the route where it has one. */
export const macOfLeg = (route: LegRoute, view: View): string | undefined => {
  const leases = view
    .list('ip_lease.interface_id', route.interface_id)
    .filter(({ network_id }) => network_id === route.network_id)
  const { family } = toIpAddress(route.destination)
  const lease = leases.find(({ address }) => toIpAddress(address).family === family) ?? leases[0]
  return lease && addressOfLease(lease, view)?.mac
}

export const routerName = (route: Row<'route'>, view: View): string =>
  view.get('route_link', route.route_link_id)?.uuid ?? 'the router'

/** The routes with a next hop among which a router shares the traffic to a destination; the first one stands for all. */
export const membersOf = (route: LegRoute, view: View): readonly LegRoute[] =>
  route.via === null
    ? [route]
    : view
        .list('route.way', wayKey(route))
        .filter(hasLeg)
        .filter((each) => each.via !== null && each.egress)
        .filter((each) => macOfLeg(each, view) !== undefined)

/** Whether the leg of a route is on the switch. */
export const isHere = ({ interface_id }: LegRoute, view: View, dpid: string): boolean => {
  const leg = view.get('interface', interface_id)
  return leg !== undefined && allowedSwitches(leg, [dpid], view).length > 0
}

/** Whether another route of the router leads to the same subnet by a leg that is on the switch: it goes before one that is elsewhere. */
export const isBehindAnother = (route: LegRoute, view: View, dpid: string): boolean =>
  route.via === null &&
  !isHere(route, view, dpid) &&
  view
    .list('route.way', wayKey(route))
    .filter(hasLeg)
    .filter((each) => each.via === null && each.egress && isHere(each, view, dpid))
    .some((each) => macOfLeg(each, view) !== undefined)
