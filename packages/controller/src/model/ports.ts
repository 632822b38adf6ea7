/**
 * The ports of all switches, by name, by number and by iface-id: facts that the switches and their databases told, kept
 * while they are away. Where several have a port of one name, number or iface-id, a switch that is connected goes before one
 * that is not, then the lower datapath id.
 */
import { type IfaceIdFact, IfaceIds } from './iface_ids.ts'
import type { Touch } from './touch.ts'

/** A port of a switch. */
export interface SwitchPort {
  readonly dpid: string
  readonly name: string
  /** OpenFlow port number, 1..0xffffff00. */
  readonly port_no: number
  /** `external_ids:iface-id`, or `null`. */
  readonly iface_id: string | null
}

/** Key of a port of one switch. */
export const portKey = (dpid: string, name: string): string => `${dpid} ${name}`

export class Ports {
  readonly #byName = new Map<string, Map<string, number>>()
  /** Names by number and switch; for a moment two ports of a switch may have one number. */
  readonly #byNumber = new Map<number, Map<string, readonly string[]>>()
  readonly #bySwitch = new Map<string, Set<string>>()
  readonly #ifaceIds = new IfaceIds()
  readonly #connected = new Set<string>()

  /** Ports of that name, the one that counts first. */
  named(name: string): readonly SwitchPort[] {
    return this.#ordered(
      [...(this.#byName.get(name) ?? [])].map(([dpid, port_no]) => this.#port(dpid, name, port_no)),
    )
  }

  /** Number of the port of that name on a switch, or `null`. */
  of(dpid: string, name: string): number | null {
    return this.#byName.get(name)?.get(dpid) ?? null
  }

  /** Ports of that number, the one that counts first. */
  numbered(port_no: number): readonly SwitchPort[] {
    return this.#ordered(
      [...(this.#byNumber.get(port_no) ?? [])].flatMap(([dpid, names]) =>
        names.map((name) => this.#port(dpid, name, port_no)),
      ),
    )
  }

  /** Ports of that iface-id, the one that counts first. */
  withIfaceId(iface_id: string): readonly SwitchPort[] {
    return this.#ordered(
      this.#ifaceIds.ports(iface_id).flatMap(({ dpid, name }) => {
        const port_no = this.of(dpid, name)
        return port_no === null ? [] : [this.#port(dpid, name, port_no)]
      }),
    )
  }

  #port(dpid: string, name: string, port_no: number): SwitchPort {
    return { dpid, name, port_no, iface_id: this.#ifaceIds.of(dpid, name) }
  }

  #ordered(found: SwitchPort[]): readonly SwitchPort[] {
    const away = ({ dpid }: SwitchPort): number => (this.#connected.has(dpid) ? 0 : 1)
    return found.sort((a, b) => away(a) - away(b) || (a.dpid < b.dpid ? -1 : a.dpid > b.dpid ? 1 : 0))
  }

  /** Says whether a switch is connected: that may change which of several ports of a name counts. */
  setConnected(dpid: string, connected: boolean, touch: Touch): void {
    if (this.#connected.has(dpid) === connected) return
    if (connected) this.#connected.add(dpid)
    else this.#connected.delete(dpid)
    for (const name of this.#bySwitch.get(dpid) ?? []) {
      if ((this.#byName.get(name)?.size ?? 0) > 1) touch('ports', name)
      const number = this.#byName.get(name)?.get(dpid) ?? 0
      if ((this.#byNumber.get(number)?.size ?? 0) > 1) touch('port numbers', number)
    }
    for (const iface_id of this.#ifaceIds.on(dpid)) {
      if (this.#ifaceIds.ports(iface_id).length > 1) touch('iface-id', iface_id)
    }
  }

  /** Sets the iface-id of a port, whether the switch has told of it or not. */
  setIfaceId(fact: IfaceIdFact, touch: Touch): void {
    const before = this.#ifaceIds.set(fact)
    const { dpid, name, iface_id } = fact
    if (before === iface_id) return
    if (before !== null) touch('iface-id', before)
    if (iface_id !== null) touch('iface-id', iface_id)
    const port_no = this.of(dpid, name)
    if (port_no === null) return
    touch('ports', name)
    touch('port numbers', port_no)
  }

  /** Sets the number of a port; `null` when it is gone. */
  set(dpid: string, name: string, port_no: number | null, touch: Touch): void {
    const before = this.#byName.get(name)?.get(dpid) ?? null
    if (before === port_no) return
    touch('ports', name)
    touch('switch port', portKey(dpid, name))
    const iface_id = this.#ifaceIds.of(dpid, name)
    if (iface_id !== null) touch('iface-id', iface_id)
    if (before !== null) this.#forgetNumber(dpid, name, before, touch)
    if (port_no === null) this.#remove(dpid, name)
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
  }

  #add(dpid: string, name: string, port_no: number, touch: Touch): void {
    touch('port numbers', port_no)
    const numbered = this.#byNumber.get(port_no) ?? new Map<string, readonly string[]>()
    this.#byNumber.set(port_no, numbered.set(dpid, [...(numbered.get(dpid) ?? []), name].sort()))
    const switches = this.#byName.get(name) ?? new Map<string, number>()
    this.#byName.set(name, switches.set(dpid, port_no))
    this.#bySwitch.set(dpid, (this.#bySwitch.get(dpid) ?? new Set<string>()).add(name))
  }

  #forgetNumber(dpid: string, name: string, port_no: number, touch: Touch): void {
    touch('port numbers', port_no)
    const switches = this.#byNumber.get(port_no)
    const rest = switches?.get(dpid)?.filter((other) => other !== name) ?? []
    if (rest.length > 0) switches?.set(dpid, rest)
    else switches?.delete(dpid)
    if (switches?.size === 0) this.#byNumber.delete(port_no)
  }

  #remove(dpid: string, name: string): void {
    const switches = this.#byName.get(name)
    switches?.delete(dpid)
    if (switches?.size === 0) this.#byName.delete(name)
    const names = this.#bySwitch.get(dpid)
    names?.delete(name)
    if (names?.size === 0) this.#bySwitch.delete(dpid)
  }
}
