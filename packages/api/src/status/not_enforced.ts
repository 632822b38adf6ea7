/**
 * What is stored, because clients of the original need it, and has no effect yet: one table, from which writes carry
 * `X-Not-Enforced` and `GET /status` lists the rows. Who enforces something takes its line out, and the words from
 * the help of the field.
 */
import type { Change } from '@openvnet/feed'
import type { ResourceName, Row, Scalar } from '@openvnet/schema'
import { uuidOf } from '../crud/reference.ts'
import { type Cells, columnsOf, type Stored } from '../store/columns.ts'
import type { Reading } from '../store/reading.ts'
import type { Reader } from '../store/rows.ts'
import type { StoreView } from '../store/view.ts'

interface Entry {
  readonly resource: ResourceName
  /** Absent: no row of the resource has an effect. */
  readonly column?: string
  /** The values without effect; absent: any that is given. */
  readonly values?: readonly Scalar[]
  /** For which rows, by what they refer to, where that never changes; absent: all. */
  readonly when?: (reader: Reader, row: Cells) => boolean
  /** What happens instead. ASCII: it goes into a header. */
  readonly instead: string
}

/** VLANs are networks at a port of mode edge only. */
const isOfNoEdge = (reader: Reader, row: Cells): boolean =>
  reader.byId('interface', row['interface_id'] as number)?.mode !== 'edge'

const isOfNoSimulated = (reader: Reader, row: Cells): boolean =>
  reader.byId('interface', (row['interface_id'] ?? 0) as number)?.mode !== 'simulated'

const ENTRIES: readonly Entry[] = [
  {
    resource: 'interface',
    column: 'mode',
    values: ['remote'],
    instead: 'stored, gets no traffic; vif, simulated, host, internal, patch, promiscuous and edge do',
  },
  {
    resource: 'interface',
    column: 'enable_filtering',
    values: [true],
    instead: 'stored, nothing is filtered',
  },
  {
    resource: 'interface',
    column: 'enable_route_translation',
    values: [true],
    instead: 'stored, no address is translated',
  },
  {
    resource: 'interface_network',
    instead: 'stored, IP leases decide in which networks a guest is; only uplinks read it',
  },
  {
    resource: 'interface_route_link',
    instead: 'stored, routes decide to which routers an interface belongs',
  },
  {
    resource: 'network_service',
    column: 'mode',
    values: ['dhcp', 'dns'],
    when: isOfNoSimulated,
    instead: 'stored, nobody is answered: a service is asked at an interface of mode simulated',
  },
  { resource: 'filter', instead: 'stored, nothing is filtered' },
  { resource: 'filter_static', instead: 'stored, nothing is filtered' },
  { resource: 'interface_port', instead: 'further ports: stored, the interface is its first port only' },
  { resource: 'dhcp_range', instead: 'DHCP ranges: stored, leases decide about addresses' },
  { resource: 'security_group', instead: 'security groups: stored, nothing is filtered' },
  { resource: 'security_group_interface', instead: 'security groups: stored, nothing is filtered' },
  {
    resource: 'translation',
    column: 'mode',
    values: ['static_address'],
    instead: 'stored, no address is translated',
  },
  {
    resource: 'translation',
    column: 'mode',
    values: ['vnet_edge'],
    when: isOfNoEdge,
    instead: 'stored, no VLAN is translated: its interface is none of mode edge',
  },
  { resource: 'translation_static_address', instead: 'stored, no address is translated' },
]

/** What has no effect as long as no controller reads a database of Open vSwitch. */
const WITHOUT_DATABASE: readonly Entry[] = [
  {
    resource: 'interface',
    column: 'iface_id',
    instead:
      'waits for the database of an Open vSwitch, of which none is reached; vnetd --ovsdb says where it is',
  },
]

const sentence = ({ column, values, instead }: Entry, value: Scalar | undefined): string => {
  if (column === undefined) return instead
  return `${column}: ${value === true || values === undefined ? '' : `${value}: `}${instead}`
}

const sentencesOf = (reader: Reader, entry: Entry, row: Cells): string[] => {
  if (entry.column === undefined) return [entry.instead]
  if (entry.when?.(reader, row) === false) return []
  const value = row[entry.column] ?? null
  const isWithout = entry.values === undefined ? value !== null : entry.values.some((one) => one === value)
  return isWithout ? [sentence(entry, value as Scalar)] : []
}

/** What a row asks for and does not get, one sentence each. */
export const notEnforcedIn = (reader: Reader, resource: ResourceName, row: object): string[] =>
  ENTRIES.filter((entry) => entry.resource === resource).flatMap((entry) =>
    sentencesOf(reader, entry, row as Cells),
  )

export interface NotEnforced {
  /** The first of all. */
  readonly not_enforced: readonly {
    readonly resource: ResourceName
    readonly uuid: string
    readonly what: string
  }[]
  /** How many there are. */
  readonly not_enforced_total: number
}

const LISTED = 100

interface Case {
  readonly resource: ResourceName
  readonly what: string
  /** Absent: every row of the resource. */
  readonly column?: string
  /** What it must have there; absent: anything. */
  readonly value?: Scalar
  readonly when?: Entry['when']
}

const casesOf = (entry: Entry): Case[] => {
  const { resource, column, values, when } = entry
  if (column === undefined) return [{ resource, what: sentence(entry, undefined) }]
  if (values === undefined) return [{ resource, column, what: sentence(entry, undefined) }]
  return values.map((value) => ({
    ...{ resource, column, value, what: sentence(entry, value) },
    ...(when !== undefined && { when }),
  }))
}

const CASES = ENTRIES.flatMap(casesOf)
const CASES_WITHOUT_DATABASE = [...CASES, ...WITHOUT_DATABASE.flatMap(casesOf)]

const isIn = (reader: Reader, { column = '', value, when }: Case, row: Cells): boolean => {
  const cell = row[column] ?? null
  const isOne = value === undefined ? cell !== null : cell === value
  return isOne && when?.(reader, row) !== false
}

/** The uuid of a row, or of a row without one those of what it refers to. */
const nameOf = (store: Reading, resource: ResourceName, row: Stored): string =>
  row.uuid ||
  columnsOf(resource)
    .filter(({ field }) => field.type === 'reference' && field.required)
    .map(({ field, column }) =>
      field.type === 'reference'
        ? uuidOf(store, field.to as ResourceName, (row as unknown as Cells)[column] as number)
        : '',
    )
    .join('/')

/** The rows of the cases that not every row of their resource is in: their ids, oldest first where they were there before. */
type Kept = ReadonlyMap<Case, Set<number>>

const readAll = (store: Reading): Kept =>
  store.read(
    (reader) =>
      new Map(
        CASES_WITHOUT_DATABASE.filter(({ column }) => column !== undefined).map((one) => {
          const { resource, column = '', value, when } = one
          const ids = reader.ids(resource, column as keyof Row<ResourceName> & string, value)
          if (when === undefined) return [one, new Set(ids)]
          const rows = reader.whereIn(resource, 'id', ids)
          const apply = rows.filter((row) => when(reader, row as unknown as Cells))
          return [one, new Set(apply.map(({ id }) => id))]
        }),
      ),
  )

const note = (reader: Reader, kept: Kept, { operations }: Change): void => {
  for (const { resource, id, row } of operations) {
    for (const [one, ids] of kept) {
      if (one.resource !== resource) continue
      if (row !== null && isIn(reader, one, row as unknown as Cells)) ids.add(id)
      else ids.delete(id)
    }
  }
}

const find = (store: Reading, kept: Kept, cases: readonly Case[]): NotEnforced => {
  const listed: NotEnforced['not_enforced'][number][] = []
  let total = 0
  for (const one of cases) {
    const { resource, what } = one
    const ids = kept.get(one)
    const room = LISTED - listed.length
    total += ids?.size ?? store.count(resource)
    const rows =
      ids === undefined
        ? store.list(resource, { limit: room, offset: 0 })
        : store.whereIn(resource, 'id', [...ids].slice(0, room))
    listed.push(...rows.map((row) => ({ resource, uuid: nameOf(store, resource, row), what })))
  }
  return { not_enforced: listed, not_enforced_total: total }
}

/**
 * @returns looks through the store when it is asked first; from then on the changes tell. It is given whether a
 * database of Open vSwitch is read
 */
export const watchNotEnforced = (store: StoreView): ((hasDatabase: boolean) => NotEnforced) => {
  let kept: Kept | undefined
  store.onChange((change) => {
    if (kept !== undefined) note(store, kept, change)
  })
  return (hasDatabase) => {
    kept ??= readAll(store)
    const ids = kept
    return store.read(() => find(store, ids, hasDatabase ? CASES : CASES_WITHOUT_DATABASE))
  }
}
