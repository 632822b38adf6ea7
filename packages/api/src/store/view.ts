/**
 * The store as the API reads it: the last state that was committed, whatever the writer is doing. Its connection cannot
 * write; what is read at once is short, and what is long is read in slices by a connection of its own (`slices.ts`).
 */
import type { Change } from '@openvnet/feed'
import { createAnnouncer } from './announcer.ts'
import { openForReading, prepareOnce } from './database.ts'
import { createOutbox } from './outbox.ts'
import { createReading, type Reading } from './reading.ts'

export interface ViewOptions {
  /** The SQLite file, which is there. */
  readonly file: string
  /** How often another process's commits are looked for, in milliseconds (500). */
  readonly pollInterval?: number | undefined
  /** Whether the own writer is about to hand in what it has written. */
  readonly isExpecting: () => boolean
  /** Told when looking for commits fails; the next look comes anyway. */
  readonly onPollError: (error: unknown) => void
}

export interface StoreView extends Reading {
  /** To be called with everything that the own writer has committed, in order. */
  announce(change: Change): void
  /** Calls `handler` for every change from now on; returns the function that ends it. */
  onChange(handler: (change: Change) => void): () => void
}

const POLL_INTERVAL = 500

/** @throws when the file cannot be opened */
export const openView = ({ file, pollInterval = POLL_INTERVAL, ...hooks }: ViewOptions): StoreView => {
  const db = openForReading(file)
  const prepare = prepareOnce(db)
  const outbox = createOutbox(prepare, 1)
  const reading = createReading(db, prepare, outbox)
  const { announce, onChange, close } = createAnnouncer({ db, outbox, pollInterval, ...hooks })
  return {
    ...reading,
    announce,
    onChange,
    close: () => {
      close()
      reading.close()
    },
  }
}
