/** What rules and queries may read. Every read is recorded, so that what it answered can be followed up. */

import type { ResourceName, Row } from '@openvnet/schema'
import { getOrCreate } from '../model/get_or_create.ts'
import type { IndexName, ResourceOfIndex } from '../model/index_key.ts'
import { indexCell, type Model, rowCell } from '../model/model.ts'
import { type Ports, portsCell, type SwitchPort } from '../model/ports.ts'
import type { Computation, Graph, Tracker } from './graph.ts'

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
  /** The ports of that name on all switches; the one that counts first, see `Ports`. */
  ports(name: string): readonly SwitchPort[]
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

/** A query whose result is plain data of one level. */
export const recordQuery = <T extends object>(
  name: string,
  compute: (id: number, view: View) => T | null,
): Query<T | null> => ({ name, compute, equal: (a, b) => JSON.stringify(a) === JSON.stringify(b) })

interface Parts {
  readonly model: Model
  readonly ports: Ports
  readonly graph: Graph
}

/** Makes views; holds the results of queries that something still reads. */
export class Views {
  readonly #parts: Parts
  readonly #queries = new Map<Query<unknown>, Map<number, Computation<unknown>>>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  tracked(tracker: Tracker): View {
    const { model, ports } = this.#parts
    return {
      get: (name, id) => {
        if (id === null) return undefined
        tracker.readCell(rowCell(name, id))
        return model.get(name, id)
      },
      list: (index, key) => {
        tracker.readCell(indexCell(index, key))
        return model.list(index, key)
      },
      ports: (name) => {
        tracker.readCell(portsCell(name))
        return ports.named(name)
      },
      query: (query, id) => tracker.readComputation(this.#computation(query, id)),
    }
  }

  #computation<T>(query: Query<T>, id: number): Computation<T> {
    const results = getOrCreate(
      this.#queries,
      query as Query<unknown>,
      () => new Map<number, Computation<unknown>>(),
    )
    const known = results.get(id)
    if (known !== undefined) return known as Computation<T>
    const computation = this.#parts.graph.create<T>({
      name: `${query.name} ${id}`,
      compute: (tracker) => query.compute(id, this.tracked(tracker)),
      equal: query.equal,
      onOrphaned: () => results.delete(id),
    })
    results.set(id, computation)
    return computation
  }
}
