/**
 * Which ports have which `external_ids:iface-id`, as the database of Open vSwitch says: known before the switch tells of
 * the port, and kept while the database is away.
 */
import { getOrCreate } from './get_or_create.ts'

/** A port of a switch has this iface-id now, or none (`null`). */
export interface IfaceIdFact {
  readonly dpid: string
  /** As OpenFlow has it. */
  readonly name: string
  readonly iface_id: string | null
}

export class IfaceIds {
  readonly #bySwitch = new Map<string, Map<string, string>>()

  /** The iface-id of a port, or `null`. */
  of(dpid: string, name: string): string | null {
    return this.#bySwitch.get(dpid)?.get(name) ?? null
  }

  set({ dpid, name, iface_id }: IfaceIdFact): void {
    const names = getOrCreate(this.#bySwitch, dpid, () => new Map<string, string>())
    if (iface_id === null) names.delete(name)
    else names.set(name, iface_id)
    if (names.size === 0) this.#bySwitch.delete(dpid)
  }
}
