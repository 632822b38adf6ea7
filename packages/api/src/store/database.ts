/**
 * Opens the SQLite file: once for writing, in the thread that writes, and as often as one likes for reading. WAL lets
 * readers and one writer work side by side; synchronous=FULL makes what was answered survive a power cut (the
 * library's default for WAL would not). The journal is copied into the file by `checkpoint`, never while a client waits.
 */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import SqliteDatabase, { type Database } from 'better-sqlite3'
import { checkHealth } from './health.ts'
import { defineLabelsMatch } from './label_condition.ts'
import { migrate, versionOf } from './migrations/migrate.ts'

/** How long the writer waits for another process, in milliseconds. */
const WRITER_PATIENCE = 1000
/** How long a reader does: everything else in its thread waits with it, so hardly at all. */
const READER_PATIENCE = 20
/** Memory for pages of one connection, in KiB. */
const CACHE = 8192

/** @throws when the file cannot be opened, is damaged, is no store or was written by a newer program; it stays as it was */
export const openDatabase = (file: string): Database => {
  mkdirSync(dirname(file), { recursive: true })
  checkHealth(file)
  const db = new SqliteDatabase(file, { timeout: WRITER_PATIENCE })
  try {
    // Before anything is written into what may be somebody else's.
    versionOf(db)
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.pragma('foreign_keys = ON')
    db.pragma('wal_autocheckpoint = 0')
    // Undoing one request of several must not need a disk that may be full.
    db.pragma('temp_store = MEMORY')
    db.pragma(`cache_size = -${CACHE}`)
    migrate(db)
    defineLabelsMatch(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** A connection that cannot write. @throws when the file is not there */
export const openForReading = (file: string): Database => {
  const db = new SqliteDatabase(file, { readonly: true, fileMustExist: true, timeout: READER_PATIENCE })
  db.pragma(`cache_size = -${CACHE}`)
  defineLabelsMatch(db)
  return db
}

/**
 * A parameter in a condition or a limit. The plus changes nothing but that SQLite does not look at what is bound while
 * it compiles (`sqlite3ExprIsInteger`): it would compile the statement anew whenever something else is bound, which
 * takes several times as long as to run it.
 */
export const BOUND = '+?'

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
