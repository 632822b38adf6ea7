/**
 * Random content for each kind of row. References may dangle and addresses may collide, as they do between two
 * operations, or when a later version of the API allows more than this one.
 */
import type { ResourceName, Row } from '@openvnet/schema'
import type { Random } from './random.ts'
import { DPIDS } from './world.ts'

/** Ids of guests' interfaces, and of their leases; the ones after that are legs of routers. */
export const GUESTS = 5
export const LEGS = 4
export const NETWORKS = 4
export const ROUTERS = 2
export const SEGMENTS = 2

type Content<N extends ResourceName> = (random: Random, id: number) => Omit<Row<N>, 'id' | 'uuid'>

const macOf = (n: number): string => `52:54:00:00:00:0${n}`
const interfaceId = (random: Random): number => random.upTo(GUESTS + LEGS)
const networkId = (random: Random): number => random.upTo(NETWORKS)
const segmentId = (random: Random): number => random.upTo(SEGMENTS)
const sometimes = <T>(random: Random, share: number, value: T): T | null =>
  random.chance(share) ? value : null

export const addressOf = (network: number, host: number): string => `10.0.${network}.${host}`

const addressIn = (network: number, host: number, isIpv6: boolean): string =>
  isIpv6 ? `fd00:${network}::${host === 0 ? '' : host}` : addressOf(network, host)

const NO_TOPOLOGY = {
  ip_lease_id: null,
  topology_id: null,
  topology_layer_id: null,
  topology_mac_range_group_id: null,
}

/** Mostly a whole one, where it is one. */
const subInterface = (random: Random) => {
  const trunk_interface_id = sometimes(random, 0.25, random.upTo(GUESTS))
  const isWhole = random.chance(0.9)
  return { trunk_interface_id, vlan_id: isWhole === (trunk_interface_id === null) ? null : random.upTo(3) }
}

const TRANSPORTS = ['vxlan', 'geneve', 'gre', 'mac2mac'] as const

/** Rows that no rule reads. */
const WITHOUT_FLOWS = {
  datapath_segment: (random, id) => ({
    datapath_id: random.upTo(2),
    segment_id: 1,
    interface_id: null,
    ...NO_TOPOLOGY,
    mac_address: `02:00:00:00:04:0${id}`,
  }),
  mac_range_group: () => ({ allocation_type: 'random' }),
  mac_range: (_random, id) => ({
    mac_range_group_id: 1,
    begin_mac_address: macOf(1),
    end_mac_address: macOf(id),
  }),
  ip_range_group: () => ({ allocation_type: 'incremental' }),
  ip_range: (_random, id) => ({
    ip_range_group_id: 1,
    begin_address: addressOf(1, 1),
    end_address: addressOf(1, id),
  }),
  ip_lease_container: () => ({}),
  ip_lease_container_ip_lease: (_random, id) => ({ ip_lease_container_id: 1, ip_lease_id: id }),
  ip_retention_container: () => ({ lease_time: 60, grace_time: null }),
  ip_retention: (_random, id) => ({
    ip_retention_container_id: 1,
    ip_lease_id: id,
    leased_at: '2015-12-18T04:13:28.123Z',
    released_at: null,
  }),
  lease_policy: () => ({ mode: 'simple', timing: 'immediate' }),
  lease_policy_network: (random) => ({
    lease_policy_id: 1,
    network_id: networkId(random),
    ip_range_group_id: 1,
  }),
  lease_policy_interface: (random) => ({
    lease_policy_id: 1,
    interface_id: interfaceId(random),
    label: null,
  }),
  lease_policy_ip_lease_container: () => ({ lease_policy_id: 1, ip_lease_container_id: 1, label: null }),
  lease_policy_ip_retention_container: () => ({
    lease_policy_id: 1,
    ip_retention_container_id: 1,
    label: null,
  }),
  dns_service: () => ({ network_service_id: 1, public_dns: null }),
  dns_record: (_random, id) => ({
    dns_service_id: 1,
    name: `guest${id}`,
    type: 'A' as const,
    value: addressOf(1, id),
    ttl: null,
  }),
  interface_port: (random, id) => ({
    interface_id: interfaceId(random),
    datapath_id: random.upTo(2),
    port_name: `p${id}`,
    port_number: null,
    iface_id: null,
    singular: null,
  }),
  dhcp_range: (random) => ({
    network_id: networkId(random),
    begin_address: addressOf(1, 1),
    end_address: addressOf(1, 9),
  }),
  dhcp_option: (random) => ({
    network_id: networkId(random),
    interface_id: null,
    family: 4,
    code: 'mtu',
    value: '1400',
  }),
  security_group: () => ({ display_name: 'sg', description: null, rules: 'tcp:22:0.0.0.0/0' }),
  security_group_interface: (random) => ({ security_group_id: 1, interface_id: interfaceId(random) }),
} satisfies { readonly [N in ResourceName]?: Content<N> }

export const CONTENT: { readonly [N in ResourceName]: Content<N> } = {
  datapath: (random) => ({
    display_name: `dp${random.below(3)}`,
    dpid: random.pick(DPIDS),
    node_id: null,
    ipv4_address: sometimes(random, 0.5, `10.9.0.${random.upTo(3)}`),
    ipv6_address: sometimes(random, 0.3, `fd00::${random.upTo(3)}`),
    transport: sometimes(random, 0.4, random.pick(TRANSPORTS)),
    mtu: sometimes(random, 0.3, 1400 + random.upTo(100)),
    ovsdb: null,
    enable_ovs_learn_action: random.chance(0.5),
  }),
  network: (random, id) => ({
    display_name: `nw${random.below(3)}`,
    domain_name: 'nw',
    mode: random.pick(['virtual', 'physical', 'internal'] as const),
    ipv4_network: addressOf(id, 0),
    ipv4_prefix: random.pick([24, 16]),
    ipv6_network: sometimes(random, 0.5, `fd00:${id}::`),
    ipv6_prefix: 64,
    ipv6_address_mode: random.pick(['slaac', 'dhcpv6_stateful', 'none'] as const),
    dhcp_lease_time: 3600,
    vlan_id: sometimes(random, 0.3, random.upTo(2)),
    mtu: sometimes(random, 0.2, 1400),
    vlan_transparent: random.chance(0.2),
    segment_id: sometimes(random, 0.2, segmentId(random)),
  }),
  interface: (random, id) => ({
    ...subInterface(random),
    display_name: `if${random.below(3)}`,
    hostname: sometimes(random, 0.2, `host${random.below(3)}`),
    mode: random.weighted([
      [8, 'vif'],
      [4, 'simulated'],
      [1, 'host'],
      [1, 'edge'],
      [1, 'promiscuous'],
    ] as const),
    port_name: sometimes(random, 0.2, random.pick(['p1', 'p2', 'if-3'])),
    port_number: sometimes(random, 0.15, random.upTo(4)),
    iface_id: sometimes(random, 0.15, 'vm'),
    owner_datapath_id: sometimes(random, 0.2, random.upTo(2)),
    network_id: sometimes(random, 0.4, networkId(random)),
    segment_id: sometimes(random, 0.2, segmentId(random)),
    enable_routing: id % 2 === 0,
    enable_route_translation: false,
    enable_filtering: random.chance(0.2),
  }),
  mac_lease: (random, id) => ({
    interface_id: random.chance(0.6) ? Math.min(id, GUESTS + LEGS) : interfaceId(random),
    mac_address: macOf(random.chance(0.8) ? id : random.upTo(GUESTS)),
    segment_id: sometimes(random, 0.2, segmentId(random)),
  }),
  ip_lease: (random, id) => {
    const network_id = networkId(random)
    const owner = random.chance(0.8) ? Math.min(id, GUESTS + LEGS) : interfaceId(random)
    const isReserved = random.chance(0.1)
    return {
      network_id,
      mac_lease_id: isReserved ? null : random.chance(0.8) ? id : interfaceId(random),
      interface_id: isReserved ? null : owner,
      address: addressIn(network_id, random.chance(0.8) ? id : random.upTo(3), random.chance(0.2)),
      enable_routing: false,
    }
  },
  network_service: (random) => ({
    display_name: 'ns',
    mode: random.pick(['router', 'dhcp', 'dns'] as const),
    interface_id: sometimes(random, 0.8, interfaceId(random)),
    incoming_port: null,
    outgoing_port: null,
  }),
  route_link: (_random, id) => ({ mac_address: `02:00:00:00:01:0${id}` }),
  route: (random) => {
    const network_id = networkId(random)
    const isIpv6 = random.chance(0.2)
    const type = random.weighted([
      [8, 'unicast'],
      [1, 'blackhole'],
      [1, 'unreachable'],
    ] as const)
    return {
      interface_id: type === 'unicast' ? GUESTS + random.upTo(LEGS) : null,
      network_id: type === 'unicast' ? network_id : null,
      route_link_id: random.upTo(ROUTERS),
      router_id: sometimes(random, 0.3, 1),
      destination: random.chance(0.7) ? addressIn(network_id, 0, isIpv6) : isIpv6 ? '::' : '0.0.0.0',
      prefix: isIpv6 ? random.pick([64, 0]) : random.pick([24, 24, 16, 0]),
      type,
      via: type === 'unicast' ? sometimes(random, 0.5, addressIn(network_id, random.upTo(4), isIpv6)) : null,
      weight: random.upTo(3),
      ingress: random.chance(0.8),
      egress: random.chance(0.8),
    }
  },
  datapath_network: (random, id) => ({
    datapath_id: random.upTo(2),
    network_id: networkId(random),
    interface_id: null,
    ...NO_TOPOLOGY,
    mac_address: `02:00:00:00:02:0${id}`,
  }),
  datapath_route_link: (random, id) => ({
    datapath_id: random.upTo(2),
    route_link_id: random.upTo(ROUTERS),
    interface_id: null,
    ...NO_TOPOLOGY,
    mac_address: `02:00:00:00:03:0${id}`,
  }),
  ...WITHOUT_FLOWS,
  interface_network: (random) => ({ interface_id: interfaceId(random), network_id: networkId(random) }),
  interface_route_link: (random) => ({
    interface_id: interfaceId(random),
    route_link_id: random.upTo(ROUTERS),
  }),
  topology: (random) => ({
    mode: random.pick(['simple_overlay', 'simple_underlay'] as const),
    transport: sometimes(random, 0.4, random.pick(TRANSPORTS)),
  }),
  topology_datapath: (random) => ({
    topology_id: random.upTo(2),
    datapath_id: random.upTo(2),
    interface_id: interfaceId(random),
    ip_lease_id: random.upTo(GUESTS),
  }),
  topology_network: (random) => ({ topology_id: random.upTo(2), network_id: networkId(random) }),
  topology_route_link: (random) => ({ topology_id: random.upTo(2), route_link_id: random.upTo(ROUTERS) }),
  topology_segment: (random) => ({ topology_id: random.upTo(2), segment_id: 1 }),
  topology_mac_range_group: (random) => ({ topology_id: random.upTo(2), mac_range_group_id: 1 }),
  interface_segment: (random) => ({ interface_id: interfaceId(random), segment_id: segmentId(random) }),
  segment: (random) => ({
    mode: random.pick(['virtual', 'virtual', 'physical'] as const),
    vlan_id: sometimes(random, 0.2, random.upTo(2)),
  }),
  topology_layer: () => ({ overlay_id: 1, underlay_id: 2 }),
  filter: (random) => ({
    interface_id: interfaceId(random),
    mode: 'static',
    ingress_passthrough: random.chance(0.5),
    egress_passthrough: random.chance(0.5),
  }),
  filter_static: (random) => ({
    filter_id: random.upTo(2),
    protocol: random.pick(['tcp', 'arp'] as const),
    source: '0.0.0.0/0',
    destination: '10.0.0.0/8',
    src_port: 0,
    dst_port: 0,
    action: random.pick(['pass', 'drop', 'conn'] as const),
  }),
  vlan_translation: (random, id) => ({
    translation_id: random.upTo(2),
    network_id: networkId(random),
    mac_address: sometimes(random, 0.2, macOf(random.upTo(GUESTS))),
    vlan_id: sometimes(random, 0.8, id),
  }),
  translation: (random) => ({
    interface_id: interfaceId(random),
    mode: random.pick(['vnet_edge', 'vnet_edge', 'static_address'] as const),
    passthrough: random.chance(0.5),
  }),
  translation_static_address: (random, id) => ({
    translation_id: random.upTo(2),
    route_link_id: null,
    ingress_address: addressOf(1, id),
    egress_address: addressOf(2, id),
    ingress_port_number: null,
    egress_port_number: null,
    ingress_network_id: null,
    egress_network_id: null,
  }),
  router: (random) => ({ display_name: 'rt', route_link_id: random.upTo(ROUTERS) }),
  router_network: (random) => ({
    router_id: random.upTo(2),
    network_id: networkId(random),
    interface_id: GUESTS + random.upTo(LEGS),
    route_id: random.upTo(LEGS),
    ipv6_route_id: null,
  }),
}

const PREFIX: Partial<Record<ResourceName, string>> = {
  datapath: 'dp',
  interface: 'if',
  network: 'nw',
  mac_lease: 'ml',
  ip_lease: 'il',
  route_link: 'rl',
  route: 'r',
}

export const uuidOf = (resource: ResourceName, id: number): string => `${PREFIX[resource] ?? resource}-${id}`
