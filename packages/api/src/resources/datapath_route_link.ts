/** A route link on a datapath has a MAC address by which other hosts reach it there. */
import type { Behaviour } from '../crud/behaviour.ts'
import { uuidOf } from '../crud/reference.ts'
import { internalMac } from '../rules/internal_mac.ts'
import { keptByTopologies } from '../rules/kept_by_topologies.ts'

export const datapathRouteLink: Behaviour<'datapath_route_link'> = {
  complete: (work, { values }) => {
    const datapath = uuidOf(work, 'datapath', values.datapath_id as number)
    const routeLink = uuidOf(work, 'route_link', values.route_link_id as number)
    return { mac_address: internalMac(work, values.mac_address, `${datapath}/${routeLink}`) }
  },
  ...keptByTopologies('datapath_route_link'),
}
