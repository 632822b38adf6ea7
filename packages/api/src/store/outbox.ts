/**
 * The table of changes: revision N is what write N did, stored in the same transaction. Revisions have no gaps.
 * Old ones are pruned; the newest always stays, it is the counter.
 * The operations are JSON with one of them per line, so that a reader can take a long change apart without parsing it.
 */
import type { Change, Operation } from '@openvnet/feed'
import { BOUND, type Prepare } from './database.ts'

export interface Outbox {
  /** Revision of the newest change; 0 in a new store. */
  revision(): number
  /** Revision of the oldest change that is still there; one more than `revision()` when there is none. */
  oldest(): number
  append(operations: readonly Operation[], at: string): Appended
  /** Changes above `revision`, oldest first: at most `limit`, and fewer when they are long. */
  after(revision: number, limit: number): ChangeText[]
}

/** A change whose operations are still JSON. */
export interface ChangeText {
  readonly revision: number
  readonly operations: string
}

/** A change that was stored. */
export interface Appended {
  readonly change: Change
  readonly text: ChangeText
}

/** A JSON array, one operation per line. */
const operationsText = (operations: readonly Operation[]): string =>
  `[${operations.map((operation) => JSON.stringify(operation)).join(',\n')}]`

/** Characters of one answer of `after`, which has one change at least. */
const LONGEST_ANSWER = 4 * 2 ** 20
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
      const text = operationsText(operations)
      prepare('INSERT INTO changes (revision, at, operations) VALUES (?, ?, ?)').run(next, at, text)
      prune(next)
      return { change: { revision: next, operations }, text: { revision: next, operations: text } }
    },
    after: (revision, limit) => {
      const changes: ChangeText[] = []
      let length = 0
      const statement = prepare(
        `SELECT revision, operations FROM changes WHERE revision > ${BOUND} ORDER BY revision LIMIT ${BOUND}`,
      )
      for (const raw of statement.iterate(revision, limit)) {
        const change = raw as unknown as ChangeText
        changes.push(change)
        length += change.operations.length
        if (length > LONGEST_ANSWER) break
      }
      return changes
    },
  }
}
