/** A store in memory as the feed sees one: each write makes one revision; old changes can be pruned. */

import type { Change, ChangesSince, FeedSource, Snapshot } from '@openvnet/feed'
import { RESOURCE_NAMES, type Row } from '@openvnet/schema'

export const emptyRows = (): Snapshot['rows'] =>
  Object.fromEntries(RESOURCE_NAMES.map((name) => [name, []])) as unknown as Snapshot['rows']

export const networkRow = (id: number, display_name: string): Row<'network'> =>
  ({ id, uuid: `nw-${id}`, display_name }) as Row<'network'>

export class SampleStore implements FeedSource {
  readonly store: string
  revision = 0
  readonly networks = new Map<number, Row<'network'>>()
  #changes: Change[] = []

  constructor(store: string) {
    this.store = store
  }

  /** Sets a row, or deletes it where `name` is null. */
  write(id: number, name: string | null): Change {
    const row = name === null ? null : networkRow(id, name)
    if (row === null) this.networks.delete(id)
    else this.networks.set(id, row)
    this.revision += 1
    const change: Change = { revision: this.revision, operations: [{ resource: 'network', id, row }] }
    this.#changes.push(change)
    return change
  }

  prune(): void {
    this.#changes = []
  }

  async snapshot(): Promise<Snapshot> {
    const { store, revision } = this
    return { store, revision, rows: { ...emptyRows(), network: [...this.networks.values()] } }
  }

  async since(since: number): Promise<ChangesSince> {
    const { store, revision } = this
    const oldest = this.#changes[0]?.revision ?? revision + 1
    if (since > revision || since + 1 < oldest) return { kind: 'gone', store, revision }
    return { kind: 'changes', store, revision, changes: this.#changes.filter((c) => c.revision > since) }
  }
}

/** Resolves when `condition` holds. @throws when it does not within `limit` milliseconds. */
export async function until(condition: () => boolean, what: string, limit = 10_000): Promise<void> {
  const end = Date.now() + limit
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${limit} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
