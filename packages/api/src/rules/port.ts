/**
 * Which switch port an interface is: `port_name`, else the port that is named like its uuid. On one datapath a port
 * belongs to one interface; interfaces without a datapath share the space "any datapath".
 */
import type { Row } from '@openvnet/schema'
import { uuidOf } from '../crud/reference.ts'
import { argumentError } from '../errors.ts'
import type { Reader } from '../store/rows.ts'

type Interface = Pick<Row<'interface'>, 'uuid' | 'mode' | 'port_name' | 'owner_datapath_id'>

const hasPort = ({ mode }: Interface): boolean => mode !== 'simulated'

/** Another interface with the same port on the same datapath. */
const rival = (reader: Reader, wanted: Interface, port: string): Row<'interface'> | undefined => {
  const sameName = reader.where('interface', {
    port_name: port,
    owner_datapath_id: wanted.owner_datapath_id,
  })
  const sameUuid = reader.byUuid('interface', port)
  const named =
    sameUuid?.port_name === null && sameUuid.owner_datapath_id === wanted.owner_datapath_id ? [sameUuid] : []
  return [...sameName, ...named].find((other) => other.uuid !== wanted.uuid && hasPort(other))
}

/** @throws ApiError ArgumentError when another interface is the port already */
export const checkPort = (reader: Reader, wanted: Interface): void => {
  if (!hasPort(wanted)) return
  const port = wanted.port_name ?? wanted.uuid
  const other = rival(reader, wanted, port)
  if (other === undefined) return
  const where =
    wanted.owner_datapath_id === null
      ? 'any datapath; name one with owner_datapath_uuid'
      : uuidOf(reader, 'datapath', wanted.owner_datapath_id)
  throw argumentError('port_name', port, `already the port of ${other.uuid} on ${where}`)
}
