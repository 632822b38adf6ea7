/**
 * The ports of all switches, by name, by number and by iface-id: facts that the switches and their databases told, kept
 * while they are away. Where several have a port of one name, number or iface-id, `Claims` says which of them counts.
 */
import { type ClaimKey, type ClaimSpace, Claims, type Dispute } from './claims.ts'
import { getOrCreate } from './get_or_create.ts'
import { type IfaceIdFact, IfaceIds } from './iface_ids.ts'
import { PlacedPorts } from './placed_ports.ts'
import type { Touch } from './touch.ts'

/** A port of a switch. */
export interface SwitchPort {
  readonly dpid: string
  readonly name: string
  /** OpenFlow port number, 1..0xffffff00. */
  readonly port_no: number
  /** `external_ids:iface-id`, or `null`. */
  readonly iface_id: string | null
  /** What moved too often cannot be here yet, unless it is said that it is on this switch. */
  readonly waits?: true
}

/** Key of a port of one switch. */
export const portKey = (dpid: string, name: string): string => `${dpid} ${name}`

export class Ports {
  readonly #byName = new Map<string, Map<string, number>>()
  /** For a moment two ports of a switch may have one number. */
  readonly #byNumber = new PlacedPorts<number>()
  /** Those of which both the port and its iface-id are known. */
  readonly #byIfaceId = new PlacedPorts<string>()
  readonly #bySwitch = new Map<string, Set<string>>()
  readonly #ifaceIds = new IfaceIds()
  readonly #connected = new Set<string>()
  /** Switches of which all ports were told once. */
  readonly #described = new Set<string>()
  /** Names of ports that appeared after their switch was described first. */
  readonly #timed = new Map<string, Set<string>>()
  readonly #claims: Claims

  /** @param now milliseconds that only go up */
  constructor(now: () => number = () => performance.now()) {
    this.#claims = new Claims({
      now,
      isConnected: (dpid) => this.#connected.has(dpid),
      claimants: (space, key) => this.#claimants(space, key),
      isTimed: (space, key, dpid) => this.#isTimed(space, key, dpid),
    })
  }

  /** Ports of that name, the one that counts first. */
  named(name: string): readonly SwitchPort[] {
    const found = [...(this.#byName.get(name) ?? [])].map(([dpid, port_no]) =>
      this.#port(dpid, name, port_no),
    )
    return this.#ordered('ports', name, found)
  }

  /** Number of the port of that name on a switch, or `null`. */
  of(dpid: string, name: string): number | null {
    return this.#byName.get(name)?.get(dpid) ?? null
  }

  /** Whether a switch has told of its ports, and has not been forgotten. */
  isDescribed(dpid: string): boolean {
    return this.#described.has(dpid)
  }

  /** Ports of that number, the one that counts first. */
  numbered(port_no: number): readonly SwitchPort[] {
    const found = [...(this.#byNumber.at(port_no) ?? [])].flatMap(([dpid, names]) =>
      names.map((name) => this.#port(dpid, name, port_no)),
    )
    return this.#ordered('port numbers', port_no, found)
  }

  /** Ports of that iface-id, the one that counts first. */
  withIfaceId(iface_id: string): readonly SwitchPort[] {
    const found = [...(this.#byIfaceId.at(iface_id) ?? [])].flatMap(([dpid, names]) =>
      names.map((name) => this.#port(dpid, name, this.of(dpid, name)!)),
    )
    return this.#ordered('iface-id', iface_id, found)
  }

  /** Names and iface-ids that a switch and others claim, as far as they are meant. */
  *disputes(
    dpid: string,
    isMeant: (dispute: Dispute) => boolean,
  ): Generator<Dispute & { readonly claimants: readonly string[] }> {
    for (const space of ['ports', 'iface-id'] as const) {
      for (const dispute of this.#claims.of(space, dpid)) {
        if (!isMeant(dispute)) continue
        const claimants = [...(this.#claimants(space, dispute.key)?.keys() ?? [])]
        if (claimants.length > 1 || dispute.until !== null) yield { ...dispute, claimants }
      }
    }
  }

  /** See `Claims`. */
  get claims(): Omit<Claims, 'appeared' | 'left' | 'reconnected'> {
    return this.#claims
  }

  #port(dpid: string, name: string, port_no: number): SwitchPort {
    return { dpid, name, port_no, iface_id: this.#ifaceIds.of(dpid, name) }
  }

  #claimants(space: ClaimSpace, key: ClaimKey): ReadonlyMap<string, unknown> | undefined {
    if (space === 'ports') return this.#byName.get(key as string)
    return space === 'iface-id' ? this.#byIfaceId.at(key as string) : this.#byNumber.at(key as number)
  }

  #isTimed(space: ClaimSpace, key: ClaimKey, dpid: string): boolean {
    const timed = this.#timed.get(dpid)
    if (timed === undefined) return false
    if (space === 'ports') return timed.has(key as string)
    const names = this.#claimants(space, key)?.get(dpid) as readonly string[] | undefined
    return names?.every((name) => timed.has(name)) ?? false
  }

  #ordered(space: ClaimSpace, key: ClaimKey, found: SwitchPort[]): readonly SwitchPort[] {
    const holder = this.#claims.holder(space, key)
    if (holder === undefined && found.length < 2) return found
    const rank = ({ dpid }: SwitchPort): number => (dpid === holder ? 0 : this.#connected.has(dpid) ? 1 : 2)
    found.sort((a, b) => rank(a) - rank(b) || (a.dpid < b.dpid ? -1 : a.dpid > b.dpid ? 1 : 0))
    return holder === null ? found.map((port) => ({ ...port, waits: true })) : found
  }

  /** Says whether a switch is connected: that may change which of several ports of a name counts. */
  setConnected(dpid: string, connected: boolean, touch: Touch): void {
    if (this.#connected.has(dpid) === connected) return
    if (connected) this.#connected.add(dpid)
    else this.#connected.delete(dpid)
    this.#claims.reconnected(dpid, touch)
  }

  /** Sets the iface-id of a port, whether the switch has told of it or not. */
  setIfaceId(fact: IfaceIdFact, touch: Touch): void {
    const { dpid, name, iface_id } = fact
    const before = this.#ifaceIds.of(dpid, name)
    if (before === iface_id) return
    const port_no = this.of(dpid, name)
    if (port_no !== null) this.#setClaim(fact, null, touch)
    this.#ifaceIds.set(fact)
    if (port_no === null) return
    this.#setClaim(fact, iface_id, touch)
    touch('ports', name)
    touch('port numbers', port_no)
  }

  /** Its port is known, and has this iface-id from now on. */
  #setClaim({ dpid, name }: IfaceIdFact, iface_id: string | null, touch: Touch): void {
    const before = this.#ifaceIds.of(dpid, name)
    if (before !== null && iface_id === null) {
      touch('iface-id', before)
      if (this.#byIfaceId.remove(before, dpid, name)) this.#claims.left('iface-id', before, dpid, touch)
    }
    if (iface_id === null) return
    touch('iface-id', iface_id)
    if (this.#byIfaceId.add(iface_id, dpid, name)) this.#claims.appeared('iface-id', iface_id, dpid, touch)
  }

  /** Sets the number of a port; `null` when it is gone. */
  set(dpid: string, name: string, port_no: number | null, touch: Touch): void {
    const before = this.of(dpid, name)
    if (before === port_no) return
    if (before === null && this.#described.has(dpid))
      getOrCreate(this.#timed, dpid, () => new Set<string>()).add(name)
    touch('ports', name)
    touch('switch port', portKey(dpid, name))
    const iface_id = this.#ifaceIds.of(dpid, name)
    if (iface_id !== null) touch('iface-id', iface_id)
    if (before !== null) this.#forgetNumber(dpid, name, before, touch)
    if (port_no === null) this.#remove(dpid, name, touch)
    else this.#add(dpid, name, port_no, touch)
  }

  /** Replaces all ports of a switch, one with each step. */
  *replace(dpid: string, ports: ReadonlyMap<string, number>, touch: Touch): Generator<void> {
    for (const name of [...(this.#bySwitch.get(dpid) ?? [])]) {
      if (!ports.has(name)) this.set(dpid, name, null, touch)
      yield
    }
    for (const [name, port_no] of ports) {
      this.set(dpid, name, port_no, touch)
      yield
    }
    this.#setDescribed(dpid, true, touch)
  }

  /** Forgets all of a switch but its iface-ids, one port with each step. */
  *forget(dpid: string, touch: Touch): Generator<void> {
    this.setConnected(dpid, false, touch)
    yield* this.replace(dpid, new Map(), touch)
    this.#setDescribed(dpid, false, touch)
  }

  #setDescribed(dpid: string, described: boolean, touch: Touch): void {
    if (this.#described.has(dpid) === described) return
    if (described) this.#described.add(dpid)
    else this.#described.delete(dpid)
    touch('described switch', dpid)
  }

  #add(dpid: string, name: string, port_no: number, touch: Touch): void {
    const switches = getOrCreate(this.#byName, name, () => new Map<string, number>())
    const isNew = !switches.has(dpid)
    switches.set(dpid, port_no)
    getOrCreate(this.#bySwitch, dpid, () => new Set<string>()).add(name)
    touch('port numbers', port_no)
    const isFirst = this.#byNumber.add(port_no, dpid, name)
    if (isFirst) this.#claims.appeared('port numbers', port_no, dpid, touch)
    if (!isNew) return
    this.#claims.appeared('ports', name, dpid, touch)
    const iface_id = this.#ifaceIds.of(dpid, name)
    this.#setClaim({ dpid, name, iface_id }, iface_id, touch)
  }

  #forgetNumber(dpid: string, name: string, port_no: number, touch: Touch): void {
    touch('port numbers', port_no)
    if (this.#byNumber.remove(port_no, dpid, name)) this.#claims.left('port numbers', port_no, dpid, touch)
  }

  #remove(dpid: string, name: string, touch: Touch): void {
    this.#setClaim({ dpid, name, iface_id: null }, null, touch)
    const switches = this.#byName.get(name)
    switches?.delete(dpid)
    if (switches?.size === 0) this.#byName.delete(name)
    this.#claims.left('ports', name, dpid, touch)
    const names = this.#bySwitch.get(dpid)
    names?.delete(name)
    if (names?.size === 0) this.#bySwitch.delete(dpid)
    const timed = this.#timed.get(dpid)
    timed?.delete(name)
    if (timed?.size === 0) this.#timed.delete(dpid)
  }
}
