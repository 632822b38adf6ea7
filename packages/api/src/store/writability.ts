/**
 * Whether the store takes writes, for who asks before writing. After a write that failed for the file's sake, there
 * must be room on the disk again (a short write may fit where a usual one does not) and a write of our own must
 * succeed. Else it is enough to begin one: that touches no disk and still tells a read-only file.
 */
import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Database } from 'better-sqlite3'
import { storeFailure } from './failure.ts'

export interface Writability {
  /** Remembers an error, if it is the file's. */
  note(error: unknown): void
  /** Runs a write and remembers whether the file failed. @throws what `work` throws */
  observe<T>(work: () => T): T
  /** @throws what SQLite says when the store cannot be written */
  check(): void
}

/** Octets that must be free after the disk was full. */
const ROOM = 1_048_576

const hasRoom = (file: string): boolean => {
  const { bavail, bsize } = statfsSync(dirname(file))
  return bavail * bsize >= ROOM
}

export const createWritability = (db: Database, file: string): Writability => {
  let failure: unknown
  const touch = db.prepare('UPDATE store SET identity = identity')
  const note = (error: unknown): void => {
    if (storeFailure(error, file) !== undefined) failure = error
  }
  const observe = <T>(work: () => T): T => {
    try {
      const value = work()
      failure = undefined
      return value
    } catch (error) {
      note(error)
      throw error
    }
  }
  const begin = (): void => {
    db.exec('BEGIN IMMEDIATE')
    try {
      touch.run()
    } finally {
      db.exec('ROLLBACK')
    }
  }
  return {
    note,
    observe,
    check: () => {
      if (failure === undefined) return begin()
      const isFull = storeFailure(failure, file)?.body.error === 'StoreFull'
      if (isFull && !hasRoom(file)) throw failure
      observe(() => touch.run())
    },
  }
}
