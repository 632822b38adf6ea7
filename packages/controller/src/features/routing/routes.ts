/** Routes: who may enter a router, which way a packet leaves it, and whom it reaches there. */
import { formatCidr, networkMask, type Row, toCidr } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import { LINK_LOCAL_PREFIX, UNSPECIFIED_IPV6 } from '../../packet/index.ts'
import { decrementTtl, forgetIngressPort, setField, setSlice } from '../../pipeline/actions.ts'
import { ETH_TYPE, macNumber, matchAddress, matchSubnet } from '../../pipeline/addresses.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { type PuntReason, punt } from '../../pipeline/punts.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import {
  addressOfLease,
  allowedSwitches,
  interfaceName,
  interfaceOfLease,
  isOutside,
  networkName,
  routersOfNetwork,
  switchesOfNetwork,
  switchesReachingNetwork,
} from '../presence/queries.ts'
import { type ConnectedRoute, isConnected } from './connected.ts'
import { neighbourTable, routerIngressTable, routerTtlTable, routeTable } from './tables.ts'

const switchesOfIngress = listQuery<string>('switches of route ingress', (id, view) => {
  const route = view.get('route', id)
  if (!isConnected(route)) return []
  const leg = view.get('interface', route.interface_id)
  return route.ingress && leg
    ? allowedSwitches(leg, view.query(switchesOfNetwork, route.network_id), view)
    : []
})

const switchesOfEgress = listQuery<string>('switches of route egress', (id, view) => {
  const route = view.get('route', id)
  if (!isConnected(route)) return []
  const leg = view.get('interface', route.interface_id)
  return route.egress && leg
    ? allowedSwitches(leg, view.query(switchesReachingNetwork, route.network_id), view)
    : []
})

/** Also while there is no router: the first one then costs its own flows, and not one for each guest. */
const switchesOfNeighbour = listQuery<string>('switches of neighbour', (id, view) => {
  const lease = view.get('ip_lease', id)
  if (lease === undefined || interfaceOfLease(lease, view)?.mode !== 'vif') return []
  return view.query(switchesReachingNetwork, lease.network_id)
})

const routerName = (route: Row<'route'>, view: View): string =>
  view.get('route_link', route.route_link_id)?.uuid ?? 'the router'

const compileIngress = (route: Row<'route'>, view: View): Compiled => {
  if (!isConnected(route)) return {}
  const subnet = toCidr(route.destination, route.prefix)
  return {
    flows: [
      routerIngressTable.flow({
        priority: PRIORITY.prefix(route.prefix),
        match: { leg: route.interface_id, domain: route.network_id, ...matchSubnet('src', subnet) },
        steps: [setSlice('router', route.route_link_id)],
        goto: 'router_address',
        why: () =>
          `${route.uuid} lets packets from ${formatCidr(subnet)} in ${networkName(route.network_id, view)} into ${routerName(route, view)}.`,
      }),
    ],
  }
}

/** The MAC of a leg in a network: that of its lease there. */
const macOfLeg = (route: ConnectedRoute, view: View): string | undefined => {
  const leases = view.list('ip_lease.interface_id', route.interface_id)
  const lease = leases.find(({ network_id }) => network_id === route.network_id)
  return lease && addressOfLease(lease, view)?.mac
}

const compileEgress = (route: Row<'route'>, view: View): Compiled => {
  if (!isConnected(route)) return {}
  const mac = macOfLeg(route, view)
  if (mac === undefined) return {}
  const subnet = toCidr(route.destination, route.prefix)
  return {
    flows: [
      routeTable.flow({
        priority: PRIORITY.prefix(route.prefix),
        match: { router: route.route_link_id, ...matchSubnet('dst', subnet) },
        steps: [
          setField('eth_src', macNumber(mac)),
          // What a router sends is a packet of its own: it may go where it came from.
          forgetIngressPort(),
          setSlice('domain', route.network_id),
        ],
        goto: 'neighbour',
        why: () =>
          `${route.uuid}: ${routerName(route, view)} reaches ${formatCidr(subnet)} through ${interfaceName(route.interface_id, view)} in ${networkName(route.network_id, view)}.`,
      }),
    ],
  }
}

const compileNeighbour = (lease: Row<'ip_lease'>, view: View): Compiled => {
  const owned = addressOfLease(lease, view)
  if (owned === null) return {}
  return {
    flows: [
      neighbourTable.flow({
        priority: PRIORITY.ordinary,
        match: { domain: lease.network_id, ...matchAddress('dst', owned.address) },
        steps: [setField('eth_dst', macNumber(owned.mac))],
        goto: 'bridging',
        why: () =>
          `Routers reach ${lease.address} in ${networkName(lease.network_id, view)} at the MAC of ${interfaceName(owned.owner, view)}.`,
      }),
    ],
  }
}

/** In a virtual network everybody is known; elsewhere somebody may be there all the same. */
const compileNobody = (network: Row<'network'>, view: View): Compiled => {
  if (isOutside(network.id, view) || view.query(routersOfNetwork, network.id).length === 0) return {}
  return {
    flows: [
      neighbourTable.flow({
        priority: PRIORITY.low,
        match: { domain: network.id, eth_type: ETH_TYPE.ipv4 },
        steps: [punt('address_unreachable')],
        goto: 'punt',
        why: () => `Who sends to an address that nobody has in ${network.uuid} is told so.`,
      }),
    ],
  }
}

export const routeRules = [
  rule({ name: 'ingress', entity: 'route', on: switchesOfIngress, compile: compileIngress }),
  rule({ name: 'egress', entity: 'route', on: switchesOfEgress, compile: compileEgress }),
  rule({ name: 'neighbour', entity: 'ip_lease', on: switchesOfNeighbour, compile: compileNeighbour }),
  rule({ name: 'nobody', entity: 'network', on: switchesReachingNetwork, compile: compileNobody }),
]

/** `fe80::/10`. */
const LINK_LOCAL_SCOPE = { value: LINK_LOCAL_PREFIX, mask: networkMask(6, 10) }
/** `ff00::/8`. */
const MULTICAST = { value: 0xffn << 120n, mask: networkMask(6, 8) }

/** What no router forwards: RFC 4291 §2.5.2 and §2.5.6; multicast is not routed. */
const notRouted = [
  { ipv6_src: UNSPECIFIED_IPV6 },
  { ipv6_src: LINK_LOCAL_SCOPE },
  { ipv6_dst: LINK_LOCAL_SCOPE },
  { ipv6_dst: MULTICAST },
].map((match) =>
  routerTtlTable.flow({
    priority: PRIORITY.high,
    match,
    why: 'The packet has an address that means nothing outside of its network.',
  }),
)

/** Who sends over IPv4 is told what becomes of the packet; over IPv6 nobody is, so far. */
const told = (reason: PuntReason, eth_type: number) =>
  eth_type === ETH_TYPE.ipv4 ? ({ steps: [punt(reason)], goto: 'punt' } as const) : {}

/** A packet must not leave a router with a TTL of zero (RFC 1812 §5.3.1). */
const ttlFlows = (eth_type: number): FlowDraft[] => [
  ...[0, 1].map((nw_ttl) =>
    routerTtlTable.flow({
      priority: PRIORITY.ordinary,
      match: { eth_type, nw_ttl },
      ...told('hop_limit', eth_type),
      why: () => `The TTL of the packet is ${nw_ttl}: it ends at this router.`,
    }),
  ),
  routerTtlTable.flow({
    priority: PRIORITY.low,
    match: { eth_type },
    steps: [decrementTtl()],
    goto: 'route',
    why: 'A router takes one from the TTL.',
  }),
]

export const routeStanding: readonly FlowDraft[] = [
  ...notRouted,
  ...ttlFlows(ETH_TYPE.ipv4),
  ...ttlFlows(ETH_TYPE.ipv6),
  routeTable.flow({
    priority: PRIORITY.low,
    match: { eth_type: ETH_TYPE.ipv4 },
    ...told('no_route', ETH_TYPE.ipv4),
    why: 'The router has no route to the destination, and says so.',
  }),
]
