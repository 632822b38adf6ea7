/** The simplest replica: rows by resource and id, made from changes only. */
import type { Change, Snapshot } from '@openvnet/feed'
import { RESOURCE_NAMES, type ResourceName, type Row } from '@openvnet/schema'

export interface Replica {
  readonly revision: number
  apply(change: Change): void
  /** Rows in the order of a snapshot. */
  rows(): Snapshot['rows']
}

/** @throws when a revision is skipped, or a change deletes what was never there */
export const createReplica = (): Replica => {
  const tables = new Map<ResourceName, Map<number, Row>>(RESOURCE_NAMES.map((name) => [name, new Map()]))
  let revision = 0
  return {
    get revision() {
      return revision
    },
    apply: (change) => {
      if (change.revision !== revision + 1) throw new Error(`${revision} is followed by ${change.revision}`)
      revision = change.revision
      for (const { resource, id, row } of change.operations) {
        const table = tables.get(resource) as Map<number, Row>
        if (row !== null) table.set(id, row)
        else if (!table.delete(id)) throw new Error(`${resource} ${id} was deleted and never made`)
      }
    },
    rows: () =>
      Object.fromEntries(
        RESOURCE_NAMES.map((name) => [
          name,
          [...(tables.get(name)?.values() ?? [])].sort((a, b) => a.id - b.id),
        ]),
      ) as unknown as Snapshot['rows'],
  }
}
