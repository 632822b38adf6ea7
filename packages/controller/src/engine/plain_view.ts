/**
 * What rules read, for those whose reads nobody follows: the handlers of packets. A query that rules read too is not
 * computed again; others are, each time.
 */
import type { Entity, EntityName } from '../model/entity.ts'
import type { IndexName, ResourceOfIndex } from '../model/index_key.ts'
import type { Model } from '../model/model.ts'
import type { Peers } from '../model/peers.ts'
import type { Ports, SwitchPort } from '../model/ports.ts'
import type { Query, QueryKey, TrackedView, View } from './view.ts'

interface Parts {
  readonly model: Model
  readonly ports: Ports
  readonly peers: Peers
  readonly crowd: number
  /** Results that rules have; absent: none. */
  readonly known?: Pick<TrackedView, 'known'>
}

export class PlainView implements View {
  readonly crowd: number
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.crowd = parts.crowd
    this.#parts = parts
  }

  get<N extends EntityName>(name: N, id: number | null): Entity<N> | undefined {
    return id === null ? undefined : this.#parts.model.get(name, id)
  }

  list<I extends IndexName>(index: I, key: number | string): readonly Entity<ResourceOfIndex<I>>[] {
    return this.#parts.model.list(index, key)
  }

  count(index: IndexName, key: number | string): number {
    return this.#parts.model.count(index, key)
  }

  ports(name: string): readonly SwitchPort[] {
    return this.#parts.ports.named(name)
  }

  portsNumbered(port_no: number): readonly SwitchPort[] {
    return this.#parts.ports.numbered(port_no)
  }

  portsWithIfaceId(iface_id: string): readonly SwitchPort[] {
    return this.#parts.ports.withIfaceId(iface_id)
  }

  portOf(dpid: string, name: string): number | null {
    return this.#parts.ports.of(dpid, name)
  }

  isDescribed(dpid: string): boolean {
    return this.#parts.ports.isDescribed(dpid)
  }

  peerOf(dpid: string): string | null {
    return this.#parts.peers.of(dpid)
  }

  query<T, K extends QueryKey>(query: Query<T, K>, id: K): T {
    const known = this.#parts.known?.known(query, id)
    return known === undefined ? query.compute(id, this) : known.value
  }
}
