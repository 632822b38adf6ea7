/**
 * What is stored, because clients of the original need it, and has no effect yet: one table, from which writes carry
 * `X-Not-Enforced` and `GET /status` lists the rows. Who enforces something takes its line out, and the words from
 * the help of the field.
 */
import type { ResourceName, Scalar } from '@openvnet/schema'
import { uuidOf } from '../crud/reference.ts'
import { type Cells, columnsOf, type Stored } from '../store/columns.ts'
import type { Reading } from '../store/reading.ts'
import type { Equals } from '../store/rows.ts'

interface Entry {
  readonly resource: ResourceName
  /** Absent: no row of the resource has an effect. */
  readonly column?: string
  /** The values without effect; absent: any that is given. */
  readonly values?: readonly Scalar[]
  /** What happens instead. ASCII: it goes into a header. */
  readonly instead: string
}

const ENTRIES: readonly Entry[] = [
  {
    resource: 'interface',
    column: 'mode',
    values: ['promiscuous', 'remote', 'edge'],
    instead: 'stored, gets no traffic; vif, simulated, host, internal and patch do',
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
    resource: 'interface',
    column: 'iface_id',
    instead: 'stored, such a port is not looked for; port_name and port_number are',
  },
  {
    resource: 'interface_network',
    instead: 'stored, IP leases decide in which networks a guest is; only uplinks read it',
  },
  { resource: 'interface_segment', instead: 'stored, no traffic follows from it' },
  {
    resource: 'interface_route_link',
    instead: 'stored, routes decide to which routers an interface belongs',
  },
  { resource: 'filter', instead: 'stored, nothing is filtered' },
  { resource: 'filter_static', instead: 'stored, nothing is filtered' },
  { resource: 'interface_port', instead: 'further ports: stored, the interface is its first port only' },
  { resource: 'dhcp_range', instead: 'DHCP ranges: stored, leases decide about addresses' },
  { resource: 'security_group', instead: 'security groups: stored, nothing is filtered' },
  { resource: 'security_group_interface', instead: 'security groups: stored, nothing is filtered' },
  { resource: 'vlan_translation', instead: 'stored, no VLAN is translated' },
  { resource: 'translation', instead: 'stored, no address is translated' },
  { resource: 'translation_static_address', instead: 'stored, no address is translated' },
  {
    resource: 'network_service',
    column: 'mode',
    values: ['dhcp', 'dns'],
    instead: 'stored, the service is not offered',
  },
  { resource: 'segment', instead: 'segments: stored, no traffic follows from them' },
  { resource: 'datapath_segment', instead: 'segments of datapaths: stored, no traffic follows from them' },
  { resource: 'network', column: 'segment_id', instead: 'stored, no traffic follows from it' },
  { resource: 'interface', column: 'segment_id', instead: 'stored, no traffic follows from it' },
  { resource: 'lease_policy', column: 'timing', values: ['dhcp'], instead: 'stored, DHCP gives no address' },
  { resource: 'dns_service', instead: 'DNS services: stored, questions are not answered' },
  { resource: 'dns_record', instead: 'DNS records: stored, questions are not answered' },
]

const sentence = ({ column, values, instead }: Entry, value: Scalar | undefined): string => {
  if (column === undefined) return instead
  return `${column}: ${value === true || values === undefined ? '' : `${value}: `}${instead}`
}

const sentencesOf = (entry: Entry, row: Cells): string[] => {
  if (entry.column === undefined) return [entry.instead]
  const value = row[entry.column] ?? null
  const isWithout = entry.values === undefined ? value !== null : entry.values.some((one) => one === value)
  return isWithout ? [sentence(entry, value as Scalar)] : []
}

/** What a row asks for and does not get, one sentence each. */
export const notEnforcedIn = (resource: ResourceName, row: object): string[] =>
  ENTRIES.filter((entry) => entry.resource === resource).flatMap((entry) => sentencesOf(entry, row as Cells))

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
  readonly equals: Equals<ResourceName>
  /** The rows must have something there. */
  readonly given?: string
}

const casesOf = (entry: Entry): Case[] => {
  const { resource, column, values } = entry
  const any = { resource, equals: {}, what: sentence(entry, undefined) }
  if (column === undefined) return [any]
  if (values === undefined) return [{ ...any, given: column }]
  return values.map((value) => ({
    resource,
    equals: { [column]: value } as Equals<ResourceName>,
    what: sentence(entry, value),
  }))
}

const CASES = ENTRIES.flatMap(casesOf)

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

const find = (store: Reading): NotEnforced => {
  const listed: NotEnforced['not_enforced'][number][] = []
  let total = 0
  for (const { resource, equals, what, given } of CASES) {
    total += store.count(resource, equals, { given })
    const rows = store.list(resource, { limit: LISTED - listed.length, offset: 0 }, equals, { given })
    listed.push(...rows.map((row) => ({ resource, uuid: nameOf(store, resource, row), what })))
  }
  return { not_enforced: listed, not_enforced_total: total }
}

/** @returns looks through the store once per revision */
export const watchNotEnforced = (store: Reading): (() => NotEnforced) => {
  let known: { readonly revision: number; readonly found: NotEnforced } | undefined
  return () => {
    const revision = store.revision()
    if (known?.revision !== revision) known = { revision, found: store.read(() => find(store)) }
    return known.found
  }
}
