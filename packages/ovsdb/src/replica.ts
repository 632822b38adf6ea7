/**
 * The rows of a monitor as they are now. Takes the updates of all three monitors (RFC 7047 §4.1.5, ovsdb-server(7)
 * "Monitor Condition" and "Monitor Cond Since"): a message is taken whole or not at all, and the number and size of
 * rows are bounded. Columns that are not asked for are not looked at; those that the server leaves out are as they
 * were, or empty.
 */
import { isDeepStrictEqual } from 'node:util'
import { ProtocolError, shown } from './errors.ts'
import type { Columns, Row, RowChange, Tables } from './row.ts'

export interface ReplicaLimits {
  /** Rows of all tables. */
  readonly maxRows: number
  /** Estimated bytes of all rows. */
  readonly maxBytes: number
}

/** How a row is said: whole (`update`), or as a difference (`update2`, `update3`). */
export type Notation = 'rows' | 'differences'

type Json = Readonly<Record<string, unknown>>
type AnyRow = Row<Columns>
interface AnyChange {
  readonly table: string
  readonly uuid: string
  readonly before: AnyRow | null
  readonly after: AnyRow | null
}

const objectOf = (json: unknown, what: string): Json => {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new ProtocolError(`the server sent an update whose ${what} is ${shown(json)}`)
  return json as Json
}

/** Of what is there the values, else the former ones, else empty ones. */
const rowOf = (columns: Columns, json: unknown, before: AnyRow | null, isDifference: boolean): AnyRow => {
  const given = objectOf(json, 'row')
  return Object.fromEntries(
    Object.entries(columns).map(([name, kind]) => {
      const value: unknown = before?.[name] ?? kind.empty
      if (!Object.hasOwn(given, name)) return [name, value]
      return [name, isDifference ? kind.change(value, given[name]) : kind.decode(given[name])]
    }),
  )
}

const afterRows = (columns: Columns, update: Json): AnyRow | null => {
  const { new: after } = update
  return after === undefined || after === null ? null : rowOf(columns, after, null, false)
}

const afterDifferences = (columns: Columns, update: Json, before: AnyRow | null): AnyRow | null => {
  if ('delete' in update) return null
  if ('modify' in update) {
    if (before === null)
      throw new ProtocolError(`the server changed a row that is not there: ${shown(update)}`)
    return rowOf(columns, update['modify'], before, true)
  }
  const whole = update['initial'] ?? update['insert']
  if (whole === undefined)
    throw new ProtocolError(`the server sent an update that says nothing: ${shown(update)}`)
  return rowOf(columns, whole, null, false)
}

const OVERHEAD = 64
const sizeOfValue = (value: unknown): number => {
  if (typeof value === 'string') return value.length + 16
  if (value instanceof Map) return sizeOfAll(value.keys()) + sizeOfAll(value.values()) + OVERHEAD
  return Array.isArray(value) ? sizeOfAll(value) + OVERHEAD : 8
}
const sizeOfAll = (values: Iterable<unknown>): number => {
  let size = 0
  for (const value of values) size += sizeOfValue(value)
  return size
}
const sizeOf = (row: AnyRow | null): number => (row === null ? 0 : sizeOfAll(Object.values(row)) + OVERHEAD)

export class Replica<T extends Tables> {
  readonly #tables: T
  readonly #limits: ReplicaLimits
  readonly #rows: ReadonlyMap<string, Map<string, AnyRow>>
  #count = 0
  #bytes = 0

  constructor(tables: T, limits: ReplicaLimits) {
    this.#tables = tables
    this.#limits = limits
    this.#rows = new Map(Object.keys(tables).map((name) => [name, new Map()]))
  }

  rows<N extends keyof T & string>(table: N): ReadonlyMap<string, Row<T[N]>> {
    return this.#of(table) as ReadonlyMap<string, Row<T[N]>>
  }

  /** @throws ProtocolError; nothing is changed then */
  update(json: unknown, notation: Notation): readonly RowChange<T>[] {
    return this.#commit(this.#changes(json, notation))
  }

  /** What is said is all that there is. @throws ProtocolError; nothing is changed then */
  replace(json: unknown, notation: Notation): readonly RowChange<T>[] {
    const said = this.#changes(json, notation)
    const changes = said.filter(({ before, after }) => !isDeepStrictEqual(before, after))
    const present = new Set(said.map(({ table, uuid }) => `${table} ${uuid}`))
    for (const [table, rows] of this.#rows) {
      for (const [uuid, before] of rows)
        if (!present.has(`${table} ${uuid}`)) changes.push({ table, uuid, before, after: null })
    }
    return this.#commit(changes)
  }

  #of(table: string): Map<string, AnyRow> {
    return this.#rows.get(table) as Map<string, AnyRow>
  }

  #changes(json: unknown, notation: Notation): AnyChange[] {
    return Object.entries(objectOf(json, 'list of tables')).flatMap(([table, updates]) => {
      const columns = Object.hasOwn(this.#tables, table) ? this.#tables[table] : undefined
      if (columns === undefined) return []
      return Object.entries(objectOf(updates, `table ${table}`)).map(([uuid, update]) => {
        const before = this.#of(table).get(uuid) ?? null
        const said = objectOf(update, `row in ${table}`)
        const after = notation === 'rows' ? afterRows(columns, said) : afterDifferences(columns, said, before)
        return { table, uuid, before, after }
      })
    })
  }

  #commit(changes: readonly AnyChange[]): readonly RowChange<T>[] {
    const { maxRows, maxBytes } = this.#limits
    let [count, bytes] = [this.#count, this.#bytes]
    for (const { before, after } of changes) {
      count += Number(after !== null) - Number(before !== null)
      bytes += sizeOf(after) - sizeOf(before)
    }
    if (count > maxRows)
      throw new ProtocolError(`the server has more than ${maxRows} rows that are monitored`)
    if (bytes > maxBytes)
      throw new ProtocolError(`the server has monitored rows of more than ${maxBytes} bytes`)
    this.#count = count
    this.#bytes = bytes
    for (const { table, uuid, after } of changes) {
      if (after === null) this.#of(table).delete(uuid)
      else this.#of(table).set(uuid, after)
    }
    return changes as unknown as readonly RowChange<T>[]
  }
}
