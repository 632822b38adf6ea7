/**
 * Labels as a condition in SQL. They are kept as `app=web,tier=front`, so `,app=web,` is in `,` + labels + `,` when a row
 * has that label. No index serves this: a list reads the table as it does anyway.
 */
import type { LabelTerm } from '@openvnet/schema'

export interface Condition {
  readonly sql: string
  readonly values: readonly string[]
}

const one = ({ key, value, negated }: LabelTerm): Condition => ({
  sql: `instr(',' || coalesce(labels, '') || ',', ?) ${negated ? '=' : '>'} 0`,
  values: [value === null ? `,${key}=` : `,${key}=${value},`],
})

export const labelConditions = (terms: readonly LabelTerm[]): Condition[] => terms.map(one)

/** The same, of the row that a column names. @param table where that row is */
export const ofReferred = (column: string, table: string, terms: readonly LabelTerm[]): Condition[] => {
  if (terms.length === 0) return []
  const conditions = labelConditions(terms)
  return [
    {
      sql: `${column} IN (SELECT id FROM ${table} WHERE ${conditions.map(({ sql }) => sql).join(' AND ')})`,
      values: conditions.flatMap(({ values }) => values),
    },
  ]
}
