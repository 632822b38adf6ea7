/**
 * The table of changes: revision N is what write N did, stored in the same transaction. Revisions have no gaps.
 * Old ones are pruned; the newest always stays, it is the counter.
 */
import type { Change, Operation } from '@openvnet/feed'
import type { Prepare } from './database.ts'

export interface Outbox {
  /** Revision of the newest change; 0 in a new store. */
  revision(): number
  /** Revision of the oldest change that is still there; one more than `revision()` when there is none. */
  oldest(): number
  append(operations: readonly Operation[], at: string): Change
  /** Changes above `revision`, oldest first, at most `limit`. */
  after(revision: number, limit: number): Change[]
}

/** Pruning every time would make each write a delete. */
const PRUNE_EVERY = 256

/** @param keep how many changes stay, at least 1. */
export const createOutbox = (prepare: Prepare, keep: number): Outbox => {
  const bound = (order: 'ASC' | 'DESC') =>
    prepare(`SELECT revision FROM changes ORDER BY revision ${order} LIMIT 1`).get()?.['revision'] as
      | number
      | undefined
  const revision = () => bound('DESC') ?? 0
  const prune = (newest: number) => {
    if (newest % PRUNE_EVERY === 0) prepare('DELETE FROM changes WHERE revision <= ?').run(newest - keep)
  }
  return {
    revision,
    oldest: () => bound('ASC') ?? 1,
    append: (operations, at) => {
      const next = revision() + 1
      prepare('INSERT INTO changes (revision, at, operations) VALUES (?, ?, ?)').run(
        next,
        at,
        JSON.stringify(operations),
      )
      prune(next)
      return { revision: next, operations }
    },
    after: (revision, limit) =>
      prepare('SELECT revision, operations FROM changes WHERE revision > ? ORDER BY revision LIMIT ?')
        .all(revision, limit)
        .map((raw) => ({
          revision: raw['revision'] as number,
          operations: JSON.parse(raw['operations'] as string) as Operation[],
        })),
  }
}
