/**
 * What a write would do, found by doing it and undoing it: rows as they are and as they would be, by parameter and with
 * references as uuids, so that it can be read without the ids, which nothing keeps.
 */
import type { Operation } from '@openvnet/feed'
import { cellOf, type ResourceName } from '@openvnet/schema'
import { type Cell, type Cells, columnsOf, specOf } from './columns.ts'
import type { Reader } from './rows.ts'

export interface Rehearsed {
  readonly kind: 'add' | 'change' | 'remove'
  readonly resource: ResourceName
  /** The uuid; of a row without one those of the rows that its path names, with a blank between. */
  readonly name: string
  readonly before: Cells | null
  readonly after: Cells | null
}

interface Described {
  readonly name: string
  readonly values: Cells
}

const describe = (reader: Reader, resource: ResourceName, id: number): Described | null => {
  const row = reader.byId(resource, id)
  if (row === undefined) return null
  const cells = row as unknown as Cells
  const values: Record<string, Cell> = {}
  for (const { parameter, name, field } of columnsOf(resource)) {
    const value = cellOf(cells, name, field) as Cell
    values[parameter] =
      field.type === 'reference' && typeof value === 'number'
        ? (reader.byId(field.to as ResourceName, value)?.uuid ?? null)
        : value
  }
  const path = columnsOf(resource)
    .filter(({ field }) => field.type === 'reference' && field.required)
    .slice(0, 2)
  const joined = path.map(({ parameter }) => values[parameter]).join(' ')
  return { name: specOf(resource).prefix === null ? joined : row.uuid, values }
}

type Rows = readonly (Described | null)[]

/** The rows of operations as they are now: to be asked before and after these are undone. */
export const describeRows = (reader: Reader, operations: readonly Operation[]): Rows =>
  operations.map(({ resource, id }) => describe(reader, resource, id))

const isSame = (a: Cells, b: Cells): boolean =>
  Object.keys(a).every((parameter) => a[parameter] === b[parameter])

/** @param before and @param after what `describeRows` said when they were undone, and before that */
export const rehearsed = (operations: readonly Operation[], before: Rows, after: Rows): Rehearsed[] =>
  operations.flatMap(({ resource }, index): Rehearsed[] => {
    const [old, made] = [before[index] ?? null, after[index] ?? null]
    const name = (made ?? old)?.name ?? ''
    const rows = { resource, name, before: old?.values ?? null, after: made?.values ?? null }
    if (old === null) return [{ kind: 'add', ...rows }]
    if (made === null) return [{ kind: 'remove', ...rows }]
    return isSame(old.values, made.values) ? [] : [{ kind: 'change', ...rows }]
  })
