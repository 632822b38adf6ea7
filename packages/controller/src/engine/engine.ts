/**
 * From changes of rows and ports to what each switch should hold.
 *
 *     changes ─► model ─► which computations read what changed? ─► run those ─► flows ─► per switch: what changed
 *
 * Changes that arrive while a pass runs wait for the next one, so a burst costs few passes. A long pass gives way
 * to the event loop every few milliseconds. Nothing is announced before the first snapshot: an engine that does not
 * know the rows must not be taken for one that wants nothing.
 */

import type { Change, Snapshot } from '@openvnet/feed'
import type { EntityOperation } from '../model/entity.ts'
import { getOrCreate } from '../model/get_or_create.ts'
import type { IfaceIdFact } from '../model/iface_ids.ts'
import { Model } from '../model/model.ts'
import { type NeighbourFact, Neighbours } from '../model/neighbours.ts'
import { Peers } from '../model/peers.ts'
import { Ports } from '../model/ports.ts'
import { Served } from '../model/served.ts'
import type { Touch } from '../model/touch.ts'
import type { Tables } from '../pipeline/flow.ts'
import type { DesiredSwitch, PlaceFacts, RememberedSwitch } from './desired.ts'
import { Graph } from './graph.ts'
import { Instances, type Revision } from './instances.ts'
import { LIMITS, type Limits } from './limits.ts'
import { Moves } from './moves.ts'
import type { EngineOptions } from './options.ts'
import { PlainView } from './plain_view.ts'
import { standingFlows } from './standing.ts'
import { type Contribution, NOTHING, SwitchTables } from './switch_tables.ts'
import { Touched } from './touched.ts'
import { Turn } from './turn.ts'
import { TrackedView, type View } from './view.ts'

const SLICE_MS = 8

/** Changes what is known; where it is long, it can give way between two steps. */
type Input = (touch: Touch) => Iterable<void> | void

/** Where rows are from: the identity of a store, and its revision. */
interface Origin {
  readonly store: string
  readonly revision: number
}

export class Engine implements PlaceFacts {
  readonly #options: EngineOptions
  readonly #standing: Contribution
  readonly #ports: Ports
  readonly moves: Moves
  readonly #peers = new Peers()
  readonly #served = new Served()
  readonly #neighbours = new Neighbours()
  readonly #limits: Limits
  #model = new Model()
  #graph: Graph
  #tracked!: TrackedView
  #instances: Instances
  #switches = new Map<string, SwitchTables>()
  readonly #connected = new Set<string>()
  /** Switches to announce to, if they are connected. */
  readonly #concerned = new Set<string>()
  /** Switches whose tables go at the end of the pass. */
  readonly #forgotten = new Set<string>()
  #inputs: Input[] = []
  /** While the end of a pass is written into the tables. */
  #committing: Promise<void> | undefined
  /** What the rows are, and what of it the tables express. */
  #rows: Origin = { store: '', revision: 0 }
  #expressed: Origin = { store: '', revision: 0 }
  /** Whether tables were forgotten since they were announced last: nobody knows then what differs from those. */
  #isAnew = false
  /** Whether the rows were loaded; whether the tables express them is `#announces`. */
  #hasRows = false
  #announces = false
  #running: Promise<void> | undefined

  constructor(options: EngineOptions) {
    this.#options = options
    this.#limits = options.limits ?? LIMITS
    this.#ports = new Ports(options.now)
    const input = (change: Input): void => this.#input(change)
    this.moves = new Moves({ ports: this.#ports, model: () => this.#model, input, log: options.log })
    this.#graph = new Graph(this.#limits.junction)
    this.#standing = standingFlows(options.features)
    this.#instances = this.#createInstances()
  }

  /** Revision of the model that the tables of all switches express. */
  get revision(): number {
    return this.#expressed.revision
  }

  /** Identity of the store that it is a revision of; empty before the first. */
  get store(): string {
    return this.#expressed.store
  }

  /** Computations run since the start. */
  get runs(): number {
    return this.#graph.runs
  }

  /** What a switch should hold; nothing is known of that before the first pass with all rows. */
  desired(dpid: string): DesiredSwitch | undefined {
    if (!this.#announces) return undefined
    return { tables: this.tables(dpid), revision: this.revision, whole: () => this.#committing }
  }

  /** What a switch should hold according to the last pass; see `DesiredSwitch.whole`. */
  tables(dpid: string): Tables {
    return this.#tablesOf(dpid).tables
  }

  /** Rows and ports as they are known now, for whoever only looks; `undefined` while there are none. */
  get view(): View | undefined {
    if (!this.#hasRows) return undefined
    const parts = { model: this.#model, ports: this.#ports, peers: this.#peers, known: this.#tracked }
    return new PlainView({ ...parts, crowd: this.#limits.crowd })
  }

  /** uuid of the datapath row of a switch. */
  datapathUuid(dpid: string): string | null {
    return this.#model.list('datapath.dpid', dpid)[0]?.uuid ?? null
  }

  /** Whether a switch has a port of that name. */
  hasPort(dpid: string, name: string): boolean {
    return this.#ports.of(dpid, name) !== null
  }

  load(snapshot: Snapshot): void {
    this.#input((touch) => this.#load(snapshot, touch))
  }

  apply(change: Change): void {
    this.#input((touch) => this.#apply(change, touch))
  }

  connected(dpid: string, ports: ReadonlyMap<string, number>, address?: string): void {
    // A pass that runs now still knows the ports of its former connection.
    this.#connected.delete(dpid)
    this.#input((touch) => this.#connect(dpid, ports, address, touch))
  }

  remembered(known: RememberedSwitch): void {
    this.#input((touch) => this.#remember(known, touch))
  }

  disconnected(dpid: string): void {
    this.#input((touch) => {
      this.#connected.delete(dpid)
      this.#ports.setConnected(dpid, false, touch)
    })
  }

  forgotten(dpid: string): void {
    this.#input((touch) => this.#forget(dpid, touch))
  }

  /** Iface-ids of ports, as the database of their switch says. What is said of a port holds until something else is. */
  ifaceIds(facts: readonly IfaceIdFact[]): void {
    this.#input((touch) => {
      for (const fact of facts) this.#ports.setIfaceId(fact, touch)
    })
  }

  /** Who was heard to have which address outside of the model. */
  neighbours(facts: readonly NeighbourFact[]): void {
    if (facts.length > 0) this.#input((touch) => this.#operate(this.#neighbours.take(facts), touch))
  }

  port(dpid: string, name: string, port_no: number | null): void {
    this.#input((touch) => this.#ports.set(dpid, name, port_no, touch))
  }

  /** Resolves when all inputs so far are in the tables. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  #input(input: Input): void {
    this.#inputs.push(input)
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    // Whatever else arrives in this turn of the event loop joins the pass.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#inputs.length > 0) await this.#tryPass()
    this.#running = undefined
  }

  async #tryPass(): Promise<void> {
    try {
      await this.#pass()
    } catch (error) {
      this.#options.log.error({ err: error }, 'A pass of the engine failed: starting over with all rows')
      this.#startOver()
      this.#options.onFailure?.()
    }
  }

  async #pass(): Promise<void> {
    const turn = new Turn(this.#options.slice ?? SLICE_MS)
    await this.#takeInputs(turn)
    await this.#refreshAll(turn)
    for (const _step of this.#graph.collect()) if (turn.isOver) await turn.next()
    await this.#commit(this.#instances.takeRevisions(), turn)
    for (const dpid of this.#forgotten) this.#dropTables(dpid)
    this.moves.tellRefused()
    // What the tables of no rows express is no revision, whatever changes came after a failure.
    if (this.#hasRows) this.#announce()
  }

  async #takeInputs(turn: Turn): Promise<void> {
    const touched = new Touched((space, key) => this.#graph.isRead(space, key))
    const inputs = this.#inputs.splice(0)
    let taken = 0
    try {
      for (const input of inputs) {
        taken += 1
        for (const _step of input(touched.touch) ?? []) if (turn.isOver) await turn.next()
      }
    } finally {
      // What stands behind one that fails is taken later: nobody says again which ports a switch has.
      if (taken < inputs.length) this.#inputs = inputs.slice(taken).concat(this.#inputs)
    }
    for (const [space, key] of touched) {
      this.#graph.invalidate(space, key)
      if (turn.isOver) await turn.next()
    }
  }

  /**
   * What instances say now goes into the tables, when the pass has computed everything: whoever looks at them sees the
   * end of the last pass, not the middle of this one.
   */
  async #commit(revisions: readonly Revision[], turn: Turn): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#committing = promise
    try {
      for (const { dpid, before, after } of revisions) {
        this.#tablesOf(dpid).replace(before, after)
        this.#concerned.add(dpid)
        if (turn.isOver) await turn.next()
      }
    } finally {
      this.#committing = undefined
      resolve()
    }
  }

  /** Forgets everything but the switches and their ports. */
  #startOver(): void {
    this.#hasRows = false
    this.#announces = false
    this.#isAnew = true
    this.#model = new Model()
    this.#graph = new Graph(this.#limits.junction)
    this.#switches = new Map()
    this.#instances = this.#createInstances()
  }

  #createInstances(): Instances {
    const [graph, model] = [this.#graph, this.#model]
    const { crowd } = this.#limits
    this.#tracked = new TrackedView({
      ...{ model, graph, crowd },
      ports: this.#ports,
      peers: this.#peers,
      served: this.#served,
    })
    return new Instances(this.#options.features, { graph, view: this.#tracked, log: this.#options.log })
  }

  async #refreshAll(turn: Turn): Promise<void> {
    for (let pending = this.#graph.takePending(); pending.length > 0; pending = this.#graph.takePending()) {
      for (const computation of pending) {
        this.#graph.refresh(computation)
        if (turn.isOver) await turn.next()
      }
    }
  }

  /** The tables express the rows from now on, unless somebody who hears of it fails. */
  #announce(): void {
    const before = this.#expressed
    this.#expressed = this.#rows
    this.#announces = true
    try {
      this.#tellAll(before)
    } catch (error) {
      this.#expressed = before
      throw error
    }
  }

  #tellAll(before: Origin): void {
    const isOther = before.store !== this.store
    const everything = isOther || this.#isAnew
    const concerned = [...(everything ? this.#connected : this.#concerned)]
    this.#concerned.clear()
    for (const dpid of concerned) {
      if (!this.#connected.has(dpid)) continue
      this.#options.onChange(dpid, {
        ...this.#tablesOf(dpid).takeChange(),
        revision: this.revision,
        since: isOther ? 0 : before.revision,
        ...(everything && { everything }),
      })
    }
    this.#isAnew = false
    this.#options.onPass?.()
  }

  *#connect(
    dpid: string,
    ports: ReadonlyMap<string, number>,
    address: string | undefined,
    touch: Touch,
  ): Generator<void> {
    yield* this.#ports.replace(dpid, ports, touch)
    this.#ports.setConnected(dpid, true, touch)
    this.#peers.set(dpid, address, touch)
    this.#served.add(dpid, touch)
    this.#tablesOf(dpid)
    this.#connected.add(dpid)
    this.#concerned.add(dpid)
    this.#forgotten.delete(dpid)
  }

  *#remember({ dpid, ports, address, connected }: RememberedSwitch, touch: Touch): Generator<void> {
    // What was computed for it once goes on.
    if (!this.#switches.has(dpid)) this.#served.except(dpid)
    yield* this.#ports.replace(dpid, ports, touch)
    this.#ports.setConnected(dpid, connected, touch)
    this.#peers.set(dpid, address ?? undefined, touch)
    this.#forgotten.delete(dpid)
  }

  *#forget(dpid: string, touch: Touch): Generator<void> {
    this.#connected.delete(dpid)
    this.#served.add(dpid, touch)
    yield* this.#ports.forget(dpid, touch)
    this.#peers.set(dpid, undefined, touch)
    this.#forgotten.add(dpid)
  }

  *#load(snapshot: Snapshot, touch: Touch): Generator<void> {
    yield* this.#operate(this.#model.operationsTo(snapshot), touch)
    // A model that starts over knows none of them; to others it says nothing new.
    yield* this.#operate(this.#neighbours.all(), touch)
    this.#rows = { store: snapshot.store, revision: snapshot.revision }
    this.#hasRows = true
  }

  *#apply(change: Change, touch: Touch): Generator<void> {
    yield* this.#operate(change.operations, touch)
    this.#rows = { store: this.#rows.store, revision: change.revision }
  }

  *#operate(operations: Iterable<EntityOperation>, touch: Touch): Generator<void> {
    for (const operation of operations) {
      const { resource, id, row } = operation
      const existed = this.#model.get(resource, id) !== undefined
      this.#model.apply(operation, touch)
      if (row !== null && !existed) this.#instances.add(resource, id)
      if (row === null && existed) this.#instances.remove(resource, id)
      yield
    }
  }

  /** Where rows still say something of the switch, it is wanted when that is back: the tables stay until they do not. */
  #dropTables(dpid: string): void {
    const { flows, groups, meters } = this.tables(dpid)
    if (flows.size > this.#standing.flows.length || groups.size + meters.size > 0) return
    this.#switches.delete(dpid)
    this.#forgotten.delete(dpid)
  }

  #tablesOf(dpid: string): SwitchTables {
    return getOrCreate(this.#switches, dpid, () => {
      const tables = new SwitchTables()
      tables.replace(NOTHING, this.#standing)
      return tables
    })
  }
}
