/**
 * Which switch port an interface is: by one of `port_name`, `port_number` and `iface_id`, else the port that is named
 * like its uuid. On one datapath a port belongs to one interface; interfaces without a datapath share the space "any
 * datapath". Whether a name and a number are the same port is known to the switch only: the name goes first there.
 */
import type { Row } from '@openvnet/schema'
import { uuidOf } from '../crud/reference.ts'
import { argumentError } from '../errors.ts'
import type { Reader } from '../store/rows.ts'

type Interface = Pick<
  Row<'interface'>,
  'uuid' | 'mode' | 'port_name' | 'port_number' | 'iface_id' | 'owner_datapath_id'
> & { readonly trunk_interface_id?: number | null }

const BINDINGS = ['port_name', 'port_number', 'iface_id'] as const
type Binding = (typeof BINDINGS)[number]

/** A port of its own. */
const hasPort = ({ mode, trunk_interface_id = null }: Interface): boolean =>
  mode !== 'simulated' && trunk_interface_id === null
const isNamed = (row: Interface): boolean => BINDINGS.some((name) => (row[name] ?? null) !== null)

/** Whoever has the same value on the same datapath. */
const sameBinding = (reader: Reader, wanted: Interface, binding: Binding): Row<'interface'>[] =>
  reader.where('interface', {
    [binding]: wanted[binding],
    owner_datapath_id: wanted.owner_datapath_id ?? null,
  })

/** Another interface with the same port on the same datapath. */
const rival = (reader: Reader, wanted: Interface, binding: Binding | undefined, port: string) => {
  const same = binding === undefined ? [] : sameBinding(reader, wanted, binding)
  const isOfNames = binding === undefined || binding === 'port_name'
  const byName = binding === undefined ? sameBinding(reader, { ...wanted, port_name: port }, 'port_name') : []
  const sameUuid = isOfNames ? reader.byUuid('interface', port) : undefined
  const owner = wanted.owner_datapath_id ?? null
  const named =
    sameUuid === undefined || isNamed(sameUuid) || sameUuid.owner_datapath_id !== owner ? [] : [sameUuid]
  return [...same, ...byName, ...named].find((other) => other.uuid !== wanted.uuid && hasPort(other))
}

/** Another interface of which it is a further port (`interface_port`). */
const furtherOwner = (
  reader: Reader,
  wanted: Interface,
  binding: Binding = 'port_name',
  port: string | number | null,
) => {
  const owner = wanted.owner_datapath_id ?? null
  const found = reader.first('interface_port', { [binding]: port, datapath_id: owner })
  const other = found === undefined ? undefined : reader.byId('interface', found.interface_id)
  return other?.uuid === wanted.uuid ? undefined : other
}

/** @throws ApiError ArgumentError when the port is said twice, or another interface is it already */
export const checkPort = (reader: Reader, wanted: Interface): void => {
  const [binding, second] = BINDINGS.filter((name) => (wanted[name] ?? null) !== null)
  if (second !== undefined) {
    throw argumentError(
      second,
      wanted[second],
      `the port is named by ${binding} already; name it by one of the two`,
    )
  }
  if (!hasPort(wanted)) return
  const port = binding === undefined ? wanted.uuid : wanted[binding]
  const other = rival(reader, wanted, binding, String(port)) ?? furtherOwner(reader, wanted, binding, port)
  if (other === undefined) return
  const owner = wanted.owner_datapath_id ?? null
  const where =
    owner === null ? 'any datapath; name one with owner_datapath_uuid' : uuidOf(reader, 'datapath', owner)
  throw argumentError(binding ?? 'port_name', port, `already the port of ${other.uuid} on ${where}`)
}

/** A further port: on each datapath an interface has one. @throws ApiError ArgumentError */
export const checkFurtherPort = (reader: Reader, row: Row<'interface_port'>): void => {
  const owner = reader.byId('interface', row.interface_id) as Row<'interface'>
  const { port_name, port_number, iface_id, datapath_id } = row
  const rows = reader.where('interface_port', { interface_id: owner.id, datapath_id })
  if (rows.length > 0 || (owner.owner_datapath_id ?? null) === datapath_id) {
    const where = datapath_id === null ? 'no datapath in particular' : uuidOf(reader, 'datapath', datapath_id)
    throw argumentError(
      'datapath_uuid',
      datapath_id === null ? null : where,
      `${owner.uuid} has a port on ${where} already; delete that first`,
    )
  }
  const { uuid, mode } = owner
  checkPort(reader, { uuid, mode, port_name, port_number, iface_id, owner_datapath_id: datapath_id })
}
