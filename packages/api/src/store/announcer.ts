/**
 * Tells of changes in order and each once: own ones at once, those of another process on the same file when SQLite's
 * `data_version` shows that somebody else has committed.
 */
import type { Change } from '@openvnet/feed'
import type { Database } from 'better-sqlite3'
import type { Outbox } from './outbox.ts'

export interface Announcer {
  /** To be called after every own commit. */
  announce(change: Change): void
  /** Calls `handler` for every change from now on; returns the function that ends it. */
  onChange(handler: (change: Change) => void): () => void
  close(): void
}

export interface AnnouncerOptions {
  readonly db: Database
  readonly outbox: Outbox
  /** Milliseconds between looks for commits of others. */
  readonly pollInterval: number
  readonly onPollError?: ((error: unknown) => void) | undefined
}

const PAGE = 1000

export const createAnnouncer = ({ db, outbox, pollInterval, onPollError }: AnnouncerOptions): Announcer => {
  const handlers = new Set<(change: Change) => void>()
  const dataVersion = (): number => db.pragma('data_version', { simple: true }) as number
  // In this order: a commit in between is announced rather than missed.
  let seenVersion = dataVersion()
  let announced = outbox.revision()

  const announceOne = (change: Change): void => {
    announced = change.revision
    for (const handler of handlers) handler(change)
  }
  const announceStored = (): void => {
    for (;;) {
      const changes = outbox.after(announced, PAGE)
      changes.forEach(announceOne)
      if (changes.length < PAGE) return
    }
  }
  const lookForOthers = (): void => {
    try {
      const version = dataVersion()
      if (version === seenVersion) return
      announceStored()
      seenVersion = version
    } catch (error) {
      onPollError?.(error)
    }
  }
  const poll = setInterval(lookForOthers, pollInterval)
  poll.unref()

  return {
    announce: (change) => {
      if (change.revision === announced + 1) announceOne(change)
      else announceStored()
    },
    onChange: (handler) => {
      handlers.add(handler)
      return () => {
        handlers.delete(handler)
      }
    },
    close: () => {
      clearInterval(poll)
      handlers.clear()
    },
  }
}
