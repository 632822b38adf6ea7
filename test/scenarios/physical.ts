/**
 * Two hosts on one wire: a physical network without a tag, one in a VLAN with the same addresses, and a virtual one that goes
 * through a tunnel beside them. What is in a network stays in it on the wire as well.
 */
import type { CrossingSpec, FrameSpec, GuestSpec, PingSpec, Scenario, SendSpec, Write } from './scenario.ts'

type Host = 'a' | 'b'
type Network = 'flat' | 'tagged' | 'virtual'

const HOSTS: readonly Host[] = ['a', 'b']
const NETWORKS: readonly Network[] = ['flat', 'tagged', 'virtual']
const BROADCAST = 'ff:ff:ff:ff:ff:ff'
const VLAN = 100

/** Addresses are the same in all three, MAC addresses differ: who is outside would hear of one in two VLANs. */
const guest = (network: Network, bridge: Host): GuestSpec => {
  const n = HOSTS.indexOf(bridge) + 1
  return {
    ...{ name: `${network}-${bridge}`, bridge, port: `if-${network}${bridge}` },
    mac: `02:00:00:00:1${NETWORKS.indexOf(network)}:0${n}`,
    address: `192.168.1.${n}/24`,
  }
}

const GUESTS = NETWORKS.flatMap((network) => HOSTS.map((host) => guest(network, host)))
const plain = ({ address }: GuestSpec): string => address.split('/')[0]!

const NETWORK_BODY: Readonly<Record<Network, Write['body']>> = {
  flat: { mode: 'physical' },
  tagged: { mode: 'physical', vlan_id: VLAN },
  virtual: { mode: 'virtual' },
}

const WRITES: readonly Write[] = [
  ...NETWORKS.map((network) => ({
    path: 'networks',
    body: { uuid: `nw-${network}`, ipv4_network: '192.168.1.0', ...NETWORK_BODY[network] },
  })),
  ...HOSTS.flatMap((host, index): Write[] => [
    { path: 'datapaths', body: { uuid: `dp-${host}`, dpid: `0x000000000000000${index + 1}` } },
    {
      path: 'interfaces',
      body: {
        ...{ uuid: `if-uplink${host}`, mode: 'patch', port_name: 'uplink' },
        ...{ owner_datapath_uuid: `dp-${host}`, network_uuid: 'nw-flat' },
      },
    },
    { method: 'PUT', path: `interfaces/if-uplink${host}/networks/nw-tagged`, body: { static: true } },
  ]),
  ...NETWORKS.flatMap((network) =>
    HOSTS.map((host) => {
      const { port: uuid, mac: mac_address, ...spec } = guest(network, host)
      const ends = { mac_address, ipv4_address: plain({ ...spec, port: uuid, mac: mac_address }) }
      return { path: 'interfaces', body: { uuid, network_uuid: `nw-${network}`, ...ends } }
    }),
  ),
]

const crossing = (network: Network, from: Host): CrossingSpec => ({
  ...{ from, to: from === 'a' ? 'b' : 'a', network: `nw-${network}` },
})

const ping = (network: Network): PingSpec => {
  const [from, to] = [guest(network, 'a'), guest(network, 'b')]
  return {
    ...{ why: `in the ${network} network`, from: from.name, to: plain(to), answered: true, answerTtl: 64 },
    arrives: { at: to.name, ttl: 64, eth_src: from.mac },
    crosses: [crossing(network, 'a'), crossing(network, 'b')],
  }
}

const frame = (from: GuestSpec, eth_dst: string): FrameSpec => ({
  ...{ eth_src: from.mac, eth_dst },
  echo: { src: plain(from), dst: '192.168.1.255', ttl: 64 },
})

const broadcast = (network: Network): SendSpec => {
  const [from, to] = [guest(network, 'b'), guest(network, 'a')]
  return {
    ...{ why: `a broadcast stays in the ${network} network`, from: from.name, frame: frame(from, BROADCAST) },
    arrives: [{ at: to.name, frame: frame(from, BROADCAST) }],
    crosses: [crossing(network, 'b')],
  }
}

const unknown = (network: Network): SendSpec => {
  const from = guest(network, 'a')
  return {
    why: `an unknown address in the ${network} network ${network === 'virtual' ? 'stays' : 'may be outside'}`,
    ...{ from: from.name, frame: frame(from, '02:00:00:00:99:99'), arrives: [] },
    crosses: network === 'virtual' ? [] : [crossing(network, 'a')],
  }
}

export const PHYSICAL: Scenario = {
  name: 'physical networks over two hosts',
  bridges: HOSTS.map((name, index) => ({
    ...{ name, dpid: `0x000000000000000${index + 1}`, subnet: 1 },
  })),
  underlay: { transport: 'vxlan', family: 'ipv4' },
  wires: [HOSTS.map((bridge) => ({ bridge, port: 'uplink' }))],
  writes: WRITES,
  guests: GUESTS,
  pings: NETWORKS.map(ping),
  sends: [...NETWORKS.map(broadcast), ...NETWORKS.map(unknown)],
}
