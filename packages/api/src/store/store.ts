/**
 * The store: rows in SQLite and the record of every change. One write is one transaction is one revision; a write
 * that throws changed nothing, and one that touches no row makes no revision.
 * Changes are announced in order and once, own ones at once and those of another process on the same file when its
 * commit is noticed.
 */
import type { Change, ChangesSince, Snapshot } from '@openvnet/feed'
import { RESOURCE_NAMES } from '@openvnet/schema'
import { specOf, toRow } from './columns.ts'
import { openDatabase, prepareOnce } from './database.ts'
import { createOutbox } from './outbox.ts'
import { createRecorder } from './recorder.ts'
import { createReader, createWriter, type Reader, type Writer } from './rows.ts'

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
const ANNOUNCE_AT_ONCE = 1000

/** @throws when the file cannot be opened, is no SQLite file or was written by a newer program. */
export const openStore = (options: StoreOptions): Store => {
  const { file, keepChanges = KEEP_CHANGES, pollInterval = POLL_INTERVAL } = options
  const db = openDatabase(file)
  const prepare = prepareOnce(db)
  const recorder = createRecorder(db, prepare)
  const outbox = createOutbox(prepare, Math.max(1, keepChanges))
  const reader = createReader(prepare)
  const identity = prepare('SELECT identity FROM store').get()?.['identity'] as string
  const handlers = new Set<(change: Change) => void>()
  let announced = outbox.revision()

  const announceOne = (change: Change): void => {
    announced = change.revision
    for (const handler of handlers) handler(change)
  }
  const announceStored = (): void => {
    for (;;) {
      const changes = outbox.after(announced, ANNOUNCE_AT_ONCE)
      changes.forEach(announceOne)
      if (changes.length < ANNOUNCE_AT_ONCE) return
    }
  }
  const announce = (change: Change): void => {
    if (change.revision === announced + 1) announceOne(change)
    else announceStored()
  }

  const dataVersion = (): number => db.pragma('data_version', { simple: true }) as number
  let seenVersion = dataVersion()
  const lookForOthers = (): void => {
    try {
      const version = dataVersion()
      if (version === seenVersion) return
      announceStored()
      seenVersion = version
    } catch (error) {
      options.onPollError?.(error)
    }
  }
  const poll = setInterval(lookForOthers, pollInterval)
  poll.unref()

  const transact = db.transaction((work: (writer: Writer) => unknown) => {
    recorder.reset()
    const now = new Date().toISOString()
    const value = work(createWriter(prepare, reader, now))
    const operations = recorder.operations()
    return { value, change: operations.length === 0 ? undefined : outbox.append(operations, now) }
  })
  const readConsistently = db.transaction((work: () => unknown) => work())

  const page = (revision: number, limit: number): ChangesSince => {
    const current = outbox.revision()
    if (revision > current || revision < outbox.oldest() - 1) {
      return { kind: 'gone', store: identity, revision: current }
    }
    return { kind: 'changes', store: identity, revision: current, changes: outbox.after(revision, limit) }
  }
  const allRows = () =>
    Object.fromEntries(
      RESOURCE_NAMES.map((name) => [
        name,
        prepare(`SELECT * FROM ${specOf(name).collection} ORDER BY id`)
          .all()
          .map((raw) => toRow(name, raw)),
      ]),
    ) as unknown as Snapshot['rows']

  const store: Store = {
    ...reader,
    identity,
    revision: () => outbox.revision(),
    write: <T>(work: (writer: Writer) => T) => {
      const { value, change } = transact.immediate(work) as { value: T; change: Change | undefined }
      const revision = change?.revision ?? outbox.revision()
      if (change !== undefined) announce(change)
      return { value, revision }
    },
    read: <T>(work: (reader: Reader) => T) => readConsistently(() => work(reader)) as T,
    snapshot: () => store.read(() => ({ store: identity, revision: outbox.revision(), rows: allRows() })),
    since: (revision) => store.read(() => page(revision, Number.MAX_SAFE_INTEGER)),
    changesAfter: (revision, limit) => store.read(() => page(revision, limit)),
    onChange: (handler) => {
      handlers.add(handler)
      return () => {
        handlers.delete(handler)
      }
    },
    close: () => {
      clearInterval(poll)
      handlers.clear()
      db.close()
    },
  }
  return store
}
