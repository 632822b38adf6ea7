/**
 * What topologies imply (openvnet.md §3.6): every bridge of an underlay carries its networks, and those of every overlay
 * that lies on it. Each of these is a row of the datapath, which knows the topology and the layer that it follows from.
 * What somebody asked for by himself stands first: a topology adds nothing to it, and takes its place when it goes.
 * Of several topologies that imply the same the oldest member counts. A bridge whose interface has not (or no longer) the address that the topology names is in no place: nothing follows
 * from it until the address is back.
 *
 * Whoever changes a topology, or what it refers to, says which cells that concerns: pairs of a bridge and a member.
 * Each is settled by itself, so a change costs what it concerns, however much else there is.
 */
import type { ResourceName, Row } from '@openvnet/schema'
import type { Work } from '../crud/behaviour.ts'
import { uuidOf } from '../crud/reference.ts'
import type { Cells, Stored } from '../store/columns.ts'
import type { Equals, Reader } from '../store/rows.ts'
import { internalMac } from './internal_mac.ts'
import { macGroupOf, macOf, mayKeepMac } from './topology_mac.ts'

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

export type Kind = (typeof IMPLIED)[number]

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
  topology_mac_range_group_id: macGroupOf(reader, row.topology_id),
})

/** The bridge has the address by which the others reach it, and the interface is not on another one. */
const hasAddress = (
  reader: Reader,
  { ip_lease_id, interface_id, datapath_id }: Row<'topology_datapath'>,
): boolean => {
  const owner = reader.byId('interface', interface_id)?.owner_datapath_id ?? null
  const isHere = owner === null || owner === datapath_id
  return isHere && reader.byId('ip_lease', ip_lease_id)?.interface_id === interface_id
}

/** By what a topology is on a bridge: by itself, and by each underlay. */
const placesOn = (reader: Reader, id: number, datapath: number): Place[] => {
  const layers = reader.where('topology_layer', { overlay_id: id })
  const ways = [
    { underlay: id, layer: null },
    ...layers.map((row) => ({ underlay: row.underlay_id, layer: row.id })),
  ]
  return ways.flatMap(({ underlay, layer }) =>
    reader
      .where('topology_datapath', { topology_id: underlay, datapath_id: datapath })
      .filter((row) => hasAddress(reader, row))
      .map((row) => placeOf(reader, row, id, layer)),
  )
}

/** A bridge and what it has or not because of topologies. */
export interface Cell {
  readonly kind: Kind
  readonly datapath: number
  readonly member: number
  /** Its address has to be given back. */
  readonly hasLostMac?: boolean
}

const memberOf = (row: object, { column }: Kind): number => (row as Cells)[column] as number

const bridgesOf = (reader: Reader, underlay: number): number[] =>
  reader.where('topology_datapath', { topology_id: underlay }).map(({ datapath_id }) => datapath_id)

const cellsOn = (reader: Reader, topology: number, datapath: number): Cell[] =>
  IMPLIED.flatMap((kind) =>
    reader
      .where(kind.members, { topology_id: topology })
      .map((row) => ({ kind, datapath, member: memberOf(row, kind) })),
  )

/** Concerned by a member of a topology. */
export const cellsOfMember = (reader: Reader, topology: number, kind: Kind, member: number): Cell[] => {
  const underlays = reader.where('topology_layer', { overlay_id: topology }).map((row) => row.underlay_id)
  return [topology, ...underlays]
    .flatMap((id) => bridgesOf(reader, id))
    .map((datapath) => ({ kind, datapath, member }))
}

/** Concerned by a bridge of an underlay. */
export const cellsOfBridge = (reader: Reader, underlay: number, datapath: number): Cell[] => {
  const overlays = reader.where('topology_layer', { underlay_id: underlay }).map((row) => row.overlay_id)
  return [underlay, ...overlays].flatMap((id) => cellsOn(reader, id, datapath))
}

/** Concerned by where an underlay takes its addresses. */
export const cellsOfUnderlay = (reader: Reader, underlay: number): Cell[] =>
  bridgesOf(reader, underlay).flatMap((datapath) => cellsOfBridge(reader, underlay, datapath))

/** Concerned by an overlay's lying on an underlay. */
export const cellsOfLayer = (reader: Reader, overlay: number, underlay: number): Cell[] =>
  bridgesOf(reader, underlay).flatMap((datapath) => cellsOn(reader, overlay, datapath))

/** Concerned by a topology as a whole. */
export const cellsOfTopology = (reader: Reader, id: number): Cell[] => {
  const layers = reader.where('topology_layer', { underlay_id: id }).map((row) => row.id)
  return IMPLIED.flatMap((kind) =>
    [
      ...reader.where(kind.relations, { topology_id: id }),
      ...reader.whereIn(kind.relations, 'topology_layer_id', layers),
    ].map((row) => ({ kind, datapath: row.datapath_id, member: memberOf(row, kind) })),
  )
}

type Implied = Stored<Kind['relations']>

/** Puts a row to another place. It keeps its address where it may, as others know it by that. */
const moveTo = (work: Work, kind: Kind, row: Implied, place: Place, hasLostMac: boolean): void => {
  const differs = Object.entries(place).some(([column, value]) => (row as unknown as Cells)[column] !== value)
  const group = place.topology_mac_range_group_id
  const keepsMac = mayKeepMac(work, row, group) && !(hasLostMac && group === null)
  if (keepsMac && !differs) return
  const { relations, column } = kind
  const other = uuidOf(work, column.slice(0, -'_id'.length) as ResourceName, memberOf(row, kind))
  const owner = `${uuidOf(work, 'datapath', row.datapath_id)}/${other}`
  const mac = keepsMac ? {} : { mac_address: macOf(work, group) ?? internalMac(work, undefined, owner) }
  work.update(relations, row.id, { ...place, ...mac } as Partial<Row<typeof relations>>)
}

const settleOne = (work: Work, { kind, datapath, member, hasLostMac = false }: Cell): void => {
  const { relations, members, column } = kind
  const ends = { datapath_id: datapath, [column]: member }
  const present = work.first(relations, ends as Equals<ResourceName>) as Implied | undefined
  if (present !== undefined && present.topology_id === null) return
  const [place] = work
    .where(members, { [column]: member } as Equals<ResourceName>)
    .flatMap((row) => placesOn(work, (row as unknown as Cells)['topology_id'] as number, datapath))
  if (place === undefined) {
    if (present !== undefined) work.delete(relations, present.id)
  } else if (present !== undefined) moveTo(work, kind, present, place, hasLostMac)
  else {
    const mac_address = macOf(work, place.topology_mac_range_group_id)
    const given = { ...place, ...ends, ...(mac_address !== undefined && { mac_address }) }
    work.create(relations, given as Partial<Row<typeof relations>>)
  }
}

/**
 * To be called before these MAC range groups of underlays go, or one of their ranges.
 * @param isGiven whether an address is one that goes
 * @returns what is to be done afterwards
 */
export const beforeMacsGo = (
  work: Work,
  groups: readonly number[],
  isGiven: (mac: string) => boolean = () => true,
): (() => void) => {
  const cells = IMPLIED.flatMap((kind) =>
    work
      .whereIn(kind.relations, 'topology_mac_range_group_id', groups)
      .filter(({ mac_address }) => isGiven(mac_address))
      .map((row) => ({
        kind,
        datapath: row.datapath_id,
        member: memberOf(row, kind),
        hasLostMac: true,
      })),
  )
  return () => settle(work, cells)
}

/** Makes the rows of datapaths what the topologies imply, where something may have changed. */
export const settle = (work: Work, cells: readonly Cell[]): void => {
  for (const cell of cells) settleOne(work, cell)
}

/** To be called when an interface has got to another bridge. */
export const followInterface = (work: Work, id: number): void =>
  settle(
    work,
    work
      .where('topology_datapath', { interface_id: id })
      .flatMap((row) => cellsOfBridge(work, row.topology_id, row.datapath_id)),
  )

/** Bridges that are in an underlay by one of these leases. */
const cellsOfLeases = (reader: Reader, leases: readonly number[]): Cell[] =>
  reader
    .whereIn('topology_datapath', 'ip_lease_id', leases)
    .flatMap((row) => cellsOfBridge(reader, row.topology_id, row.datapath_id))

/** To be called when these leases have got to another interface, or to none. */
export const followLeases = (work: Work, leases: readonly number[]): void =>
  settle(work, cellsOfLeases(work, leases))

/**
 * To be called before leases go, by themselves or with what they belong to.
 * @param leases their ids, which are asked for only where there is a topology
 * @returns what is to be done afterwards
 */
export const beforeLeasesGo = (work: Work, leases: () => readonly number[]): (() => void) | undefined => {
  if (work.first('topology_datapath', {}) === undefined) return undefined
  const cells = cellsOfLeases(work, leases())
  return () => settle(work, cells)
}
