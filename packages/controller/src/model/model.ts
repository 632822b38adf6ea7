/**
 * The replica of the store, and what is like its rows: all of them by id and by index. Applying an operation says which rows and index keys
 * changed; nothing here knows what a row means.
 */

import type { Operation, Snapshot } from '@openvnet/feed'
import { RESOURCE_NAMES } from '@openvnet/schema'
import { ENTITY_NAMES, type Entity, type EntityName, type EntityOperation } from './entity.ts'
import { getOrCreate } from './get_or_create.ts'
import { INDEXES, type IndexName, type ResourceOfIndex } from './index_key.ts'
import { ROW_SPACE, type Touch } from './touch.ts'

type AnyRow = Entity

/** Rows in an order that does not depend on when they were made. */
const byUuid = (a: AnyRow, b: AnyRow): number => (a.uuid < b.uuid ? -1 : a.uuid > b.uuid ? 1 : a.id - b.id)

/** Several rows under one key of an index. */
class Bucket {
  readonly #rows: Map<number, AnyRow>
  /** Made when first asked for after a change. */
  #sorted: readonly AnyRow[] | undefined

  constructor(rows: readonly AnyRow[]) {
    this.#rows = new Map(rows.map((row) => [row.id, row]))
  }

  set(row: AnyRow): void {
    this.#sorted = undefined
    this.#rows.set(row.id, row)
  }

  delete(id: number): void {
    this.#sorted = undefined
    this.#rows.delete(id)
  }

  get size(): number {
    return this.#rows.size
  }

  get sorted(): readonly AnyRow[] {
    this.#sorted ??= [...this.#rows.values()].sort(byUuid)
    return this.#sorted
  }
}

/** The rows under one key of an index. Nearly all keys have one, which then is all that is kept. */
type Indexed = AnyRow | Bucket

export class Model {
  readonly #rows = new Map<EntityName, Map<number, AnyRow>>(ENTITY_NAMES.map((name) => [name, new Map()]))
  readonly #indexes = new Map<IndexName, Map<string | number, Indexed>>()

  get<N extends EntityName>(name: N, id: number): Entity<N> | undefined {
    return this.#rows.get(name)?.get(id) as Entity<N> | undefined
  }

  /** Rows under an index key, in the order of their uuids. */
  list<I extends IndexName>(index: I, key: string | number): readonly Entity<ResourceOfIndex<I>>[] {
    const found = this.#indexes.get(index)?.get(key)
    const rows = found instanceof Bucket ? found.sorted : found === undefined ? [] : [found]
    return rows as readonly Entity<ResourceOfIndex<I>>[]
  }

  /** Number of rows under an index key. */
  count(index: IndexName, key: string | number): number {
    const found = this.#indexes.get(index)?.get(key)
    if (found === undefined) return 0
    return found instanceof Bucket ? found.size : 1
  }

  /** Idempotent: an operation that changes nothing touches nothing. */
  apply({ resource, id, row }: EntityOperation, touch: Touch): void {
    const rows = this.#rows.get(resource)
    if (rows === undefined) return
    const before = rows.get(id)
    if (before === (row ?? undefined)) return
    if (row === null) rows.delete(id)
    else rows.set(id, row)
    touch(ROW_SPACE[resource], id)
    this.#reindex(resource, id, before, row, touch)
  }

  /** The operations that turn these rows into those of the snapshot; each may be applied before the next is asked for. */
  *operationsTo(snapshot: Snapshot): Generator<Operation> {
    for (const resource of RESOURCE_NAMES) {
      const wanted = new Map((snapshot.rows[resource] ?? []).map((row) => [row.id, row as AnyRow]))
      for (const [id, row] of this.#rows.get(resource)!) {
        if (!wanted.has(id)) yield { resource, id, row: null } as Operation
        else if (JSON.stringify(row) === JSON.stringify(wanted.get(id))) wanted.delete(id)
      }
      for (const [id, row] of wanted) yield { resource, id, row } as Operation
    }
  }

  #reindex(
    resource: EntityName,
    id: number,
    before: AnyRow | undefined,
    after: AnyRow | null,
    touch: Touch,
  ): void {
    for (const { name, keyOf } of INDEXES[resource]) {
      const oldKey = before === undefined ? null : keyOf(before)
      const newKey = after === null ? null : keyOf(after)
      if (oldKey !== null && oldKey !== newKey) {
        this.#unindex(name, oldKey, id)
        touch(name, oldKey)
      }
      if (newKey !== null && after !== null) {
        this.#index(name, newKey, after)
        touch(name, newKey)
      }
    }
  }

  #index(index: IndexName, key: string | number, row: AnyRow): void {
    const keys = getOrCreate(this.#indexes, index, () => new Map<string | number, Indexed>())
    const found = keys.get(key)
    if (found instanceof Bucket) found.set(row)
    else keys.set(key, found === undefined || found.id === row.id ? row : new Bucket([found, row]))
  }

  #unindex(index: IndexName, key: string | number, id: number): void {
    const keys = this.#indexes.get(index)
    const found = keys?.get(key)
    if (found instanceof Bucket) found.delete(id)
    if (found instanceof Bucket ? found.size === 0 : found?.id === id) keys?.delete(key)
  }
}
