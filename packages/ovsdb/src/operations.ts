/**
 * Operations of a transaction (RFC 7047 §5.2), typed by the columns that are declared, each with the type of its result.
 */
import { ProtocolError, shown } from './errors.ts'
import type { AnyKind, GivenOf } from './kinds.ts'
import type { Columns, GivenRow, Row } from './row.ts'

/** A table of which some columns are known. */
export interface Table<C extends Columns = Columns> {
  readonly name: string
  readonly columns: C
}
export const table = <C extends Columns>(name: string, columns: C): Table<C> => ({ name, columns })

export interface Operation<R = unknown> {
  /** Names it in an error: `insert into Port`. */
  readonly what: string
  readonly json: object
  /** @throws ProtocolError */
  readonly decode: (result: Readonly<Record<string, unknown>>) => R
}

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'includes' | 'excludes'
export type Mutator = '+=' | '-=' | '*=' | '/=' | '%=' | 'insert' | 'delete'

/** All of them must hold; none: every row. */
export type Where<C extends Columns> = readonly {
  readonly [N in keyof C]: readonly [column: N, comparison: Comparison, value: GivenOf<C[N]>]
}[keyof C][]
export type Mutations<C extends Columns> = readonly {
  readonly [N in keyof C]: readonly [column: N, mutator: Mutator, value: GivenOf<C[N]>]
}[keyof C][]

/** For the column that every row has. */
export const byUuid = (uuid: string) => [['_uuid', '==', ['uuid', uuid]]] as const
type ByUuid = ReturnType<typeof byUuid>

const isByUuid = (where: unknown): where is ByUuid =>
  Array.isArray(where) && where.length === 1 && (where[0] as readonly unknown[])[0] === '_uuid'

const encodeTriples = <C extends Columns>(
  { columns }: Table<C>,
  triples: readonly (readonly [PropertyKey, string, unknown])[],
): unknown[] =>
  triples.map(([column, word, value]) => [column, word, (columns[column as string] as AnyKind).encode(value)])

const encodeWhere = <C extends Columns>(of: Table<C>, where: Where<C> | ByUuid): unknown[] =>
  isByUuid(where)
    ? [...where]
    : encodeTriples(of, where as readonly (readonly [PropertyKey, string, unknown])[])

const encodeRow = <C extends Columns>({ columns }: Table<C>, row: GivenRow<C>): object =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, (columns[column] as AnyKind).encode(value)]),
  )

const countOf = ({ count }: Readonly<Record<string, unknown>>): number => {
  if (typeof count !== 'number') throw new ProtocolError(`the server said no count, but ${shown(count)}`)
  return count
}

const uuidOf = ({ uuid }: Readonly<Record<string, unknown>>): string => {
  const text: unknown = Array.isArray(uuid) && uuid[0] === 'uuid' ? uuid[1] : undefined
  if (typeof text !== 'string') throw new ProtocolError(`the server said no UUID, but ${shown(uuid)}`)
  return text
}

/** @param name what `named` of other operations refers to @returns its result is the UUID */
export const insert = <C extends Columns>(
  of: Table<C>,
  row: GivenRow<C>,
  { name }: { readonly name?: string } = {},
): Operation<string> => ({
  what: `insert into ${of.name}`,
  json: {
    op: 'insert',
    table: of.name,
    row: encodeRow(of, row),
    ...(name !== undefined && { 'uuid-name': name }),
  },
  decode: uuidOf,
})

/** Its result are the rows, all declared columns. */
export const select = <C extends Columns>(
  of: Table<C>,
  where: Where<C> | ByUuid = [],
): Operation<readonly Row<C>[]> => ({
  what: `select from ${of.name}`,
  json: { op: 'select', table: of.name, where: encodeWhere(of, where), columns: Object.keys(of.columns) },
  decode: ({ rows }) => {
    if (!Array.isArray(rows)) throw new ProtocolError(`the server said no rows, but ${shown(rows)}`)
    return rows.map((row: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(Object.entries(of.columns).map(([name, kind]) => [name, kind.decode(row?.[name])])),
    ) as unknown as readonly Row<C>[]
  },
})

/** Its result is the number of rows. */
export const update = <C extends Columns>(
  of: Table<C>,
  where: Where<C> | ByUuid,
  row: GivenRow<C>,
): Operation<number> => ({
  what: `update of ${of.name}`,
  json: { op: 'update', table: of.name, where: encodeWhere(of, where), row: encodeRow(of, row) },
  decode: countOf,
})

/** Adds to sets and maps, takes from them, or computes. Its result is the number of rows. */
export const mutate = <C extends Columns>(
  of: Table<C>,
  where: Where<C> | ByUuid,
  mutations: Mutations<C>,
): Operation<number> => ({
  what: `mutate of ${of.name}`,
  json: {
    op: 'mutate',
    table: of.name,
    where: encodeWhere(of, where),
    mutations: encodeTriples(of, mutations as readonly (readonly [PropertyKey, string, unknown])[]),
  },
  decode: countOf,
})

/** Its result is the number of rows. */
export const remove = <C extends Columns>(of: Table<C>, where: Where<C> | ByUuid): Operation<number> => ({
  what: `delete from ${of.name}`,
  json: { op: 'delete', table: of.name, where: encodeWhere(of, where) },
  decode: countOf,
})

/**
 * Fails the transaction unless the rows that `where` finds are (`until` `==`), or are not (`!=`), these.
 * @param timeout milliseconds to wait for that; 0: not at all
 */
export const wait = <C extends Columns>(
  of: Table<C>,
  where: Where<C> | ByUuid,
  { until, rows, timeout = 0 }: { until: '==' | '!='; rows: readonly GivenRow<C>[]; timeout?: number },
): Operation<null> => ({
  what: `wait for ${of.name}`,
  json: {
    op: 'wait',
    table: of.name,
    where: encodeWhere(of, where),
    columns: [...new Set(rows.flatMap((row) => Object.keys(row)))],
    until,
    rows: rows.map((row) => encodeRow(of, row)),
    timeout,
  },
  decode: () => null,
})

/** Goes into the server's log. */
export const comment = (text: string): Operation<null> => ({
  what: 'comment',
  json: { op: 'comment', comment: text },
  decode: () => null,
})
