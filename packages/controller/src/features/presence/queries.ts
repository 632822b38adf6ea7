/**
 * Where things are: which port of which switch an interface is bound to, which networks and segments an interface is in,
 * and which switches these concern. Everything follows from rows and ports; nobody has to say it.
 */
import { type Row, toIpAddress } from '@openvnet/schema'
import { listQuery, recordQuery, type View } from '../../engine/view.ts'
import { type PortBinding, portBindingOf } from '../../model/index_key.ts'
import type { SwitchPort } from '../../model/ports.ts'
import { domainOfSegment, segmentOfDomain } from '../../pipeline/domain.ts'
import { isEdge, type PlacedPort, portBehindEdge } from './edge.ts'
import { gatewayOfSegment } from './gateway.ts'
import {
  domainsOfInterface,
  freeInterfacesOfPart,
  interfacesOfPart,
  partsOfDomain,
  sortedSet,
} from './members.ts'
import { switchesOfPinnedLegs } from './pinned.ts'
import { firstRouted, routedNetworks, routersOfNetwork } from './routed.ts'
import { isHost, isOutsideDomain, networksOfSegment, segmentOfNetwork } from './segments.ts'

export { edgePortsOfDomain, type PlacedPort } from './edge.ts'
export { gatewayOfSegment, portOnOwnBridge, segmentsOfGateway } from './gateway.ts'
export {
  domainsOfInterface,
  domainsOfMacLease,
  freeInterfacesOfPart,
  interfaceOfLease,
  interfacesOfPart,
  isOutside,
  networksOfInterface,
  onlyNetwork,
  partsOfDomain,
  simulatedOfNetwork,
} from './members.ts'
export { guestMtu, handoverMtu } from './mtu.ts'
export { handoverMac, homeOfLeg, isFirstLeg, ownerOfLeg, routersOfLeg, switchOfPinnedLeg } from './pinned.ts'
export {
  firstRouted,
  hasSeveralRouters,
  networksOfRouter,
  routedNetworks,
  routersOfNetwork,
} from './routed.ts'
export {
  carriesTags,
  domainName,
  domainOfNetwork,
  domainRow,
  freeSegment,
  interfaceName,
  isHost,
  networkName,
  networksOfSegment,
  segmentOfNetwork,
} from './segments.ts'

type InterfaceRow = Row<'interface'>

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
  return dpid === undefined || view.query(domainsOfInterface, row.id).length === 0 ? null : { dpid, ...LOCAL }
}

/** A sub-interface is where its trunk is, which is none itself. */
const portOnTrunk = (row: InterfaceRow, view: View): PlacedPort | null => {
  const trunk = view.get('interface', row.trunk_interface_id)
  if (trunk === undefined || trunk.trunk_interface_id !== null) return null
  if (isEdge(trunk)) return portBehindEdge(row, trunk, view)
  const port = isVif(trunk) ? view.query(portOfInterface, trunk.id) : null
  const isHere = port !== null && row.vlan_id !== null && allows(row, port.dpid, view)
  return isHere ? { ...port, vlan_id: row.vlan_id as number } : null
}

/**
 * The port of a guest's interface, or `null` while there is none.
 * Where several switches have such a port, `Claims` says which of them has the interface.
 */
export const portOfInterface = recordQuery<PlacedPort>('port of interface', (id, view) => {
  const row = view.get('interface', id)
  if (row !== undefined && isHost(row)) return portOfHost(row, view)
  if (row === undefined || !isVif(row)) return null
  if (row.trunk_interface_id !== null) return portOnTrunk(row, view)
  const isPinned = row.owner_datapath_id !== null
  return (
    portsOf(portBindingOf(row), view).find(
      (port) => (isPinned || port.waits !== true) && ownerOfPort(port, view)?.id === id,
    ) ?? null
  )
})

/** The switch of an interface: none or one datapath id. Not kept: what follows from it is looked at again when the port changes. */
export const homeOf = (interfaceId: number, view: View): readonly string[] => {
  const port = view.query(portOfInterface, interfaceId)
  return port === null ? [] : [port.dpid]
}

/** For the rules of interfaces. */
export const switchOfInterface = listQuery<string>('switch of interface', homeOf)

/** The switch of the guest's interface that owns a MAC lease: none or one datapath id. */
export const switchOfMacLease = listQuery<string>('switch of MAC lease', (id, view) => {
  const lease = view.get('mac_lease', id)
  return lease === undefined ? [] : homeOf(lease.interface_id, view)
})

/** The switch of the guest's interface that owns an IP lease: none or one datapath id. */
export const switchOfIpLease = listQuery<string>('switch of IP lease', (id, view) => {
  const owner = view.get('ip_lease', id)?.interface_id ?? null
  return owner === null ? [] : homeOf(owner, view)
})

const switchesOf = (interfaces: readonly number[], view: View): readonly string[] =>
  sortedSet(interfaces.flatMap((interfaceId) => homeOf(interfaceId, view)))

const switchesOfPart = listQuery<string>('switches of part', (id, view) =>
  switchesOf(view.query(interfacesOfPart, id), view),
)

const freeSwitchesOfPart = listQuery<string>('free switches of part', (id, view) =>
  switchesOf(view.query(freeInterfacesOfPart, id), view),
)

/** From outside come the questions of who is not known to legs that only one bridge has. */
const switchesOfOutside = (segment: number, view: View): readonly string[] =>
  isOutsideDomain(domainOfSegment(segment), view)
    ? view.query(networksOfSegment, segment).flatMap((network) => view.query(switchesOfPinnedLegs, network))
    : []

/** Switches with guests that are in the segment by a MAC address alone, with its gateway, or on which others outside come to a leg. */
export const switchesOfFree = listQuery<string>('switches of free guests of segment', (id, view) => {
  const parts = view.query(partsOfDomain, domainOfSegment(id))
  const gateway = view.query(gatewayOfSegment, id)
  return sortedSet([
    ...parts.flatMap((part) => view.query(freeSwitchesOfPart, part)),
    ...(gateway === null ? [] : [gateway.dpid]),
    ...switchesOfOutside(id, view),
  ])
})

/** Switches that have a guest with an address in the network, or one that is put into it. */
export const switchesOfGuests = listQuery<string>('switches of guests', (id, view) =>
  sortedSet(view.query(partsOfDomain, id).flatMap((part) => view.query(switchesOfPart, part))),
)

/**
 * Switches on which packets get into the network: those of its guests, of who is in its segment without address, and those that
 * alone have a leg there, to which others hand packets over.
 */
export const switchesOfNetwork = listQuery<string>('switches of network', (id, view) => {
  const segment = segmentOfNetwork(id, view)
  const guests = view.query(switchesOfGuests, id)
  const owners = view.query(switchesOfPinnedLegs, id)
  if (segment === null) return owners.length === 0 ? guests : sortedSet([...guests, ...owners])
  return sortedSet([...guests, ...owners, ...view.query(switchesOfFree, segment)])
})

const switchesOfSegment = listQuery<string>('switches of segment', (id, view) =>
  sortedSet([
    ...view.query(switchesOfFree, id),
    ...view.query(networksOfSegment, id).flatMap((network) => view.query(switchesOfGuests, network)),
  ]),
)

/** Switches that have a guest of the domain, or its gateway. */
export const switchesOfDomain = (domain: number, view: View): readonly string[] => {
  const segment = segmentOfDomain(domain)
  return segment === null ? view.query(switchesOfGuests, domain) : view.query(switchesOfSegment, segment)
}

/** @param first the network that stands for all that routers join to it */
const switchesReachingRouted = listQuery<string>('switches reaching routed networks', (first, view) =>
  sortedSet(routedNetworks(first, view).flatMap((network) => view.query(switchesOfNetwork, network))),
)

/**
 * Switches from which packets can come into the network, by routing too: a packet is routed where it enters,
 * so these switches must know the network's guests.
 */
export const switchesReachingNetwork = listQuery<string>('switches reaching network', (id, view) =>
  view.query(routersOfNetwork, id).length === 0
    ? view.query(switchesOfNetwork, id)
    : view.query(switchesReachingRouted, view.query(firstRouted, id)),
)

const switchesReachingSegment = listQuery<string>('switches reaching segment', (id, view) =>
  sortedSet([
    ...view.query(switchesOfSegment, id),
    ...view.query(networksOfSegment, id).flatMap((network) => view.query(switchesReachingNetwork, network)),
  ]),
)

/** Switches from which packets can come into the domain, see `switchesReachingNetwork`. */
export const switchesReachingDomain = (domain: number, view: View): readonly string[] => {
  const segment = segmentOfDomain(domain)
  return segment === null
    ? view.query(switchesReachingNetwork, domain)
    : view.query(switchesReachingSegment, segment)
}

/** Of these switches the ones on which a simulated interface may act: its own bridge when it names one. */
export const allowedSwitches = (row: InterfaceRow, dpids: readonly string[], view: View): readonly string[] =>
  dpids.filter((dpid) => allows(row, dpid, view))

/** Address, MAC and interface of a lease; `null` while nobody owns it or its MAC lease is not there. */
export const addressOfLease = (lease: Row<'ip_lease'>, view: View) => {
  const { interface_id: owner, mac_lease_id } = lease
  if (owner === null || mac_lease_id === null) return null
  const mac = view.get('mac_lease', mac_lease_id)?.mac_address
  return mac === undefined ? null : { address: toIpAddress(lease.address), mac, owner }
}
