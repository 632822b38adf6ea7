/**
 * Reading and writing rows of any resource with plain prepared statements. Names of tables and columns come from the
 * schema only, values are always bound. Whether a write is allowed is decided elsewhere.
 */
import { RESOURCE_NAMES, type ResourceName, type Row } from '@openvnet/schema'
import { type Cell, type Stored, specOf, storedColumnsOf, toSql, toStored } from './columns.ts'
import { BOUND, type Prepare } from './database.ts'
import type { Condition } from './label_condition.ts'
import { createSelection, type Selection } from './selection.ts'

/** Columns that must be equal; `null` matches NULL. */
export type Equals<N extends ResourceName> = { readonly [K in keyof Row<N>]?: Row<N>[K] | undefined }

/** Columns of a row to be written; those that are absent are stored as NULL. */
export type Values<N extends ResourceName> = Omit<Row<N>, 'id' | 'uuid'> & { readonly uuid?: string }

export interface Page {
  readonly limit: number
  readonly offset: number
}

/** Further conditions of a list. */
export interface Filter {
  readonly conditions?: readonly Condition[]
}

export interface Reader extends Selection {
  byId<N extends ResourceName>(name: N, id: number): Stored<N> | undefined
  byUuid<N extends ResourceName>(name: N, uuid: string): Stored<N> | undefined
  /** All rows with these columns, oldest first. */
  where<N extends ResourceName>(name: N, equals: Equals<N>): Stored<N>[]
  /** All rows with one of these values in the column, oldest first, in one query. */
  whereIn<N extends ResourceName>(name: N, column: string, values: readonly number[]): Stored<N>[]
  /** The oldest row with these columns. */
  first<N extends ResourceName>(name: N, equals: Equals<N>): Stored<N> | undefined
  list<N extends ResourceName>(name: N, page: Page, equals?: Equals<N>, filter?: Filter): Stored<N>[]
  count<N extends ResourceName>(name: N, equals?: Equals<N>, filter?: Filter): number
}

export interface Writer extends Reader {
  insert<N extends ResourceName>(name: N, values: Values<N>): Stored<N>
  update<N extends ResourceName>(name: N, id: number, values: Partial<Values<N>>): Stored<N>
  delete(name: ResourceName, id: number): void
}

const condition = (columns: readonly string[], { conditions = [] }: Filter = {}): string => {
  const terms = [...columns.map((column) => `${column} IS ${BOUND}`), ...conditions.map(({ sql }) => sql)]
  return terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`
}

const entries = (cells: object): [string, Cell][] =>
  Object.entries(cells).filter((entry): entry is [string, Cell] => entry[1] !== undefined)

const filtered = (equals: object, filter: Filter) => {
  const cells = entries(equals)
  return {
    where: condition(
      cells.map(([column]) => column),
      filter,
    ),
    values: [
      ...cells.map(([, value]) => toSql(value)),
      ...(filter.conditions ?? []).flatMap(({ values }) => values),
    ],
  }
}

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
    ...createSelection(prepare),
    list: (name, { limit, offset }, equals = {}, filter = {}) => {
      const { where, values } = filtered(equals, filter)
      return prepare(
        `SELECT * FROM ${specOf(name).collection}${where} ORDER BY id LIMIT ${BOUND} OFFSET ${BOUND}`,
      )
        .all(...values, limit, offset)
        .map((raw) => toStored(name, raw))
    },
    count: (name, equals = {}, filter = {}) => {
      const { where, values } = filtered(equals, filter)
      const found = prepare(`SELECT count(*) AS n FROM ${specOf(name).collection}${where}`).get(...values)
      return Number(found?.['n'])
    },
  }
  return reader
}

const insertSqlOf = (name: ResourceName): string => {
  const { collection, prefix } = specOf(name)
  const columns = [
    ...(prefix === null ? [] : ['uuid']),
    ...storedColumnsOf(name).map(({ column }) => column),
    'created_at',
    'updated_at',
  ]
  return `INSERT INTO ${collection} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) RETURNING *`
}

const INSERT_SQL = new Map(RESOURCE_NAMES.map((name) => [name, insertSqlOf(name)]))

const insertCells = (name: ResourceName, values: Readonly<Record<string, Cell>>, now: string) => [
  ...(specOf(name).prefix === null ? [] : [values['uuid']]),
  ...storedColumnsOf(name).map(({ column }) => toSql(values[column])),
  now,
  now,
]

/** Rows that one write remembers. */
const REMEMBERED = 1000

/**
 * The rows that a write has met, by id and by uuid: one that checks a row's owner asks for it again and again. Whatever
 * may change others (a deletion, an update of what they refer to) empties it.
 */
const createMemory = (reader: Reader) => {
  const rows = new Map<string, Stored>()
  const recall = <N extends ResourceName>(
    name: N,
    key: string | number,
    read: () => Stored<N> | undefined,
  ) => {
    const known = rows.get(`${name} ${key}`)
    if (known !== undefined) return known as Stored<N>
    const row = read()
    if (row !== undefined) remember(name, row)
    return row
  }
  const remember = <N extends ResourceName>(name: N, row: Stored<N>): Stored<N> => {
    if (rows.size >= REMEMBERED) rows.clear()
    rows.set(`${name} ${row.id}`, row)
    if (row.uuid !== '') rows.set(`${name} ${row.uuid}`, row)
    return row
  }
  return {
    byId: <N extends ResourceName>(name: N, id: number) => recall(name, id, () => reader.byId(name, id)),
    byUuid: <N extends ResourceName>(name: N, uuid: string) =>
      recall(name, uuid, () => reader.byUuid(name, uuid)),
    remember,
    forget: () => rows.clear(),
  }
}

/** @param now time of the write, ISO 8601. */
export const createWriter = (prepare: Prepare, reader: Reader, now: string): Writer => {
  const { byId, byUuid, remember, forget } = createMemory(reader)
  return {
    ...reader,
    byId,
    byUuid,
    insert: (name, values) => {
      const cells = insertCells(name, values as unknown as Record<string, Cell>, now)
      const raw = prepare(INSERT_SQL.get(name) ?? '').get(...cells) as Record<string, unknown>
      return remember(name, toStored(name, raw))
    },
    update: (name, id, values) => {
      forget()
      const cells: [string, Cell][] = [...entries(values), ['updated_at', now]]
      const assignments = cells.map(([column]) => `${column} = ?`).join(', ')
      const raw = prepare(
        `UPDATE ${specOf(name).collection} SET ${assignments} WHERE id = ? RETURNING *`,
      ).get(...cells.map(([, value]) => toSql(value)), id)
      return toStored(name, raw as Record<string, unknown>)
    },
    delete: (name, id) => {
      forget()
      prepare(`DELETE FROM ${specOf(name).collection} WHERE id = ?`).run(id)
    },
  }
}
