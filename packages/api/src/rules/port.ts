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
>

const BINDINGS = ['port_name', 'port_number', 'iface_id'] as const
type Binding = (typeof BINDINGS)[number]

const hasPort = ({ mode }: Interface): boolean => mode !== 'simulated'
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
  const other = rival(reader, wanted, binding, String(port))
  if (other === undefined) return
  const owner = wanted.owner_datapath_id ?? null
  const where =
    owner === null ? 'any datapath; name one with owner_datapath_uuid' : uuidOf(reader, 'datapath', owner)
  throw argumentError(binding ?? 'port_name', port, `already the port of ${other.uuid} on ${where}`)
}
