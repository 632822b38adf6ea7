/** Reading for the choice of addresses and for what is due: the newest rows, rows in a range, single cells. */
import type { ResourceName, Row } from '@openvnet/schema'
import { type Cell, type Stored, specOf, toSql, toStored } from './columns.ts'
import { BOUND, type Prepare } from './database.ts'
import type { Equals } from './rows.ts'

/** Which rows of a range, and how many. */
export interface RangeOptions<N extends ResourceName> {
  readonly equals?: Equals<N>
  readonly limit?: number
  /** The greatest first. */
  readonly descending?: boolean
}

export interface Selection {
  /** The newest rows with these columns, the newest first. */
  newest<N extends ResourceName>(name: N, equals: Equals<N>, limit: number): Stored<N>[]
  /** Rows whose value in the column is between two, both included, in the order of that. */
  between<N extends ResourceName>(
    name: N,
    column: keyof Row<N> & string,
    bounds: readonly [string, string] | readonly [number, number],
    options?: RangeOptions<N>,
  ): Stored<N>[]
  /** The ids of the rows that have this in the column, or anything when it is absent; oldest first. */
  ids<N extends ResourceName>(name: N, column: keyof Row<N> & string, value?: Cell): number[]
  /** What rows with these columns have in another: costs less than reading them. */
  cells<N extends ResourceName>(name: N, column: keyof Row<N> & string, equals: Equals<N>): Cell[]
}

const terms = (equals: object): { readonly sql: string; readonly values: (string | number | null)[] } => {
  const given = Object.entries(equals).filter(([, value]) => value !== undefined) as [string, Cell][]
  return {
    sql: given.map(([column]) => ` AND ${column} IS ${BOUND}`).join(''),
    values: given.map(([, value]) => toSql(value)),
  }
}

export const createSelection = (prepare: Prepare): Selection => ({
  newest: (name, equals, limit) => {
    const { sql, values } = terms(equals)
    return prepare(
      `SELECT * FROM ${specOf(name).collection} WHERE TRUE${sql} ORDER BY id DESC LIMIT ${BOUND}`,
    )
      .all(...values, limit)
      .map((raw) => toStored(name, raw))
  },
  between: (name, column, bounds, { equals = {}, limit = -1, descending = false } = {}) => {
    const { sql, values } = terms(equals)
    const order = `ORDER BY ${column}${descending ? ' DESC' : ''}`
    return prepare(
      `SELECT * FROM ${specOf(name).collection} WHERE ${column} BETWEEN ${BOUND} AND ${BOUND}${sql} ${order} LIMIT ${BOUND}`,
    )
      .all(...bounds, ...values, limit)
      .map((raw) => toStored(name, raw))
  },
  ids: (name, column, value) => {
    const term = value === undefined ? 'IS NOT NULL' : `IS ${BOUND}`
    return prepare(`SELECT id FROM ${specOf(name).collection} WHERE ${column} ${term}`)
      .all(...(value === undefined ? [] : [toSql(value)]))
      .map((raw) => raw['id'] as number)
      .sort((a, b) => a - b)
  },
  cells: (name, column, equals) => {
    const { sql, values } = terms(equals)
    return prepare(`SELECT ${column} FROM ${specOf(name).collection} WHERE TRUE${sql}`)
      .all(...values)
      .map((raw) => raw[column] as Cell)
  },
})
