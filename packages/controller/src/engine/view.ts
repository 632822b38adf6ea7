/** What rules and queries may read. Every read is recorded, so that what it answered can be followed up. */

import type { Entity, EntityName } from '../model/entity.ts'
import { getOrCreate } from '../model/get_or_create.ts'
import type { IndexName, ResourceOfIndex } from '../model/index_key.ts'
import type { Model } from '../model/model.ts'
import type { Peers } from '../model/peers.ts'
import { type Ports, portKey, type SwitchPort } from '../model/ports.ts'
import type { Served } from '../model/served.ts'
import { ROW_SPACE } from '../model/touch.ts'
import { Computation } from './computation.ts'
import type { Graph } from './graph.ts'

/** What a query is asked about: the id of a row, or a name, as that of a switch. */
export type QueryKey = number | string

/** A named pure function of a key, computed once and again only when something that it read changes. */
export interface Query<T, K extends QueryKey = number> {
  readonly name: string
  readonly compute: (id: K, view: View) => T
  /** Results that are equal stop a change from spreading. */
  readonly equal: (a: T, b: T) => boolean
}

export interface View {
  /** See `Limits`; the same as long as the engine lives. */
  readonly crowd: number
  /** The row, or `undefined` when there is none; `null` as id gives `undefined`. */
  get<N extends EntityName>(name: N, id: number | null): Entity<N> | undefined
  /** The rows under a key of an index, ordered by uuid. */
  list<I extends IndexName>(index: I, key: number | string): readonly Entity<ResourceOfIndex<I>>[]
  /** Number of rows under a key of an index. */
  count(index: IndexName, key: number | string): number
  /** The ports of that name on all switches; the one that counts first, see `Ports`. */
  ports(name: string): readonly SwitchPort[]
  /** The ports of that number on all switches. */
  portsNumbered(port_no: number): readonly SwitchPort[]
  /** The ports of that iface-id on all switches. */
  portsWithIfaceId(iface_id: string): readonly SwitchPort[]
  /** OpenFlow number of the port of that name on a switch; `null` while there is none. */
  portOf(dpid: string, name: string): number | null
  /** Whether a switch has told of its ports: a port that is missing then is missing. */
  isDescribed(dpid: string): boolean
  /** Address from which a switch connected; `null` when it tells nothing, as 127.0.0.1. */
  peerOf(dpid: string): string | null
  query<T, K extends QueryKey>(query: Query<T, K>, id: K): T
}

const sameItems =
  <T>(equal: (a: T, b: T) => boolean) =>
  (a: readonly T[], b: readonly T[]): boolean =>
    a.length === b.length && a.every((item, index) => equal(item, b[index] as T))

/** A query whose result is a list of numbers or words. */
export const listQuery = <T extends string | number, K extends QueryKey = number>(
  name: string,
  compute: (id: K, view: View) => readonly T[],
): Query<readonly T[], K> => ({ name, compute, equal: sameItems<T>(Object.is) })

/** A query whose result is a number, a word, yes or no. */
export const valueQuery = <T extends string | number | boolean>(
  name: string,
  compute: (id: number, view: View) => T,
): Query<T> => ({ name, compute, equal: Object.is })

/** A query whose result is plain data. */
export const recordQuery = <T extends object, K extends QueryKey = number>(
  name: string,
  compute: (id: K, view: View) => T | null,
): Query<T | null, K> => ({ name, compute, equal: (a, b) => JSON.stringify(a) === JSON.stringify(b) })

/** The results of one query, by id, as long as something reads them. */
class Results<T> {
  readonly query: Query<T, never>
  readonly view: View
  readonly byId = new Map<QueryKey, QueryResult<T>>()

  constructor(query: Query<T, never>, view: View) {
    this.query = query
    this.view = view
  }
}

class QueryResult<T> extends Computation<T> {
  readonly #results: Results<T>
  readonly #id: QueryKey

  constructor(results: Results<T>, id: QueryKey) {
    super()
    this.#results = results
    this.#id = id
  }

  compute(): T {
    return this.#results.query.compute(this.#id as never, this.#results.view)
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
  readonly peers: Peers
  readonly served: Served
  readonly graph: Graph
  readonly crowd: number
}

/** The view of what runs in the graph now. */
export class TrackedView implements View {
  readonly crowd: number
  readonly #parts: Parts
  readonly #results = new Map<Query<unknown, never>, Results<unknown>>()

  constructor(parts: Parts) {
    this.#parts = parts
    this.crowd = parts.crowd
  }

  get<N extends EntityName>(name: N, id: number | null): Entity<N> | undefined {
    if (id === null) return undefined
    this.#parts.graph.readCell(ROW_SPACE[name], id)
    return this.#parts.model.get(name, id)
  }

  list<I extends IndexName>(index: I, key: number | string): readonly Entity<ResourceOfIndex<I>>[] {
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

  portsWithIfaceId(iface_id: string): readonly SwitchPort[] {
    this.#parts.graph.readCell('iface-id', iface_id)
    return this.#parts.ports.withIfaceId(iface_id)
  }

  portOf(dpid: string, name: string): number | null {
    this.#parts.graph.readCell('switch port', portKey(dpid, name))
    return this.#parts.ports.of(dpid, name)
  }

  isDescribed(dpid: string): boolean {
    this.#parts.graph.readCell('described switch', dpid)
    return this.#parts.ports.isDescribed(dpid)
  }

  peerOf(dpid: string): string | null {
    this.#parts.graph.readCell('switch peer', dpid)
    return this.#parts.peers.of(dpid)
  }

  /** Whether tables are to be computed for the switch. Nearly always it is so, and for good: that is not followed up. */
  serves(dpid: string): boolean {
    if (this.#parts.served.has(dpid)) return true
    this.#parts.graph.readCell('served switch', dpid)
    return false
  }

  /** The result of a query that rules keep and that is up to date; `undefined` when there is none. */
  known<T, K extends QueryKey>(query: Query<T, K>, id: K): { readonly value: T } | undefined {
    const result = this.#results.get(query as Query<unknown, never>)?.byId.get(id)
    return result?.state === 'clean' ? { value: result.value as T } : undefined
  }

  query<T, K extends QueryKey>(query: Query<T, K>, id: K): T {
    const results = getOrCreate(
      this.#results,
      query as Query<unknown, never>,
      () => new Results(query as Query<unknown, never>, this),
    )
    const result = getOrCreate(results.byId, id, () => new QueryResult(results, id))
    return this.#parts.graph.read(result) as T
  }
}
