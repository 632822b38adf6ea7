/** Who may enter a router by a route, and what happens to every packet that is routed. */
import { formatCidr, networkMask, type Row, toCidr } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import { LINK_LOCAL_PREFIX, UNSPECIFIED_IPV6 } from '../../packet/index.ts'
import { decrementTtl, setSlice } from '../../pipeline/actions.ts'
import { ETH_TYPE, matchSubnet } from '../../pipeline/addresses.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { punt } from '../../pipeline/punts.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import { allowedSwitches, networkName } from '../presence/queries.ts'
import { hasLeg, routerName } from './connected.ts'
import { switchesOfEntry } from './entry.ts'
import { routerIngressTable, routerTtlTable, routeTable } from './tables.ts'

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

/** A packet must not leave a router with a TTL of zero (RFC 1812 §5.3.1). */
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
    goto: 'route',
    why: 'A router takes one from the TTL.',
  }),
]

export const routeStanding: readonly FlowDraft[] = [
  ...notRouted,
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
