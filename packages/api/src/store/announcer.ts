/**
 * Tells of changes in order and each once: those of the own process when they are handed in, those of another process
 * on the same file when SQLite's `data_version` shows that somebody has committed.
 */
import type { Change } from '@openvnet/feed'
import type { Database } from 'better-sqlite3'
import { parseChange } from './history.ts'
import type { Outbox } from './outbox.ts'

export interface Announcer {
  /** To be called after every own commit, with its changes in order. */
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
  /** Whether an own commit is about to be handed in, so that a look may find it too. */
  readonly isExpecting: () => boolean
  readonly onPollError: (error: unknown) => void
}

const PAGE = 1000

export const createAnnouncer = (options: AnnouncerOptions): Announcer => {
  const { db, outbox, isExpecting, onPollError } = options
  const handlers = new Set<(change: Change) => void>()
  const dataVersion = (): number => db.pragma('data_version', { simple: true }) as number
  // In this order: a commit in between is announced rather than missed.
  let seenVersion = dataVersion()
  let announced = outbox.revision()

  const announceOne = (change: Change): void => {
    announced = change.revision
    for (const handler of handlers) handler(change)
  }
  const announceStored = (before = Number.POSITIVE_INFINITY): void => {
    for (;;) {
      const changes = outbox.after(announced, PAGE).filter(({ revision }) => revision < before)
      for (const change of changes) announceOne(parseChange(change))
      if (changes.length === 0) return
    }
  }
  const lookForOthers = (): void => {
    try {
      const version = dataVersion()
      if (version === seenVersion || isExpecting()) return
      announceStored()
      seenVersion = version
    } catch (error) {
      onPollError(error)
    }
  }
  const poll = setInterval(lookForOthers, options.pollInterval)
  poll.unref()

  return {
    announce: (change) => {
      if (change.revision > announced + 1) announceStored(change.revision)
      if (change.revision === announced + 1) announceOne(change)
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
