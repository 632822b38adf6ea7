/**
 * What is long, read in slices with the event loop in between: all rows at one revision, through a connection of its own
 * whose transaction lasts that long, and the changes since a revision, which never change.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { Change, ChangesSince, Snapshot } from '@openvnet/feed'
import { RESOURCE_NAMES, type ResourceName, type Row } from '@openvnet/schema'
import { openForReading, prepareOnce } from './database.ts'
import { rowsAfter } from './history.ts'
import { parseInPieces } from './long_change.ts'
import { createOutbox } from './outbox.ts'
import { createReading, type Reading } from './reading.ts'

/** Rows of one slice: some milliseconds. */
const ROWS = 500
/** Changes of one slice. */
const CHANGES = 200

/** A piece of a snapshot, in the order of the resources. */
export type Slice =
  | { readonly kind: 'head'; readonly store: string; readonly revision: number }
  | { readonly kind: 'rows'; readonly resource: ResourceName; readonly rows: readonly Row[] }

/** @throws when the file cannot be read */
export async function* snapshotSlices(file: string): AsyncGenerator<Slice> {
  const db = openForReading(file)
  try {
    const prepare = prepareOnce(db)
    db.exec('BEGIN')
    const { identity, revision } = createReading(db, prepare, createOutbox(prepare, 1))
    yield { kind: 'head', store: identity, revision: revision() }
    for (const resource of RESOURCE_NAMES) {
      for (let rows = rowsAfter(prepare, resource, 0, ROWS); rows.length > 0; ) {
        yield { kind: 'rows', resource, rows }
        await turn()
        rows = rowsAfter(prepare, resource, rows.at(-1)?.id ?? 0, ROWS)
      }
    }
  } finally {
    db.close()
  }
}

export const readSnapshot = async (file: string): Promise<Snapshot> => {
  const rows = Object.fromEntries(RESOURCE_NAMES.map((name) => [name, [] as Row[]]))
  let head = { store: '', revision: 0 }
  for await (const slice of snapshotSlices(file)) {
    if (slice.kind === 'head') head = { store: slice.store, revision: slice.revision }
    else rows[slice.resource]?.push(...slice.rows)
  }
  return { ...head, rows: rows as unknown as Snapshot['rows'] }
}

/** As many of the changes since a revision as a follower needs to be asked again. */
export const readChanges = async (reading: Reading, since: number): Promise<ChangesSince> => {
  const changes: Change[] = []
  for (;;) {
    const page = reading.changesAfter(changes.at(-1)?.revision ?? since, CHANGES)
    // What was pruned in the meantime is asked for again, and then gone.
    if (page.kind === 'gone' && changes.length > 0) return { ...page, kind: 'changes', changes }
    if (page.kind === 'gone') return page
    for (const change of page.changes) changes.push(await parseInPieces(change))
    if (page.changes.length === 0 || changes.length >= 10 * CHANGES) return { ...page, changes }
    await turn()
  }
}
