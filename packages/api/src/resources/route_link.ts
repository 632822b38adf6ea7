/** A route link has a MAC address by which hosts know it. With that of a router the router goes, legs and all. */
import type { Behaviour } from '../crud/behaviour.ts'
import { internalMac } from '../rules/internal_mac.ts'
import { deleteLegsOf } from './router_network.ts'
import { joinTopology } from './topology_members.ts'

export const routeLink: Behaviour<'route_link'> = {
  complete: (work, { uuid, values }) => ({ mac_address: internalMac(work, values.mac_address, uuid) }),
  created: (work, row, draft) => joinTopology(work, 'topology_route_link', row, draft),
  deleting: (work, row) => {
    for (const { id } of work.where('router', { route_link_id: row.id })) deleteLegsOf(work, id)
  },
}
