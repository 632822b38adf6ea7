/**
 * A scenario that comes to be bit by bit: rows, hosts that connect and ports that appear in any order, and go again. Rows
 * are those that the API makes of the scenario's writes, with their ids, so that tables can be compared as they are.
 */
import { Engine, FEATURES, type Tables } from '@openvnet/controller'
import type { Operation, Snapshot } from '@openvnet/feed'
import { RESOURCE_NAMES } from '@openvnet/schema'
import { emptySnapshot, silent, tablesText } from '../../packages/controller/test/world.ts'
import { SimulatedWorld } from './on_simulator.ts'
import type { GuestSpec, Scenario } from './scenario.ts'
import { snapshotOf, switchesOf } from './simulated_site.ts'

/** Something that is there or not. */
export type Piece =
  | { readonly kind: 'row'; readonly operation: Operation }
  | { readonly kind: 'host'; readonly bridge: string }
  | { readonly kind: 'port'; readonly bridge: string; readonly port: string }

const rowsOf = (snapshot: Snapshot): Piece[] =>
  RESOURCE_NAMES.flatMap((resource) =>
    snapshot.rows[resource].map(
      (row): Piece => ({ kind: 'row', operation: { resource, id: row.id, row } as Operation }),
    ),
  )

export class LiveSite {
  #scenario: Scenario
  readonly #snapshot: Snapshot
  readonly #engine = new Engine({ features: FEATURES, log: silent, onChange: () => {} })
  /** Names of the ports that bridges have, whether they are connected or not. */
  readonly #ports = new Map<string, Set<string>>()
  readonly #connected = new Set<string>()
  #revision = 0

  private constructor(scenario: Scenario, snapshot: Snapshot) {
    this.#scenario = scenario
    this.#snapshot = snapshot
    this.#engine.load(emptySnapshot())
  }

  /** Nothing of it is there yet. */
  static async of(scenario: Scenario): Promise<LiveSite> {
    return new LiveSite(scenario, await snapshotOf(scenario.writes))
  }

  /** The same, with nothing there. */
  anew(): LiveSite {
    return new LiveSite(this.#scenario, this.#snapshot)
  }

  /** Rows in the order in which they depend on each other, hosts, ports. */
  get pieces(): readonly Piece[] {
    const switches = switchesOf(this.#scenario)
    return [
      ...rowsOf(this.#snapshot),
      ...switches.map(({ name }): Piece => ({ kind: 'host', bridge: name })),
      ...switches.flatMap(({ name, ports }) =>
        [...ports.keys()].map((port): Piece => ({ kind: 'port', bridge: name, port })),
      ),
    ]
  }

  add(piece: Piece): void {
    if (piece.kind === 'row') this.#operate(piece.operation)
    else if (piece.kind === 'host') this.#connect(piece.bridge)
    else this.#plug(piece.bridge, piece.port)
  }

  remove(piece: Piece): void {
    if (piece.kind === 'row') this.#operate({ ...piece.operation, row: null })
    else if (piece.kind === 'host') this.#forget(piece.bridge)
    else this.#unplug(piece.bridge, piece.port)
  }

  /** The port of a guest goes, and comes again on another bridge. */
  move(name: string, bridge: string): void {
    const { bridge: before, port } = this.#scenario.guests.find((guest) => guest.name === name)!
    this.#unplug(before, port)
    const guests = this.#scenario.guests.map((guest) => (guest.name === name ? { ...guest, bridge } : guest))
    this.#scenario = { ...this.#scenario, guests }
    this.#plug(bridge, port)
  }

  async settled(): Promise<void> {
    await this.#engine.settled()
  }

  /** The tables of bridges, of those that are connected. */
  tables(): ReadonlyMap<string, Tables> {
    return new Map(
      switchesOf(this.#scenario)
        .filter(({ name }) => this.#connected.has(name))
        .map(({ dpid }) => [dpid, this.#engine.tables(dpid)]),
    )
  }

  /** All of them, as text. */
  text(): string {
    return [...this.tables()].map(([dpid, tables]) => `${dpid}\n${tablesText(tables)}`).join('\n')
  }

  /** What the tables do now. @param others with other addresses, as those of another family */
  world(others: readonly GuestSpec[] = this.#scenario.guests): SimulatedWorld {
    const bridges = new Map(this.#scenario.guests.map(({ name, bridge }) => [name, bridge]))
    const guests = others.map((guest) => ({ ...guest, bridge: bridges.get(guest.name)! }))
    return new SimulatedWorld({ ...this.#scenario, guests }, this.#snapshot, this.tables(), this.#engine)
  }

  #operate(operation: Operation): void {
    this.#revision += 1
    this.#engine.apply({ revision: this.#revision, operations: [operation] })
  }

  #switch(bridge: string) {
    return switchesOf(this.#scenario).find(({ name }) => name === bridge)!
  }

  #portsOf(bridge: string): Set<string> {
    const ports = this.#ports.get(bridge) ?? new Set<string>()
    this.#ports.set(bridge, ports)
    return ports
  }

  #connect(bridge: string): void {
    const { dpid, ports, address } = this.#switch(bridge)
    this.#connected.add(bridge)
    const there = [...ports].filter(([name]) => this.#portsOf(bridge).has(name))
    this.#engine.connected(dpid, new Map(there), address)
  }

  #forget(bridge: string): void {
    this.#connected.delete(bridge)
    this.#engine.forgotten(this.#switch(bridge).dpid)
  }

  #plug(bridge: string, port: string): void {
    this.#portsOf(bridge).add(port)
    const { dpid, ports } = this.#switch(bridge)
    if (this.#connected.has(bridge)) this.#engine.port(dpid, port, ports.get(port)!)
  }

  #unplug(bridge: string, port: string): void {
    this.#portsOf(bridge).delete(port)
    if (this.#connected.has(bridge)) this.#engine.port(this.#switch(bridge).dpid, port, null)
  }
}
