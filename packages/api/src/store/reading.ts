/** What can be asked of a store, through a connection that may or may not be able to write it. */
import type { ChangesSince, Snapshot } from '@openvnet/feed'
import type { Database } from 'better-sqlite3'
import type { Prepare } from './database.ts'
import { allChanges, allRows, type ChangeTexts, changesAfter } from './history.ts'
import type { Outbox } from './outbox.ts'
import { createReader, type Reader } from './rows.ts'

export interface Reading extends Reader {
  /** Random identity of this store. */
  readonly identity: string
  revision(): number
  /** Runs `work` on one state of the store. */
  read<T>(work: (reader: Reader) => T): T
  /** All rows at once: where nobody else waits. */
  snapshot(): Snapshot
  /** All changes at once: where nobody else waits. */
  since(revision: number): ChangesSince
  /** As `since`, as they are stored: at most `limit` changes, and fewer when they are long. */
  changesAfter(revision: number, limit: number): ChangeTexts
  close(): void
}

export const createReading = (db: Database, prepare: Prepare, outbox: Outbox): Reading => {
  const reader = createReader(prepare)
  const transaction = db.transaction((work: () => unknown) => work())
  const read = <T>(work: () => T) => transaction(work) as T
  const identity = prepare('SELECT identity FROM store').get()?.['identity'] as string
  const after = (revision: number, limit: number): ChangeTexts =>
    read(() => changesAfter(identity, outbox, revision, limit))
  return {
    ...reader,
    identity,
    revision: () => outbox.revision(),
    read: (work) => read(() => work(reader)),
    snapshot: () => read(() => ({ store: identity, revision: outbox.revision(), rows: allRows(prepare) })),
    since: (revision) => read(() => allChanges(identity, outbox, revision)),
    changesAfter: after,
    close: () => {
      db.close()
    },
  }
}
