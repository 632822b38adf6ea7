/** From uuids, in parameters and in paths, to rows. */
import { type ResourceName, uuid } from '@openvnet/schema'
import { invalidUuid, unknownUuid } from '../errors.ts'
import { type Stored, specOf } from '../store/columns.ts'
import type { Reader } from '../store/rows.ts'

/**
 * The row of a well-formed uuid.
 * @param parameter name under which the client gave it
 * @throws ApiError UnknownUUIDResource
 */
export const rowOf = <N extends ResourceName>(
  reader: Reader,
  name: N,
  parameter: string,
  value: string,
): Stored<N> => {
  const row = reader.byUuid(name, value)
  if (row === undefined) throw unknownUuid(specOf(name).model, parameter, value)
  return row
}

/** The row that a path names. @throws ApiError InvalidUUID, UnknownUUIDResource */
export const rowOfPath = <N extends ResourceName>(
  reader: Reader,
  name: N,
  parameter: string,
  value: string,
): Stored<N> => {
  const parsed = uuid(specOf(name).prefix ?? '').parse(value)
  if (!parsed.ok) throw invalidUuid(parameter, value, parsed.reason)
  return rowOf(reader, name, parameter, parsed.value)
}

/** uuid of a row that a foreign key guarantees. */
export const uuidOf = (reader: Reader, name: ResourceName, id: number): string =>
  reader.byId(name, id)?.uuid ?? ''
