/**
 * A route of a router: to a subnet at one of its legs, to another router there (`via`), or to nowhere (`type`). The leg is a
 * simulated interface with an IP lease in the route's network; network, destination and prefix follow from it.
 */
import { type Family, familyOf, fromIpAddress, type Row } from '@openvnet/schema'
import type { Behaviour, Draft, Work } from '../crud/behaviour.ts'
import { uuidOf } from '../crud/reference.ts'
import { argumentError, missingArgument } from '../errors.ts'
import type { Given } from '../parameters/check.ts'
import { checkAddress } from '../rules/address.ts'
import { findLeg, type Leg, legOf } from '../rules/leg.ts'
import { checkSubnet, FAMILIES, familyName, familyText, isLinkLocal, subnetOf } from '../rules/subnet.ts'

type Route = Row<'route'>
type Values = Draft<'route'>['values']

/** The router and its route link; each gives the other. @throws ApiError ArgumentError, MissingArgument */
const routerOf = (work: Work, { router_id, route_link_id }: Values) => {
  if (typeof router_id !== 'number') {
    if (route_link_id === undefined) throw missingArgument('route_link_uuid')
    return { route_link_id, router_id: work.first('router', { route_link_id })?.id ?? null }
  }
  const router = work.byId('router', router_id) as Row<'router'>
  const own = router.route_link_id as number
  if (route_link_id !== undefined && route_link_id !== own) {
    const link = uuidOf(work, 'route_link', route_link_id)
    throw argumentError(
      'route_link_uuid',
      link,
      `is not the route link of ${router.uuid}; give one of the two`,
    )
  }
  return { route_link_id: own, router_id }
}

/** `undefined` for a route to nowhere without one. @throws ApiError ArgumentError, MissingArgument */
const placeOf = (work: Work, values: Values, route_link_id: number): Leg | undefined => {
  const { interface_id, network_id, type, via } = values
  if (typeof interface_id === 'number') {
    return legOf(work, work.byId('interface', interface_id) as Row<'interface'>, network_id ?? undefined)
  }
  if (type !== 'unicast') return undefined
  const isOfRouter = typeof values.router_id === 'number' && typeof network_id === 'number'
  if (typeof via === 'string' || isOfRouter) {
    return findLeg(work, { route_link_id, network_id, via })
  }
  throw missingArgument(typeof values.router_id === 'number' ? 'via' : 'interface_uuid')
}

/** The prefix length where nothing says another one (openvnet.md §1.2). */
const USUAL_PREFIX: Readonly<Record<Family, number>> = { 4: 24, 6: 64 }

/** An absent prefix is the network's; of 0.0.0.0 and :: it is 0, since nothing else makes sense there. */
const prefixOf = (destination: string, { prefix }: Values, place: Leg | undefined): number => {
  if (prefix !== undefined) return prefix
  if (destination === '0.0.0.0' || destination === '::') return 0
  const family = familyOf(destination)
  return (place && subnetOf(place.network, family)?.prefix) ?? USUAL_PREFIX[family]
}

const prefixName = (family: Family) => `${familyName(family)}_prefix` as const

/** The family of a prefix without a destination. */
const familyOfPrefix = (extra: Given): Family | undefined =>
  FAMILIES.find((family) => typeof extra.get(prefixName(family)) === 'number')

/** The destination is of IPv6 where the prefix is. @throws ApiError ArgumentError */
const checkPrefixFamily = (destination: string, extra: Given): void => {
  const family = familyOf(destination)
  const other = family === 4 ? 6 : 4
  const stray = extra.get(prefixName(other))
  if (typeof stray !== 'number') return
  throw argumentError(
    prefixName(other),
    stray,
    `the destination ${destination} is an ${familyText(family)} address; its prefix length is ${prefixName(family)}`,
  )
}

/** @throws ApiError ArgumentError, MissingArgument when nothing tells the destination */
const destinationOf = ({ values, extra }: Draft<'route'>, place: Leg | undefined): string => {
  if (values.destination !== undefined) {
    checkPrefixFamily(values.destination, extra)
    return values.destination
  }
  if (place === undefined || typeof values.via === 'string') throw missingArgument('ipv4_network')
  const wanted = familyOfPrefix(extra)
  const subnets = (wanted === undefined ? FAMILIES : [wanted]).map((family) =>
    subnetOf(place.network, family),
  )
  const subnet = subnets.find((one) => one !== undefined)
  if (subnet !== undefined) return fromIpAddress(subnet.address)
  throw missingArgument(`${familyName(wanted ?? 4)}_network`)
}

type NextHop = Pick<Route, 'type' | 'via' | 'destination' | 'interface_id' | 'network_id'>

/** The next hop is a neighbour of the leg, of the destination's family, and not the leg itself. @throws ApiError ArgumentError */
const checkVia = (work: Work, { type, via, destination, interface_id, network_id }: NextHop): void => {
  if (via === null) return
  if (type !== 'unicast') {
    throw argumentError('via', via, `a ${type} route leads nowhere, so it has no next hop`)
  }
  if (familyOf(via) !== familyOf(destination)) {
    const wanted = familyText(familyOf(destination))
    throw argumentError(
      'via',
      via,
      `the destination ${destination} is of ${wanted}, and so must be the next hop`,
    )
  }
  const network = work.byId('network', network_id as number) as Row<'network'>
  if (isLinkLocal(via)) return
  checkAddress(network, via, 'via')
  const owner = work.first('ip_lease', { network_id: network.id, address: via })?.interface_id ?? null
  if (owner === null || owner !== interface_id) return
  throw argumentError('via', via, `the address of ${uuidOf(work, 'interface', owner)}, the leg itself`)
}

type Way = Pick<Route, 'route_link_id' | 'destination' | 'prefix' | 'type' | 'via' | 'interface_id'>

const hasNextHop = ({ type, via }: Way): boolean => type === 'unicast' && via !== null

/** A router has one way to a destination, or shares the traffic among several next hops. @throws ApiError ArgumentError */
const checkDestination = (work: Work, way: Way, self?: number): void => {
  const { route_link_id, destination, prefix, via } = way
  const rivals = work
    .where('route', { route_link_id, destination, prefix, egress: true })
    .filter(({ id }) => id !== self)
  const isBeside = (other: Route): boolean =>
    hasNextHop(way) && hasNextHop(other) && (other.via !== via || other.interface_id !== way.interface_id)
  const other = rivals.find((one) => !isBeside(one))
  if (other === undefined) return
  const [parameter, value, by] =
    hasNextHop(way) && other.via === via
      ? ['via', via, `${other.uuid} through ${via}`]
      : [`${familyName(familyOf(destination))}_network`, destination, other.uuid]
  throw argumentError(
    parameter ?? '',
    value,
    `${uuidOf(work, 'route_link', route_link_id)} reaches ${destination}/${prefix} by ${by} already; ` +
      'delete that or make one of the two with egress false',
  )
}

export const route: Behaviour<'route'> = {
  complete: (work, draft) => {
    const { values } = draft
    const router = routerOf(work, values)
    const place = placeOf(work, values, router.route_link_id)
    const destination = destinationOf(draft, place)
    const prefix = prefixOf(destination, values, place)
    checkSubnet(destination, prefix)
    const { type = 'unicast', via = null } = values
    const ends = { interface_id: place?.leg.id ?? null, network_id: place?.network.id ?? null }
    const way = { ...router, ...ends, destination, prefix, type, via }
    checkVia(work, way)
    if (values.egress === true) checkDestination(work, way)
    return way
  },
  updated: (work, row) => {
    checkVia(work, row)
    if (row.egress) checkDestination(work, row, row.id)
  },
  /** The original shows neither ids nor the columns that mark deleted rows here. */
  shape: (_reader, _row, plain) => ({
    uuid: plain['uuid'],
    route_link_uuid: plain['route_link_uuid'],
    router_uuid: plain['router_uuid'],
    network_uuid: plain['network_uuid'],
    interface_uuid: plain['interface_uuid'],
    mode: 'gateway',
    type: plain['type'],
    ipv4_network: plain['ipv4_network'],
    ipv4_prefix: plain['ipv4_prefix'],
    ipv6_network: plain['ipv6_network'],
    ipv6_prefix: plain['ipv6_prefix'],
    via: plain['via'],
    weight: plain['weight'],
    ingress: plain['ingress'],
    egress: plain['egress'],
    labels: plain['labels'],
    created_at: plain['created_at'],
    updated_at: plain['updated_at'],
  }),
}
