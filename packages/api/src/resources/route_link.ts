/** A route link has a MAC address by which hosts know it. */
import type { Behaviour } from '../crud/behaviour.ts'
import { internalMac } from '../rules/internal_mac.ts'
import { joinTopology } from './topology_members.ts'

export const routeLink: Behaviour<'route_link'> = {
  complete: (work, { uuid, values }) => ({ mac_address: internalMac(work, values.mac_address, uuid) }),
  created: (work, row, draft) => joinTopology(work, 'topology_route_link', row, draft),
}
