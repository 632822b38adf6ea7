/** What readers of the feed ask: the changes since a revision, or all rows. To be used inside one transaction. */
import type { ChangesSince, Snapshot } from '@openvnet/feed'
import { RESOURCE_NAMES } from '@openvnet/schema'
import { specOf, toRow } from './columns.ts'
import type { Prepare } from './database.ts'
import type { Outbox } from './outbox.ts'

/** `gone` also for a revision that was never made: whoever has it follows another history. */
export const changesAfter = (
  store: string,
  outbox: Outbox,
  revision: number,
  limit: number,
): ChangesSince => {
  const current = outbox.revision()
  return revision > current || revision < outbox.oldest() - 1
    ? { kind: 'gone', store, revision: current }
    : { kind: 'changes', store, revision: current, changes: outbox.after(revision, limit) }
}

export const allRows = (prepare: Prepare): Snapshot['rows'] =>
  Object.fromEntries(
    RESOURCE_NAMES.map((name) => [
      name,
      prepare(`SELECT * FROM ${specOf(name).collection} ORDER BY id`)
        .all()
        .map((raw) => toRow(name, raw)),
    ]),
  ) as unknown as Snapshot['rows']
