/**
 * A row as answers show it: id, uuid, every field under the name of its parameter, each reference as `*_id` and as
 * `*_uuid`, and the original's time columns (openvnet.md §1.1). Rows that exist are never deleted rows here.
 */
import { cellOf, type ResourceName } from '@openvnet/schema'
import { type Cell, columnsOf, type Stored, specOf } from '../store/columns.ts'
import type { Reader } from '../store/rows.ts'
import type { Shape } from './behaviour.ts'
import { uuidOf } from './reference.ts'

/** `2015-12-18T04:13:28.123Z` → `2015-12-18 04:13:28 UTC`, as the original wrote times. */
export const formatTime = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`

export const plainShape = <N extends ResourceName>(reader: Reader, name: N, row: Stored<N>): Shape => {
  const cells = row as unknown as Readonly<Record<string, Cell>>
  const shape: Shape = { id: row.id }
  if (specOf(name).prefix !== null) shape['uuid'] = row.uuid
  for (const { column, name: fieldName, parameter, field } of columnsOf(name)) {
    const value = cellOf(cells, fieldName, field) as Cell
    if (field.type === 'value') {
      shape[parameter] = field.kind.shown === undefined ? value : field.kind.shown(value)
    } else {
      shape[column] = value
      shape[parameter] = value === null ? null : uuidOf(reader, field.to as ResourceName, value as number)
    }
  }
  return Object.assign(shape, {
    created_at: formatTime(row.created_at),
    updated_at: formatTime(row.updated_at),
    deleted_at: null,
    is_deleted: 0,
  })
}
