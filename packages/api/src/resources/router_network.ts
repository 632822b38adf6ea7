/**
 * A router in a network: a simulated interface with the address of the gateway, and the route to the network. The
 * gateway is the first address of the network unless another one is given.
 */
import type { Row } from '@openvnet/schema'
import type { Behaviour, Draft, Shape, Work } from '../crud/behaviour.ts'
import { uuidOf } from '../crud/reference.ts'
import { argumentError } from '../errors.ts'
import { firstAddress } from '../rules/address.ts'
import { partName } from '../rules/part_name.ts'
import type { Stored } from '../store/columns.ts'
import type { Reader } from '../store/rows.ts'

/** What belongs to a router in a network, for people. */
export const legShape = (reader: Reader, row: Row<'router_network'>): Shape => {
  const leg = row.interface_id
  const lease = leg === null ? undefined : reader.first('ip_lease', { interface_id: leg })
  const mac = leg === null ? undefined : reader.first('mac_lease', { interface_id: leg })
  return {
    network_uuid: uuidOf(reader, 'network', row.network_id),
    interface_uuid: leg === null ? null : uuidOf(reader, 'interface', leg),
    route_uuid: row.route_id === null ? null : uuidOf(reader, 'route', row.route_id),
    ipv4_address: lease?.address ?? null,
    mac_address: mac?.mac_address ?? null,
  }
}

/** The first address of the network. @throws ApiError ArgumentError when somebody has it */
const freeGateway = (work: Work, network: Row<'network'>): string => {
  const address = firstAddress(network)
  const lease = work.first('ip_lease', { network_id: network.id, address })
  if (lease === undefined) return address
  const owner = lease.interface_id === null ? lease.uuid : uuidOf(work, 'interface', lease.interface_id)
  throw argumentError(
    'ipv4_address',
    address,
    `the first address of ${network.uuid} is already used by ${owner}: name another one for the gateway, like ${network.uuid}=ADDRESS`,
  )
}

const makeLeg = (work: Work, { values, extra }: Draft<'router_network'>, router: Stored<'router'>) => {
  const network = work.byId('network', values.network_id as number) as Row<'network'>
  const purpose = `${router.uuid} ${network.uuid}`
  const address = String(extra.get('ipv4_address') ?? freeGateway(work, network))
  const leg = work.create(
    'interface',
    { mode: 'simulated', network_id: network.id, display_name: `${router.uuid} in ${network.uuid}` },
    partName(work, 'interface', purpose),
    new Map([['ipv4_address', address]]),
  )
  return { leg, network, purpose }
}

export const routerNetwork: Behaviour<'router_network'> = {
  complete: (work, draft) => {
    const router = work.byId('router', draft.values.router_id as number) as Stored<'router'>
    const { leg, network, purpose } = makeLeg(work, draft, router)
    const values = {
      interface_id: leg.id,
      route_link_id: router.route_link_id as number,
      network_id: network.id,
    }
    const route = work.create('route', values, partName(work, 'route', purpose))
    return { interface_id: leg.id, route_id: route.id }
  },
  /** The route and the leases go with the leg. */
  deleting: (work, row) => {
    if (row.interface_id !== null) work.delete('interface', row.interface_id)
  },
  shape: (reader, row, plain) => ({ ...plain, ...legShape(reader, row) }),
}

/** The legs of a router that is about to be deleted. */
export const deleteLegsOf = (work: Work, router: number): void => {
  for (const { interface_id } of work.where('router_network', { router_id: router })) {
    if (interface_id !== null) work.delete('interface', interface_id)
  }
}

/** The legs of routers in a network that is about to be deleted. */
export const deleteLegs = (work: Work, network: number): void => {
  for (const { interface_id } of work.where('router_network', { network_id: network })) {
    if (interface_id !== null) work.delete('interface', interface_id)
  }
}
