/**
 * Indexes of the replica: one for every reference of every resource, and a few more.
 * An index maps a key to the rows that have it, e.g. `ip_lease.network_id` 7 to the leases of network 7.
 */
import { columnName, RESOURCES, type ResourceName, type ResourceSpec, type Row } from '@openvnet/schema'
import type { Entity, EntityName } from './entity.ts'

type ReferenceColumn<N extends ResourceName> = Extract<keyof Row<N>, `${string}_id`> & string

/** Name of an index: resource and column, e.g. `ip_lease.network_id`. */
export type IndexName =
  | { [N in ResourceName]: `${N}.${ReferenceColumn<N>}` }[ResourceName]
  | `interface.${'port' | 'port_number' | 'iface_id' | 'shard' | 'segment_shard' | 'gateway' | 'pinned'}`
  | `${'ip_lease' | 'mac_lease' | 'interface_segment'}.shard`
  | `datapath.${'dpid' | 'all'}`
  | 'route.way'
  | 'mac_lease.mac_address'
  | 'network.domain_name'
  | 'interface.hostname'
  | 'ip_lease.address'
  | `neighbour.${'dpid' | 'network_id'}`

export type ResourceOfIndex<I extends IndexName> = I extends `${infer N}.${string}`
  ? Extract<N, EntityName>
  : never

export interface IndexDefinition {
  readonly name: IndexName
  /** Key of a row, or `null` when the row is not in the index. */
  readonly keyOf: (row: Entity) => string | number | null
}

/** The switch port that an interface is bound to: one of these, or of several the first that there is. */
export interface PortBinding {
  readonly name?: string
  readonly number?: number
  readonly iface_id?: string
}

/**
 * What it names; nothing named: the port that is called like its uuid, else the one whose iface-id is its uuid. One that is
 * on the port of another has none.
 */
export const portBindingOf = (row: Row<'interface'>): PortBinding => {
  const { port_name, port_number, iface_id, uuid } = row
  if (row.trunk_interface_id !== null) return {}
  if (port_name !== null) return { name: port_name }
  if (port_number !== null) return { number: port_number }
  return iface_id === null ? { name: uuid, iface_id: uuid } : { iface_id }
}

/** Parts of a network or segment that has many guests, so that one more concerns a part and not all of it. */
export const SHARDS = 64

/** Key of the shard of a network or segment that an interface is in; a reserved address is in none. */
const shardOf = (id: number | null, interface_id: number | null): number | null =>
  id === null || interface_id === null ? null : shardKey(id, interface_id % SHARDS)

/** @param id of the network or segment @param shard 0 to SHARDS − 1 */
export const shardKey = (id: number, shard: number): number => id * SHARDS + shard

/** As DNS compares names: lower case, without the root's dot; an empty one is none. */
export const domainKey = (name: string): string | null => name.toLowerCase().replace(/\.$/, '') || null

/** Key of the routes of a router to one destination. */
export const wayKey = ({
  route_link_id,
  destination,
  prefix,
}: Pick<Row<'route'>, 'route_link_id' | 'destination' | 'prefix'>): string =>
  `${route_link_id} ${destination}/${prefix}`

const index = <N extends EntityName>(
  name: IndexName & `${N}.${string}`,
  keyOf: (row: Entity<N>) => string | number | null,
): IndexDefinition => ({ name, keyOf: keyOf as unknown as IndexDefinition['keyOf'] })

/** Indexes that are no references. */
const OTHERS: { readonly [N in ResourceName]?: readonly IndexDefinition[] } = {
  interface: [
    index<'interface'>('interface.port', (row) => portBindingOf(row).name ?? null),
    index<'interface'>('interface.port_number', (row) => portBindingOf(row).number ?? null),
    index<'interface'>('interface.iface_id', (row) => portBindingOf(row).iface_id ?? null),
    index<'interface'>('interface.shard', (row) => shardOf(row.network_id, row.id)),
    index<'interface'>('interface.segment_shard', (row) => shardOf(row.segment_id, row.id)),
    index<'interface'>('interface.gateway', (row) => (row.mode === 'promiscuous' ? row.segment_id : null)),
    // All of them under 0: what the switch plays on one bridge alone, which is rare.
    index<'interface'>('interface.pinned', (row) =>
      row.mode === 'simulated' && row.owner_datapath_id !== null ? 0 : null,
    ),
    index<'interface'>('interface.hostname', (row) => row.hostname),
  ],
  route: [index<'route'>('route.way', wayKey)],
  datapath: [
    index<'datapath'>('datapath.dpid', (row) => row.dpid),
    // All of them under 0: what holds between any two hosts depends on all.
    index<'datapath'>('datapath.all', () => 0),
  ],
  ip_lease: [
    index<'ip_lease'>('ip_lease.shard', (row) => shardOf(row.network_id, row.interface_id)),
    index<'ip_lease'>('ip_lease.address', (row) => row.address),
  ],
  network: [index<'network'>('network.domain_name', (row) => domainKey(row.domain_name))],
  mac_lease: [
    index<'mac_lease'>('mac_lease.mac_address', (row) => row.mac_address),
    index<'mac_lease'>('mac_lease.shard', (row) => shardOf(row.segment_id, row.interface_id)),
  ],
  interface_segment: [
    index<'interface_segment'>('interface_segment.shard', (row) => shardOf(row.segment_id, row.interface_id)),
  ],
}

const referenceIndexes = (name: ResourceName): IndexDefinition[] =>
  Object.entries((RESOURCES[name] as ResourceSpec).fields)
    .filter(([, field]) => field.type === 'reference')
    .map(([fieldName, field]) => {
      const column = columnName(fieldName, field)
      return {
        name: `${name}.${column}` as IndexName,
        keyOf: (row) => (row as unknown as Record<string, number | null>)[column] ?? null,
      }
    })

/** The indexes of each resource, and of neighbours. */
export const INDEXES: Readonly<Record<EntityName, readonly IndexDefinition[]>> = {
  ...(Object.fromEntries(
    (Object.keys(RESOURCES) as ResourceName[]).map((name) => [
      name,
      [...referenceIndexes(name), ...(OTHERS[name] ?? [])],
    ]),
  ) as unknown as Record<ResourceName, readonly IndexDefinition[]>),
  neighbour: [
    index<'neighbour'>('neighbour.dpid', (row) => row.dpid),
    index<'neighbour'>('neighbour.network_id', (row) => row.network_id),
  ],
}
