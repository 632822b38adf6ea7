/**
 * Single changes as a client makes them, each with the way back so that it can be repeated. Times run from the request to
 * its answer, which comes when every switch has acknowledged. What takes several operations is one batch: one revision.
 */
import type { Client, Operation } from './client.ts'
import { addressOf, type Description, guestMac, legAddress } from './description.ts'
import { timed } from './statistics.ts'

export interface Change {
  readonly name: string
  readonly text: string
  /** Once, before the first round; not timed. */
  readonly prepare?: (client: Client, description: Description) => Promise<void>
  /** Milliseconds of round `n`, from 0 on. */
  readonly round: (client: Client, description: Description, n: number) => Promise<number>
}

const create = (path: string, body: object): Operation => ({ method: 'POST', path, body })

const guest = (description: Description, n: number) => ({
  uuid: `if-p${n}`,
  network_uuid: 'nw-0',
  mac_address: guestMac(n),
  ipv4_address: addressOf(description, 0, n),
})

const add: Change = {
  name: 'add-interface',
  text: 'add an interface',
  round: async (client, description) => {
    await client.apply('DELETE', 'interfaces/if-p5')
    return timed(() => client.apply('POST', 'interfaces', guest(description, 5)))
  },
}

const remove: Change = {
  name: 'delete-interface',
  text: 'delete an interface',
  round: async (client, description) => {
    const time = await timed(() => client.apply('DELETE', 'interfaces/if-p5'))
    await client.apply('POST', 'interfaces', guest(description, 5))
    return time
  },
}

/** To the spare port of the last switch and back to its own. */
const move: Change = {
  name: 'move-interface',
  text: 'move an interface to another port',
  round: (client, _description, n) => {
    const port_name = n % 2 === 0 ? 'spare1' : 'if-p7'
    return timed(() => client.apply('PUT', 'interfaces/if-p7', { port_name }))
  },
}

const addNetwork: Change = {
  name: 'add-network',
  text: 'add a network',
  round: async (client, _description, n) => {
    const network = { uuid: `nw-new${n}`, ipv4_network: `192.168.${n}.0` }
    const time = await timed(() => client.apply('POST', 'networks', network))
    await client.apply('DELETE', `networks/nw-new${n}`)
    return time
  },
}

/** A network with guests gets a leg and a route. */
const attachNetwork: Change = {
  name: 'attach-network',
  text: 'attach a network to a router (batch: leg, route)',
  round: async (client, description) => {
    await client.apply('DELETE', 'interfaces/if-leg0')
    const leg = {
      ...{ uuid: 'if-leg0', mode: 'simulated', network_uuid: 'nw-0' },
      ipv4_address: legAddress(description, 0),
    }
    const route = { uuid: 'r-0', interface_uuid: 'if-leg0', route_link_uuid: 'rl-0' }
    return timed(() => client.applyAll([create('interfaces', leg), create('routes', route)]))
  },
}

const addRoutedNetwork: Change = {
  name: 'add-routed-network',
  text: 'add a network and attach it to a router (batch)',
  round: async (client, _description, n) => {
    const network = { uuid: 'nw-routed', ipv4_network: `192.168.${n}.0` }
    const leg = {
      ...{ uuid: 'if-routed', mode: 'simulated', network_uuid: 'nw-routed' },
      ipv4_address: `192.168.${n}.254`,
    }
    const route = { uuid: 'r-routed', interface_uuid: 'if-routed', route_link_uuid: 'rl-0' }
    const operations = [create('networks', network), create('interfaces', leg), create('routes', route)]
    const time = await timed(() => client.applyAll(operations))
    await client.call('DELETE', 'interfaces/if-routed')
    await client.apply('DELETE', 'networks/nw-routed')
    return time
  },
}

const addRoute: Change = {
  name: 'add-route',
  text: 'add a route',
  round: async (client) => {
    const route = {
      ...{ uuid: 'r-more', interface_uuid: 'if-leg0', route_link_uuid: 'rl-0' },
      ...{ ipv4_network: '198.51.100.0', ipv4_prefix: 24 },
    }
    const time = await timed(() => client.apply('POST', 'routes', route))
    await client.apply('DELETE', 'routes/r-more')
    return time
  },
}

/** The API has no change of a lease: the old one goes, the new one comes. */
const changeAddress: Change = {
  name: 'change-address',
  text: 'change an address (batch: delete and add a lease)',
  round: (client, description, n) => {
    const ipv4_address = addressOf(description, 0, n % 2 === 0 ? description.guests + 50 : 6)
    const lease = {
      ...{ uuid: 'il-p6', interface_uuid: 'if-p6', network_uuid: 'nw-0' },
      ipv4_address,
    }
    const operations = [{ method: 'DELETE', path: 'ip_leases/il-p6' }, create('ip_leases', lease)]
    return timed(() => client.applyAll(operations))
  },
}

export const CHANGES: readonly Change[] = [
  add,
  remove,
  move,
  addNetwork,
  attachNetwork,
  addRoutedNetwork,
  addRoute,
  changeAddress,
]
