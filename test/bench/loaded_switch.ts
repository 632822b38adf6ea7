/**
 * A real switch (userspace datapath, real guests) whose controller has a description of a wanted number of flows. Most
 * members of its networks have no port here: a switch with ten thousand real ports is slow by itself, and it is not the
 * switch that is measured. Each of them still costs its ARP answer and its entry as a neighbour.
 */
import { join } from 'node:path'
import type { Guest } from '../lab/guest.ts'
import { addressOf, type Description, guestMac, legAddress, prefixOf, writeDatabase } from './description.ts'
import { BenchSwitch } from './switch.ts'
import { Vnetd } from './vnetd.ts'

export interface Load {
  readonly name: string
  readonly text: string
  readonly description: Description
}

/** About 130 flows. */
export const SMALL: Load = {
  name: 'small',
  text: 'three networks of 10',
  description: { networks: 3, guests: 10, routerOf: 2 },
}
/** About 100,000 flows. */
export const LARGE: Load = {
  name: '100000',
  text: '50 networks of 1,000',
  description: { networks: 50, guests: 1000, routerOf: 10 },
}

interface Guests {
  readonly first: readonly [Guest, Guest]
  readonly routed: Guest
  readonly last: readonly [Guest, Guest]
}

export class LoadedSwitch {
  readonly bench: BenchSwitch
  readonly load: Load
  readonly database: string
  /**
   * Two members of network 0, one of network 1, which the same router joins, and two of the last network: flows come in
   * parts, and who is in the first ones has them sooner than who is in the last.
   */
  readonly guests: Guests
  vnetd: Vnetd

  private constructor(parts: Pick<LoadedSwitch, 'bench' | 'load' | 'database' | 'guests' | 'vnetd'>) {
    this.bench = parts.bench
    this.load = parts.load
    this.database = parts.database
    this.guests = parts.guests
    this.vnetd = parts.vnetd
  }

  static async start(load: Load): Promise<LoadedSwitch> {
    const bench = await BenchSwitch.start('netdev')
    try {
      const { description } = load
      const database = join(bench.directory, 'bench.db')
      writeDatabase(database, description)
      const last = description.networks - 1
      const others = Array.from({ length: last - 2 }, (_, n) => portOf(description, n + 2, 1))
      if (others.length > 0) await bench.addPorts(others)
      const guests = {
        first: [await addGuest(bench, description, 0, 1), await addGuest(bench, description, 0, 2)],
        routed: await addGuest(bench, description, 1, 1),
        last: [await addGuest(bench, description, last, 1), await addGuest(bench, description, last, 2)],
      } as const
      const vnetd = await Vnetd.start({ database })
      await bench.connect(vnetd.openflow)
      await vnetd.installed(1, 10)
      return new LoadedSwitch({ bench, load, database, guests, vnetd })
    } catch (error) {
      await bench.close()
      throw error
    }
  }

  address(network: number, host: number): string {
    return addressOf(this.load.description, network, host)
  }

  /** As it was before, at the same port. */
  async startVnetd(): Promise<void> {
    this.vnetd = await Vnetd.start({ database: this.database, openflow: this.vnetd.openflow })
  }

  async close(): Promise<void> {
    await this.vnetd.stop()
    await this.bench.close()
  }
}

const memberOf = ({ guests }: Description, network: number, host: number): number => network * guests + host
const portOf = (description: Description, network: number, host: number): string =>
  `if-p${memberOf(description, network, host)}`

/** Neighbours are permanent: who asks by ARP once a second would measure that. */
const addGuest = async (
  bench: BenchSwitch,
  description: Description,
  network: number,
  host: number,
): Promise<Guest> => {
  const guest = await bench.guest({
    port: portOf(description, network, host),
    mac: guestMac(memberOf(description, network, host)),
    addresses: [`${addressOf(description, network, host)}/${prefixOf(description)}`],
    routes: [`default via ${legAddress(description, network)}`],
  })
  const peers = [1, 2].map(
    (peer) => [addressOf(description, network, peer), memberOf(description, network, peer)] as const,
  )
  for (const [address, member] of peers)
    await guest.namespace.ip(`neigh replace ${address} lladdr ${guestMac(member)} dev eth0 nud permanent`)
  return guest
}
