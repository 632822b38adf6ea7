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

type Content<N extends ResourceName> = (random: Random, id: number) => Omit<Row<N>, 'id' | 'uuid'>

const macOf = (n: number): string => `52:54:00:00:00:0${n}`
const interfaceId = (random: Random): number => random.upTo(GUESTS + LEGS)
const networkId = (random: Random): number => random.upTo(NETWORKS)
const sometimes = <T>(random: Random, share: number, value: T): T | null =>
  random.chance(share) ? value : null

export const addressOf = (network: number, host: number): string => `10.0.${network}.${host}`

export const CONTENT: { readonly [N in ResourceName]: Content<N> } = {
  datapath: (random) => ({
    display_name: `dp${random.below(3)}`,
    dpid: random.pick(DPIDS),
    node_id: null,
    ipv4_address: null,
    enable_ovs_learn_action: random.chance(0.5),
  }),
  network: (random, id) => ({
    display_name: `nw${random.below(3)}`,
    domain_name: 'nw',
    mode: random.pick(['virtual', 'physical', 'internal'] as const),
    ipv4_network: addressOf(id, 0),
    ipv4_prefix: random.pick([24, 16]),
  }),
  interface: (random, id) => ({
    display_name: `if${random.below(3)}`,
    mode: random.weighted([
      [8, 'vif'],
      [4, 'simulated'],
      [1, 'host'],
    ] as const),
    port_name: sometimes(random, 0.2, random.pick(['p1', 'p2', 'if-3'])),
    owner_datapath_id: sometimes(random, 0.2, random.upTo(2)),
    network_id: sometimes(random, 0.4, networkId(random)),
    enable_routing: id % 2 === 0,
    enable_route_translation: false,
    enable_filtering: random.chance(0.2),
  }),
  mac_lease: (random, id) => ({
    interface_id: random.chance(0.6) ? Math.min(id, GUESTS + LEGS) : interfaceId(random),
    mac_address: macOf(random.chance(0.8) ? id : random.upTo(GUESTS)),
  }),
  ip_lease: (random, id) => {
    const network_id = networkId(random)
    return {
      network_id,
      mac_lease_id: random.chance(0.8) ? id : interfaceId(random),
      interface_id: random.chance(0.8) ? Math.min(id, GUESTS + LEGS) : interfaceId(random),
      address: addressOf(network_id, random.chance(0.8) ? id : random.upTo(3)),
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
    return {
      interface_id: GUESTS + random.upTo(LEGS),
      network_id,
      route_link_id: random.upTo(ROUTERS),
      destination: random.chance(0.7) ? addressOf(network_id, 0) : '0.0.0.0',
      prefix: random.pick([24, 24, 16, 0]),
      ingress: random.chance(0.8),
      egress: random.chance(0.8),
    }
  },
  datapath_network: (random, id) => ({
    datapath_id: random.upTo(2),
    network_id: networkId(random),
    interface_id: null,
    mac_address: `02:00:00:00:02:0${id}`,
  }),
  datapath_route_link: (random, id) => ({
    datapath_id: random.upTo(2),
    route_link_id: random.upTo(ROUTERS),
    interface_id: null,
    mac_address: `02:00:00:00:03:0${id}`,
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
