/**
 * Relations whose join row has columns of its own: POST makes the row, GET lists the other resource, DELETE removes
 * the row (openvnet.md §1.2, datapaths).
 */
import type { ResourceName } from '@openvnet/schema'
import { type Cells, type Stored, specOf } from '../store/columns.ts'
import type { Reader } from '../store/rows.ts'
import type { Names } from '../writing/call.ts'
import { rowOfPath } from './reference.ts'

export interface Relation {
  /** The resource whose path it is under. */
  readonly base: ResourceName
  readonly other: ResourceName
  /** The resource of the join rows; its references are named like the two. */
  readonly join: ResourceName
}

export const RELATIONS: readonly Relation[] = [
  { base: 'datapath', other: 'network', join: 'datapath_network' },
  { base: 'datapath', other: 'route_link', join: 'datapath_route_link' },
]

export interface Ends {
  readonly base: Stored
  readonly other: Stored
  /** Columns of the join row that the path gives. */
  readonly columns: Cells
}

/** The rows that a path names. @throws ApiError InvalidUUID, UnknownUUIDResource */
export const endsOf = (reader: Reader, { base, other }: Relation, names: Names): Ends => {
  const parameter = `${other}_uuid`
  const baseRow = rowOfPath(reader, base, 'uuid', names['uuid'] ?? '')
  const otherRow = rowOfPath(reader, other, parameter, names[parameter] ?? '')
  return {
    base: baseRow,
    other: otherRow,
    columns: { [`${base}_id`]: baseRow.id, [`${other}_id`]: otherRow.id },
  }
}

/** Below the path of the API. */
export const relationPath = ({ base, other }: Relation): string =>
  `${specOf(base).collection}/:uuid/${specOf(other).collection}`
