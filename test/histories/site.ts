/**
 * What rows and ports mean, said a second time and in another way than the controller does: by looking through all of
 * them, one switch at a time. Short and slow on purpose.
 */
import type { Snapshot } from '@openvnet/feed'
import type { Row } from '@openvnet/schema'
import type { Holding } from '../../packages/controller/src/model/claims.ts'

export interface SwitchPorts {
  readonly dpid: string
  /** As far as the controller knows. */
  readonly ports: ReadonlyMap<string, number>
  /** iface-ids by port name, as its database says. */
  readonly ifaceIds: ReadonlyMap<string, string>
  /** From which it connected last. */
  readonly address: string | undefined
  readonly up: boolean
}

/** An address that somebody has. */
export interface Owned {
  readonly interface_id: number
  readonly network: number
  readonly address: string
  readonly mac: string
  readonly uuid: string
}

export interface Guest {
  readonly interface_id: number
  readonly dpid: string
  readonly port: number
}

const byUuid = (a: { readonly uuid: string }, b: { readonly uuid: string }): number =>
  a.uuid < b.uuid ? -1 : 1

interface Port {
  readonly name: string
  readonly port_no: number
  readonly ifaceId: string | undefined
}

const rankOf = (row: Row<'interface'>, { name }: Port): string =>
  [
    row.owner_datapath_id === null ? 1 : 0,
    row.port_name === null ? 1 : 0,
    row.port_number === null ? 1 : 0,
    row.iface_id === null ? 1 : 0,
    row.uuid === name ? 0 : 1,
    row.uuid,
  ].join()

/** Whether an interface would like a port: by its name, its number, its iface-id, or because it is called so. */
const isPort = (row: Row<'interface'>, { name, port_no, ifaceId }: Port): boolean => {
  if (row.port_name !== null) return row.port_name === name
  if (row.port_number !== null) return row.port_number === port_no
  return row.iface_id === null ? row.uuid === name || row.uuid === ifaceId : row.iface_id === ifaceId
}

export class Site {
  readonly rows: Snapshot['rows']
  readonly owned: readonly Owned[]
  readonly guests: readonly Guest[]
  readonly #switches: readonly SwitchPorts[]

  readonly #holdings: readonly Holding[]

  /** @param holdings which of the switches that claim the same thing has it: nothing of now says so */
  constructor(rows: Snapshot['rows'], switches: readonly SwitchPorts[], holdings: readonly Holding[] = []) {
    this.rows = rows
    this.#holdings = holdings
    this.#switches = switches.toSorted((a, b) => Number(b.up) - Number(a.up) || (a.dpid < b.dpid ? -1 : 1))
    this.owned = rows.ip_lease
      .toSorted(byUuid)
      .flatMap(({ interface_id, network_id, mac_lease_id, address, uuid }) => {
        const mac = rows.mac_lease.find(({ id }) => id === mac_lease_id)?.mac_address
        return mac === undefined || interface_id === null
          ? []
          : [{ interface_id, network: network_id, address, mac, uuid }]
      })
    this.guests = rows.interface.filter(({ mode }) => mode === 'vif').flatMap((row) => this.#guestOf(row))
  }

  switch(dpid: string): SwitchPorts | undefined {
    return this.#switches.find((each) => each.dpid === dpid)
  }

  get dpids(): readonly string[] {
    return this.#switches.map(({ dpid }) => dpid)
  }

  interface(id: number): Row<'interface'> | undefined {
    return this.rows.interface.find((row) => row.id === id)
  }

  isGuest(id: number): boolean {
    return this.interface(id)?.mode === 'vif'
  }

  isLeg(id: number): boolean {
    return this.interface(id)?.mode === 'simulated'
  }

  /** Whether an interface may be on a switch. */
  mayBeOn(id: number, dpid: string): boolean {
    const row = this.interface(id)
    return row !== undefined && this.#isAllowed(row, dpid)
  }

  networksOf(id: number): readonly number[] {
    const leased = this.rows.ip_lease.filter(({ interface_id }) => interface_id === id)
    const named = this.interface(id)?.network_id ?? null
    if (leased.length > 0) return [...new Set(leased.map(({ network_id }) => network_id))]
    return named === null ? [] : [named]
  }

  macsOf(id: number): readonly string[] {
    return this.rows.mac_lease
      .filter(({ interface_id }) => interface_id === id)
      .map((lease) => lease.mac_address)
  }

  /** Guests of a network on a switch. */
  members(network: number, dpid: string): readonly Guest[] {
    return this.guests.filter(
      (guest) => guest.dpid === dpid && this.networksOf(guest.interface_id).includes(network),
    )
  }

  /** Networks that a packet of this one may come to by any number of routers. */
  joined(network: number): ReadonlySet<number> {
    const found = new Set([network])
    for (const one of found) {
      for (const { network_id, route_link_id } of this.rows.route) {
        if (network_id !== one) continue
        for (const other of this.rows.route)
          if (other.route_link_id === route_link_id && other.network_id !== null) found.add(other.network_id)
      }
    }
    return found
  }

  #isAllowed({ owner_datapath_id }: Row<'interface'>, dpid: string): boolean {
    return (
      owner_datapath_id === null ||
      this.rows.datapath.some((row) => row.id === owner_datapath_id && row.dpid === dpid)
    )
  }

  #guestOf(row: Row<'interface'>): Guest[] {
    const named = row.port_name === null && row.port_number === null && row.iface_id === null
    // Of a port that is called so and one that has the iface-id, the former counts, wherever it is.
    const passes = named ? [({ name }: Port) => name === row.uuid, () => true] : [() => true]
    for (const [pass, isMeant] of passes.entries()) {
      const found = this.#portOf(row, isMeant, this.#holderOf(row, pass > 0))
      if (found !== undefined) return [found]
    }
    return []
  }

  /** @param byId whether it is looked for by the iface-id that is its uuid */
  #holderOf({ port_name, port_number, iface_id, uuid }: Row<'interface'>, byId: boolean): string | undefined {
    const key = port_name ?? port_number ?? iface_id ?? uuid
    const isNumber = port_name === null && port_number !== null
    const isId = port_name === null && port_number === null && (iface_id !== null || byId)
    const space = isNumber ? 'port numbers' : isId ? 'iface-id' : 'ports'
    return this.#holdings.find((each) => each.space === space && each.key === key)?.holder
  }

  #portOf(
    row: Row<'interface'>,
    isMeant: (port: Port) => boolean,
    holder: string | undefined,
  ): Guest | undefined {
    const first = this.#switches.filter(({ dpid }) => dpid === holder)
    for (const { dpid, ports, ifaceIds } of [...first, ...this.#switches]) {
      for (const [name, port_no] of [...ports].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const port = { name, port_no, ifaceId: ifaceIds.get(name) }
        if (!isMeant(port)) continue
        const [first] = this.rows.interface
          .filter((other) => other.mode === 'vif' && isPort(other, port))
          .filter((other) => this.#isAllowed(other, dpid))
          .toSorted((a, b) => (rankOf(a, port) < rankOf(b, port) ? -1 : 1))
        if (first?.id === row.id) return { interface_id: row.id, dpid, port: port_no }
      }
    }
    return undefined
  }
}
