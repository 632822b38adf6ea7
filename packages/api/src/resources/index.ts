/** The resources that do more than their columns say. */
import type { Behaviours } from '../crud/behaviour.ts'
import { datapath } from './datapath.ts'
import { datapathNetwork } from './datapath_network.ts'
import { datapathRouteLink } from './datapath_route_link.ts'
import { interfaceBehaviour } from './interface.ts'
import { ipLease } from './ip_lease.ts'
import { macLease } from './mac_lease.ts'
import { network } from './network.ts'
import { networkService } from './network_service.ts'
import { route } from './route.ts'
import { routeLink } from './route_link.ts'

export const behaviours: Behaviours = {
  datapath,
  network,
  interface: interfaceBehaviour,
  mac_lease: macLease,
  ip_lease: ipLease,
  network_service: networkService,
  route_link: routeLink,
  route,
  datapath_network: datapathNetwork,
  datapath_route_link: datapathRouteLink,
}
