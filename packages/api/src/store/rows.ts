/**
 * Reading and writing rows of any resource with plain prepared statements. Names of tables and columns come from the
 * schema only, values are always bound. Whether a write is allowed is decided elsewhere.
 */
import type { ResourceName, Row } from '@openvnet/schema'
import { type Cell, columnsOf, type Stored, specOf, toSql, toStored } from './columns.ts'
import type { Prepare } from './database.ts'

/** Columns that must be equal; `null` matches NULL. */
export type Equals<N extends ResourceName> = { readonly [K in keyof Row<N>]?: Row<N>[K] | undefined }

/** Columns of a row to be written; those that are absent are stored as NULL. */
export type Values<N extends ResourceName> = Omit<Row<N>, 'id' | 'uuid'> & { readonly uuid?: string }

export interface Page {
  readonly limit: number
  readonly offset: number
}

export interface Reader {
  byId<N extends ResourceName>(name: N, id: number): Stored<N> | undefined
  byUuid<N extends ResourceName>(name: N, uuid: string): Stored<N> | undefined
  /** All rows with these columns, oldest first. */
  where<N extends ResourceName>(name: N, equals: Equals<N>): Stored<N>[]
  /** All rows with one of these values in the column, oldest first, in one query. */
  whereIn<N extends ResourceName>(name: N, column: string, values: readonly number[]): Stored<N>[]
  /** The oldest row with these columns. */
  first<N extends ResourceName>(name: N, equals: Equals<N>): Stored<N> | undefined
  list<N extends ResourceName>(name: N, page: Page, equals?: Equals<N>): Stored<N>[]
  count<N extends ResourceName>(name: N, equals?: Equals<N>): number
}

export interface Writer extends Reader {
  insert<N extends ResourceName>(name: N, values: Values<N>): Stored<N>
  update<N extends ResourceName>(name: N, id: number, values: Partial<Values<N>>): Stored<N>
  delete(name: ResourceName, id: number): void
}

const condition = (columns: readonly string[]): string =>
  columns.length === 0 ? '' : ` WHERE ${columns.map((column) => `${column} IS ?`).join(' AND ')}`

const entries = (cells: object): [string, Cell][] =>
  Object.entries(cells).filter((entry): entry is [string, Cell] => entry[1] !== undefined)

/** Reads through prepared statements; inside a transaction it sees what that has written. */
export const createReader = (prepare: Prepare): Reader => {
  const select = (name: ResourceName, cells: readonly [string, Cell][], tail = '', ...more: number[]) =>
    prepare(
      `SELECT * FROM ${specOf(name).collection}${condition(cells.map(([column]) => column))} ORDER BY id${tail}`,
    ).all(...cells.map(([, value]) => toSql(value)), ...more)
  const reader: Reader = {
    byId: (name, id) => reader.where(name, { id } as never)[0],
    byUuid: (name, uuid) =>
      specOf(name).prefix === null ? undefined : reader.where(name, { uuid } as never)[0],
    where: (name, equals) => select(name, entries(equals)).map((raw) => toStored(name, raw)),
    whereIn: (name, column, values) =>
      prepare(
        `SELECT * FROM ${specOf(name).collection} WHERE ${column} IN (SELECT value FROM json_each(?)) ORDER BY id`,
      )
        .all(JSON.stringify(values))
        .map((raw) => toStored(name, raw)),
    first: (name, equals) => select(name, entries(equals), ' LIMIT 1').map((raw) => toStored(name, raw))[0],
    list: (name, { limit, offset }, equals = {}) =>
      select(name, entries(equals), ' LIMIT ? OFFSET ?', limit, offset).map((raw) => toStored(name, raw)),
    count: (name, equals = {}) => {
      const cells = entries(equals)
      const where = condition(cells.map(([column]) => column))
      const found = prepare(`SELECT count(*) AS n FROM ${specOf(name).collection}${where}`).get(
        ...cells.map(([, value]) => toSql(value)),
      )
      return Number(found?.['n'])
    },
  }
  return reader
}

const insertSql = (name: ResourceName): string => {
  const { collection, prefix } = specOf(name)
  const columns = [
    ...(prefix === null ? [] : ['uuid']),
    ...columnsOf(name).map(({ column }) => column),
    'created_at',
    'updated_at',
  ]
  return `INSERT INTO ${collection} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) RETURNING *`
}

const insertCells = (name: ResourceName, values: Readonly<Record<string, Cell>>, now: string) => [
  ...(specOf(name).prefix === null ? [] : [values['uuid']]),
  ...columnsOf(name).map(({ column }) => toSql(values[column])),
  now,
  now,
]

/** @param now time of the transaction, ISO 8601. */
export const createWriter = (prepare: Prepare, reader: Reader, now: string): Writer => ({
  ...reader,
  insert: (name, values) => {
    const cells = insertCells(name, values as unknown as Record<string, Cell>, now)
    return toStored(name, prepare(insertSql(name)).get(...cells) as Record<string, unknown>)
  },
  update: (name, id, values) => {
    const cells: [string, Cell][] = [...entries(values), ['updated_at', now]]
    const assignments = cells.map(([column]) => `${column} = ?`).join(', ')
    const raw = prepare(`UPDATE ${specOf(name).collection} SET ${assignments} WHERE id = ? RETURNING *`).get(
      ...cells.map(([, value]) => toSql(value)),
      id,
    )
    return toStored(name, raw as Record<string, unknown>)
  },
  delete: (name, id) => {
    prepare(`DELETE FROM ${specOf(name).collection} WHERE id = ?`).run(id)
  },
})
