/**
 * Which bridges the controller acts for: with `auto` all that connect, with `approve` those that have a datapath row. Of
 * any other the engine hears nothing, so it is left as it is; when its row is made, the engine hears of it as of one that
 * has just connected. One that loses its row while it is connected loses its ports, and with them all but the flows
 * that drop everything. What a change of rows means for bridges is told right behind it, so that it is in the same pass:
 * a revision that approves a bridge is not applied before the bridge has its flows.
 */
import type { Change, Snapshot } from '@openvnet/feed'
import type { Row } from '@openvnet/schema'
import type { PlaceFacts, RememberedSwitch } from './engine/desired.ts'

export type Adoption = 'auto' | 'approve'

export interface Admission extends PlaceFacts {
  /** To be called behind the engine with the same. */
  load(snapshot: Snapshot): void
  apply(change: Change): void
  /** Whether the bridge waits for its row. */
  isPending(dpid: string): boolean
}

export interface AdmissionOptions {
  readonly adoption: Adoption
  /** Who acts on what is let through. */
  readonly facts: PlaceFacts
  /** `isPending` says something else now. */
  readonly onChange: (dpid: string) => void
}

interface Bridge {
  /** Of one that is not connected here. */
  remembered?: RememberedSwitch
  readonly address: string | undefined
  readonly ports: Map<string, number>
  connected: boolean
  admitted: boolean
}

class Approving implements Admission {
  readonly #options: AdmissionOptions
  readonly #bridges = new Map<string, Bridge>()
  /** Datapath ids of the rows, by row id; `undefined` while rows are not known. */
  #rows: Map<number, string> | undefined

  constructor(options: AdmissionOptions) {
    this.#options = options
  }

  connected(dpid: string, ports: ReadonlyMap<string, number>, address?: string): void {
    const bridge = { address, ports: new Map(ports), connected: true, admitted: this.#hasRow(dpid) }
    this.#bridges.set(dpid, bridge)
    if (bridge.admitted) this.#options.facts.connected(dpid, ports, address)
  }

  remembered(known: RememberedSwitch): void {
    const { dpid, ports, address } = known
    const bridge = {
      ...{ remembered: known, address: address ?? undefined, ports: new Map(ports) },
      ...{ connected: false, admitted: this.#hasRow(dpid) },
    }
    this.#bridges.set(dpid, bridge)
    if (bridge.admitted) this.#options.facts.remembered(known)
  }

  port(dpid: string, name: string, port_no: number | null): void {
    const bridge = this.#bridges.get(dpid)
    if (port_no === null) bridge?.ports.delete(name)
    else bridge?.ports.set(name, port_no)
    if (bridge?.admitted === true) this.#options.facts.port(dpid, name, port_no)
  }

  disconnected(dpid: string): void {
    const bridge = this.#bridges.get(dpid)
    if (bridge !== undefined) bridge.connected = false
    if (bridge?.remembered !== undefined) bridge.remembered = { ...bridge.remembered, connected: false }
    this.#options.facts.disconnected(dpid)
  }

  forgotten(dpid: string): void {
    this.#bridges.delete(dpid)
    this.#options.facts.forgotten(dpid)
  }

  load({ rows }: Snapshot): void {
    this.#rows = new Map(rows.datapath.map(({ id, dpid }) => [id, dpid]))
    this.#review()
  }

  apply({ operations }: Change): void {
    const ofDatapaths = operations.filter(({ resource }) => resource === 'datapath')
    for (const { id, row } of ofDatapaths) {
      if (row === null) this.#rows?.delete(id)
      else this.#rows?.set(id, (row as Row<'datapath'>).dpid)
    }
    if (ofDatapaths.length > 0) this.#review()
  }

  #hasRow(dpid: string): boolean {
    return [...(this.#rows?.values() ?? [])].includes(dpid)
  }

  /** Takes in who has a row now, and puts out who has none any more. */
  #review(): void {
    const known = new Set(this.#rows?.values())
    for (const [dpid, bridge] of this.#bridges) {
      const hasRow = known.has(dpid)
      if (hasRow === bridge.admitted) continue
      bridge.admitted = hasRow
      const ports = hasRow ? bridge.ports : new Map()
      const { remembered } = bridge
      if (bridge.connected) this.#options.facts.connected(dpid, new Map(ports), bridge.address)
      else if (hasRow && remembered !== undefined)
        this.#options.facts.remembered({ ...remembered, ports: new Map(bridge.ports) })
      else this.#options.facts.forgotten(dpid)
      this.#options.onChange(dpid)
    }
  }

  isPending(dpid: string): boolean {
    const bridge = this.#bridges.get(dpid)
    return this.#rows !== undefined && bridge?.remembered === undefined && bridge?.admitted === false
  }
}

export const createAdmission = (options: AdmissionOptions): Admission => {
  if (options.adoption === 'approve') return new Approving(options)
  const { facts } = options
  return {
    remembered: (known) => facts.remembered(known),
    connected: (dpid, ports, address) => facts.connected(dpid, ports, address),
    port: (dpid, name, port_no) => facts.port(dpid, name, port_no),
    disconnected: (dpid) => facts.disconnected(dpid),
    forgotten: (dpid) => facts.forgotten(dpid),
    load: () => undefined,
    apply: () => undefined,
    isPending: () => false,
  }
}
