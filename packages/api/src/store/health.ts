/**
 * Whether a file is a sound SQLite database. It is read through a connection of its own that cannot write, so nothing
 * of it is changed and nothing that another connection keeps in memory hides what is on the disk.
 */
import { statSync } from 'node:fs'
import SqliteDatabase from 'better-sqlite3'

/** A file that SQLite reads, but whose pages contradict each other. */
class Damaged extends Error {
  readonly code = 'SQLITE_CORRUPT'
}

/** How long another process may keep the file locked, in milliseconds. */
const PATIENCE = 1000

/** Takes about 5 ms per MiB. @throws when the file is there and damaged or no database */
export const checkHealth = (file: string): void => {
  const found = statSync(file, { throwIfNoEntry: false })
  // SQLite makes a store of an empty file, and says itself what it cannot open.
  if (found === undefined || !found.isFile() || found.size === 0) return
  const db = new SqliteDatabase(file, { readonly: true, timeout: PATIENCE })
  try {
    const [problem] = db.prepare('PRAGMA quick_check(1)').pluck().all()
    if (problem !== 'ok') throw new Damaged(String(problem).replace(/^\*\*\* in database main \*\*\*\s*/, ''))
  } finally {
    db.close()
  }
}
