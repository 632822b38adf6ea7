/**
 * What a user may have described, of any size: networks with guests, each with a leg on a router, some networks on each
 * router. Guests are `if-pN`, N from 1 on through all networks, and so are their ports; networks are `nw-N`, legs
 * `if-legN`, routers `rl-N` with the number of their first network, leases `il-if-…`.
 */

import { openStore, type Store, type Writer } from '@openvnet/api'

export interface Description {
  readonly networks: number
  /** In each network, up to 4,000. */
  readonly guests: number
  /** Networks that a router joins. */
  readonly routerOf: number
}

/** Of thousands with ten guests each. */
const SMALL = 200
const FIRST = 10 * 2 ** 24

export const prefixOf = ({ guests }: Description): number => (guests <= SMALL ? 24 : 20)
const macText = (n: number): string => `52:54:${n.toString(16).padStart(8, '0').match(/../g)?.join(':')}`
const addressText = (n: number): string => [24, 16, 8, 0].map((bits) => (n >>> bits) & 255).join('.')

/** Address number `host` of network `n`. */
export const addressOf = (description: Description, n: number, host: number): string =>
  addressText(FIRST + n * 2 ** (32 - prefixOf(description)) + host)

/** Address of the leg of network `n`. */
export const legAddress = (description: Description, n: number): string =>
  addressOf(description, n, 2 ** (32 - prefixOf(description)) - 2)

/** MAC address of guest `n`, from 1 on through all networks. */
export const guestMac = (n: number): string => macText(n)

const LEG_MACS = 0xf0_0000
const ROUTER_MACS = 0xff_0000
const FLAGS = {
  hostname: null,
  port_name: null,
  port_number: null,
  iface_id: null,
  trunk_interface_id: null,
  vlan_id: null,
  owner_datapath_id: null,
  network_id: null,
  enable_routing: false,
  enable_route_translation: false,
  enable_filtering: false,
  segment_id: null,
}

interface NewInterface {
  readonly uuid: string
  readonly mode: 'vif' | 'simulated'
  readonly network_id: number
  readonly mac_address: string
  readonly address: string
}

export const addInterface = (
  writer: Writer,
  { uuid, mode, network_id, mac_address, address }: NewInterface,
) => {
  const interface_id = writer.insert('interface', { uuid, display_name: uuid, mode, ...FLAGS }).id
  const lease = { uuid: `ml-${uuid.slice(3)}`, interface_id, mac_address, segment_id: null }
  const mac_lease_id = writer.insert('mac_lease', lease).id
  const uuidOfLease = `il-${uuid.slice(3)}`
  writer.insert('ip_lease', {
    ...{ uuid: uuidOfLease, network_id, mac_lease_id, interface_id, address, enable_routing: false },
  })
  return interface_id
}

/** The row of network `n`, without anybody in it. @returns its id */
export const addEmptyNetwork = (writer: Writer, description: Description, n: number): number => {
  const [ipv4_network, ipv4_prefix] = [addressOf(description, n, 0), prefixOf(description)]
  const names = { uuid: `nw-${n}`, display_name: '', domain_name: '', mode: 'virtual' } as const
  return writer.insert('network', {
    ...names,
    ipv4_network,
    ipv4_prefix,
    ipv6_network: null,
    ipv6_prefix: 64,
    ipv6_address_mode: 'slaac',
    dhcp_lease_time: 86_400,
    vlan_id: null,
    mtu: null,
    vlan_transparent: false,
    segment_id: null,
  }).id
}

const addNetwork = (writer: Writer, description: Description, n: number): number => {
  const { guests } = description
  const network_id = addEmptyNetwork(writer, description, n)
  for (let host = 1; host <= guests; host++) {
    const number = n * guests + host
    const address = addressOf(description, n, host)
    addInterface(writer, {
      ...{ uuid: `if-p${number}`, mode: 'vif', network_id, mac_address: guestMac(number), address },
    })
  }
  return network_id
}

const addLeg = (
  writer: Writer,
  description: Description,
  n: number,
  ids: { network: number; router: number },
) => {
  const leg = addInterface(writer, {
    uuid: `if-leg${n}`,
    mode: 'simulated',
    network_id: ids.network,
    mac_address: macText(LEG_MACS + n),
    address: legAddress(description, n),
  })
  writer.insert('route', {
    uuid: `r-${n}`,
    interface_id: leg,
    network_id: ids.network,
    route_link_id: ids.router,
    router_id: null,
    type: 'unicast',
    via: null,
    weight: 1,
    destination: addressOf(description, n, 0),
    prefix: prefixOf(description),
    ingress: true,
    egress: true,
  })
}

const fill = (store: Store, description: Description): void => {
  store.write((writer) => {
    let router = 0
    for (let n = 0; n < description.networks; n++) {
      const network = addNetwork(writer, description, n)
      if (n % description.routerOf === 0)
        router = writer.insert('route_link', { uuid: `rl-${n}`, mac_address: macText(ROUTER_MACS + n) }).id
      addLeg(writer, description, n, { network, router })
    }
  })
}

/** A new database with the description, in one transaction, as if it had been written over the API before. */
export const writeDatabase = (file: string, description: Description): void => {
  const store = openStore({ file })
  fill(store, description)
  store.close()
}
