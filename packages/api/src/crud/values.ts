/** From checked parameters to column values. */
import { isShared, type ResourceName, type Row } from '@openvnet/schema'
import { argumentError } from '../errors.ts'
import type { Given } from '../parameters/check.ts'
import { type Cell, type Column, columnsOf } from '../store/columns.ts'
import type { Reader } from '../store/rows.ts'
import { rowOf } from './reference.ts'

const toCell = (reader: Reader, { field, parameter }: Column, value: Cell): Cell =>
  field.type === 'reference' && value !== null
    ? rowOf(reader, field.to as ResourceName, parameter, String(value)).id
    : value

/** None of several that share a column means one of the others. */
const isSaid = ({ column, field }: Column, value: Cell | undefined, columns: readonly Column[]): boolean =>
  value !== undefined && !(value === null && !field.nullable && columns.some((one) => isOther(one, column)))

const isOther = ({ column, field }: Column, name: string): boolean => column === name && isShared(field)

/**
 * The columns among the parameters; a reference becomes the id of its row.
 * @throws ApiError UnknownUUIDResource; ArgumentError when two parameters say different things of one column
 */
export const toValues = <N extends ResourceName>(reader: Reader, name: N, given: Given): Partial<Row<N>> => {
  const values: Record<string, Cell> = {}
  const saidBy = new Map<string, string>()
  const columns = columnsOf(name)
  for (const column of columns) {
    const value = given.get(column.parameter)
    if (value === undefined || !isSaid(column, value, columns)) continue
    const cell = toCell(reader, column, value)
    const other = saidBy.get(column.column)
    if (other !== undefined && values[column.column] !== cell) {
      throw argumentError(column.parameter, value, `contradicts ${other}: give one of the two`)
    }
    values[column.column] = cell
    saidBy.set(column.column, column.parameter)
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
