/**
 * Brings a store to the newest schema: migration N takes it from version N − 1 to N, each in one transaction, so a
 * process that is killed or races another leaves a store that the next one goes on with.
 * A store that was migrated gets a new identity: what replicas hold has another shape, so they must start over.
 */
import { randomUUID } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import { initial } from './0001_initial.ts'
import { leasing } from './0002_leasing.ts'
import { description } from './0003_description.ts'
import { labels } from './0004_labels.ts'
import { olderApi } from './0005_older_api.ts'
import { vlans } from './0006_vlans.ts'
import { manyHosts } from './0007_many_hosts.ts'
import { addressFamilies } from './0008_address_families.ts'
import { mtuOfHosts } from './0009_mtu_of_hosts.ts'

const MIGRATIONS: readonly string[] = [
  initial,
  leasing,
  description,
  labels,
  olderApi,
  vlans,
  manyHosts,
  addressFamilies,
  mtuOfHosts,
]

export const SCHEMA_VERSION = MIGRATIONS.length

const CREATE_STORE = `CREATE TABLE IF NOT EXISTS store (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  identity TEXT NOT NULL,
  schema_version INTEGER NOT NULL
) STRICT`

/** @throws when the tables of the file are another program's, or a newer one's */
export const versionOf = (db: Database): number => {
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()
  if (tables.length === 0) return 0
  if (!tables.includes('store')) throw new Error(`${db.name} is a database of another program`)
  const found = (db.prepare('SELECT schema_version FROM store').pluck().get() as number | undefined) ?? 0
  if (found > SCHEMA_VERSION) {
    throw new Error(
      `the store ${db.name} has schema version ${found}, this program knows up to ${SCHEMA_VERSION}`,
    )
  }
  return found
}

const step = (db: Database, version: number): void => {
  db.exec(MIGRATIONS[version] as string)
  db.prepare('INSERT OR REPLACE INTO store (one, identity, schema_version) VALUES (1, ?, ?)').run(
    randomUUID(),
    version + 1,
  )
}

/** Writes nothing into a store that is up to date. @throws when it was written by a newer or another program. */
export const migrate = (db: Database): void => {
  const locked = db.transaction(() => {
    const found = versionOf(db)
    db.exec(CREATE_STORE)
    for (let version = found; version < SCHEMA_VERSION; version += 1) step(db, version)
  })
  if (versionOf(db) !== SCHEMA_VERSION) locked.immediate()
}
