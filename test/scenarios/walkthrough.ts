/** Three networks, two of them with the same addresses, and a router between the first and the second. */
import type { BridgeSpec, GuestSpec, PingSpec, Scenario, SendSpec, Write } from './scenario.ts'

export const BR0: BridgeSpec = { name: 'br0', dpid: '0x000002fdee8e0a44' }
const GW1 = { address: '172.16.1.254', mac: '52:54:00:74:00:00' }
const GW2 = { address: '172.16.2.254', mac: '52:54:00:74:22:22' }

const mac = (n: number): string => `52:54:00:0d:84:0${n}`

const guest = (n: number, network: number, host: number, more: Partial<GuestSpec> = {}): GuestSpec => ({
  name: `ns${n}`,
  bridge: 'br0',
  port: `if-veth${n}`,
  mac: mac(n),
  address: `172.16.${network}.${host}/24`,
  ...more,
})
const toNet2 = { gateway: GW1.address, routes: ['172.16.2.0/24'] }
const toNet1 = { gateway: GW2.address, routes: ['172.16.1.0/24'] }

export const GUESTS: readonly GuestSpec[] = [
  guest(1, 1, 1, toNet2),
  guest(2, 1, 2, toNet2),
  guest(3, 2, 3, toNet1),
  guest(4, 2, 4, toNet1),
  guest(5, 1, 1),
  guest(6, 1, 2),
]

export const NETWORK_WRITES: readonly Write[] = [1, 2, 3].map((n) => ({
  path: 'networks',
  body: {
    uuid: `nw-net${n}`,
    display_name: `net${n}`,
    ipv4_network: `172.16.${n === 3 ? 1 : n}.0`,
    ipv4_prefix: 24,
    mode: 'virtual',
  },
}))

const NETWORK_OF: Readonly<Record<string, string>> = {
  ns1: 'nw-net1',
  ns2: 'nw-net1',
  ns3: 'nw-net2',
  ns4: 'nw-net2',
  ns5: 'nw-net3',
  ns6: 'nw-net3',
}

/** The row of a guest: the port is found by its name, which is the uuid. */
export const interfaceOf = ({ name, port, mac: mac_address, address }: GuestSpec): Write => ({
  path: 'interfaces',
  body: { uuid: port, network_uuid: NETWORK_OF[name], mac_address, ipv4_address: address.split('/')[0] },
})

export const GUEST_WRITES: readonly Write[] = GUESTS.map(interfaceOf)

const leg = (n: number, { address, mac: mac_address }: typeof GW1): Write => ({
  path: 'interfaces',
  body: {
    uuid: `if-vnet${n}gw`,
    mode: 'simulated',
    network_uuid: `nw-net${n}`,
    mac_address,
    ipv4_address: address,
  },
})
const route = (n: number): Write => ({
  path: 'routes',
  body: {
    uuid: `r-vnet${n}`,
    interface_uuid: `if-vnet${n}gw`,
    network_uuid: `nw-net${n}`,
    route_link_uuid: 'rl-vnetlink1',
    ipv4_network: `172.16.${n}.0`,
    ipv4_prefix: 24,
  },
})

export const ROUTER_WRITES: readonly Write[] = [
  leg(1, GW1),
  leg(2, GW2),
  { path: 'route_links', body: { uuid: 'rl-vnetlink1', mac_address: '52:54:00:60:11:11' } },
  route(1),
  route(2),
]

const within = (from: string, to: string, at: string, eth_src: string): PingSpec => ({
  why: `${from} and ${at} are in one network`,
  from,
  to,
  answered: true,
  arrives: { at, ttl: 64, eth_src },
  answerTtl: 64,
})
const routed = (from: string, to: string, at: string, legOfTarget: string): PingSpec => ({
  why: `${from} reaches ${at} through the router, which takes one from the TTL both ways`,
  from,
  to,
  answered: true,
  arrives: { at, ttl: 63, eth_src: legOfTarget },
  answerTtl: 63,
})
const router = (from: string, to: string, ttl?: number): PingSpec => ({
  why: `the router answers ${from} for ${to}${ttl === undefined ? '' : ` with TTL ${ttl} too`}`,
  from,
  to,
  answered: true,
  ...(ttl === undefined ? {} : { ttl }),
})

export const PINGS: readonly PingSpec[] = [
  within('ns1', '172.16.1.2', 'ns2', mac(1)),
  within('ns2', '172.16.1.1', 'ns1', mac(2)),
  within('ns3', '172.16.2.4', 'ns4', mac(3)),
  within('ns5', '172.16.1.2', 'ns6', mac(5)),
  within('ns6', '172.16.1.1', 'ns5', mac(6)),
  routed('ns1', '172.16.2.3', 'ns3', GW2.mac),
  routed('ns2', '172.16.2.4', 'ns4', GW2.mac),
  routed('ns4', '172.16.1.1', 'ns1', GW1.mac),
  router('ns1', GW1.address),
  router('ns1', GW2.address),
  router('ns3', GW2.address),
  router('ns3', GW1.address),
  router('ns1', GW1.address, 1),
  router('ns1', GW2.address, 1),
  {
    why: 'a packet that has no hop left is not routed',
    from: 'ns1',
    to: '172.16.2.3',
    ttl: 1,
    answered: false,
  },
  { why: 'nobody has that address', from: 'ns1', to: '172.16.1.77', answered: false },
  { why: 'nobody has that address behind the router', from: 'ns1', to: '172.16.2.77', answered: false },
]

const BROADCAST = 'ff:ff:ff:ff:ff:ff'
const NOBODY = '00:00:00:00:00:00'
const request = (sha: string, spa: string, tpa: string) => ({ op: 1, sha, spa, tha: NOBODY, tpa })
const echo = (src: string, dst: string, ttl = 64) => ({ src, dst, ttl })

export const SENDS: readonly SendSpec[] = [
  {
    why: 'the switch answers for ns2, and ns2 hears nothing',
    from: 'ns1',
    frame: { eth_src: mac(1), eth_dst: BROADCAST, arp: request(mac(1), '172.16.1.1', '172.16.1.2') },
    arrives: [
      {
        at: 'ns1',
        frame: {
          eth_src: mac(2),
          eth_dst: mac(1),
          arp: { op: 2, sha: mac(2), spa: '172.16.1.2', tha: mac(1), tpa: '172.16.1.1' },
        },
      },
    ],
  },
  {
    why: 'the same question in the network with the same addresses gives the other MAC address',
    from: 'ns5',
    frame: { eth_src: mac(5), eth_dst: BROADCAST, arp: request(mac(5), '172.16.1.1', '172.16.1.2') },
    arrives: [
      {
        at: 'ns5',
        frame: {
          eth_src: mac(6),
          eth_dst: mac(5),
          arp: { op: 2, sha: mac(6), spa: '172.16.1.2', tha: mac(5), tpa: '172.16.1.1' },
        },
      },
    ],
  },
  {
    why: 'the switch answers for the router',
    from: 'ns3',
    frame: { eth_src: mac(3), eth_dst: BROADCAST, arp: request(mac(3), '172.16.2.3', GW2.address) },
    arrives: [
      {
        at: 'ns3',
        frame: {
          eth_src: GW2.mac,
          eth_dst: mac(3),
          arp: { op: 2, sha: GW2.mac, spa: GW2.address, tha: mac(3), tpa: '172.16.2.3' },
        },
      },
    ],
  },
  {
    why: 'duplicate address detection by ARP for the own address is not answered, but heard',
    from: 'ns1',
    frame: { eth_src: mac(1), eth_dst: BROADCAST, arp: request(mac(1), '0.0.0.0', '172.16.1.1') },
    arrives: [
      {
        at: 'ns2',
        frame: { eth_src: mac(1), eth_dst: BROADCAST, arp: request(mac(1), '0.0.0.0', '172.16.1.1') },
      },
    ],
  },
  {
    why: 'a broadcast reaches each other member of the network once, and nobody else',
    from: 'ns1',
    frame: { eth_src: mac(1), eth_dst: BROADCAST, echo: echo('172.16.1.1', '172.16.1.255') },
    arrives: [
      { at: 'ns2', frame: { eth_src: mac(1), eth_dst: BROADCAST, echo: echo('172.16.1.1', '172.16.1.255') } },
    ],
  },
  {
    why: 'a MAC address of another network leads nowhere',
    from: 'ns5',
    frame: { eth_src: mac(5), eth_dst: mac(2), echo: echo('172.16.1.1', '172.16.1.2') },
    arrives: [],
  },
  {
    why: 'an unknown MAC address leads nowhere',
    from: 'ns1',
    frame: { eth_src: mac(1), eth_dst: '52:54:00:99:99:99', echo: echo('172.16.1.1', '172.16.1.2') },
    arrives: [],
  },
  {
    why: "a frame from another's MAC address",
    from: 'ns1',
    frame: { eth_src: mac(4), eth_dst: mac(2), echo: echo('172.16.1.1', '172.16.1.2') },
    arrives: [],
  },
  {
    why: "a packet from another's IP address",
    from: 'ns1',
    frame: { eth_src: mac(1), eth_dst: mac(2), echo: echo('172.16.1.9', '172.16.1.2') },
    arrives: [],
  },
  {
    why: "a packet from another's IP address to the router",
    from: 'ns1',
    frame: { eth_src: mac(1), eth_dst: GW1.mac, echo: echo('172.16.2.4', '172.16.2.3') },
    arrives: [],
  },
  {
    why: "an ARP request with another's hardware address",
    from: 'ns1',
    frame: { eth_src: mac(1), eth_dst: BROADCAST, arp: request(mac(2), '172.16.1.1', '172.16.1.2') },
    arrives: [],
  },
  {
    why: "an ARP request with another's IP address",
    from: 'ns1',
    frame: { eth_src: mac(1), eth_dst: BROADCAST, arp: request(mac(1), '172.16.1.2', '172.16.1.254') },
    arrives: [],
  },
  {
    why: "an ARP reply that claims the router's address",
    from: 'ns1',
    frame: {
      eth_src: mac(1),
      eth_dst: mac(2),
      arp: { op: 2, sha: mac(1), spa: GW1.address, tha: mac(2), tpa: '172.16.1.2' },
    },
    arrives: [],
  },
  {
    why: "a guest that poses as the router's leg",
    from: 'ns2',
    frame: { eth_src: GW1.mac, eth_dst: mac(1), echo: echo('172.16.2.3', '172.16.1.1') },
    arrives: [],
  },
]

export const walkthrough: Scenario = {
  name: 'three networks and a router',
  bridges: [BR0],
  writes: [...NETWORK_WRITES, ...GUEST_WRITES, ...ROUTER_WRITES],
  guests: GUESTS,
  pings: PINGS,
  sends: SENDS,
}

const sameMac = (spec: GuestSpec): GuestSpec =>
  spec.name === 'ns5' || spec.name === 'ns6' ? { ...spec, mac: mac(Number(spec.name[2]) - 4) } : spec
const SAME_MAC_GUESTS = GUESTS.map(sameMac)

/** The third network has the addresses of the first one, MAC addresses too. */
export const sameMacAddresses: Scenario = {
  name: 'the same MAC and IP addresses in two networks',
  bridges: [BR0],
  writes: [...NETWORK_WRITES, ...SAME_MAC_GUESTS.map(interfaceOf), ...ROUTER_WRITES],
  guests: SAME_MAC_GUESTS,
  pings: [
    within('ns1', '172.16.1.2', 'ns2', mac(1)),
    within('ns5', '172.16.1.2', 'ns6', mac(1)),
    within('ns6', '172.16.1.1', 'ns5', mac(2)),
    routed('ns1', '172.16.2.3', 'ns3', GW2.mac),
  ],
  sends: [
    {
      why: 'a broadcast stays in its network',
      from: 'ns5',
      frame: { eth_src: mac(1), eth_dst: BROADCAST, echo: echo('172.16.1.1', '172.16.1.255') },
      arrives: [
        {
          at: 'ns6',
          frame: { eth_src: mac(1), eth_dst: BROADCAST, echo: echo('172.16.1.1', '172.16.1.255') },
        },
      ],
    },
  ],
}

/** The first leg is in the third network too, which has no route: it answers there, and lets nobody into the router. */
export const sharedLeg: Scenario = {
  name: 'a leg in a network without a route',
  bridges: [BR0],
  writes: [
    ...NETWORK_WRITES,
    ...GUEST_WRITES,
    ...ROUTER_WRITES,
    {
      path: 'ip_leases',
      body: { interface_uuid: 'if-vnet1gw', network_uuid: 'nw-net3', ipv4_address: '172.16.1.253' },
    },
  ],
  guests: GUESTS,
  pings: [
    routed('ns1', '172.16.2.3', 'ns3', GW2.mac),
    routed('ns3', '172.16.1.1', 'ns1', GW1.mac),
    router('ns1', GW2.address),
    router('ns5', '172.16.1.253'),
  ],
  sends: [
    {
      why: 'a guest of the third network sends to a guest of the second through the leg',
      from: 'ns5',
      frame: { eth_src: mac(5), eth_dst: GW1.mac, echo: echo('172.16.1.1', '172.16.2.3') },
      arrives: [],
    },
    {
      why: 'a guest of the third network sends to the other leg of the router',
      from: 'ns5',
      frame: { eth_src: mac(5), eth_dst: GW1.mac, echo: echo('172.16.1.1', GW2.address) },
      arrives: [],
    },
  ],
}

export const SCENARIOS: readonly Scenario[] = [walkthrough, sameMacAddresses, sharedLeg]
