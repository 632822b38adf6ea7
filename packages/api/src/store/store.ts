/**
 * The store as it is written: rows in SQLite and the record of every change. One write is one revision; a write that
 * throws changed nothing, and one that touches no row makes no revision. Several writes may share a transaction, and
 * with it the wait for the disk: none of them has happened until all of them are on it.
 */
import type { Operation } from '@openvnet/feed'
import type { Database } from 'better-sqlite3'
import { openDatabase, type Prepare, prepareOnce } from './database.ts'
import { storeFailure } from './failure.ts'
import { type Guard, watchFile } from './guard.ts'
import { watchJournal } from './journal.ts'
import { type Appended, createOutbox, type Outbox } from './outbox.ts'
import { createReading, type Reading } from './reading.ts'
import { createRecorder } from './recorder.ts'
import { describeRows, type Rehearsed, rehearsed } from './rehearsal.ts'
import { createWriter, type Reader, type Writer } from './rows.ts'
import { createWritability } from './writability.ts'

export interface StoreOptions {
  /** The SQLite file; made when absent, with its directory. */
  readonly file: string
  /** How many changes are kept for readers that catch up (100,000). */
  readonly keepChanges?: number
}

export interface Written<T> {
  readonly value: T
  /** Revision that the write made, or the present one when it changed nothing. */
  readonly revision: number
  /** What it did, as data and as text; absent when that is nothing. */
  readonly made: Appended | undefined
  /** What it would have done, of a write that was only rehearsed. */
  readonly rehearsed?: readonly Rehearsed[]
}

export type Work<T> = (writer: Writer) => T

/** A write, or one that is done, looked at and undone. */
export type Task<T> = Work<T> | { readonly rehearse: Work<T> }

/** What became of one write of several. */
export type Attempt<T> =
  | { readonly ok: true; readonly written: Written<T> }
  | { readonly ok: false; readonly error: unknown }

export interface Store extends Reading {
  /**
   * Runs `work` in one transaction: what is long belongs here. In one that others share SQLite keeps a copy of each page
   * that it touches, and goes through all of these after each statement.
   * @throws what `work` throws, after rolling back
   */
  write<T>(task: Task<T>): Written<T>
  /**
   * Runs what `next` gives, until that is nothing, in one transaction; one that throws leaves the others alone.
   * @throws when the transaction itself fails: then none of them has happened
   */
  writeAll<T>(next: () => Task<T> | undefined): Attempt<T>[]
  /** @throws what SQLite says when the file cannot be written now */
  checkWritable(): void
  /** Somebody who reads met damage: nothing is written before the file has been looked through. */
  suspect(): void
  /** To be called when nobody waits: moves what was written from the journal into the file, if there is much of it. */
  tidy(): void
}

const KEEP_CHANGES = 100_000
/** Pages from which on moving them is worth it: 4 MiB. */
const LONG_JOURNAL = 1000

/** Thrown to undo a rehearsal. */
class Rehearsal extends Error {
  readonly value: unknown
  readonly operations: readonly Operation[]
  readonly rows: ReturnType<typeof describeRows>

  constructor(value: unknown, operations: readonly Operation[], rows: ReturnType<typeof describeRows>) {
    super('a rehearsal is undone')
    this.value = value
    this.operations = operations
    this.rows = rows
  }
}

interface Write {
  /** In a transaction of its own. */
  alone<T>(task: Task<T>): Written<T>
  /** Within a transaction that is open, so that it can be undone without the others. */
  within<T>(task: Task<T>): Written<T>
}

const createWrite = (db: Database, prepare: Prepare, outbox: Outbox, reader: Reader): Write => {
  const recorder = createRecorder(db, prepare)
  const write = db.transaction((work: Work<unknown>): Written<unknown> => {
    recorder.reset()
    const now = new Date().toISOString()
    const value = work(createWriter(prepare, reader, now))
    const operations = recorder.operations()
    const made = operations.length === 0 ? undefined : outbox.append(operations, now)
    return { value, revision: made?.change.revision ?? outbox.revision(), made }
  })
  const rehearse = db.transaction((work: Work<unknown>): never => {
    recorder.reset()
    const value = work(createWriter(prepare, reader, new Date().toISOString()))
    const operations = recorder.operations()
    throw new Rehearsal(value, operations, describeRows(reader, operations))
  })
  const rehearsedWrite = (run: (work: Work<unknown>) => never, work: Work<unknown>): Written<unknown> => {
    try {
      return run(work)
    } catch (error) {
      if (!(error instanceof Rehearsal)) throw error
      const { value, operations, rows } = error
      const undone = rehearsed(operations, describeRows(reader, operations), rows)
      return { value, revision: outbox.revision(), made: undefined, rehearsed: undone }
    }
  }
  return {
    alone: <T>(task: Task<T>) =>
      (typeof task === 'function'
        ? write.immediate(task)
        : rehearsedWrite(rehearse.immediate, task.rehearse)) as Written<T>,
    within: <T>(task: Task<T>) =>
      (typeof task === 'function' ? write(task) : rehearsedWrite(rehearse, task.rehearse)) as Written<T>,
  }
}

const createTransaction = (db: Database, { within }: Write) => {
  const attempt = <T>(task: Task<T>): Attempt<T> => {
    try {
      return { ok: true, written: within(task) }
    } catch (error) {
      // Some failures of the file take the whole transaction with them.
      if (!db.inTransaction) throw error
      return { ok: false, error }
    }
  }
  const all = db.transaction((next: () => Task<unknown> | undefined): Attempt<unknown>[] => {
    const attempts: Attempt<unknown>[] = []
    for (let task = next(); task !== undefined; task = next()) attempts.push(attempt(task))
    return attempts
  })
  return <T>(next: () => Task<T> | undefined) => all.immediate(next) as Attempt<T>[]
}

/** A journal that cannot be moved now, for want of room or because of a reader, is moved some other time. */
const checkpoint = (db: Database, guard: Guard): void => {
  try {
    db.pragma('wal_checkpoint(PASSIVE)')
  } catch (error) {
    if (storeFailure(error, db.name) === undefined) throw error
  } finally {
    guard.written()
  }
}

/** @throws when the file cannot be opened, is no SQLite file or was written by a newer program. */
export const openStore = (options: StoreOptions): Store => {
  const { file, keepChanges = KEEP_CHANGES } = options
  const db = openDatabase(file)
  const prepare = prepareOnce(db)
  const outbox = createOutbox(prepare, Math.max(1, keepChanges))
  const reading = createReading(db, prepare, outbox)
  const guard = watchFile(file)
  const journal = watchJournal(file)
  const writability = createWritability(db, file)
  const write = createWrite(db, prepare, outbox, reading)
  const transaction = createTransaction(db, write)

  const writeAll = <T>(next: () => Task<T> | undefined): Attempt<T>[] => {
    guard.check()
    const attempts = writability.observe(() => transaction(next))
    for (const attempt of attempts) if (!attempt.ok) writability.note(attempt.error)
    return attempts
  }
  return {
    ...reading,
    write: (task) => {
      guard.check()
      return writability.observe(() => write.alone(task))
    },
    writeAll,
    checkWritable: () => {
      guard.check()
      writability.check()
    },
    suspect: guard.suspect,
    close: () => {
      journal.close()
      reading.close()
    },
    tidy: () => {
      if (journal.pending() > LONG_JOURNAL) checkpoint(db, guard)
    },
  }
}
