/** The list of all resources, in an order in which every reference points backwards. */
import type { RowOf } from './resource.ts'
import { datapath } from './resources/datapath.ts'
import { datapathNetwork } from './resources/datapath_network.ts'
import { datapathRouteLink } from './resources/datapath_route_link.ts'
import { datapathSegment } from './resources/datapath_segment.ts'
import { dhcpOptionResource } from './resources/dhcp_option.ts'
import { dhcpRange } from './resources/dhcp_range.ts'
import { dnsRecord } from './resources/dns_record.ts'
import { dnsService } from './resources/dns_service.ts'
import { filter } from './resources/filter.ts'
import { filterStatic } from './resources/filter_static.ts'
import { interfaceResource } from './resources/interface.ts'
import { interfaceNetwork } from './resources/interface_network.ts'
import { interfacePort } from './resources/interface_port.ts'
import { interfaceRouteLink } from './resources/interface_route_link.ts'
import { interfaceSegment } from './resources/interface_segment.ts'
import { ipLease } from './resources/ip_lease.ts'
import { ipLeaseContainer, ipLeaseContainerIpLease } from './resources/ip_lease_container.ts'
import { ipRange } from './resources/ip_range.ts'
import { ipRangeGroup } from './resources/ip_range_group.ts'
import { ipRetention, ipRetentionContainer } from './resources/ip_retention_container.ts'
import { leasePolicy } from './resources/lease_policy.ts'
import {
  leasePolicyInterface,
  leasePolicyIpLeaseContainer,
  leasePolicyIpRetentionContainer,
  leasePolicyNetwork,
} from './resources/lease_policy_relations.ts'
import { macLease } from './resources/mac_lease.ts'
import { macRange } from './resources/mac_range.ts'
import { macRangeGroup } from './resources/mac_range_group.ts'
import { network } from './resources/network.ts'
import { networkService } from './resources/network_service.ts'
import { route } from './resources/route.ts'
import { routeLink } from './resources/route_link.ts'
import { router } from './resources/router.ts'
import { routerNetwork } from './resources/router_network.ts'
import { securityGroup, securityGroupInterface } from './resources/security_group.ts'
import { segment } from './resources/segment.ts'
import { topology } from './resources/topology.ts'
import { topologyDatapath } from './resources/topology_datapath.ts'
import { topologyLayer } from './resources/topology_layer.ts'
import { topologyMacRangeGroup } from './resources/topology_mac_range_group.ts'
import { topologyNetwork } from './resources/topology_network.ts'
import { topologyRouteLink } from './resources/topology_route_link.ts'
import { topologySegment } from './resources/topology_segment.ts'
import { translation } from './resources/translation.ts'
import { translationStaticAddress } from './resources/translation_static_address.ts'
import { vlanTranslation } from './resources/vlan_translation.ts'

export const RESOURCES = {
  datapath,
  segment,
  network,
  interface: interfaceResource,
  mac_lease: macLease,
  ip_lease: ipLease,
  network_service: networkService,
  route_link: routeLink,
  router,
  route,
  mac_range_group: macRangeGroup,
  mac_range: macRange,
  topology,
  topology_datapath: topologyDatapath,
  topology_network: topologyNetwork,
  topology_route_link: topologyRouteLink,
  topology_segment: topologySegment,
  topology_mac_range_group: topologyMacRangeGroup,
  topology_layer: topologyLayer,
  datapath_network: datapathNetwork,
  datapath_route_link: datapathRouteLink,
  datapath_segment: datapathSegment,
  ip_range_group: ipRangeGroup,
  ip_range: ipRange,
  ip_lease_container: ipLeaseContainer,
  ip_lease_container_ip_lease: ipLeaseContainerIpLease,
  ip_retention_container: ipRetentionContainer,
  ip_retention: ipRetention,
  lease_policy: leasePolicy,
  lease_policy_network: leasePolicyNetwork,
  lease_policy_interface: leasePolicyInterface,
  lease_policy_ip_lease_container: leasePolicyIpLeaseContainer,
  lease_policy_ip_retention_container: leasePolicyIpRetentionContainer,
  dns_service: dnsService,
  dns_record: dnsRecord,
  interface_network: interfaceNetwork,
  interface_segment: interfaceSegment,
  interface_route_link: interfaceRouteLink,
  filter,
  filter_static: filterStatic,
  translation,
  translation_static_address: translationStaticAddress,
  router_network: routerNetwork,
  interface_port: interfacePort,
  dhcp_range: dhcpRange,
  dhcp_option: dhcpOptionResource,
  security_group: securityGroup,
  security_group_interface: securityGroupInterface,
  vlan_translation: vlanTranslation,
} as const

export type ResourceName = keyof typeof RESOURCES
export type Row<N extends ResourceName = ResourceName> = RowOf<(typeof RESOURCES)[N]>

export const RESOURCE_NAMES = Object.keys(RESOURCES) as ResourceName[]
