/** The schema of a database, as the server gives it (RFC 7047 §3.2 and §4.1.2). */
import { ProtocolError, shown } from './errors.ts'
import { type AnyKind, kindOf } from './kinds.ts'

export interface DatabaseSchema {
  readonly name: string
  /** As `8.3.0`. */
  readonly version: string
  /** Types of columns, by table and column. */
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, AnyKind>>
}

type Json = Readonly<Record<string, unknown>>

const objectOf = (json: unknown, what: string): Json => {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new ProtocolError(`the server sent a schema whose ${what} is ${shown(json)}`)
  return json as Json
}

const columnsOf = (table: string, json: unknown): ReadonlyMap<string, AnyKind> => {
  const columns = objectOf(objectOf(json, `table ${table}`)['columns'], `list of columns of ${table}`)
  return new Map(
    Object.entries(columns).map(([column, spec]) => [
      column,
      kindOf(objectOf(spec, `column ${column} of ${table}`)['type']),
    ]),
  )
}

/** @throws ProtocolError */
export const parseSchema = (json: unknown): DatabaseSchema => {
  const { name, version, tables } = objectOf(json, 'text')
  if (typeof name !== 'string' || typeof version !== 'string')
    throw new ProtocolError(`the server sent a schema without name or version: ${shown(json)}`)
  return {
    name,
    version,
    tables: new Map(
      Object.entries(objectOf(tables, 'list of tables')).map(([table, spec]) => [
        table,
        columnsOf(table, spec),
      ]),
    ),
  }
}
