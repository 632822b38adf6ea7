/** One switch as it is remembered: what changes say, added up. */
import type { PlaceChange, PlaceNeighbour } from '@openvnet/feed'
import type { NeighbourFact } from './model/neighbours.ts'

/** Neighbours that are remembered of a switch: the first that came go when there are more. */
const MOST_NEIGHBOURS = 4096

export class Place {
  readonly dpid: string
  readonly ports = new Map<string, number>()
  readonly ifaceIds = new Map<string, string>()
  /** By network and address. */
  readonly neighbours = new Map<string, PlaceNeighbour>()
  connected = false
  address: string | null = null
  hasRow = false
  /** Time of connection or disconnection, milliseconds since 1970. */
  since = 0
  /** Which controller says so; `null`: nobody who lives. */
  source: string | null = null

  constructor(dpid: string) {
    this.dpid = dpid
  }

  add({ whole, connected, since, has_row, address, ...lists }: PlaceChange): void {
    const { ports = [], iface_ids = [], neighbours = [] } = lists
    if (whole === true) {
      this.ports.clear()
      this.ifaceIds.clear()
      this.neighbours.clear()
    }
    for (const [name, port_no] of ports) {
      if (port_no === null) this.ports.delete(name)
      else this.ports.set(name, port_no)
    }
    for (const [name, iface_id] of iface_ids) {
      if (iface_id === null) this.ifaceIds.delete(name)
      else this.ifaceIds.set(name, iface_id)
    }
    for (const neighbour of neighbours) this.#learn(neighbour)
    this.connected = connected ?? this.connected
    this.since = since ?? this.since
    this.hasRow = has_row ?? this.hasRow
    if (address !== undefined) this.address = address
  }

  #learn(neighbour: PlaceNeighbour): void {
    const [network_id, address, mac_address] = neighbour
    const key = `${network_id} ${address}`
    this.neighbours.delete(key)
    if (mac_address !== null) this.neighbours.set(key, neighbour)
    const [first] = this.neighbours.keys()
    if (this.neighbours.size > MOST_NEIGHBOURS && first !== undefined) this.neighbours.delete(first)
  }

  /** All of it as one change. */
  get whole(): PlaceChange {
    const { dpid, connected, since, hasRow, address } = this
    return {
      ...{ dpid, whole: true, connected, since, has_row: hasRow, address },
      ports: [...this.ports],
      iface_ids: [...this.ifaceIds],
      neighbours: [...this.neighbours.values()],
    }
  }
}

export const factsOf = (dpid: string, neighbours: readonly PlaceNeighbour[]): NeighbourFact[] =>
  neighbours.map(([network_id, address, mac_address]) => ({ dpid, network_id, address, mac_address }))

export const withoutMac = ([network_id, address]: PlaceNeighbour): PlaceNeighbour => [
  network_id,
  address,
  null,
]

/** Changes added up, by datapath id. */
export const placesOf = (changes: Iterable<PlaceChange>): Map<string, Place> => {
  const places = new Map<string, Place>()
  for (const change of changes) {
    const { dpid, gone } = change
    if (gone === true) places.delete(dpid)
    else {
      const place = places.get(dpid) ?? new Place(dpid)
      place.add(change)
      places.set(dpid, place)
    }
  }
  return places
}
