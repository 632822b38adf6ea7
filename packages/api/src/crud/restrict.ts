/** Rows that may not be deleted while others refer to them: references of the schema with `onDelete: 'restrict'`. */
import { RESOURCE_NAMES, type ResourceName } from '@openvnet/schema'
import { ApiError } from '../errors.ts'
import { type Column, columnsOf, type Stored } from '../store/columns.ts'
import type { Equals, Reader } from '../store/rows.ts'

interface Restriction {
  readonly name: ResourceName
  readonly column: Column
}

const restrictionsOf = (target: ResourceName): Restriction[] =>
  RESOURCE_NAMES.flatMap((name) =>
    columnsOf(name)
      .filter(
        ({ field }) => field.type === 'reference' && field.to === target && field.onDelete === 'restrict',
      )
      .map((column) => ({ name, column })),
  )

/** The most rows that a message names. */
const NAMED = 10

const listed = (uuids: readonly string[], total: number): string =>
  uuids.join(', ') + (total > uuids.length ? ` and ${total - uuids.length} more` : '')

/** @throws ApiError DeleteRestrictionError naming the rows that are in the way and what to do with them */
export const checkUnreferenced = <N extends ResourceName>(
  reader: Reader,
  target: N,
  row: Stored<N>,
): void => {
  for (const { name, column } of restrictionsOf(target)) {
    const ofRow = { [column.column]: row.id } as Equals<ResourceName>
    const uuids = reader.list(name, { limit: NAMED, offset: 0 }, ofRow).map(({ uuid }) => uuid)
    if (uuids.length === 0) continue
    const users = listed(uuids, reader.count(name, ofRow))
    throw new ApiError(
      'DeleteRestrictionError',
      `${row.uuid} is the ${column.parameter} of ${users}: delete them or change their ${column.parameter} first`,
    )
  }
}
