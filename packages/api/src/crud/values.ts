/** From checked parameters to column values. */
import type { ResourceName, Row } from '@openvnet/schema'
import type { Given } from '../parameters/check.ts'
import { type Cell, type Column, columnsOf } from '../store/columns.ts'
import type { Reader } from '../store/rows.ts'
import { rowOf } from './reference.ts'

const toCell = (reader: Reader, { field, parameter }: Column, value: Cell): Cell =>
  field.type === 'reference' && value !== null
    ? rowOf(reader, field.to as ResourceName, parameter, String(value)).id
    : value

/** The columns among the parameters; a reference becomes the id of its row. @throws ApiError UnknownUUIDResource */
export const toValues = <N extends ResourceName>(reader: Reader, name: N, given: Given): Partial<Row<N>> => {
  const values: Record<string, Cell> = {}
  for (const column of columnsOf(name)) {
    const value = given.get(column.parameter)
    if (value !== undefined) values[column.column] = toCell(reader, column, value)
  }
  return values as Partial<Row<N>>
}

/** The schema's defaults, and NULL for what may be absent. */
export const withDefaults = <N extends ResourceName>(name: N, values: Partial<Row<N>>): Partial<Row<N>> => {
  const defaults: Record<string, Cell> = {}
  for (const { column, field } of columnsOf(name)) {
    if (field.type === 'value' && field.default !== undefined) defaults[column] = field.default
    else if (field.nullable) defaults[column] = null
  }
  return { ...defaults, ...values } as Partial<Row<N>>
}
