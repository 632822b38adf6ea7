/** The list of all resources, in an order in which every reference points backwards. */
import type { RowOf } from './resource.ts'
import { datapath } from './resources/datapath.ts'
import { datapathNetwork } from './resources/datapath_network.ts'
import { datapathRouteLink } from './resources/datapath_route_link.ts'
import { interfaceResource } from './resources/interface.ts'
import { ipLease } from './resources/ip_lease.ts'
import { macLease } from './resources/mac_lease.ts'
import { network } from './resources/network.ts'
import { networkService } from './resources/network_service.ts'
import { route } from './resources/route.ts'
import { routeLink } from './resources/route_link.ts'

export const RESOURCES = {
  datapath,
  network,
  interface: interfaceResource,
  mac_lease: macLease,
  ip_lease: ipLease,
  network_service: networkService,
  route_link: routeLink,
  route,
  datapath_network: datapathNetwork,
  datapath_route_link: datapathRouteLink,
} as const

export type ResourceName = keyof typeof RESOURCES
export type Row<N extends ResourceName = ResourceName> = RowOf<(typeof RESOURCES)[N]>

export const RESOURCE_NAMES = Object.keys(RESOURCES) as ResourceName[]
