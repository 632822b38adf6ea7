/**
 * Machines behind an edge: a port of mode `edge`, which its bridge owns, whose VLANs outside are networks inside
 * (`vlan_translation`). A machine is an interface that names the edge as its trunk; its VLAN is that of its network.
 */
import type { Row } from '@openvnet/schema'
import { recordQuery, type View, valueQuery } from '../../engine/view.ts'
import type { SwitchPort } from '../../model/ports.ts'
import { segmentOfDomain } from '../../pipeline/domain.ts'
import { portOnOwnBridge } from './gateway.ts'
import { networksOfInterface } from './members.ts'
import { carriesTags, domainOfNetwork, networksOfSegment } from './segments.ts'

/** Where an interface is bound to. */
export interface PlacedPort extends SwitchPort {
  /** 1 to 4094: its frames have this tag there. Absent: they have none. */
  readonly vlan_id?: number
  /** There are others in the same VLAN, who are told apart by their MAC addresses. */
  readonly isShared?: true
}

export const isEdge = ({ mode }: Row<'interface'>): boolean => mode === 'edge'

const UNTAGGED = 0
const NOWHERE = -1

const macsOf = (row: Row<'interface'>, view: View): readonly string[] =>
  view.list('mac_lease.interface_id', row.id).map(({ mac_address }) => mac_address)

/** The edge of a translation. */
const edgeOf = ({ translation_id }: Row<'vlan_translation'>, view: View): Row<'interface'> | undefined => {
  const translation = view.get('translation', translation_id)
  const row = translation?.mode === 'vnet_edge' ? view.get('interface', translation.interface_id) : undefined
  return row !== undefined && isEdge(row) ? row : undefined
}

/** Without a tag of its own there, a frame with the tag of a guest would be in the network of that VLAN. */
const isMistakable = ({ vlan_id }: Row<'vlan_translation'>, domain: number, view: View): boolean =>
  vlan_id === null && view.query(carriesTags, domain)

/** VLAN of a machine at the edge; one that is said for its MAC address goes before that of the network. */
const vlanBehindEdge = valueQuery<number>('VLAN behind edge', (id, view) => {
  const row = view.get('interface', id)
  const networks = view.query(networksOfInterface, id)
  const [network] = networks
  if (row === undefined || network === undefined || networks.length > 1) return NOWHERE
  const macs = macsOf(row, view)
  const [way] = view
    .list('vlan_translation.network_id', network)
    .filter((one) => edgeOf(one, view)?.id === row.trunk_interface_id)
    .filter(({ mac_address }) => mac_address === null || macs.includes(mac_address))
    .toSorted((a, b) => Number(a.mac_address === null) - Number(b.mac_address === null) || a.id - b.id)
  if (way === undefined || isMistakable(way, view.query(domainOfNetwork, network), view)) return NOWHERE
  return way.vlan_id ?? UNTAGGED
})

const inVlan = (port: SwitchPort, vlan_id: number): PlacedPort => ({
  ...port,
  isShared: true,
  ...(vlan_id === UNTAGGED ? {} : { vlan_id }),
})

/** @param edge its trunk */
export const portBehindEdge = (
  row: Row<'interface'>,
  edge: Row<'interface'>,
  view: View,
): PlacedPort | null => {
  const port = portOnOwnBridge(edge, view)
  const vlan_id = port === null ? NOWHERE : view.query(vlanBehindEdge, row.id)
  return port === null || vlan_id === NOWHERE ? null : inVlan(port, vlan_id)
}

/** Each VLAN of an edge once that is a network of the domain. */
export const edgePortsOfDomain = recordQuery<readonly PlacedPort[]>(
  'edge ports of domain',
  (domain, view) => {
    const segment = segmentOfDomain(domain)
    const networks = segment === null ? [domain] : view.query(networksOfSegment, segment)
    const ports = new Map<string, PlacedPort>()
    for (const way of networks.flatMap((network) => view.list('vlan_translation.network_id', network))) {
      const edge = edgeOf(way, view)
      const port = edge === undefined ? null : portOnOwnBridge(edge, view)
      if (port !== null && !isMistakable(way, domain, view))
        ports.set(`${port.dpid} ${port.port_no} ${way.vlan_id}`, inVlan(port, way.vlan_id ?? UNTAGGED))
    }
    return [...ports].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, port]) => port)
  },
)
