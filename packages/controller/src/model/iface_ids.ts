/**
 * Which ports have which `external_ids:iface-id`, as the database of Open vSwitch says: known before the switch tells of
 * the port, and kept while the database is away.
 */

/** A port of a switch has this iface-id now, or none (`null`). */
export interface IfaceIdFact {
  readonly dpid: string
  /** As OpenFlow has it. */
  readonly name: string
  readonly iface_id: string | null
}

interface PlacedPort {
  readonly dpid: string
  readonly name: string
}

export class IfaceIds {
  readonly #bySwitch = new Map<string, Map<string, string>>()
  readonly #byId = new Map<string, readonly PlacedPort[]>()

  /** The iface-id of a port, or `null`. */
  of(dpid: string, name: string): string | null {
    return this.#bySwitch.get(dpid)?.get(name) ?? null
  }

  /** The iface-ids of ports of a switch. */
  on(dpid: string): Iterable<string> {
    return this.#bySwitch.get(dpid)?.values() ?? []
  }

  /** Ports with that iface-id, whether their switches have told of them or not. */
  ports(iface_id: string): readonly PlacedPort[] {
    return this.#byId.get(iface_id) ?? []
  }

  /** @returns the iface-id that the port had before */
  set({ dpid, name, iface_id }: IfaceIdFact): string | null {
    const before = this.of(dpid, name)
    if (before === iface_id) return before
    if (before !== null) this.#remove(before, dpid, name)
    if (iface_id !== null) this.#add(iface_id, dpid, name)
    return before
  }

  #add(iface_id: string, dpid: string, name: string): void {
    const names = this.#bySwitch.get(dpid) ?? new Map<string, string>()
    this.#bySwitch.set(dpid, names.set(name, iface_id))
    const ports = [...this.ports(iface_id), { dpid, name }]
    this.#byId.set(
      iface_id,
      ports.sort((a, b) => (a.name < b.name ? -1 : 1)),
    )
  }

  #remove(iface_id: string, dpid: string, name: string): void {
    const names = this.#bySwitch.get(dpid)
    names?.delete(name)
    if (names?.size === 0) this.#bySwitch.delete(dpid)
    const rest = this.ports(iface_id).filter((port) => port.dpid !== dpid || port.name !== name)
    if (rest.length > 0) this.#byId.set(iface_id, rest)
    else this.#byId.delete(iface_id)
  }
}
