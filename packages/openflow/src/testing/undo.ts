/** A record of changes to maps, to take them back in the reverse order: what makes a bundle all or nothing. */
import type { FlowStats } from '../types/message.ts'

/** A flow that is gone, and why: OFPRR. */
export interface RemovedFlow {
  readonly flow: FlowStats
  readonly reason: number
}

export class Undo {
  /** Flows that went and whose going is to be told. */
  readonly removed: RemovedFlow[] = []
  readonly #steps: (() => void)[] = []

  /** Sets an entry. */
  set<K, V>(map: Map<K, V>, key: K, value: V): void {
    this.#remember(map, key)
    map.set(key, value)
  }

  /** Removes an entry. */
  delete<K, V>(map: Map<K, V>, key: K): void {
    this.#remember(map, key)
    map.delete(key)
  }

  #remember<K, V>(map: Map<K, V>, key: K): void {
    const had = map.has(key)
    const before = map.get(key) as V
    this.#steps.push(() => {
      if (had) map.set(key, before)
      else map.delete(key)
    })
  }

  rollBack(): void {
    this.removed.length = 0
    for (const step of this.#steps.splice(0).reverse()) step()
  }
}
