/**
 * The scenario of many hosts without encapsulation where hosts have a physical network in common, and by tunnels where
 * not: between `a` and `b` frames are on the wire as they are, in the VLAN of that network. What is for a guest whose MAC
 * address two networks have on its host cannot be told apart there, and takes the tunnel.
 */
import { MANY_HOSTS } from './many_hosts.ts'
import type { BridgeSpec, CrossingSpec, Scenario, Write } from './scenario.ts'

const BASE = MANY_HOSTS[0]!
const SHARED = 'nw-subnet1'

const hasTwin = (name: string): boolean => {
  const guest = BASE.guests.find((each) => each.name === name)!
  return BASE.guests.some(
    ({ name: other, bridge, mac }) => other !== name && bridge === guest.bridge && mac === guest.mac,
  )
}

const plainly = (copy: CrossingSpec): CrossingSpec => {
  const isApart = [copy.from, copy.to].includes('c')
  return isApart || (copy.guest !== undefined && hasTwin(copy.guest)) ? copy : { ...copy, network: SHARED }
}

const crossingPlainly = <T extends { readonly crosses?: readonly CrossingSpec[] }>(spec: T): T => ({
  ...spec,
  ...(spec.crosses !== undefined && { crosses: spec.crosses.map(plainly) }),
})

/** Who says that it goes without encapsulation. */
type Word = 'datapath' | 'underlay'

const hostWrites = (word: Word, { name, dpid, subnet }: BridgeSpec, index: number): Write[] => {
  const ipv4_address = `10.255.${subnet}.${index + 1}`
  const [datapath, mac_address] = [`dp-${name}`, `02:00:00:00:0a:0${index + 1}`]
  return [
    {
      path: 'datapaths',
      body: { uuid: datapath, dpid, ipv4_address, ...(word === 'datapath' && { transport: 'mac2mac' }) },
    },
    {
      path: 'interfaces',
      body: {
        ...{ uuid: `if-host${name}`, mode: 'host', port_name: 'uplink', owner_datapath_uuid: datapath },
        ...{ network_uuid: `nw-subnet${subnet}`, mac_address, ipv4_address },
      },
    },
  ]
}

/** All hosts are in one underlay, on which an overlay lies: what stands for a network on a host is then in a row. */
const topologyWrites = (): Write[] => [
  { path: 'topologies', body: { uuid: 'topo-u', mode: 'simple_underlay', transport: 'mac2mac' } },
  { path: 'topologies', body: { uuid: 'topo-o', mode: 'simple_overlay' } },
  { path: 'topologies/topo-o/underlays/topo-u', body: {} },
  ...BASE.bridges.map(({ name }) => ({
    ...{ path: `topologies/topo-u/datapaths/dp-${name}`, body: { interface_uuid: `if-host${name}` } },
  })),
  ...BASE.writes
    .filter(({ path }) => path === 'networks')
    .map(({ body }) => ({ path: `topologies/topo-o/networks/${(body as { uuid: string }).uuid}`, body: {} })),
]

/** @param vlan_id of the network that `a` and `b` share; absent: untagged */
const mac2mac = (vlan_id?: number, word: Word = 'datapath'): Scenario => ({
  ...BASE,
  name: `three hosts, two of them without encapsulation${vlan_id === undefined ? '' : `, in VLAN ${vlan_id}`}${word === 'datapath' ? '' : ', as topologies say'}`,
  wires: [['a', 'b'].map((bridge) => ({ bridge, port: 'uplink' })), [{ bridge: 'c', port: 'uplink' }]],
  writes: [
    // First, so that the ids of networks are not what they are elsewhere.
    ...[1, 2].map((subnet) => ({
      path: 'networks',
      body: {
        ...{ uuid: `nw-subnet${subnet}`, ipv4_network: `10.255.${subnet}.0`, mode: 'physical' },
        ...(subnet === 1 && vlan_id !== undefined && { vlan_id }),
        ...(subnet === 2 && { vlan_id: 7 }),
      },
    })),
    ...BASE.writes,
    ...BASE.bridges.flatMap((bridge, index) => hostWrites(word, bridge, index)),
    ...(word === 'underlay' ? topologyWrites() : []),
  ],
  pings: BASE.pings.map(crossingPlainly),
  sends: BASE.sends.map(crossingPlainly),
})

export const MAC2MAC: readonly Scenario[] = [mac2mac(), mac2mac(100), mac2mac(undefined, 'underlay')]
