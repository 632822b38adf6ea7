/** Who may enter a router by a route, and what happens to every packet that is routed. */
import { type Cidr, type Family, formatCidr, type Row, toCidr } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import { LINK_LOCAL_PREFIX } from '../../packet/index.ts'
import { decrementTtl, setSlice } from '../../pipeline/actions.ts'
import { ETH_TYPE, matchSubnet } from '../../pipeline/addresses.ts'
import { HANDOVER } from '../../pipeline/domain.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { punt } from '../../pipeline/punts.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import { allowedSwitches, networkName } from '../presence/queries.ts'
import { hasLeg, routerName } from './connected.ts'
import { switchesOfEntry } from './entry.ts'
import { routerAddressTable, routerIngressTable, routerTtlTable, routeTable } from './tables.ts'

const switchesOfIngress = listQuery<string>('switches of route ingress', (id, view) => {
  const route = view.get('route', id)
  if (!hasLeg(route)) return []
  const leg = view.get('interface', route.interface_id)
  return route.ingress && leg ? allowedSwitches(leg, switchesOfEntry(route.network_id, view), view) : []
})

const compileIngress = (route: Row<'route'>, view: View): Compiled => {
  if (!hasLeg(route)) return {}
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

export const routeRules = [
  rule({ name: 'ingress', entity: 'route', on: switchesOfIngress, compile: compileIngress }),
]

const cidr = (family: Family, value: bigint, prefix: number): Cidr => ({ address: { family, value }, prefix })

/** Of this host, loopback, and what is multicast or reserved: RFC 1812 §4.2.2.11 and §5.3.7, RFC 6890. */
const NOT_FORWARDED_IPV4 = [cidr(4, 0n, 8), cidr(4, 127n << 24n, 8), cidr(4, 7n << 29n, 3)]
/** `::` and `::1`, and multicast, which is not routed: RFC 4291 §2.5.2, §2.5.3 and §2.7. */
const NOT_FORWARDED_IPV6 = [cidr(6, 0n, 127), cidr(6, 0xffn << 120n, 8)]
/** RFC 4291 §2.5.6. */
const LINK_LOCAL_SCOPE = cidr(6, LINK_LOCAL_PREFIX, 10)

const notForwarded = (
  match: ReturnType<typeof matchSubnet<'src'>> | ReturnType<typeof matchSubnet<'dst'>>,
): FlowDraft =>
  routerAddressTable.flow({
    priority: PRIORITY.low,
    match,
    why: 'The packet has an address that means nothing outside of its network.',
  })

/** Before the way is looked up: what no router forwards gets no answer. */
const martianFlows = [
  ...[...NOT_FORWARDED_IPV4, ...NOT_FORWARDED_IPV6].flatMap((subnet) => [
    notForwarded(matchSubnet('src', subnet)),
    notForwarded(matchSubnet('dst', subnet)),
  ]),
  notForwarded(matchSubnet('dst', LINK_LOCAL_SCOPE)),
  routerAddressTable.flow({
    priority: PRIORITY.lowest,
    match: matchSubnet('src', LINK_LOCAL_SCOPE),
    steps: [punt('beyond_scope')],
    goto: 'punt',
    why: 'A link-local address is no source outside of its network, and its sender is told so.',
  }),
]

/**
 * A packet must not leave a router with a TTL of zero (RFC 1812 §5.3.1). Its way is looked up before that: what has none is told so
 * whatever its TTL, as other routers do, and traceroute sees the last one once.
 */
const ttlFlows = (eth_type: number): FlowDraft[] => [
  ...[0, 1].map((nw_ttl) =>
    routerTtlTable.flow({
      priority: PRIORITY.ordinary,
      match: { eth_type, nw_ttl },
      steps: [punt('hop_limit')],
      goto: 'punt',
      why: () => `The TTL of the packet is ${nw_ttl}: it ends at this router.`,
    }),
  ),
  routerTtlTable.flow({
    priority: PRIORITY.low,
    match: { eth_type },
    steps: [decrementTtl()],
    goto: 'neighbour',
    why: 'A router takes one from the TTL.',
  }),
]

export const routeStanding: readonly FlowDraft[] = [
  ...martianFlows,
  routerTtlTable.flow({
    priority: PRIORITY.high,
    match: { counted: 1 },
    steps: [setSlice('counted', 0), setSlice('from_tunnel', 0)],
    goto: 'neighbour',
    why: 'Another host has handed the packet over after its hop, or the router itself sends it.',
  }),
  routerTtlTable.flow({
    priority: PRIORITY.higher,
    match: { counted: 1, domain: HANDOVER },
    steps: [setSlice('counted', 0)],
    goto: 'neighbour',
    why: 'It is handed over; what has been already is not again, without a hop.',
  }),
  ...ttlFlows(ETH_TYPE.ipv4),
  ...ttlFlows(ETH_TYPE.ipv6),
  ...[ETH_TYPE.ipv4, ETH_TYPE.ipv6].map((eth_type) =>
    routeTable.flow({
      priority: PRIORITY.low,
      match: { eth_type },
      steps: [punt('no_route')],
      goto: 'punt',
      why: 'The router has no route to the destination, and says so.',
    }),
  ),
]
