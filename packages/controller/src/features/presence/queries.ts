/**
 * Where things are: which port of which switch an interface is bound to, which networks an interface is in, and which
 * switches a network concerns. Everything follows from rows and ports; nobody has to say it.
 */
import { type Row, toIpAddress } from '@openvnet/schema'
import { listQuery, recordQuery, type View, valueQuery } from '../../engine/view.ts'
import { type PortBinding, portBindingOf, SHARDS, shardKey } from '../../model/index_key.ts'
import type { SwitchPort } from '../../model/ports.ts'

type InterfaceRow = Row<'interface'>

const sortedSet = <T extends string | number>(items: Iterable<T>): readonly T[] =>
  [...new Set(items)].sort((a, b) => (a < b ? -1 : 1))

/** Whether the interface may appear on the switch. */
const allows = (row: InterfaceRow, dpid: string, view: View): boolean =>
  row.owner_datapath_id === null || view.get('datapath', row.owner_datapath_id)?.dpid === dpid

/** How an interface says which port it is, the clearest first. */
const clarity = ({ port_name, port_number, iface_id, uuid }: InterfaceRow, port: SwitchPort): number => {
  if (port_name !== null) return 0
  if (port_number !== null) return 1
  if (iface_id !== null) return 2
  return uuid === port.name ? 3 : 4
}

/** Lower goes first: who names the bridge, then who names the port, its number, its iface-id, who is only called so. */
const rank = (row: InterfaceRow, port: SwitchPort): number =>
  (row.owner_datapath_id === null ? 5 : 0) + clarity(row, port)

const isVif = (row: InterfaceRow): boolean => row.mode === 'vif'

/** The bridge's own port, by which the host itself is in a network (OFPP_LOCAL). */
const LOCAL = { name: 'LOCAL', port_no: 0xffff_fffe, iface_id: null } as const

/** Whether the interface is the host itself. */
const isHost = ({ mode }: InterfaceRow): boolean => mode === 'host' || mode === 'internal'

/** The one interface that a port belongs to, when several would like it. */
const ownerOfPort = (port: SwitchPort, view: View): InterfaceRow | undefined =>
  [
    ...view.list('interface.port', port.name),
    ...view.list('interface.port_number', port.port_no),
    ...(port.iface_id === null ? [] : view.list('interface.iface_id', port.iface_id)),
  ]
    .filter((row) => isVif(row) && allows(row, port.dpid, view))
    .reduce<InterfaceRow | undefined>(
      (best, row) => (best === undefined || rank(row, port) < rank(best, port) ? row : best),
      undefined,
    )

const portsOf = ({ name, number, iface_id }: PortBinding, view: View): readonly SwitchPort[] => [
  ...(name === undefined ? [] : view.ports(name)),
  ...(number === undefined ? [] : view.portsNumbered(number)),
  ...(iface_id === undefined ? [] : view.portsWithIfaceId(iface_id)),
]

/** The host is in networks that are not virtual only: its address may be in any as the end of tunnels. */
const portOfHost = (row: InterfaceRow, view: View): SwitchPort | null => {
  const dpid = view.get('datapath', row.owner_datapath_id)?.dpid
  return dpid === undefined || view.query(networksOfInterface, row.id).length === 0
    ? null
    : { dpid, ...LOCAL }
}

/**
 * The port of a guest's interface, or `null` while there is none.
 * Where several switches have such a port, `Claims` says which of them has the interface.
 */
export const portOfInterface = recordQuery<SwitchPort>('port of interface', (id, view) => {
  const row = view.get('interface', id)
  if (row !== undefined && isHost(row)) return portOfHost(row, view)
  if (row === undefined || !isVif(row)) return null
  const isPinned = row.owner_datapath_id !== null
  return (
    portsOf(portBindingOf(row), view).find(
      (port) => (isPinned || port.waits !== true) && ownerOfPort(port, view)?.id === id,
    ) ?? null
  )
})

/** The switch of a guest's interface: none or one datapath id. */
export const switchOfInterface = listQuery<string>('switch of interface', (id, view) => {
  const port = view.query(portOfInterface, id)
  return port === null ? [] : [port.dpid]
})

/** The switch of the guest's interface that owns a MAC lease: none or one datapath id. */
export const switchOfMacLease = listQuery<string>('switch of MAC lease', (id, view) => {
  const lease = view.get('mac_lease', id)
  return lease === undefined ? [] : view.query(switchOfInterface, lease.interface_id)
})

/** Networks that an interface is in: those of its leases, or the one it names while it has none. */
export const networksOfInterface = listQuery<number>('networks of interface', (id, view) => {
  const row = view.get('interface', id)
  const leases = view.list('ip_lease.interface_id', id)
  const network = row?.network_id ?? null
  const networks =
    leases.length > 0 ? leases.map(({ network_id }) => network_id) : network === null ? [] : [network]
  const isIn = row !== undefined && isHost(row) ? networks.filter((each) => isOutside(each, view)) : networks
  return sortedSet(isIn)
})

/** Whether a network is not virtual: that of the host, or what is behind its uplink. */
export const isOutside = (network: number, view: View): boolean => {
  const mode = view.get('network', network)?.mode
  return mode === 'physical' || mode === 'internal'
}

const isCrowded = valueQuery<boolean>(
  'crowded network',
  (id, view) => view.count('ip_lease.network_id', id) + view.count('interface.network_id', id) > view.crowd,
)

/** Which rows say who is in a part of a network: all of them, or those of a shard. */
interface Part {
  readonly network: number
  readonly by: 'network_id' | 'shard'
  readonly key: number
}

const partOf = (id: number): Part => {
  const network = Math.floor(id / (SHARDS + 1))
  const shard = (id % (SHARDS + 1)) - 1
  return shard < 0
    ? { network, by: 'network_id', key: network }
    : { network, by: 'shard', key: shardKey(network, shard) }
}

/**
 * The parts of a network, for the queries that take one: a single one, or where there are many guests always the
 * same number of parts, in which an interface has its place by its id.
 */
export const partsOfNetwork = listQuery<number>('parts of network', (id, view) => {
  const whole = id * (SHARDS + 1)
  return view.query(isCrowded, id) ? Array.from({ length: SHARDS }, (_, shard) => whole + 1 + shard) : [whole]
})

/** Interfaces in a part of a network, ordered by uuid. */
export const interfacesOfPart = listQuery<number>('interfaces of part', (id, view) => {
  const { network, by, key } = partOf(id)
  const found = new Map<number, string>()
  for (const lease of view.list(`ip_lease.${by}`, key)) {
    const row = interfaceOfLease(lease, view)
    if (row !== undefined && (!isHost(row) || isOutside(network, view))) found.set(row.id, row.uuid)
  }
  for (const row of view.list(`interface.${by}`, key)) {
    if (view.query(networksOfInterface, row.id).includes(network)) found.set(row.id, row.uuid)
  }
  return [...found].sort(([, a], [, b]) => (a < b ? -1 : 1)).map(([interfaceId]) => interfaceId)
})

const switchesOfPart = listQuery<string>('switches of part', (id, view) =>
  sortedSet(
    view.query(interfacesOfPart, id).flatMap((interfaceId) => view.query(switchOfInterface, interfaceId)),
  ),
)

/** Switches that have a guest of the network. */
export const switchesOfNetwork = listQuery<string>('switches of network', (id, view) =>
  sortedSet(view.query(partsOfNetwork, id).flatMap((part) => view.query(switchesOfPart, part))),
)

/** Route links that have a route in the network. */
export const routersOfNetwork = listQuery<number>('routers of network', (id, view) =>
  sortedSet(view.list('route.network_id', id).map((route) => route.route_link_id)),
)

/** Networks that a router joins. */
export const networksOfRouter = listQuery<number>('networks of router', (id, view) =>
  sortedSet(view.list('route.route_link_id', id).map((route) => route.network_id)),
)

/** The network and all that routers join to it, over any number of hops. */
const routedNetworks = listQuery<number>('networks routed with network', (id, view) => {
  const found = new Set([id])
  for (const network of found) {
    for (const router of view.query(routersOfNetwork, network)) {
      for (const neighbour of view.query(networksOfRouter, router)) found.add(neighbour)
    }
  }
  return sortedSet(found)
})

/**
 * Switches from which packets can come into the network, by routing too: a packet is routed where it enters,
 * so these switches must know the network's guests.
 */
export const switchesReachingNetwork = listQuery<string>('switches reaching network', (id, view) =>
  sortedSet(view.query(routedNetworks, id).flatMap((network) => view.query(switchesOfNetwork, network))),
)

/** Of these switches the ones on which a simulated interface may act: its own bridge when it names one. */
export const allowedSwitches = (row: InterfaceRow, dpids: readonly string[], view: View): readonly string[] =>
  dpids.filter((dpid) => allows(row, dpid, view))

/** Name of an interface for people. */
export const interfaceName = (id: number, view: View): string =>
  view.get('interface', id)?.uuid ?? `interface ${id}`

/** Name of a network for people. */
export const networkName = (id: number, view: View): string =>
  view.get('network', id)?.uuid ?? `network ${id}`

/** The interface that owns a lease; none while the address is only reserved. */
export const interfaceOfLease = (lease: Row<'ip_lease'>, view: View): Row<'interface'> | undefined =>
  lease.interface_id === null ? undefined : view.get('interface', lease.interface_id)

/** Address, MAC and interface of a lease; `null` while nobody owns it or its MAC lease is not there. */
export const addressOfLease = (lease: Row<'ip_lease'>, view: View) => {
  const { interface_id: owner, mac_lease_id } = lease
  if (owner === null || mac_lease_id === null) return null
  const mac = view.get('mac_lease', mac_lease_id)?.mac_address
  return mac === undefined ? null : { address: toIpAddress(lease.address), mac, owner }
}
