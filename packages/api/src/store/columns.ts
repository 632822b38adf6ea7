/**
 * The columns of each resource's table, derived from `@openvnet/schema`, and the way of a row through SQLite:
 * booleans are 0 and 1 there, everything else is stored as the kind's canonical value.
 */
import {
  columnName,
  type Field,
  parameterName,
  RESOURCES,
  type ResourceName,
  type ResourceSpec,
  type Row,
  type Scalar,
} from '@openvnet/schema'

/** A row as stored: what the feed carries and when it was written (ISO 8601, UTC). */
export type Stored<N extends ResourceName = ResourceName> = Row<N> & {
  readonly created_at: string
  readonly updated_at: string
}

export type Cell = Scalar | null

/** A row or a part of one, where the resource is known only at run time. */
export type Cells = Readonly<Record<string, Cell>>

export interface Column {
  /** Name in the table and in the feed. */
  readonly column: string
  /** Name in requests and answers. */
  readonly parameter: string
  /** Name of the field in the resource's definition. */
  readonly name: string
  readonly field: Field
  readonly isBoolean: boolean
}

export const specOf = (name: ResourceName): ResourceSpec => RESOURCES[name]

const toColumn = ([name, field]: [string, Field]): Column => ({
  column: columnName(name, field),
  parameter: parameterName(name, field),
  name,
  field,
  isBoolean: field.type === 'value' && field.kind.name === 'boolean',
})

const columnsByResource = Object.fromEntries(
  Object.entries<ResourceSpec>(RESOURCES).map(([name, spec]) => [
    name,
    Object.entries(spec.fields).map(toColumn),
  ]),
) as unknown as Readonly<Record<ResourceName, readonly Column[]>>

/** One for each field: some share a column of the table. */
export const columnsOf = (name: ResourceName): readonly Column[] => columnsByResource[name]

const isFirstOfItsColumn = (column: Column, index: number, all: readonly Column[]): boolean =>
  all.findIndex((one) => one.column === column.column) === index

const storedByResource = Object.fromEntries(
  Object.entries(columnsByResource).map(([name, columns]) => [name, columns.filter(isFirstOfItsColumn)]),
) as unknown as Readonly<Record<ResourceName, readonly Column[]>>

/** The columns of the table, each once. */
export const storedColumnsOf = (name: ResourceName): readonly Column[] => storedByResource[name]

export const toSql = (value: Cell | undefined): string | number | null => {
  if (value === undefined) return null
  return typeof value === 'boolean' ? Number(value) : value
}

/** The feed's form of a row that SQLite returned. */
export const toRow = <N extends ResourceName>(name: N, raw: Record<string, unknown>): Row<N> => {
  const row: Record<string, unknown> = { id: raw['id'], uuid: raw['uuid'] ?? '' }
  for (const { column, isBoolean } of storedByResource[name]) {
    const value = raw[column]
    row[column] = isBoolean && value !== null ? value === 1 : value
  }
  return row as Row<N>
}

export const toStored = <N extends ResourceName>(name: N, raw: Record<string, unknown>): Stored<N> =>
  Object.assign(toRow(name, raw), {
    created_at: raw['created_at'] as string,
    updated_at: raw['updated_at'] as string,
  })
