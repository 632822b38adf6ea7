/**
 * Labels as a condition in SQL. They are kept as `app=web,tier=front`, so `,app=web,` is in `,` + labels + `,` when a row
 * has that label. No index serves this: a list reads the table as it does anyway. Whatever is asked for, the statement is the
 * same, since each is compiled once and kept (`prepareOnce`): clients must not be able to make up new ones.
 */
import type { LabelTerm } from '@openvnet/schema'
import type { Database } from 'better-sqlite3'

export interface Condition {
  readonly sql: string
  readonly values: readonly string[]
}

/** What must be in the text of labels, or must not. */
type Mark = readonly [text: string, isIn: boolean]

const markOf = ({ key, value, negated }: LabelTerm): Mark => [
  value === null ? `,${key}=` : `,${key}=${value},`,
  !negated,
]

/** Makes `labels_match` known to a connection. */
export const defineLabelsMatch = (db: Database): void => {
  let known: { readonly asked: string; readonly marks: readonly Mark[] } | undefined
  const marksOf = (asked: string): readonly Mark[] => {
    if (known?.asked !== asked) known = { asked, marks: JSON.parse(asked) as Mark[] }
    return known.marks
  }
  db.function('labels_match', { deterministic: true, directOnly: true }, (labels, asked) => {
    const text = `,${(labels as string | null) ?? ''},`
    return Number(marksOf(asked as string).every(([mark, isIn]) => text.includes(mark) === isIn))
  })
}

export const labelConditions = (terms: readonly LabelTerm[]): Condition[] =>
  terms.length === 0 ? [] : [{ sql: 'labels_match(labels, ?)', values: [JSON.stringify(terms.map(markOf))] }]

/** The same, of the row that a column names. @param table where that row is */
export const ofReferred = (column: string, table: string, terms: readonly LabelTerm[]): Condition[] =>
  labelConditions(terms).map(({ sql, values }) => ({
    sql: `${column} IN (SELECT id FROM ${table} WHERE ${sql})`,
    values,
  }))
