/**
 * The store: rows in SQLite and the record of every change. One write is one transaction is one revision; a write
 * that throws changed nothing, and one that touches no row makes no revision.
 * Changes are announced in order and once, own ones at once and those of another process on the same file when its
 * commit is noticed.
 */
import type { Change, ChangesSince, Snapshot } from '@openvnet/feed'
import type { Database } from 'better-sqlite3'
import { createAnnouncer } from './announcer.ts'
import { openDatabase, type Prepare, prepareOnce } from './database.ts'
import { allRows, changesAfter } from './history.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import { createRecorder } from './recorder.ts'
import { createReader, createWriter, type Reader, type Writer } from './rows.ts'
import { watchWrites } from './writability.ts'

export interface StoreOptions {
  /** The SQLite file; made when absent, with its directory. */
  readonly file: string
  /** How many changes are kept for readers that catch up (100,000). */
  readonly keepChanges?: number
  /** How often another process's commits are looked for, in milliseconds (500). */
  readonly pollInterval?: number
  /** Told when looking for them fails; the next look comes anyway. */
  readonly onPollError?: (error: unknown) => void
}

export interface Written<T> {
  readonly value: T
  /** Revision that the write made, or the present one when it changed nothing. */
  readonly revision: number
}

export interface Store extends Reader {
  /** Random identity of this store. */
  readonly identity: string
  revision(): number
  /** Runs `work` in one transaction. @throws what `work` throws, after rolling back. */
  write<T>(work: (writer: Writer) => T): Written<T>
  /** @throws what SQLite says when the file cannot be written now */
  checkWritable(): void
  /** Runs `work` on one state of the store. */
  read<T>(work: (reader: Reader) => T): T
  snapshot(): Snapshot
  since(revision: number): ChangesSince
  /** As `since`, but at most `limit` changes. */
  changesAfter(revision: number, limit: number): ChangesSince
  /** Calls `handler` for every change from now on; returns the function that ends it. */
  onChange(handler: (change: Change) => void): () => void
  close(): void
}

const KEEP_CHANGES = 100_000
const POLL_INTERVAL = 500

/** The two kinds of transaction. */
const createTransactions = (db: Database, prepare: Prepare, outbox: Outbox) => {
  const recorder = createRecorder(db, prepare)
  const reader = createReader(prepare)
  const write = db.transaction((work: (writer: Writer) => unknown) => {
    recorder.reset()
    const now = new Date().toISOString()
    const value = work(createWriter(prepare, reader, now))
    const operations = recorder.operations()
    return { value, change: operations.length === 0 ? undefined : outbox.append(operations, now) }
  })
  const read = db.transaction((work: () => unknown) => work())
  return {
    reader,
    write: <T>(work: (writer: Writer) => T) =>
      write.immediate(work) as { readonly value: T; readonly change: Change | undefined },
    read: <T>(work: () => T) => read(work) as T,
  }
}

/** @throws when the file cannot be opened, is no SQLite file or was written by a newer program. */
export const openStore = (options: StoreOptions): Store => {
  const { file, keepChanges = KEEP_CHANGES, pollInterval = POLL_INTERVAL, onPollError } = options
  const db = openDatabase(file)
  const prepare = prepareOnce(db)
  const outbox = createOutbox(prepare, Math.max(1, keepChanges))
  const { reader, read, write } = createTransactions(db, prepare, outbox)
  const writability = watchWrites(db, file)
  const { announce, onChange, close } = createAnnouncer({ db, outbox, pollInterval, onPollError })
  const identity = prepare('SELECT identity FROM store').get()?.['identity'] as string
  const after = (revision: number, limit: number) =>
    read(() => changesAfter(identity, outbox, revision, limit))

  return {
    ...reader,
    identity,
    revision: () => outbox.revision(),
    write: (work) => {
      const { value, change } = writability.observe(() => write(work))
      if (change === undefined) return { value, revision: outbox.revision() }
      announce(change)
      return { value, revision: change.revision }
    },
    checkWritable: writability.check,
    read: (work) => read(() => work(reader)),
    snapshot: () => read(() => ({ store: identity, revision: outbox.revision(), rows: allRows(prepare) })),
    since: (revision) => after(revision, Number.MAX_SAFE_INTEGER),
    changesAfter: after,
    onChange,
    close: () => {
      close()
      db.close()
    },
  }
}
