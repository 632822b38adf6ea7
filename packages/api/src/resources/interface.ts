/**
 * An interface makes its first MAC lease and the first IP lease of each family in the same transaction. A simulated interface gets a MAC
 * address when the client gives none; any other needs one as soon as it has an IP address.
 */
import type { Behaviour, Draft, Shape, Work } from '../crud/behaviour.ts'
import { rowOf, uuidOf } from '../crud/reference.ts'
import { plainShape } from '../crud/shape.ts'
import { argumentError, missingArgument } from '../errors.ts'
import { firstOfFamily } from '../rules/first_address.ts'
import { checkHostname } from '../rules/hostname.ts'
import { allocateMac } from '../rules/mac.ts'
import { allocateFromMacGroup } from '../rules/mac_allocation.ts'
import { partName } from '../rules/part_name.ts'
import { checkPort } from '../rules/port.ts'
import { segmentOfInterface } from '../rules/segment.ts'
import { beforeLeasesGo, followInterface } from '../rules/topology.ts'
import { checkTrunk } from '../rules/trunk.ts'
import type { Stored } from '../store/columns.ts'
import type { Reader } from '../store/rows.ts'

type Interface = Stored<'interface'>

/** What says which port it is. */
const PORT = ['uuid', 'port_name', 'port_number', 'iface_id', 'owner_datapath_id'] as const

const parameter = (draft: Draft<'interface'>, name: string): string | undefined => {
  const value = draft.extra.get(name)
  return typeof value === 'string' ? value : undefined
}

/** What makes IP leases, and for which family. */
const ADDRESSES = ['ipv4_address', 'ipv6_address'] as const

const GROUP = 'mac_range_group_uuid'

/** An explicit null means none: who restores an interface brings its leases as rows of their own. */
const macOf = (work: Work, row: Interface, draft: Draft<'interface'>): string | undefined => {
  const given = parameter(draft, 'mac_address')
  if (given !== undefined) return given
  const group = parameter(draft, GROUP)
  if (group !== undefined) return allocateFromMacGroup(work, rowOf(work, 'mac_range_group', GROUP, group))
  const isWanted = row.mode === 'simulated' && draft.extra.get('mac_address') !== null
  return isWanted ? allocateMac(work, 'interface', row.uuid) : undefined
}

/** What makes leases must go together. @throws ApiError MissingArgument, ArgumentError */
const checkLeases = (draft: Draft<'interface'>): void => {
  const [mac, group] = [parameter(draft, 'mac_address'), parameter(draft, GROUP)]
  if (mac !== undefined && group !== undefined) {
    throw argumentError(GROUP, group, 'contradicts mac_address: give one of the two')
  }
  if (ADDRESSES.every((name) => parameter(draft, name) === undefined)) return
  if (typeof draft.values.network_id !== 'number') throw missingArgument('network_uuid')
  if (draft.values.mode !== 'simulated' && mac === undefined && group === undefined) {
    throw missingArgument('mac_address')
  }
}

const makeIpLease = (
  work: Work,
  { id, interface_id }: Stored<'mac_lease'>,
  name: (typeof ADDRESSES)[number],
  { uuid, values: { network_id = null }, extra }: Draft<'interface'>,
): void => {
  const address = extra.get(name)
  if (typeof address !== 'string' || network_id === null) return
  const values = { network_id, mac_lease_id: id, interface_id, address }
  const purpose = name === 'ipv4_address' ? uuid : `${uuid} ${name}`
  work.create('ip_lease', values, partName(work, 'ip_lease', purpose), new Map([[name, address]]))
}

const leases = (reader: Reader, row: Interface): Shape[] =>
  reader.where('mac_lease', { interface_id: row.id }).map((lease) => ({
    ...plainShape(reader, 'mac_lease', lease),
    ip_leases: reader
      .where('ip_lease', { mac_lease_id: lease.id })
      .map((ipLease) => plainShape(reader, 'ip_lease', ipLease)),
  }))

/** Those whose trunk it is, and machines where it is an edge. */
const subInterfaces = (reader: Reader, { id }: Interface): Shape[] =>
  reader.where('interface', { trunk_interface_id: id }).map(({ uuid, vlan_id }) => ({ uuid, vlan_id }))

/** Its leases, those by which it is in an underlay, which it may have lost, and those of its sub-interfaces. */
const leasesWith = (reader: Reader, id: number): number[] => [
  ...(reader.cells('ip_lease', 'id', { interface_id: id }) as number[]),
  ...reader.where('topology_datapath', { interface_id: id }).map(({ ip_lease_id }) => ip_lease_id),
  ...reader.where('interface', { trunk_interface_id: id }).flatMap((row) => leasesWith(reader, row.id)),
]

export const interfaceBehaviour: Behaviour<'interface'> = {
  complete: (work, draft) => {
    const { uuid, values } = draft
    checkLeases(draft)
    checkTrunk(work, values)
    checkPort(work, { ...values, uuid } as Interface)
    const segment_id = segmentOfInterface(work, values as Interface)
    return { display_name: values.display_name ?? uuid, segment_id }
  },
  created: (work, row, draft) => {
    const mac = macOf(work, row, draft)
    checkHostname(work, row.id)
    if (mac === undefined) return
    const name = partName(work, 'mac_lease', row.uuid)
    const lease = work.create('mac_lease', { interface_id: row.id, mac_address: mac }, name)
    for (const name of ADDRESSES) makeIpLease(work, lease, name, draft)
  },
  /** What else is changed must not fail for a port that was taken before. */
  updated: (work, row, before) => {
    checkTrunk(work, row)
    if (PORT.some((column) => row[column] !== before[column])) checkPort(work, row)
    if (row.hostname !== before.hostname) checkHostname(work, row.id)
    if (row.owner_datapath_id !== before.owner_datapath_id) followInterface(work, row.id)
  },
  deleting: (work, row) => beforeLeasesGo(work, () => leasesWith(work, row.id)),
  shown: [
    { name: 'mac_lease', column: 'interface_id' },
    { name: 'ip_lease', column: 'interface_id' },
    { name: 'interface', column: 'trunk_interface_id' },
  ],
  shape: (reader, row, plain) => {
    const macLeases = leases(reader, row)
    const ipLeases = reader.where('ip_lease', { interface_id: row.id })
    const [first] = ipLeases
    return {
      ...plain,
      network_id: first?.network_id ?? row.network_id,
      network_uuid: first === undefined ? plain['network_uuid'] : uuidOf(reader, 'network', first.network_id),
      mac_address: macLeases[0]?.['mac_address'] ?? null,
      ipv4_address: firstOfFamily(ipLeases, 4),
      ipv6_address: firstOfFamily(ipLeases, 6),
      mac_leases: macLeases,
      ip_leases: macLeases.at(-1)?.['ip_leases'] ?? [],
      sub_interfaces: subInterfaces(reader, row),
    }
  },
}
