/**
 * An engine as its surroundings see it: rows and ports that are told to it, switches that come and go, and what these
 * hold when all that is announced for them is applied. It knows all that it was told, in order, so that the same can
 * be told again, from scratch or as a script.
 */
import { setImmediate } from 'node:timers/promises'
import type { Operation, Snapshot } from '@openvnet/feed'
import { RESOURCE_NAMES, type ResourceName, type Row } from '@openvnet/schema'
import { pino } from 'pino'
import { Engine } from '../src/engine/engine.ts'
import type { Limits } from '../src/engine/limits.ts'
import type { Feature } from '../src/engine/rule.ts'
import { FEATURES } from '../src/features/index.ts'
import type { NeighbourFact } from '../src/model/neighbours.ts'
import type { Tables } from '../src/pipeline/flow.ts'
import { type Crossings, Mirror } from './mirror.ts'

export const DPIDS = ['0x0000000000000001', '0x0000000000000002'] as const
export const silent = pino({ level: 'silent' })

export type Event =
  /** One revision. */
  | { readonly kind: 'change'; readonly operations: readonly Operation[] }
  /** Revisions that the bus lost: the engine only gets all rows as they are afterwards. */
  | { readonly kind: 'reload'; readonly operations: readonly Operation[] }
  /** While the switch is away the engine hears nothing of it. */
  | { readonly kind: 'port'; readonly dpid: string; readonly name: string; readonly port_no: number | null }
  /** @param wiped the switch comes back with empty tables @param address from which it connects */
  | {
      readonly kind: 'link'
      readonly dpid: string
      readonly up: boolean
      readonly wiped?: boolean
      readonly address?: string
    }
  | { readonly kind: 'forget'; readonly dpid: string }
  /** What the database of a switch says of a port, whether the switch is there or not. */
  | {
      readonly kind: 'iface_id'
      readonly dpid: string
      readonly name: string
      readonly iface_id: string | null
    }
  /** Who is heard to have an address outside of the rows. */
  | ({ readonly kind: 'neighbour' } & NeighbourFact)

/** `settle`: all of it is in the tables. `tick`: a turn of the event loop; a long pass is in the middle. */
export type Step = Event | 'settle' | 'tick'

export interface WorldOptions {
  /** Datapath ids of the switches; `DPIDS` when absent. */
  readonly dpids?: readonly string[]
  /** Made for each world: what a rule keeps to itself is a fault that must not spread. */
  readonly features?: () => readonly Feature[]
  /** Milliseconds after which a pass gives way; 0: after each step. */
  readonly slice?: number
  readonly limits?: Limits
}

/** Two guests are many: so small a world goes over the limits and back again and again. */
export const TIGHT: Limits = { crowd: 2, junction: 2 }

export type AnyRow = Row<ResourceName>

interface SwitchState {
  /** Ports as they are. */
  readonly ports: Map<string, number>
  /** Ports as the engine knows them. */
  known: ReadonlyMap<string, number>
  /** iface-ids by name, in its database. */
  readonly ifaceIds: Map<string, string>
  /** From which it connected last. */
  address: string | undefined
  up: boolean
  /** The engine was told so, and the switch has not connected since. */
  isForgotten: boolean
  readonly mirror: Mirror
}

export class World {
  readonly engine: Engine
  readonly options: WorldOptions
  /** All that was told. */
  readonly steps: Step[] = []
  readonly rows = new Map<ResourceName, Map<number, AnyRow>>(RESOURCE_NAMES.map((name) => [name, new Map()]))
  readonly switches: ReadonlyMap<string, SwitchState>
  /** What was heard last of each address. */
  readonly neighbours = new Map<string, NeighbourFact>()
  /** What the engine logged as an error. */
  readonly faults: string[] = []
  #revision = 0
  #now = 0

  constructor(options: WorldOptions = {}) {
    this.options = options
    this.switches = new Map(
      (options.dpids ?? DPIDS).map((dpid) => [
        dpid,
        {
          ports: new Map(),
          known: new Map(),
          ifaceIds: new Map(),
          address: undefined,
          up: true,
          isForgotten: false,
          mirror: new Mirror(),
        },
      ]),
    )
    this.engine = new Engine({
      features: options.features?.() ?? FEATURES,
      log: pino({ level: 'error' }, { write: (line: string) => void this.faults.push(line) }),
      onChange: (dpid, change) =>
        this.switches.get(dpid)!.mirror.follow(this.engine.tables(dpid), change, change.revision),
      onFailure: () => void this.faults.push('a pass of the engine failed'),
      // Time enough goes by between any two events: how often a guest may move is another matter.
      now: () => (this.#now += 60_000),
      ...(options.slice === undefined ? {} : { slice: options.slice }),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    })
    this.engine.load(emptySnapshot())
    for (const dpid of this.switches.keys()) this.engine.connected(dpid, new Map())
  }

  give(event: Event): void {
    this.steps.push(event)
    switch (event.kind) {
      case 'change':
        for (const operation of event.operations) this.#operate(operation)
        this.engine.apply({ revision: ++this.#revision, operations: event.operations })
        break
      case 'reload':
        for (const operation of event.operations) this.#operate(operation)
        this.#revision += 1
        this.engine.load(this.snapshot())
        break
      case 'port':
        this.#port(event)
        break
      case 'link':
        this.#link(event)
        break
      case 'forget':
        this.#forget(event.dpid)
        break
      case 'iface_id':
        this.#ifaceId(event)
        break
      case 'neighbour':
        this.#neighbour(event)
    }
  }

  async settled(): Promise<void> {
    this.steps.push('settle')
    await this.engine.settled()
  }

  async take(step: Step): Promise<void> {
    if (step === 'settle') await this.settled()
    else if (step === 'tick') {
      this.steps.push(step)
      await setImmediate()
    } else this.give(step)
  }

  /** The rows as they are now. */
  snapshot(): Snapshot {
    const rows = Object.fromEntries([...this.rows].map(([name, byId]) => [name, [...byId.values()]]))
    return { ...emptySnapshot(), revision: this.#revision, rows: rows as unknown as Snapshot['rows'] }
  }

  /** Another world that learns at once how things are now, and who has what several claim. */
  async fromScratch(): Promise<World> {
    const world = new World(this.options)
    for (const [dpid, { ports, known, ifaceIds, address, up, isForgotten }] of this.switches) {
      const state = world.switches.get(dpid)!
      for (const [name, port_no] of ports) state.ports.set(name, port_no)
      state.known = known
      state.address = address
      state.up = up
      for (const [name, iface_id] of ifaceIds) state.ifaceIds.set(name, iface_id)
      world.engine.ifaceIds([...ifaceIds].map(([name, iface_id]) => ({ dpid, name, iface_id })))
      world.engine.connected(dpid, known, address)
      if (isForgotten) world.engine.forgotten(dpid)
      else if (!up) world.engine.disconnected(dpid)
    }
    for (const fact of this.neighbours.values()) world.give({ kind: 'neighbour', ...fact })
    world.engine.moves.restore(this.engine.moves.holdings())
    world.engine.load(this.snapshot())
    for (const [name, byId] of this.rows) for (const [id, row] of byId) world.rows.get(name)!.set(id, row)
    await world.engine.settled()
    return world
  }

  /** How often a network on a switch became one of many guests, and one of few. */
  get crossings(): Crossings {
    const all = [...this.switches.values()].map(({ mirror }) => mirror.crossings)
    const sum = (of: keyof Crossings) => all.reduce((total, crossings) => total + crossings[of], 0)
    return { grown: sum('grown'), shrunk: sum('shrunk') }
  }

  tables(dpid: string): Tables {
    return this.engine.tables(dpid)
  }

  #operate({ resource, id, row }: Operation): void {
    if (row === null) this.rows.get(resource)!.delete(id)
    else this.rows.get(resource)!.set(id, row)
  }

  #port({ dpid, name, port_no }: Event & { kind: 'port' }): void {
    const state = this.switches.get(dpid)!
    if (port_no === null) state.ports.delete(name)
    else state.ports.set(name, port_no)
    if (!state.up) return
    state.known = new Map(state.ports)
    this.engine.port(dpid, name, port_no)
  }

  #link({ dpid, up, wiped = false, address }: Event & { kind: 'link' }): void {
    const state = this.switches.get(dpid)!
    state.up = up
    if (!up) {
      this.engine.disconnected(dpid)
      return
    }
    state.known = new Map(state.ports)
    state.address = address
    state.isForgotten = false
    state.mirror.reconnect(wiped)
    this.engine.connected(dpid, state.known, address)
  }

  #ifaceId({ dpid, name, iface_id }: Event & { kind: 'iface_id' }): void {
    const { ifaceIds } = this.switches.get(dpid)!
    if (iface_id === null) ifaceIds.delete(name)
    else ifaceIds.set(name, iface_id)
    this.engine.ifaceIds([{ dpid, name, iface_id }])
  }

  #neighbour({ kind: _kind, ...fact }: Event & { kind: 'neighbour' }): void {
    this.neighbours.set(`${fact.dpid} ${fact.network_id} ${fact.address}`, fact)
    this.engine.neighbours([fact])
  }

  #forget(dpid: string): void {
    const state = this.switches.get(dpid)!
    state.up = false
    state.isForgotten = true
    state.known = new Map()
    state.address = undefined
    this.engine.forgotten(dpid)
  }
}

export const emptySnapshot = (): Snapshot => ({
  store: 'test',
  revision: 0,
  rows: Object.fromEntries(RESOURCE_NAMES.map((name) => [name, []])) as unknown as Snapshot['rows'],
})

/** Everything that a switch would see, and why, in one order. */
export const tablesText = ({ flows, groups, meters }: Tables): string =>
  [
    ...[...flows.values()].map((flow) =>
      JSON.stringify([flow.table_id, flow.priority, flow.key, flow.value, flow.why]),
    ),
    ...[...groups.values()].map((group) => JSON.stringify([group.group_id, group.value, group.why])),
    ...[...meters.values()].map((meter) => JSON.stringify([meter.meter_id, meter.value, meter.why])),
  ]
    .sort()
    .join('\n')
