/**
 * A route needs its leg and its router; network, destination and prefix follow from the leg's first IP lease.
 * The leg is a simulated interface with an IP lease in the route's network.
 */
import type { Row } from '@openvnet/schema'
import type { Behaviour, Draft, Work } from '../crud/behaviour.ts'
import { uuidOf } from '../crud/reference.ts'
import { argumentError } from '../errors.ts'
import { checkSubnet } from '../rules/address.ts'

/** The network of the leg. @throws ApiError ArgumentError */
const networkOf = (work: Work, leg: Row<'interface'>, wanted: number | undefined): Row<'network'> => {
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
  return work.byId('network', lease.network_id) as Row<'network'>
}

/** An absent prefix is the network's; of 0.0.0.0 it is 0, since nothing else makes sense there. */
const prefixOf = ({ values }: Draft<'route'>, network: Row<'network'>): number => {
  if (values.prefix !== undefined) return values.prefix
  return values.destination === '0.0.0.0' ? 0 : network.ipv4_prefix
}

/** A router has one way to a destination. @throws ApiError ArgumentError */
const checkDestination = (
  work: Work,
  {
    route_link_id: routeLink,
    destination,
    prefix,
  }: Pick<Row<'route'>, 'route_link_id' | 'destination' | 'prefix'>,
  self?: number,
): void => {
  const rivals = work.where('route', { route_link_id: routeLink, destination, prefix, egress: true })
  const other = rivals.find(({ id }) => id !== self)
  if (other === undefined) return
  throw argumentError(
    'ipv4_network',
    destination,
    `${uuidOf(work, 'route_link', routeLink)} reaches ${destination}/${prefix} by ${other.uuid} already; ` +
      'delete that or make one of the two with egress false',
  )
}

export const route: Behaviour<'route'> = {
  complete: (work, draft) => {
    const { values } = draft
    const leg = work.byId('interface', values.interface_id as number) as Row<'interface'>
    const network = networkOf(work, leg, values.network_id)
    const destination = values.destination ?? network.ipv4_network
    const prefix = prefixOf(draft, network)
    checkSubnet(destination, prefix)
    const route_link_id = values.route_link_id as number
    if (values.egress === true) checkDestination(work, { route_link_id, destination, prefix })
    return { network_id: network.id, destination, prefix }
  },
  updated: (work, row) => {
    if (row.egress) checkDestination(work, row, row.id)
  },
  /** The original shows neither ids nor the columns that mark deleted rows here. */
  shape: (_reader, _row, plain) => ({
    uuid: plain['uuid'],
    route_link_uuid: plain['route_link_uuid'],
    network_uuid: plain['network_uuid'],
    interface_uuid: plain['interface_uuid'],
    mode: 'gateway',
    ipv4_network: plain['ipv4_network'],
    ipv4_prefix: plain['ipv4_prefix'],
    ingress: plain['ingress'],
    egress: plain['egress'],
    labels: plain['labels'],
    created_at: plain['created_at'],
    updated_at: plain['updated_at'],
  }),
}
