/**
 * Opens the SQLite file. WAL lets readers and one writer work side by side; synchronous=FULL makes what was answered
 * survive a power cut (the library's default for WAL would not).
 */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import SqliteDatabase, { type Database } from 'better-sqlite3'
import { migrate } from './migrations/migrate.ts'

/** How long a writer waits for another process, in milliseconds: all else in this process waits with it. */
const BUSY_TIMEOUT = 1000

/** @throws when the file cannot be opened, is no SQLite file or was written by a newer program. */
export const openDatabase = (file: string): Database => {
  mkdirSync(dirname(file), { recursive: true })
  const db = new SqliteDatabase(file, { timeout: BUSY_TIMEOUT })
  try {
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.pragma('foreign_keys = ON')
    migrate(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Prepared statements by their text: each is compiled once per connection. */
export type Prepare = (sql: string) => import('better-sqlite3').Statement<unknown[], Record<string, unknown>>

export const prepareOnce = (db: Database): Prepare => {
  const statements = new Map<string, ReturnType<Prepare>>()
  return (sql) => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const statement = db.prepare<unknown[], Record<string, unknown>>(sql)
    statements.set(sql, statement)
    return statement
  }
}
