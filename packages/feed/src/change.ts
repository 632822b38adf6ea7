/**
 * The change feed: every write makes one revision, and a revision is a list of row operations.
 * Revisions of one store are 1, 2, 3 … without gaps. A reader that holds revision N and gets N+1 is up to date;
 * anything else sends it to a `FeedSource` for what it missed.
 */
import type { ResourceName, Row } from '@openvnet/schema'

/** One row as it is after the write; `row` is `null` when it was deleted. */
export type Operation = {
  readonly [N in ResourceName]: { readonly resource: N; readonly id: number; readonly row: Row<N> | null }
}[ResourceName]

export interface Change {
  readonly revision: number
  readonly operations: readonly Operation[]
}

/** All rows at a revision. */
export interface Snapshot {
  /** Identity of the store: a reader that meets another one starts over. */
  readonly store: string
  readonly revision: number
  readonly rows: { readonly [N in ResourceName]: readonly Row<N>[] }
}

/** What happened since a revision, or that the store no longer knows. */
export type ChangesSince =
  | {
      readonly kind: 'changes'
      readonly store: string
      readonly revision: number
      readonly changes: readonly Change[]
    }
  | { readonly kind: 'gone'; readonly store: string; readonly revision: number }

/** Where a replica is filled and repaired from: the store itself in one process, the API over HTTP otherwise. */
export interface FeedSource {
  /** @throws when the source cannot be reached: try again later. */
  snapshot(): Promise<Snapshot>
  /** Changes with a revision above `revision`; `gone` when they were pruned or never existed. */
  since(revision: number): Promise<ChangesSince>
}
