/** The ways out of a network that its rows know: the legs of routers in it, and what each of them reaches (RFC 3442). */
import { type Row, toCidr } from '@openvnet/schema'
import { recordQuery, type View } from '../../engine/view.ts'
import { type ClasslessRoute, toIpv4 } from '../../packet/index.ts'
import { isOfFamily } from './client.ts'

export interface Gateways {
  /** Addresses of the legs: first those of a router with a default route, else by uuid. */
  readonly routers: readonly number[]
  /** What they reach, the default route first, then what is lost when it is left out. */
  readonly routes: readonly ClasslessRoute[]
}

interface Leg {
  readonly address: number
  readonly routers: ReadonlySet<number>
}

/** A message of 1,500 octets has no room for more; the default route goes for what is left out. */
const MOST_ROUTES = 205

const isIpv4 = ({ destination }: Row<'route'>): boolean => !destination.includes(':')

/** The legs in a network by which guests may enter a router. */
const legsOf = (network: number, view: View): Leg[] => {
  const routers = new Map<number, Set<number>>()
  for (const route of view.list('route.network_id', network)) {
    if (!route.ingress || !isIpv4(route) || route.interface_id === null) continue
    const known = routers.get(route.interface_id)
    if (known === undefined) routers.set(route.interface_id, new Set([route.route_link_id]))
    else known.add(route.route_link_id)
  }
  const legs = [...routers].flatMap(([interfaceId, of]) => {
    const row = view.get('interface', interfaceId)
    const lease = view
      .list('ip_lease.interface_id', interfaceId)
      .find((each) => each.network_id === network && isOfFamily(each, 4))
    return row === undefined || lease === undefined
      ? []
      : [{ uuid: row.uuid, address: toIpv4(lease.address), routers: of }]
  })
  return legs.sort((a, b) => (a.uuid < b.uuid ? -1 : 1))
}

/** What a leg reaches beyond its own network. */
const reached = (network: number, leg: Leg, view: View): ClasslessRoute[] =>
  [...leg.routers].flatMap((router) =>
    view
      .list('route.route_link_id', router)
      .filter(
        (route) => route.egress && isIpv4(route) && route.type === 'unicast' && route.network_id !== network,
      )
      .map(({ destination, prefix }) => ({
        destination: Number(toCidr(destination, prefix).address.value),
        prefix,
        router: leg.address,
      })),
  )

const isDefault = ({ prefix }: ClasslessRoute): boolean => prefix === 0

const unique = (routes: readonly ClasslessRoute[]): ClasslessRoute[] => [
  ...new Map(routes.map((route) => [`${route.destination}/${route.prefix}`, route])).values(),
]

const compute = (network: number, view: View): Gateways | null => {
  const legs = legsOf(network, view).map((leg) => ({ ...leg, routes: reached(network, leg, view) }))
  const ordered = legs.sort((a, b) => Number(b.routes.some(isDefault)) - Number(a.routes.some(isDefault)))
  const [first] = ordered
  if (first === undefined) return null
  const others = ordered.flatMap(({ routes }) => routes).filter((route) => !isDefault(route))
  // What another router than the first reaches is lost when it is left out.
  const byNeed = others.sort(
    (a, b) =>
      Number(a.router === first.address) - Number(b.router === first.address) ||
      a.destination - b.destination ||
      a.prefix - b.prefix,
  )
  const all = [{ destination: 0, prefix: 0, router: first.address }, ...byNeed]
  return {
    routers: [...new Set(ordered.map(({ address }) => address))],
    routes: unique(all.toReversed()).toReversed().slice(0, MOST_ROUTES),
  }
}

export const gatewaysOfNetwork = recordQuery<Gateways>('gateways of network', compute)
