/** The resources that do more than their columns say. */
import type { Behaviours } from '../crud/behaviour.ts'
import { datapath } from './datapath.ts'
import { datapathNetwork } from './datapath_network.ts'
import { datapathRouteLink } from './datapath_route_link.ts'
import { datapathSegment } from './datapath_segment.ts'
import { dhcpOption } from './dhcp_option.ts'
import { dhcpRange } from './dhcp_range.ts'
import { dnsRecord } from './dns_record.ts'
import { dnsService } from './dns_service.ts'
import { filterStatic } from './filter_static.ts'
import { interfaceBehaviour } from './interface.ts'
import { interfacePort } from './interface_port.ts'
import { ipLease } from './ip_lease.ts'
import { ipRange } from './ip_range.ts'
import { ipRetention } from './ip_retention.ts'
import { leasePolicyInterface } from './lease_policy_interface.ts'
import { macLease } from './mac_lease.ts'
import { macRange } from './mac_range.ts'
import { macRangeGroup } from './mac_range_group.ts'
import { network } from './network.ts'
import { networkService } from './network_service.ts'
import { route } from './route.ts'
import { routeLink } from './route_link.ts'
import { router } from './router.ts'
import { routerNetwork } from './router_network.ts'
import { securityGroup } from './security_group.ts'
import { segment } from './segment.ts'
import { topology } from './topology.ts'
import {
  topologyDatapath,
  topologyLayer,
  topologyMacRangeGroup,
  topologyNetwork,
  topologyRouteLink,
  topologySegment,
} from './topology_members.ts'
import { translationStaticAddress } from './translation_static_address.ts'
import { vlanTranslation } from './vlan_translation.ts'

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
  mac_range: macRange,
  mac_range_group: macRangeGroup,
  lease_policy_interface: leasePolicyInterface,
  ip_retention: ipRetention,
  ip_range: ipRange,
  dns_service: dnsService,
  dns_record: dnsRecord,
  datapath_segment: datapathSegment,
  topology,
  topology_datapath: topologyDatapath,
  topology_network: topologyNetwork,
  topology_route_link: topologyRouteLink,
  topology_layer: topologyLayer,
  topology_segment: topologySegment,
  topology_mac_range_group: topologyMacRangeGroup,
  segment,
  filter_static: filterStatic,
  translation_static_address: translationStaticAddress,
  router,
  router_network: routerNetwork,
  interface_port: interfacePort,
  dhcp_range: dhcpRange,
  dhcp_option: dhcpOption,
  security_group: securityGroup,
  vlan_translation: vlanTranslation,
}
