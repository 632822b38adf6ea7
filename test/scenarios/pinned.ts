/**
 * A router whose leg in the physical network is on host a alone: what guests on b send there is handed over to a and goes on
 * from a, what comes back enters at a and goes to the guest's host. One hop is taken from the TTL each way. Somebody in the
 * physical network, who has the leg for a gateway, is behind the other end of the wire.
 */
import {
  type CrossingSpec,
  type GuestSpec,
  HANDED_OVER,
  type PingSpec,
  type Scenario,
  type SendSpec,
  type Write,
} from './scenario.ts'

type Host = 'a' | 'b'
const HOSTS: readonly Host[] = ['a', 'b']

const INSIDE = { network: 'nw-inside', address: '172.16.1', leg: '172.16.1.254', mac: '52:54:00:74:00:01' }
const FLAT = { network: 'nw-flat', address: '10.9.0', leg: '10.9.0.254', mac: '52:54:00:74:00:02' }
const BROADCAST = 'ff:ff:ff:ff:ff:ff'

const inside = (bridge: Host): GuestSpec => ({
  ...{ name: `inside-${bridge}`, bridge, port: `if-inside${bridge}` },
  mac: `02:00:00:00:01:0${HOSTS.indexOf(bridge) + 1}`,
  address: `${INSIDE.address}.${HOSTS.indexOf(bridge) + 1}/24`,
  ...{ gateway: INSIDE.leg, routes: [`${FLAT.address}.0/24`] },
})

const OUTSIDE: GuestSpec = {
  ...{ name: 'outside', bridge: 'b', port: 'if-outside', mac: '02:00:00:00:02:01' },
  ...{ address: `${FLAT.address}.1/24`, gateway: FLAT.leg, routes: [`${INSIDE.address}.0/24`] },
}

const GUESTS = [...HOSTS.map(inside), OUTSIDE]
const plain = ({ address }: GuestSpec): string => address.split('/')[0]!

const leg = (uuid: string, at: typeof INSIDE, more: Write['body']): Write[] => [
  {
    path: 'interfaces',
    body: {
      ...{ uuid, mode: 'simulated', network_uuid: at.network, mac_address: at.mac, ipv4_address: at.leg },
      ...more,
    },
  },
  { path: 'routes', body: { interface_uuid: uuid, route_link_uuid: 'rl-1' } },
]

const WRITES: readonly Write[] = [
  { path: 'networks', body: { uuid: INSIDE.network, ipv4_network: `${INSIDE.address}.0` } },
  { path: 'networks', body: { uuid: FLAT.network, ipv4_network: `${FLAT.address}.0`, mode: 'physical' } },
  { path: 'route_links', body: { uuid: 'rl-1' } },
  ...HOSTS.flatMap((host, index): Write[] => [
    { path: 'datapaths', body: { uuid: `dp-${host}`, dpid: `0x000000000000000${index + 1}` } },
    {
      path: 'interfaces',
      body: {
        ...{ uuid: `if-uplink${host}`, mode: 'patch', port_name: 'uplink' },
        ...{ owner_datapath_uuid: `dp-${host}`, network_uuid: FLAT.network },
      },
    },
  ]),
  ...leg('if-leginside', INSIDE, {}),
  ...leg('if-legflat', FLAT, { owner_datapath_uuid: 'dp-a' }),
  ...GUESTS.map((guest) => ({
    path: 'interfaces',
    body: {
      ...{ uuid: guest.port, mac_address: guest.mac, ipv4_address: plain(guest) },
      network_uuid: guest === OUTSIDE ? FLAT.network : INSIDE.network,
    },
  })),
]

const crossing = (from: Host, network: string): CrossingSpec => ({
  ...{ from, to: from === 'a' ? 'b' : 'a', network },
})

/** Who is outside asks for its gateway, and is answered by the wire. */
const ASKING = [crossing('b', FLAT.network), crossing('a', FLAT.network)]

const toOutside = (host: Host): PingSpec => ({
  why: `from host ${host} through the leg of host a`,
  ...{ from: inside(host).name, to: plain(OUTSIDE), answered: true, answerTtl: 63 },
  arrives: { at: OUTSIDE.name, ttl: 63, eth_src: FLAT.mac },
  crosses: [
    ...(host === 'a' ? [] : [crossing('b', HANDED_OVER)]),
    crossing('a', FLAT.network),
    ...ASKING,
    crossing('b', FLAT.network),
    ...(host === 'a' ? [] : [crossing('a', INSIDE.network)]),
  ],
})

const fromOutside = (host: Host): PingSpec => ({
  why: `from outside to a guest on host ${host}`,
  ...{ from: OUTSIDE.name, to: plain(inside(host)), answered: true, answerTtl: 63 },
  arrives: { at: inside(host).name, ttl: 63, eth_src: INSIDE.mac },
  crosses: [
    ...ASKING,
    crossing('b', FLAT.network),
    ...(host === 'a' ? [] : [crossing('a', INSIDE.network), crossing('b', HANDED_OVER)]),
    crossing('a', FLAT.network),
  ],
})

const PINGS: readonly PingSpec[] = [
  ...HOSTS.map(toOutside),
  ...HOSTS.map(fromOutside),
  {
    why: 'the leg answers who is outside, by the wire',
    ...{ from: OUTSIDE.name, to: FLAT.leg, answered: true, answerTtl: 64 },
    crosses: [...ASKING, crossing('b', FLAT.network), crossing('a', FLAT.network)],
  },
  {
    why: 'the leg answers guests of its host',
    ...{ from: 'inside-a', to: FLAT.leg, answered: true, answerTtl: 64 },
  },
  {
    why: 'and guests of others, from its host',
    ...{ from: 'inside-b', to: FLAT.leg, answered: true, answerTtl: 64 },
    crosses: [crossing('b', HANDED_OVER), crossing('a', INSIDE.network)],
  },
  {
    why: 'the leg that is everywhere answers where it is asked',
    ...{ from: 'inside-b', to: INSIDE.leg, answered: true, answerTtl: 64 },
  },
  {
    why: 'a packet with one hop left ends at the router on the host of its sender',
    ...{ from: 'inside-b', to: plain(OUTSIDE), ttl: 1, answered: false },
  },
  {
    ...toOutside('b'),
    ...{
      why: 'and one with two gets to its destination',
      ttl: 2,
      arrives: { at: OUTSIDE.name, ttl: 1, eth_src: FLAT.mac },
    },
  },
]

const question = (from: GuestSpec): SendSpec['frame'] => ({
  ...{ eth_src: from.mac, eth_dst: BROADCAST },
  arp: { op: 1, sha: from.mac, spa: plain(from), tha: '00:00:00:00:00:00', tpa: FLAT.leg },
})

const SENDS: readonly SendSpec[] = [
  {
    why: 'the leg is answered for by its host alone',
    ...{ from: OUTSIDE.name, frame: question(OUTSIDE), crosses: ASKING },
    arrives: [
      {
        at: OUTSIDE.name,
        frame: {
          ...{ eth_src: FLAT.mac, eth_dst: OUTSIDE.mac },
          arp: { op: 2, sha: FLAT.mac, spa: FLAT.leg, tha: OUTSIDE.mac, tpa: plain(OUTSIDE) },
        },
      },
    ],
  },
]

export const PINNED: Scenario = {
  name: 'a router leg on one of two hosts',
  bridges: HOSTS.map((name, index) => ({ ...{ name, dpid: `0x000000000000000${index + 1}`, subnet: 1 } })),
  underlay: { transport: 'vxlan', family: 'ipv4' },
  wires: [HOSTS.map((bridge) => ({ bridge, port: 'uplink' }))],
  ...{ writes: WRITES, guests: GUESTS, pings: PINGS, sends: SENDS },
}

/**
 * The same without encapsulation: hosts are in the physical network themselves, by which all goes. Who is outside asks there, which the
 * hosts themselves would hear.
 */
export const PINNED_BARE: Scenario = {
  ...PINNED,
  name: 'a router leg on one of two hosts that do without encapsulation',
  writes: WRITES.map((write, index): Write => {
    const { body } = write
    if (write.path === 'datapaths') return { ...write, body: { ...body, transport: 'mac2mac' } }
    if (body['mode'] !== 'patch') return write
    const ends = { mac_address: `02:00:00:00:03:0${index}`, ipv4_address: `${FLAT.address}.${100 + index}` }
    return { ...write, body: { ...body, ...ends, mode: 'host' } }
  }),
  sends: [],
  pings: PINGS.filter(
    ({ from, answered, arrives }) => answered && from !== OUTSIDE.name && arrives === undefined,
  ).map((ping) => ({
    ...ping,
    ...(ping.crosses === undefined
      ? {}
      : { crosses: ping.crosses.map((each) => ({ ...each, network: FLAT.network })) }),
  })),
}
