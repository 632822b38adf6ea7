/**
 * A router in a network: a simulated interface with the address of the gateway, and the route to the subnet, for each
 * address family that the network has. The gateway is the first address of the subnet unless another one is given.
 */
import { type Cidr, type Family, formatCidr, fromIpAddress, type Row } from '@openvnet/schema'
import type { Behaviour, Draft, Shape, Work } from '../crud/behaviour.ts'
import { uuidOf } from '../crud/reference.ts'
import { argumentError } from '../errors.ts'
import type { Given } from '../parameters/check.ts'
import { firstAddress, withoutFamily } from '../rules/address.ts'
import { firstOfFamily } from '../rules/first_address.ts'
import { partName } from '../rules/part_name.ts'
import { FAMILIES, familyName, subnetOf, subnetsOf } from '../rules/subnet.ts'
import type { Stored } from '../store/columns.ts'
import type { Reader } from '../store/rows.ts'

/** What belongs to a router in a network, for people. */
export const legShape = (reader: Reader, row: Row<'router_network'>): Shape => {
  const leg = row.interface_id
  const leases = leg === null ? [] : reader.where('ip_lease', { interface_id: leg })
  const mac = leg === null ? undefined : reader.first('mac_lease', { interface_id: leg })
  const routeUuid = (id: number | null) => (id === null ? null : uuidOf(reader, 'route', id))
  return {
    network_uuid: uuidOf(reader, 'network', row.network_id),
    interface_uuid: leg === null ? null : uuidOf(reader, 'interface', leg),
    route_uuid: routeUuid(row.route_id),
    ipv6_route_uuid: routeUuid(row.ipv6_route_id),
    ipv4_address: firstOfFamily(leases, 4),
    ipv6_address: firstOfFamily(leases, 6),
    mac_address: mac?.mac_address ?? null,
  }
}

/** How the address of a gateway is said in a list of networks. */
const listed = (network: Row<'network'>): string => `${network.uuid}=ADDRESS`

/** The first address of the subnet. @throws ApiError ArgumentError when somebody has it */
const freeGateway = (work: Work, network: Row<'network'>, subnet: Cidr): string => {
  const address = firstAddress(subnet)
  const lease = work.first('ip_lease', { network_id: network.id, address })
  if (lease === undefined) return address
  const owner = lease.interface_id === null ? lease.uuid : uuidOf(work, 'interface', lease.interface_id)
  const both = subnetsOf(network).length > 1 ? ` of ${formatCidr(subnet)}` : ''
  throw argumentError(
    `${familyName(subnet.address.family)}_address`,
    address,
    `the first address of ${network.uuid}${both} is already used by ${owner}: name another one for the gateway, like ${listed(network)}`,
  )
}

/** The addresses of the gateway by parameter, one for each family of the network. @throws ApiError ArgumentError */
const gatewaysOf = (work: Work, network: Row<'network'>, extra: Given): Map<string, string> => {
  const gateways = FAMILIES.flatMap((family): [string, string][] => {
    const parameter = `${familyName(family)}_address`
    const subnet = subnetOf(network, family)
    const said = extra.get(parameter) ?? null
    if (subnet !== undefined) return [[parameter, String(said ?? freeGateway(work, network, subnet))]]
    if (said !== null) throw withoutFamily(network, family, said)
    return []
  })
  return new Map(gateways)
}

const purposeOf = (router: Row<'router'>, network: Row<'network'>): string => `${router.uuid} ${network.uuid}`

const makeLeg = (work: Work, network: Row<'network'>, router: Row<'router'>, extra: Given) =>
  work.create(
    'interface',
    { mode: 'simulated', network_id: network.id, display_name: `${router.uuid} in ${network.uuid}` },
    partName(work, 'interface', purposeOf(router, network)),
    gatewaysOf(work, network, extra),
  )

interface Joined {
  readonly router: Row<'router'>
  readonly network: Row<'network'>
  readonly leg: number
}

/** The route to the subnet of a family; `null` where there is none. */
const makeRoute = (work: Work, { router, network, leg }: Joined, family: Family): number | null => {
  const subnet = subnetOf(network, family)
  if (subnet === undefined) return null
  const { address, prefix } = subnet
  const values = {
    interface_id: leg,
    router_id: router.id,
    network_id: network.id,
    destination: fromIpAddress(address),
    prefix,
  }
  const purpose = purposeOf(router, network)
  const name = partName(work, 'route', family === 4 ? purpose : `${purpose} ${familyName(family)}`)
  return work.create('route', values, name).id
}

export const routerNetwork: Behaviour<'router_network'> = {
  complete: (work, { values, extra }: Draft<'router_network'>) => {
    const router = work.byId('router', values.router_id as number) as Stored<'router'>
    const network = work.byId('network', values.network_id as number) as Row<'network'>
    const leg = makeLeg(work, network, router, extra).id
    const joined = { router, network, leg }
    const routes = { route_id: makeRoute(work, joined, 4), ipv6_route_id: makeRoute(work, joined, 6) }
    return { interface_id: leg, ...routes }
  },
  /** The routes and the leases go with the leg. */
  deleting: (work, row) => {
    if (row.interface_id !== null) work.delete('interface', row.interface_id)
  },
  shape: (reader, row, plain) => ({ ...plain, ...legShape(reader, row) }),
}

/** Gives the routers in a network a gateway in its IPv6 subnet, which it has got later. @throws ApiError ArgumentError */
export const addIpv6Gateways = (work: Work, network: Row<'network'>): void => {
  const subnet = subnetOf(network, 6)
  if (subnet === undefined) return
  for (const { id, router_id, interface_id: leg } of work.where('router_network', {
    network_id: network.id,
  })) {
    const interfaceRow = leg === null ? undefined : work.byId('interface', leg)
    if (leg === null || interfaceRow === undefined) continue
    const address = freeGateway(work, network, subnet)
    const name = partName(work, 'ip_lease', `${interfaceRow.uuid} ipv6_address`)
    const { id: mac_lease_id = null } = work.first('mac_lease', { interface_id: leg }) ?? {}
    const lease = { network_id: network.id, interface_id: leg, mac_lease_id, address }
    work.create('ip_lease', lease, name)
    const router = work.byId('router', router_id) as Row<'router'>
    const ipv6_route_id = makeRoute(work, { router, network, leg }, 6)
    work.update('router_network', id, { ipv6_route_id })
  }
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
