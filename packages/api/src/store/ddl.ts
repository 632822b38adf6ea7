/**
 * The tables that `@openvnet/schema` asks for, as SQL. Migrations are frozen text: this is where the text of a new
 * one is taken from (`node --conditions=vnet-source src/store/ddl.ts`), and what a test compares them with.
 */
import { pathToFileURL } from 'node:url'
import { RESOURCE_NAMES, type ResourceName } from '@openvnet/schema'
import { type Column, specOf, storedColumnsOf } from './columns.ts'

/** What is restricted is refused before SQLite is asked, in the same transaction, by the names of what is in the way. */
const ON_DELETE = { cascade: 'CASCADE', 'set null': 'SET NULL', restrict: 'SET NULL' } as const

const columnSql = ({ column, field }: Column): string => {
  const notNull = field.nullable ? '' : ' NOT NULL'
  if (field.type === 'value') return `${column} ${field.kind.sql}${notNull}`
  const table = specOf(field.to as ResourceName).collection
  return `${column} INTEGER${notNull} REFERENCES ${table} (id) ON DELETE ${ON_DELETE[field.onDelete]}`
}

const tableSql = (name: ResourceName): string => {
  const { collection, prefix, unique = [] } = specOf(name)
  const lines = [
    'id INTEGER PRIMARY KEY AUTOINCREMENT',
    ...(prefix === null ? [] : ['uuid TEXT NOT NULL UNIQUE']),
    ...storedColumnsOf(name).map(columnSql),
    'created_at TEXT NOT NULL',
    'updated_at TEXT NOT NULL',
    ...unique.map((group) => `UNIQUE (${group.join(', ')})`),
  ]
  return `CREATE TABLE ${collection} (\n  ${lines.join(',\n  ')}\n) STRICT;`
}

/** SQLite looks a reference up at every deletion of what it refers to. */
const indexSql = (name: ResourceName): string[] => {
  const { collection } = specOf(name)
  return storedColumnsOf(name)
    .filter(({ field }) => field.type === 'reference')
    .map(({ column }) => `CREATE INDEX ${collection}_${column} ON ${collection} (${column});`)
}

export const schemaSql = (): string =>
  RESOURCE_NAMES.map((name) => [tableSql(name), ...indexSql(name)].join('\n')).join('\n\n')

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.stdout.write(`${schemaSql()}\n`)
