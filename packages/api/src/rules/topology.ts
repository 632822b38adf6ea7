/**
 * What topologies imply (openvnet.md §3.6): every bridge of an underlay carries its networks, and those of every overlay
 * that lies on it. Each of these is a row of the datapath, which knows the topology and the layer that it follows from.
 * What somebody asked for by himself stands first: a topology adds nothing to it, and takes its place when it goes.
 */
import type { ResourceName, Row } from '@openvnet/schema'
import type { Work } from '../crud/behaviour.ts'
import type { Cells } from '../store/columns.ts'
import type { Equals, Reader } from '../store/rows.ts'
import { allocateFromMacGroup } from './mac_allocation.ts'

/** What may be a member, and the rows of datapaths that follow. */
export const IMPLIED = [
  { members: 'topology_network', relations: 'datapath_network', column: 'network_id' },
  { members: 'topology_segment', relations: 'datapath_segment', column: 'segment_id' },
  { members: 'topology_route_link', relations: 'datapath_route_link', column: 'route_link_id' },
] as const satisfies readonly {
  readonly members: ResourceName
  readonly relations: ResourceName
  readonly column: string
}[]

type Kind = (typeof IMPLIED)[number]

/** A bridge of a topology: by itself, or by an underlay. */
interface Place {
  readonly datapath_id: number
  readonly interface_id: number
  readonly ip_lease_id: number
  readonly topology_id: number
  readonly topology_layer_id: number | null
  readonly topology_mac_range_group_id: number | null
}

const placeOf = (
  reader: Reader,
  row: Row<'topology_datapath'>,
  topology_id: number,
  layer: number | null,
): Place => ({
  datapath_id: row.datapath_id,
  interface_id: row.interface_id,
  ip_lease_id: row.ip_lease_id,
  topology_id,
  topology_layer_id: layer,
  topology_mac_range_group_id:
    reader.first('topology_mac_range_group', { topology_id: row.topology_id })?.id ?? null,
})

const placesOf = (reader: Reader, id: number): Place[] => [
  ...reader.where('topology_datapath', { topology_id: id }).map((row) => placeOf(reader, row, id, null)),
  ...reader
    .where('topology_layer', { overlay_id: id })
    .flatMap((layer) =>
      reader
        .where('topology_datapath', { topology_id: layer.underlay_id })
        .map((row) => placeOf(reader, row, id, layer.id)),
    ),
]

const membersOf = (reader: Reader, { members, column }: Kind, id: number): number[] =>
  reader.where(members, { topology_id: id }).map((row) => (row as unknown as Cells)[column] as number)

/** A part of a topology: of all bridges and members when absent. */
interface Part {
  readonly datapath?: number
  readonly members?: ResourceName
  readonly member?: number
}

/** An address of the underlay's range group, where it has one. @throws ApiError OutOfAddresses */
const macOf = (work: Work, { topology_mac_range_group_id: id }: Place): { mac_address?: string } => {
  const member = id === null ? undefined : work.byId('topology_mac_range_group', id)
  const group = member === undefined ? undefined : work.byId('mac_range_group', member.mac_range_group_id)
  return group === undefined ? {} : { mac_address: allocateFromMacGroup(work, group) }
}

const add = (work: Work, { relations, column }: Kind, place: Place, member: number): void => {
  const ends = { datapath_id: place.datapath_id, [column]: member }
  if (work.first(relations, ends as Equals<ResourceName>) !== undefined) return
  work.create(relations, { ...place, ...ends, ...macOf(work, place) } as Partial<Row<typeof relations>>)
}

const addImplied = (work: Work, id: number, part: Part): void => {
  const places = placesOf(work, id).filter(
    ({ datapath_id }) => part.datapath === undefined || part.datapath === datapath_id,
  )
  for (const kind of IMPLIED) {
    if (part.members !== undefined && part.members !== kind.members) continue
    const members = part.member === undefined ? membersOf(work, kind, id) : [part.member]
    for (const place of places) for (const member of members) add(work, kind, place, member)
  }
}

/** Makes the rows that a new part of a topology implies, in the overlays on it too. */
export const implyMore = (work: Work, id: number, part: Part = {}): void => {
  addImplied(work, id, part)
  if (part.members !== undefined) return
  for (const { overlay_id } of work.where('topology_layer', { underlay_id: id })) {
    addImplied(work, overlay_id, part)
  }
}

const keyOf = (row: Place, member: number): string =>
  [row.datapath_id, row.interface_id, row.ip_lease_id, row.topology_layer_id, member].join()

const removeUnimplied = (work: Work, id: number): void => {
  const places = placesOf(work, id)
  for (const kind of IMPLIED) {
    const members = membersOf(work, kind, id)
    const wanted = new Set(places.flatMap((place) => members.map((member) => keyOf(place, member))))
    for (const row of work.where(kind.relations, { topology_id: id })) {
      const member = (row as unknown as Cells)[kind.column] as number
      if (!wanted.has(keyOf(row as unknown as Place, member))) work.delete(kind.relations, row.id)
    }
  }
}

/** Makes the rows of datapaths what all topologies imply, after something has gone. */
export const implyAgain = (work: Work): void => {
  const topologies = work.where('topology', {})
  for (const { id } of topologies) removeUnimplied(work, id)
  for (const { id } of topologies) addImplied(work, id, {})
}
