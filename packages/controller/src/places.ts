/**
 * Where things are, beyond the connections of this moment: each switch with its ports, as its session tells, as it was
 * remembered from an earlier run, or as another controller says that has it. What a session tells goes first; the rest is
 * told to the engine as of a switch that it does not act for. So a host that is away is known all the same, and the ways
 * of others to its guests stay.
 *
 * A switch that is away is forgotten when its datapath row is deleted; one that never had a row, when it is away for a
 * day. Guests that appear on other switches are no longer on it anyway (`model/claims.ts`).
 */
import type { Change, PlaceChange, Snapshot } from '@openvnet/feed'
import type { Row } from '@openvnet/schema'
import type { PlaceFacts, SwitchFacts } from './engine/desired.ts'
import type { IfaceIdFact } from './model/iface_ids.ts'
import type { NeighbourFact } from './model/neighbours.ts'
import { factsOf, Place, placesOf, withoutMac } from './place.ts'

export interface PlacesOptions {
  /** Who acts on it. */
  readonly facts: PlaceFacts
  readonly onIfaceIds: (facts: readonly IfaceIdFact[]) => void
  readonly onNeighbours: (facts: readonly NeighbourFact[]) => void
  /**
   * What is different of what is known.
   * @param isOwn this controller has found it out itself
   */
  readonly onChange: (change: PlaceChange, isOwn: boolean) => void
  /** Where a switch that is not connected here is reached. */
  readonly onHost: (dpid: string, address: string) => void
  /** Milliseconds for which a switch without row is remembered while it is away. */
  readonly absence: number
}

/** Who has a connection goes before who has none, and a session of this controller before what others say. */
const isBetter = ({ connected }: PlaceChange, place: Place): boolean =>
  connected === true && (place.source !== OWN || !place.connected)

/** The source of what sessions and databases of this controller say. */
const OWN = 'own'

export class Places implements SwitchFacts {
  readonly #options: PlacesOptions
  readonly #places = new Map<string, Place>()
  /** Datapath ids of the rows, by row id; `undefined` while rows are not known. */
  #rows: Map<number, string> | undefined
  /** Switches whose iface-ids are those that their database says, not what was remembered. */
  readonly #confirmed = new Set<string>()

  constructor(options: PlacesOptions) {
    this.#options = options
  }

  /** Whether a switch is connected, here or to another controller. */
  isConnected(dpid: string): boolean {
    return this.#places.get(dpid)?.connected === true
  }

  connected(dpid: string, ports: ReadonlyMap<string, number>, address?: string): void {
    const place = this.#at(dpid)
    place.source = OWN
    const { ifaceIds } = place
    this.#change(place, {
      ...{ dpid, whole: true, connected: true, since: Date.now(), has_row: place.hasRow },
      ...{ address: address ?? null, ports: [...ports], iface_ids: [...ifaceIds] },
      neighbours: [...place.neighbours.values()],
    })
    this.#options.facts.connected(dpid, ports, address)
  }

  port(dpid: string, name: string, port_no: number | null): void {
    this.#change(this.#at(dpid), { dpid, ports: [[name, port_no]] })
    this.#options.facts.port(dpid, name, port_no)
  }

  disconnected(dpid: string): void {
    this.#change(this.#at(dpid), { dpid, connected: false, since: Date.now() })
    this.#options.facts.disconnected(dpid)
  }

  forgotten(dpid: string): void {
    const place = this.#places.get(dpid)
    const isOwn = place?.source === OWN
    if (place !== undefined)
      this.#options.onNeighbours(factsOf(dpid, [...place.neighbours.values()].map(withoutMac)))
    if (this.#places.delete(dpid)) this.#options.onChange({ dpid, gone: true }, isOwn)
    this.#options.facts.forgotten(dpid)
  }

  /** What databases say. */
  ifaceIds(facts: readonly IfaceIdFact[]): void {
    for (const [dpid, some] of Map.groupBy(facts, (fact) => fact.dpid)) {
      const iface_ids = some.map(({ name, iface_id }) => [name, iface_id] as const)
      this.#change(this.#at(dpid), { dpid, iface_ids })
      if (!this.#confirmed.has(dpid)) this.confirm(dpid, new Set(iface_ids.map(([name]) => name)))
    }
    this.#options.onIfaceIds(facts)
  }

  /** Its database has told of all iface-ids: what was remembered besides is no longer so. */
  confirm(dpid: string, names: ReadonlySet<string> = new Set()): void {
    if (this.#confirmed.has(dpid)) return
    this.#confirmed.add(dpid)
    const place = this.#places.get(dpid)
    const stale = [...(place?.ifaceIds.keys() ?? [])].filter((name) => !names.has(name))
    if (place === undefined || stale.length === 0) return
    this.#change(place, { dpid, iface_ids: stale.map((name) => [name, null] as const) })
    this.#options.onIfaceIds(stale.map((name) => ({ dpid, name, iface_id: null })))
  }

  /** What was learned from switches of this controller. */
  neighbours(facts: readonly NeighbourFact[]): void {
    for (const [dpid, some] of Map.groupBy(facts, (fact) => fact.dpid)) {
      const neighbours = some.map(
        ({ network_id, address, mac_address }) => [network_id, address, mac_address] as const,
      )
      this.#change(this.#at(dpid), { dpid, neighbours })
    }
    this.#options.onNeighbours(facts)
  }

  /** Takes in what an earlier run has left. What was connected then is taken to be so, until `settle`. */
  remember(changes: Iterable<PlaceChange>): void {
    for (const [dpid, place] of placesOf(changes)) {
      if (this.#places.has(dpid)) continue
      this.#places.set(dpid, place)
      this.#tell(place)
    }
  }

  /** What was connected in an earlier run and has not come back is away. */
  settle(): void {
    for (const place of this.#places.values()) {
      if (place.source === null && place.connected) this.disconnected(place.dpid)
    }
  }

  /** All that is known, for those who come later. */
  get all(): PlaceChange[] {
    return [...this.#places.values()].map(({ whole }) => whole)
  }

  /** What this controller says itself, and what nobody else says who lives. */
  get own(): PlaceChange[] {
    const own = [...this.#places.values()].filter(({ source }) => source === OWN || source === null)
    return own.map(({ whole }) => whole)
  }

  /** What another controller says is different. */
  hear(controller: string, change: PlaceChange): void {
    const place = this.#places.get(change.dpid)
    if (place?.source === controller) this.#follow(place, change)
    else if (change.whole === true && this.#isNews(change, place))
      this.#follow(this.#at(change.dpid), change, controller)
  }

  /** All that another controller says: what it said before and does not say any more, nobody says. */
  hearAll(controller: string, changes: readonly PlaceChange[]): void {
    const said = new Set(changes.map(({ dpid }) => dpid))
    this.#leave(controller, (dpid) => !said.has(dpid))
    for (const change of changes) this.hear(controller, change)
  }

  /** Another controller is silent: its switches go on, and are known as they were. */
  silent(controller: string): void {
    this.#leave(controller, () => true)
  }

  #leave(controller: string, isMeant: (dpid: string) => boolean): void {
    for (const place of this.#places.values()) {
      if (place.source !== controller || !isMeant(place.dpid)) continue
      this.#follow(place, { dpid: place.dpid, connected: false, since: Date.now() })
      place.source = null
    }
  }

  /** One that is away, and that nobody here knows, is as good as remembered, unless its row is gone. */
  #isNews(change: PlaceChange, place: Place | undefined): boolean {
    if (place !== undefined) return isBetter(change, place)
    const { dpid, connected, has_row } = change
    return connected === true || has_row !== true || this.#rows === undefined || this.#hasRow(dpid)
  }

  /** @param controller the source from now on, if it is another */
  #follow(place: Place, change: PlaceChange, controller = place.source): void {
    const { dpid } = place
    if (change.gone === true) {
      this.forgotten(dpid)
      return
    }
    const former = change.whole === true ? [...place.ifaceIds.keys()] : []
    const heard = change.whole === true ? [...place.neighbours.values()] : []
    place.source = controller
    this.#change(place, { ...change, has_row: place.hasRow }, false)
    if (change.whole === true) {
      // What is still so is not taken away for a moment: who claims it too would have it then.
      const gone = former.filter((name) => !place.ifaceIds.has(name))
      this.#options.onIfaceIds(gone.map((name) => ({ dpid, name, iface_id: null })))
      const silent = heard.filter(([network, address]) => !place.neighbours.has(`${network} ${address}`))
      this.#options.onNeighbours(factsOf(dpid, silent.map(withoutMac)))
      this.#tell(place)
      return
    }
    const { connected, ports = [], iface_ids = [], neighbours = [] } = change
    this.#options.onNeighbours(factsOf(dpid, neighbours))
    for (const [name, port_no] of ports) this.#options.facts.port(dpid, name, port_no)
    this.#options.onIfaceIds(iface_ids.map(([name, iface_id]) => ({ dpid, name, iface_id })))
    if (connected === false) this.#options.facts.disconnected(dpid)
  }

  /** To be called behind the engine with the same. */
  load({ rows }: Snapshot): void {
    this.#rows = new Map(rows.datapath.map(({ id, dpid }) => [id, dpid]))
    for (const place of [...this.#places.values()]) this.#reviewRow(place)
    const networks = new Set(rows.network.map(({ id }) => id))
    this.#forgetNeighbours((network) => !networks.has(network))
  }

  /** To be called behind the engine with the same. */
  apply({ operations }: Change): void {
    const concerned = new Set<string>()
    for (const { resource, id, row } of operations) {
      if (resource === 'network' && row === null) this.#forgetNeighbours((network) => network === id)
      if (resource !== 'datapath') continue
      const before = this.#rows?.get(id)
      if (before !== undefined) concerned.add(before)
      if (row === null) this.#rows?.delete(id)
      else {
        const { dpid } = row as Row<'datapath'>
        this.#rows?.set(id, dpid)
        concerned.add(dpid)
      }
    }
    for (const dpid of concerned) {
      const place = this.#places.get(dpid)
      if (place !== undefined) this.#reviewRow(place)
    }
  }

  /** To be called now and then. */
  forgetLongAway(): void {
    const oldest = Date.now() - this.#options.absence
    for (const place of [...this.#places.values()]) {
      if (!place.connected && !place.hasRow && place.since < oldest) this.forgotten(place.dpid)
    }
  }

  /** Their network is no more. */
  #forgetNeighbours(isGone: (network: number) => boolean): void {
    for (const place of this.#places.values()) {
      const neighbours = [...place.neighbours.values()].filter(([network]) => isGone(network)).map(withoutMac)
      if (neighbours.length === 0) continue
      this.#change(place, { dpid: place.dpid, neighbours }, place.source === OWN)
      this.#options.onNeighbours(factsOf(place.dpid, neighbours))
    }
  }

  #reviewRow(place: Place): void {
    const { dpid } = place
    const hasRow = this.#hasRow(dpid)
    if (hasRow === place.hasRow) return
    const isOver = !hasRow && !(place.connected && place.source !== null)
    if (isOver) this.forgotten(dpid)
    else this.#change(place, { dpid, has_row: hasRow }, place.source === OWN)
  }

  #at(dpid: string): Place {
    const found = this.#places.get(dpid)
    if (found !== undefined) return found
    const place = new Place(dpid)
    place.hasRow = this.#hasRow(dpid)
    this.#places.set(dpid, place)
    return place
  }

  #change(place: Place, change: PlaceChange, isOwn = true): void {
    place.add(change)
    this.#options.onChange(change, isOwn)
  }

  #hasRow(dpid: string): boolean {
    return [...(this.#rows?.values() ?? [])].includes(dpid)
  }

  /** Of a switch that this controller does not act for. */
  #tell({ dpid, ports, ifaceIds, neighbours, address, connected }: Place): void {
    this.#options.onNeighbours(factsOf(dpid, [...neighbours.values()]))
    this.#options.onIfaceIds([...ifaceIds].map(([name, iface_id]) => ({ dpid, name, iface_id })))
    if (address !== null) this.#options.onHost(dpid, address)
    this.#options.facts.remembered({ dpid, ports: new Map(ports), address, connected })
  }
}
