/** What readers of the feed ask: the changes since a revision, or all rows. To be used inside one transaction. */
import type { Change, ChangesSince, Snapshot } from '@openvnet/feed'
import { RESOURCE_NAMES, type ResourceName, type Row } from '@openvnet/schema'
import { specOf, toRow } from './columns.ts'
import { BOUND, type Prepare } from './database.ts'
import type { ChangeText, Outbox } from './outbox.ts'

type Gone = Extract<ChangesSince, { kind: 'gone' }>
type Changes = Extract<ChangesSince, { kind: 'changes' }>

/** Changes since a revision whose operations are still JSON. */
export type ChangeTexts = Gone | (Omit<Changes, 'changes'> & { readonly changes: readonly ChangeText[] })

/** `gone` also for a revision that was never made: whoever has it follows another history. */
export const changesAfter = (store: string, outbox: Outbox, revision: number, limit: number): ChangeTexts => {
  const current = outbox.revision()
  return revision > current || revision < outbox.oldest() - 1
    ? { kind: 'gone', store, revision: current }
    : { kind: 'changes', store, revision: current, changes: outbox.after(revision, limit) }
}

export const parseChange = ({ revision, operations }: ChangeText): Change => ({
  revision,
  operations: JSON.parse(operations) as Change['operations'],
})

/** All changes since a revision. */
export const allChanges = (store: string, outbox: Outbox, since: number): ChangesSince => {
  const changes: Change[] = []
  for (;;) {
    const page = changesAfter(store, outbox, changes.at(-1)?.revision ?? since, Number.MAX_SAFE_INTEGER)
    if (page.kind === 'gone') return page
    if (page.changes.length === 0) return { ...page, changes }
    changes.push(...page.changes.map(parseChange))
  }
}

/** Rows with an id above `after`, by id. */
export const rowsAfter = <N extends ResourceName>(
  prepare: Prepare,
  name: N,
  after: number,
  limit: number,
): Row<N>[] =>
  prepare(`SELECT * FROM ${specOf(name).collection} WHERE id > ${BOUND} ORDER BY id LIMIT ${BOUND}`)
    .all(after, limit)
    .map((raw) => toRow(name, raw))

export const allRows = (prepare: Prepare): Snapshot['rows'] =>
  Object.fromEntries(
    RESOURCE_NAMES.map((name) => [name, rowsAfter(prepare, name, 0, Number.MAX_SAFE_INTEGER)]),
  ) as unknown as Snapshot['rows']
