/** What rules and queries may read. Every read is recorded, so that what it answered can be followed up. */

import type { ResourceName, Row } from '@openvnet/schema'
import { getOrCreate } from '../model/get_or_create.ts'
import type { IndexName, ResourceOfIndex } from '../model/index_key.ts'
import type { Model } from '../model/model.ts'
import type { Ports, SwitchPort } from '../model/ports.ts'
import { ROW_SPACE } from '../model/touch.ts'
import { Computation } from './computation.ts'
import type { Graph } from './graph.ts'

/** A named pure function of an id, computed once and again only when something that it read changes. */
export interface Query<T> {
  readonly name: string
  readonly compute: (id: number, view: View) => T
  /** Results that are equal stop a change from spreading. */
  readonly equal: (a: T, b: T) => boolean
}

export interface View {
  /** The row, or `undefined` when there is none; `null` as id gives `undefined`. */
  get<N extends ResourceName>(name: N, id: number | null): Row<N> | undefined
  /** The rows under a key of an index, ordered by uuid. */
  list<I extends IndexName>(index: I, key: number | string): readonly Row<ResourceOfIndex<I>>[]
  /** Number of rows under a key of an index. */
  count(index: IndexName, key: number | string): number
  /** The ports of that name on all switches; the one that counts first, see `Ports`. */
  ports(name: string): readonly SwitchPort[]
  /** The ports of that number on all switches. */
  portsNumbered(port_no: number): readonly SwitchPort[]
  query<T>(query: Query<T>, id: number): T
}

const sameItems =
  <T>(equal: (a: T, b: T) => boolean) =>
  (a: readonly T[], b: readonly T[]): boolean =>
    a.length === b.length && a.every((item, index) => equal(item, b[index] as T))

/** A query whose result is a list of numbers or words. */
export const listQuery = <T extends string | number>(
  name: string,
  compute: (id: number, view: View) => readonly T[],
): Query<readonly T[]> => ({ name, compute, equal: sameItems<T>(Object.is) })

/** A query whose result is a number, a word, yes or no. */
export const valueQuery = <T extends string | number | boolean>(
  name: string,
  compute: (id: number, view: View) => T,
): Query<T> => ({ name, compute, equal: Object.is })

/** A query whose result is plain data of one level. */
export const recordQuery = <T extends object>(
  name: string,
  compute: (id: number, view: View) => T | null,
): Query<T | null> => ({ name, compute, equal: (a, b) => JSON.stringify(a) === JSON.stringify(b) })

/** The results of one query, by id, as long as something reads them. */
class Results<T> {
  readonly query: Query<T>
  readonly view: View
  readonly byId = new Map<number, QueryResult<T>>()

  constructor(query: Query<T>, view: View) {
    this.query = query
    this.view = view
  }
}

class QueryResult<T> extends Computation<T> {
  readonly #results: Results<T>
  readonly #id: number

  constructor(results: Results<T>, id: number) {
    super()
    this.#results = results
    this.#id = id
  }

  compute(): T {
    return this.#results.query.compute(this.#id, this.#results.view)
  }

  override equal(a: T, b: T): boolean {
    return this.#results.query.equal(a, b)
  }

  override orphaned(): void {
    this.#results.byId.delete(this.#id)
  }
}

interface Parts {
  readonly model: Model
  readonly ports: Ports
  readonly graph: Graph
}

/** The view of what runs in the graph now. */
export class TrackedView implements View {
  readonly #parts: Parts
  readonly #results = new Map<Query<unknown>, Results<unknown>>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get<N extends ResourceName>(name: N, id: number | null): Row<N> | undefined {
    if (id === null) return undefined
    this.#parts.graph.readCell(ROW_SPACE[name], id)
    return this.#parts.model.get(name, id)
  }

  list<I extends IndexName>(index: I, key: number | string): readonly Row<ResourceOfIndex<I>>[] {
    this.#parts.graph.readCell(index, key)
    return this.#parts.model.list(index, key)
  }

  count(index: IndexName, key: number | string): number {
    this.#parts.graph.readCell(index, key)
    return this.#parts.model.count(index, key)
  }

  ports(name: string): readonly SwitchPort[] {
    this.#parts.graph.readCell('ports', name)
    return this.#parts.ports.named(name)
  }

  portsNumbered(port_no: number): readonly SwitchPort[] {
    this.#parts.graph.readCell('port numbers', port_no)
    return this.#parts.ports.numbered(port_no)
  }

  query<T>(query: Query<T>, id: number): T {
    const results = getOrCreate(
      this.#results,
      query as Query<unknown>,
      () => new Results(query as Query<unknown>, this),
    )
    const result = getOrCreate(results.byId, id, () => new QueryResult(results, id))
    return this.#parts.graph.read(result) as T
  }
}
