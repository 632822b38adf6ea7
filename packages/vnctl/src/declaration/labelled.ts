/** Rows of a file with labels that all of them get. */
import { labelsOf, labelsText } from '@openvnet/schema'
import type { Declaration, DeclaredRow } from './declared.ts'

/** @param text labels in canonical form; they win over what the file says */
export const labelled = (declaration: Declaration, text: string): Declaration => {
  const own = labelsOf(text)
  const rows = declaration.rows.map((row): DeclaredRow => {
    // Whether two rows are associated is all that there is of an association.
    if (row.resource.placement?.association === true) return row
    const said = row.values.get('labels')
    const value = labelsText({
      ...labelsOf(said === undefined ? null : (said.value as string | null)),
      ...own,
    })
    return {
      ...row,
      values: new Map([...row.values, ['labels', { value, place: said?.place ?? row.place }]]),
    }
  })
  return { ...declaration, rows }
}
