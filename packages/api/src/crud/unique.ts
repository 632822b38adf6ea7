/** The schema's unique groups, checked ahead of the database so that the answer can say who has the value. */
import { cellOf, type ResourceName, type Row } from '@openvnet/schema'
import { argumentError } from '../errors.ts'
import { type Cell, columnsOf, type Stored, specOf } from '../store/columns.ts'
import type { Equals, Reader } from '../store/rows.ts'
import { uuidOf } from './reference.ts'

/** The parameter to blame: the first of the group that has a value of its own. */
const blamed = (name: ResourceName, group: readonly string[], cells: Readonly<Record<string, unknown>>) => {
  const columns = columnsOf(name).filter(
    ({ column, name: field, ...rest }) => group.includes(column) && cellOf(cells, field, rest.field) !== null,
  )
  return columns.find(({ field }) => field.type === 'value') ?? columns[0]
}

/**
 * @param self id of the row that is changed, which may keep its values
 * @throws ApiError ArgumentError
 */
export const checkUnique = <N extends ResourceName>(
  reader: Reader,
  name: N,
  row: Partial<Row<N>>,
  describe: (row: Stored<N>) => string,
  self?: number,
): void => {
  const cells = row as Readonly<Record<string, Cell | undefined>>
  for (const group of specOf(name).unique ?? []) {
    const wanted = group.map((column) => [column, cells[column]] as const)
    if (wanted.some(([, value]) => value === null || value === undefined)) continue
    const other = reader.first(name, Object.fromEntries(wanted) as Equals<N>)
    if (other === undefined || other.id === self) continue
    const column = blamed(name, group, cells)
    const value = cells[column?.column ?? '']
    throw argumentError(
      column?.parameter ?? group.join(),
      column?.field.type === 'reference'
        ? uuidOf(reader, column.field.to as ResourceName, value as number)
        : value,
      `already used by ${describe(other)}`,
    )
  }
}
