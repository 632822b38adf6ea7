/**
 * Neighbours that were learned: who was heard to have an address outside of the model. Facts like ports, told and taken
 * back, and shaped like rows, so that rules and indexes treat them as such; but no store has them.
 */

/** Heard from a switch: the address has this MAC address there from now on, or nobody is known to have it (`null`). */
export interface NeighbourFact {
  readonly dpid: string
  readonly network_id: number
  /** As text, in the form of rows. */
  readonly address: string
  readonly mac_address: string | null
}

export interface Neighbour {
  readonly id: number
  /** By which rows are ordered: its address. */
  readonly uuid: string
  readonly dpid: string
  readonly network_id: number
  readonly address: string
  readonly mac_address: string
}

/** As one of a row. */
export interface NeighbourOperation {
  readonly resource: 'neighbour'
  readonly id: number
  readonly row: Neighbour | null
}

/** FNV-1a of 32 bits, without the highest: ids of rows are positive. */
const hash = (text: string): number => {
  let value = 0x811c_9dc5
  for (const octet of Buffer.from(text)) value = Math.imul(value ^ octet, 0x0100_0193)
  return (value >>> 1) + 1
}

const keyOf = ({ dpid, network_id, address }: NeighbourFact): string => `${dpid} ${network_id} ${address}`

export class Neighbours {
  readonly #byKey = new Map<string, Neighbour>()
  readonly #ids = new Set<number>();

  /** All of them, as if each had just come. */
  *all(): Generator<NeighbourOperation> {
    for (const row of this.#byKey.values()) yield { resource: 'neighbour', id: row.id, row }
  }

  /** What facts make, change or end. */
  *take(facts: readonly NeighbourFact[]): Generator<NeighbourOperation> {
    for (const fact of facts) {
      const operation = this.#take(fact)
      if (operation !== undefined) yield operation
    }
  }

  /** `undefined`: it says nothing new. */
  #take(fact: NeighbourFact): NeighbourOperation | undefined {
    const key = keyOf(fact)
    const before = this.#byKey.get(key)
    const { mac_address } = fact
    if (mac_address === null) return before && this.#end(key, before)
    if (before?.mac_address === mac_address) return undefined
    const row = { ...fact, mac_address, id: before?.id ?? this.#newId(key), uuid: fact.address }
    this.#byKey.set(key, row)
    return { resource: 'neighbour', id: row.id, row }
  }

  #end(key: string, { id }: Neighbour): NeighbourOperation {
    this.#byKey.delete(key)
    this.#ids.delete(id)
    return { resource: 'neighbour', id, row: null }
  }

  /** The same after a restart, so that cookies are, too: it follows from the key, but for the rare two with one hash. */
  #newId(key: string): number {
    let id = hash(key)
    while (this.#ids.has(id)) id += 1
    this.#ids.add(id)
    return id
  }
}
