/**
 * Notes every row that a write touches, also those that foreign keys delete or change: a temporary trigger on
 * each table calls back. Temporary triggers belong to this connection and follow the schema of this program, so no
 * migration has to mind them.
 */
import type { Operation } from '@openvnet/feed'
import { RESOURCE_NAMES, type ResourceName, type Row } from '@openvnet/schema'
import type { Database } from 'better-sqlite3'
import { specOf, toRow } from './columns.ts'
import type { Prepare } from './database.ts'

export interface Recorder {
  /** Forgets what was noted. */
  reset(): void
  /**
   * What the noted rows have become: deletions first, dependents before what they refer to, then rows in the order
   * in which references point backwards.
   */
  operations(): Operation[]
}

const TRIGGERS = [
  ['INSERT', 'NEW', 1],
  ['UPDATE', 'NEW', 0],
  ['DELETE', 'OLD', 0],
] as const

const install = (db: Database): void => {
  for (const name of RESOURCE_NAMES) {
    const { collection } = specOf(name)
    for (const [event, row, isNew] of TRIGGERS) {
      db.exec(
        `CREATE TEMP TRIGGER touched_${collection}_${event.toLowerCase()} AFTER ${event} ON main.${collection}
         BEGIN SELECT touched('${name}', ${row}.id, ${isNew}); END`,
      )
    }
  }
}

export const createRecorder = (db: Database, prepare: Prepare): Recorder => {
  /** Whether the transaction made the row, by id. */
  const touched = new Map<ResourceName, Map<number, boolean>>(RESOURCE_NAMES.map((name) => [name, new Map()]))
  db.function('touched', (name: ResourceName, id: number, isNew: number) => {
    const ids = touched.get(name)
    if (ids?.has(id) === false) ids.set(id, isNew === 1)
    return null
  })
  install(db)

  const current = <N extends ResourceName>(name: N, id: number): Row<N> | null => {
    const raw = prepare(`SELECT * FROM ${specOf(name).collection} WHERE id = ?`).get(id)
    return raw === undefined ? null : toRow(name, raw)
  }
  /** A row that was made and deleted again never was. */
  const operationsOf = (name: ResourceName): Operation[] =>
    [...(touched.get(name) ?? [])]
      .sort(([a], [b]) => a - b)
      .map(([id, isNew]) => ({
        isNew,
        operation: { resource: name, id, row: current(name, id) } as Operation,
      }))
      .filter(({ isNew, operation }) => !isNew || operation.row !== null)
      .map(({ operation }) => operation)

  return {
    reset: () => {
      for (const ids of touched.values()) ids.clear()
    },
    operations: () => {
      const all = RESOURCE_NAMES.map(operationsOf)
      const deletions = all.toReversed().flatMap((list) => list.filter(({ row }) => row === null))
      return [...deletions, ...all.flatMap((list) => list.filter(({ row }) => row !== null))]
    },
  }
}
