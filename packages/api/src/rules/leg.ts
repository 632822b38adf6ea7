/** Legs of routers: simulated interfaces with an IP lease in a network, and which of them reaches a next hop. */
import type { Row } from '@openvnet/schema'
import type { Work } from '../crud/behaviour.ts'
import { uuidOf } from '../crud/reference.ts'
import { type ApiError, argumentError } from '../errors.ts'
import { isInNetwork } from './address.ts'
import { isLinkLocal, subnetsText } from './subnet.ts'

/** A leg, and one of the networks in which it has an address. */
export interface Leg {
  readonly leg: Row<'interface'>
  readonly network: Row<'network'>
}

/** What is said of a leg that is looked for. */
export interface LegWish {
  readonly route_link_id: number
  readonly network_id?: number | null | undefined
  readonly via?: string | null | undefined
}

/** @param wanted the network; that of its first lease when absent. @throws ApiError ArgumentError */
export const legOf = (work: Work, leg: Row<'interface'>, wanted: number | undefined): Leg => {
  if (leg.mode !== 'simulated') {
    throw argumentError(
      'interface_uuid',
      leg.uuid,
      `the leg of a route must be a simulated interface, this is one of mode ${leg.mode}`,
    )
  }
  const lease = work.first('ip_lease', { interface_id: leg.id, network_id: wanted })
  if (lease === undefined) {
    const where = wanted === undefined ? '' : ` in ${uuidOf(work, 'network', wanted)}`
    throw argumentError('interface_uuid', leg.uuid, `has no IP lease${where}`)
  }
  return { leg, network: work.byId('network', lease.network_id) as Row<'network'> }
}

/** The legs that have a route of the router. */
const legsOf = (work: Work, routeLink: number): Leg[] => {
  const byLeg = new Map<string, Leg>()
  for (const { interface_id, network_id } of work.where('route', { route_link_id: routeLink })) {
    if (interface_id === null || network_id === null) continue
    const leg = work.byId('interface', interface_id) as Row<'interface'>
    byLeg.set(`${interface_id} ${network_id}`, {
      leg,
      network: work.byId('network', network_id) as Row<'network'>,
    })
  }
  return [...byLeg.values()]
}

const placesText = (legs: readonly Leg[]): string =>
  legs.map(({ network }) => `${network.uuid} (${subnetsText(network)})`).join(', ')

const noLeg = (legs: readonly Leg[], via: string): ApiError => {
  const joined = legs.length === 0 ? 'it joins none' : `it joins ${placesText(legs)}`
  return argumentError(
    'via',
    via,
    `in none of the networks of the router: ${joined}; the next hop must be a neighbour of the router`,
  )
}

/** The one leg of a router that is meant. @throws ApiError ArgumentError */
export const findLeg = (work: Work, { route_link_id, network_id, via }: LegWish): Leg => {
  const legs = legsOf(work, route_link_id)
  const isMeant = ({ network }: Leg): boolean => {
    if (typeof network_id === 'number' && network.id !== network_id) return false
    return (
      typeof via !== 'string' ||
      isInNetwork(network, via) ||
      (isLinkLocal(via) && network.ipv6_network !== null)
    )
  }
  const found = legs.filter(isMeant)
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  if (only === undefined && typeof network_id === 'number') {
    const network = uuidOf(work, 'network', network_id)
    throw argumentError(
      'network_uuid',
      network,
      `the router has no leg there${typeof via === 'string' ? ` that reaches ${via}` : ''}`,
    )
  }
  if (only === undefined) throw noLeg(legs, String(via))
  const names = found.map(({ leg, network }) => `${leg.uuid} in ${network.uuid}`).join(', ')
  throw argumentError('via', via, `reached by several legs: ${names}; say which by interface_uuid`)
}
