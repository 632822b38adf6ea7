/**
 * Three hosts, two in one subnet of the underlay and one behind a router. A red and a blue network have the same addresses,
 * MAC addresses too, on every host that they share; a router joins red and green. The same must come of it whatever the
 * tunnels are and whatever they go over.
 */
import type {
  BridgeSpec,
  CrossingSpec,
  Family,
  ForgerySpec,
  FrameSpec,
  GuestSpec,
  PingSpec,
  Scenario,
  SendSpec,
  Transport,
  Write,
} from './scenario.ts'

const BRIDGES: readonly BridgeSpec[] = [
  { name: 'a', dpid: '0x00000000000000aa', subnet: 1 },
  { name: 'b', dpid: '0x00000000000000bb', subnet: 1 },
  { name: 'c', dpid: '0x00000000000000cc', subnet: 2 },
]
type Host = 'a' | 'b' | 'c'
type Colour = 'red' | 'blue' | 'green'

const COLOURS: readonly Colour[] = ['red', 'blue', 'green']
/** Red and blue have the same, on purpose. */
const SUBNET: Readonly<Record<Colour, number>> = { red: 1, blue: 1, green: 2 }
const BROADCAST = 'ff:ff:ff:ff:ff:ff'
const NOBODY = { mac: '02:00:00:00:09:99', address: '172.16.1.99' }
const LEG = { red: '02:00:00:00:01:fe', green: '02:00:00:00:02:fe' }
const TTL = 64

const nw = (colour: Colour): string => `nw-${colour}`
const gateway = (subnet: number): string => `172.16.${subnet}.254`

const guest = (colour: Colour, n: number, bridge: Host): GuestSpec => ({
  ...{ name: `${colour}${n}`, bridge, port: `if-${colour}${n}` },
  mac: `02:00:00:00:0${SUBNET[colour]}:0${n}`,
  address: `172.16.${SUBNET[colour]}.${n}/24`,
  ...(colour === 'blue'
    ? {}
    : { gateway: gateway(SUBNET[colour]), routes: [`172.16.${colour === 'red' ? 2 : 1}.0/24`] }),
})

/** Nobody of blue is on `c`. */
export const GUESTS: readonly GuestSpec[] = [
  guest('red', 1, 'a'),
  guest('red', 2, 'a'),
  guest('red', 3, 'b'),
  guest('red', 4, 'c'),
  guest('blue', 1, 'a'),
  guest('blue', 3, 'b'),
  guest('green', 1, 'a'),
  guest('green', 4, 'c'),
]

type Name = 'red1' | 'red2' | 'red3' | 'red4' | 'blue1' | 'blue3' | 'green1' | 'green4'

const spec = (name: Name): GuestSpec => GUESTS.find((each) => each.name === name)!
const macOf = (name: Name): string => spec(name).mac
const ipOf = (name: Name): string => spec(name).address.split('/')[0]!
const hostOf = (name: Name): string => spec(name).bridge
const colourOf = (name: Name): Colour => COLOURS.find((colour) => name.startsWith(colour))!

const leg = (colour: 'red' | 'green'): readonly Write[] => [
  {
    path: 'interfaces',
    body: {
      ...{ uuid: `if-leg${colour}`, mode: 'simulated', network_uuid: nw(colour) },
      ...{ mac_address: LEG[colour], ipv4_address: gateway(SUBNET[colour]) },
    },
  },
  {
    path: 'routes',
    body: { uuid: `r-${colour}`, interface_uuid: `if-leg${colour}`, route_link_uuid: 'rl-1' },
  },
]

const WRITES: readonly Write[] = [
  ...COLOURS.map((colour) => ({
    path: 'networks',
    body: { uuid: nw(colour), ipv4_network: `172.16.${SUBNET[colour]}.0` },
  })),
  ...GUESTS.map(({ name, port, mac, address }) => ({
    path: 'interfaces',
    body: {
      ...{ uuid: port, network_uuid: nw(colourOf(name as Name)) },
      ...{ mac_address: mac, ipv4_address: address.split('/')[0] },
    },
  })),
  { path: 'route_links', body: { uuid: 'rl-1' } },
  ...leg('red'),
  ...leg('green'),
]

const echo = (from: Name, dst: string, ttl = TTL) => ({ src: ipOf(from), dst, ttl })

/** The writes that make a network and its guests, or the router. */
export const writesOf = (what: Colour | 'router'): readonly Write[] =>
  WRITES.filter(({ body: { uuid } }) =>
    what === 'router' ? /^(rl-1|if-leg|r-)/.test(String(uuid)) : String(uuid).includes(`-${what}`),
  ).filter(
    ({ body: { uuid }, path }) => what === 'router' || (path !== 'routes' && !/leg/.test(String(uuid))),
  )

/** One copy, unless both are on one host. */
const crossing = (from: Name, to: Name, colour = colourOf(to)): CrossingSpec[] =>
  hostOf(from) === hostOf(to) ? [] : [{ from: hostOf(from), to: hostOf(to), network: nw(colour), guest: to }]

/** The copy for all on a host. */
const flood = (from: Name, to: Name): CrossingSpec[] =>
  crossing(from, to).map(({ guest: _guest, ...copy }) => copy)

/** Where packets are routed is where they enter: once, however far it is. */
const ping = (why: string, from: Name, to: Name): PingSpec => {
  const [source, target] = [colourOf(from), colourOf(to)]
  const isRouted = source !== target
  const ttl = isRouted ? TTL - 1 : TTL
  return {
    ...{ why, from, to: ipOf(to), answered: true, answerTtl: ttl },
    arrives: { at: to, ttl, eth_src: isRouted ? LEG[target as 'green'] : macOf(from) },
    crosses: [...crossing(from, to), ...crossing(to, from)],
  }
}

const PINGS: readonly PingSpec[] = [
  ping('on the same host', 'red1', 'red2'),
  ping('in the same subnet of the underlay', 'red1', 'red3'),
  ping('to one whose MAC address no other network has', 'red3', 'red2'),
  ping('behind the router of the underlay', 'red1', 'red4'),
  ping('between two hosts that are not the first', 'red4', 'red3'),
  ping('with the same addresses as another network', 'blue1', 'blue3'),
  ping('through the router, on the same host', 'red1', 'green1'),
  ping('through the router, in the same subnet', 'red3', 'green1'),
  ping('through the router, to another host', 'red3', 'green4'),
  ping('through the router, on a host without anybody of the other network', 'green4', 'red3'),
  { why: 'nobody of blue is there', from: 'blue1', to: ipOf('red4'), answered: false },
  {
    why: 'the last hop is used up',
    ...{ from: 'red1', to: ipOf('green4'), ttl: 1, answered: false },
  },
  { why: 'the router answers where one asks', from: 'red4', to: gateway(2), answered: true },
]

const broadcast = (from: Name): FrameSpec => ({
  ...{ eth_src: macOf(from), eth_dst: BROADCAST },
  echo: echo(from, '172.16.1.255'),
})
const unicast = (from: Name, eth_dst: string, dst: string): FrameSpec => ({
  ...{ eth_src: macOf(from), eth_dst },
  echo: echo(from, dst),
})
const gets = (at: Name, frame: FrameSpec) => ({ at, frame })

const asks = (from: Name, tpa: string): FrameSpec => ({
  ...{ eth_src: macOf(from), eth_dst: BROADCAST },
  arp: { op: 1, sha: macOf(from), spa: ipOf(from), tha: '00:00:00:00:00:00', tpa },
})
const told = (asking: Name, mac: string, address: string): FrameSpec => ({
  ...{ eth_src: mac, eth_dst: macOf(asking) },
  arp: { op: 2, sha: mac, spa: address, tha: macOf(asking), tpa: ipOf(asking) },
})

const SENDS: readonly SendSpec[] = [
  {
    why: 'a broadcast goes once to each host with a member, from there to none, and to each member once',
    ...{ from: 'red3', frame: broadcast('red3') },
    arrives: (['red1', 'red2', 'red4'] as const).map((name) => gets(name, broadcast('red3'))),
    crosses: [...flood('red3', 'red1'), ...flood('red3', 'red4')],
  },
  {
    why: 'a broadcast does not go to a host without a member',
    ...{ from: 'blue1', frame: broadcast('blue1') },
    arrives: [gets('blue3', broadcast('blue1'))],
    crosses: flood('blue1', 'blue3'),
  },
  {
    why: 'the host of who asks answers for a guest elsewhere',
    ...{ from: 'red1', frame: asks('red1', ipOf('red4')) },
    arrives: [gets('red1', told('red1', macOf('red4'), ipOf('red4')))],
  },
  {
    why: 'and for the router',
    ...{ from: 'red4', frame: asks('red4', gateway(1)) },
    arrives: [gets('red4', told('red4', LEG.red, gateway(1)))],
  },
  {
    why: 'nobody answers for an address that nobody has, and the question does not leave the host',
    ...{ from: 'red1', frame: asks('red1', NOBODY.address) },
    arrives: [],
  },
  {
    why: 'a MAC address that nobody has leaves no host',
    ...{ from: 'red1', frame: unicast('red1', NOBODY.mac, ipOf('red4')) },
    arrives: [],
  },
  {
    why: 'a MAC address of another network that is only elsewhere leaves no host',
    ...{ from: 'blue1', frame: unicast('blue1', macOf('red4'), ipOf('red4')) },
    arrives: [],
  },
  {
    why: 'a MAC address that two networks have is that of the own',
    ...{ from: 'blue1', frame: unicast('blue1', macOf('red3'), ipOf('blue3')) },
    arrives: [gets('blue3', unicast('blue1', macOf('red3'), ipOf('blue3')))],
    crosses: crossing('blue1', 'blue3'),
  },
  {
    why: "a frame from another's MAC address leaves no host",
    ...{ from: 'red1', frame: { ...unicast('red1', macOf('red4'), ipOf('red4')), eth_src: macOf('red3') } },
    arrives: [],
  },
  {
    why: "a packet from another's IP address leaves no host",
    from: 'red1',
    frame: {
      ...{ eth_src: macOf('red1'), eth_dst: macOf('red4') },
      echo: { src: ipOf('red3'), dst: ipOf('red4'), ttl: TTL },
    },
    arrives: [],
  },
]

const FORGERIES: readonly ForgerySpec[] = [
  {
    why: 'what came through a tunnel for a guest of another host goes into none',
    ...{ from: 'b', to: 'a', network: 'nw-red', frame: unicast('red3', macOf('red4'), ipOf('red4')) },
    arrives: [],
  },
  {
    why: 'a broadcast from a tunnel reaches the members of this host only',
    ...{ from: 'b', to: 'a', network: 'nw-red', frame: broadcast('red3') },
    arrives: [gets('red1', broadcast('red3')), gets('red2', broadcast('red3'))],
  },
  {
    why: 'the key of a network without a guest on the host leads nowhere',
    ...{ from: 'a', to: 'c', network: 'nw-blue', frame: broadcast('blue1') },
    arrives: [],
  },
  {
    why: 'what comes through a tunnel is not routed a second time',
    ...{ from: 'b', to: 'a', network: 'nw-red', frame: unicast('red3', LEG.red, ipOf('green1')) },
    arrives: [],
  },
]

const TRANSPORTS: readonly Transport[] = ['vxlan', 'geneve', 'gre']
const FAMILIES: readonly Family[] = ['ipv4', 'ipv6']

export const manyHosts = (transport: Transport, family: Family): Scenario => ({
  name: `three hosts, ${transport} over ${family}`,
  ...{ bridges: BRIDGES, underlay: { transport, family }, writes: WRITES, guests: GUESTS },
  ...{ pings: PINGS, sends: SENDS, forgeries: FORGERIES },
})

/** `a` and `b` speak by one kind and both with `c` by another: from one into the other would be a way around. */
const twoKinds: Scenario = {
  ...manyHosts('vxlan', 'ipv4'),
  name: 'three hosts, VXLAN between two of them, GRE to the third',
  bridges: BRIDGES.map((bridge) => ({
    ...bridge,
    tunnels: bridge.name === 'c' ? ['gre'] : ['vxlan', 'gre'],
  })),
}

/** Ports for all kinds are there, and rows say which is used. */
const said = (transport: Transport): Scenario => ({
  ...manyHosts(transport, 'ipv4'),
  name: `three hosts, rows say ${transport}`,
  underlay: { transport, family: 'ipv4', isSaid: true },
  writes: [
    ...WRITES,
    ...BRIDGES.map(({ name, dpid }) => ({
      path: 'datapaths',
      body: { uuid: `dp-${name}`, dpid, transport },
    })),
  ],
})

export const SAID: readonly Scenario[] = [said('geneve'), said('gre')]

export const MANY_HOSTS: readonly Scenario[] = [
  ...TRANSPORTS.flatMap((transport) => FAMILIES.map((family) => manyHosts(transport, family))),
  twoKinds,
]
