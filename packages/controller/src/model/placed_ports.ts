/** Ports of switches by something that they have, as a number or an iface-id: per switch the names, in order of appearance. */
import { getOrCreate } from './get_or_create.ts'

export class PlacedPorts<K extends string | number> {
  readonly #byKey = new Map<K, Map<string, readonly string[]>>()

  /** Names by switch, the switch that appeared last at the end. */
  at(key: K): ReadonlyMap<string, readonly string[]> | undefined {
    return this.#byKey.get(key)
  }

  /** @returns whether it is the first of its switch */
  add(key: K, dpid: string, name: string): boolean {
    const switches = getOrCreate(this.#byKey, key, () => new Map<string, readonly string[]>())
    const names = switches.get(dpid) ?? []
    // Of nearly all there is one, and a list that is spread has room for more.
    switches.set(dpid, names.length === 0 ? [name] : [...names, name].sort())
    return names.length === 0
  }

  /** @returns whether it was the last of its switch */
  remove(key: K, dpid: string, name: string): boolean {
    const switches = this.#byKey.get(key)
    const rest = switches?.get(dpid)?.filter((other) => other !== name) ?? []
    if (rest.length > 0) switches?.set(dpid, rest)
    else switches?.delete(dpid)
    if (switches?.size === 0) this.#byKey.delete(key)
    return rest.length === 0
  }
}
