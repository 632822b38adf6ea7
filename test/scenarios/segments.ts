/**
 * A segment over three hosts: two guests with only a MAC address, two networks with a guest each and a router between them,
 * and a gateway, behind which there is a foreigner.
 */
import { MANY_HOSTS } from './many_hosts.ts'
import type {
  CrossingSpec,
  ForgerySpec,
  FrameSpec,
  GuestSpec,
  PingSpec,
  Scenario,
  SendSpec,
  Write,
} from './scenario.ts'

const SEGMENT = 'seg-lab'
const TTL = 64
const BROADCAST = 'ff:ff:ff:ff:ff:ff'
const NOBODY = '02:00:00:00:06:99'
const LEG = { 1: '02:00:00:00:06:f1', 2: '02:00:00:00:06:f2' } as const
const leg = (network: 1 | 2): string => `172.16.${network}.254`

/** Nobody has a lease for 10.9.… and 172.16.1.50: their guests have chosen them. */
export const GUESTS = [
  { name: 'free1', bridge: 'a', port: 'if-free1', mac: '02:00:00:00:06:01', address: '172.16.1.50/24' },
  { name: 'free2', bridge: 'b', port: 'if-free2', mac: '02:00:00:00:06:02', address: '10.9.0.2/24' },
  {
    ...{ name: 'one', bridge: 'a', port: 'if-one', mac: '02:00:00:00:06:03', address: '172.16.1.11/24' },
    ...{ gateway: leg(1), routes: ['172.16.2.0/24'] },
  },
  {
    ...{ name: 'two', bridge: 'c', port: 'if-two', mac: '02:00:00:00:06:04', address: '172.16.2.12/24' },
    ...{ gateway: leg(2), routes: ['172.16.1.0/24'] },
  },
  { name: 'foreign', bridge: 'b', port: 'street', mac: '02:00:00:00:06:05', address: '10.9.0.200/24' },
] as const satisfies readonly GuestSpec[]

type Name = (typeof GUESTS)[number]['name']
const spec = (name: Name) => GUESTS.find((each) => each.name === name)!
const macOf = (name: Name): string => spec(name).mac
const ipOf = (name: Name): string => spec(name).address.split('/')[0]!

const guestRow = (name: 'one' | 'two', network_uuid: string): Write => ({
  path: 'interfaces',
  body: { uuid: `if-${name}`, network_uuid, mac_address: macOf(name), ipv4_address: ipOf(name) },
})

const freeRow = (name: 'free1' | 'free2'): Write => ({
  path: 'interfaces',
  body: { uuid: `if-${name}`, segment_uuid: SEGMENT, mac_address: macOf(name) },
})

const legRows = (network: 1 | 2): readonly Write[] => [
  {
    path: 'interfaces',
    body: {
      ...{ uuid: `if-leg${network}`, mode: 'simulated', network_uuid: `nw-${network}` },
      ...{ mac_address: LEG[network], ipv4_address: leg(network) },
    },
  },
  { path: 'routes', body: { interface_uuid: `if-leg${network}`, route_link_uuid: 'rl-1' } },
]

const WRITES: readonly Write[] = [
  { path: 'segments', body: { uuid: SEGMENT, mode: 'virtual' } },
  ...[1, 2].map((n) => ({
    path: 'networks',
    body: { uuid: `nw-${n}`, ipv4_network: `172.16.${n}.0`, segment_uuid: SEGMENT },
  })),
  freeRow('free1'),
  freeRow('free2'),
  guestRow('one', 'nw-1'),
  guestRow('two', 'nw-2'),
  { path: 'route_links', body: { uuid: 'rl-1' } },
  ...legRows(1),
  ...legRows(2),
  { path: 'datapaths', body: { uuid: 'dp-b', dpid: '0x00000000000000bb' } },
  {
    path: 'interfaces',
    body: {
      ...{ uuid: 'if-street', mode: 'promiscuous', port_name: 'street' },
      ...{ owner_datapath_uuid: 'dp-b', segment_uuid: SEGMENT },
    },
  },
]

const crossing = (from: string, ...to: string[]): CrossingSpec[] =>
  to.map((each) => ({ from, to: each, network: SEGMENT }))

const echo = (from: Name, eth_dst: string, dst: string, more: Partial<FrameSpec> = {}): FrameSpec => ({
  ...{ eth_src: macOf(from), eth_dst },
  echo: { src: ipOf(from), dst, ttl: TTL },
  ...more,
})
const broadcast = (from: Name): FrameSpec => echo(from, BROADCAST, '255.255.255.255')
const asks = (from: Name, tpa: string, sha = macOf(from), spa = ipOf(from)): FrameSpec => ({
  ...{ eth_src: macOf(from), eth_dst: BROADCAST },
  arp: { op: 1, sha, spa, tha: '00:00:00:00:00:00', tpa },
})
const told = (to: Name, mac: string, address: string): FrameSpec => ({
  ...{ eth_src: mac, eth_dst: macOf(to) },
  arp: { op: 2, sha: mac, spa: address, tha: macOf(to), tpa: ipOf(to) },
})

const sent = (
  why: string,
  from: Name,
  frame: FrameSpec,
  at: readonly Name[],
  crosses: CrossingSpec[] = [],
) => ({
  ...{ why, from, frame, crosses },
  arrives: at.map((name) => ({ at: name, frame })),
})

const SENDS: readonly SendSpec[] = [
  sent(
    'a broadcast of a network reaches the whole segment, and leaves by the gateway',
    ...(['one', broadcast('one'), ['free1', 'free2', 'two', 'foreign'], crossing('a', 'b', 'c')] as const),
  ),
  sent(
    'one on the host of the gateway does too',
    ...(['free2', broadcast('free2'), ['free1', 'one', 'two', 'foreign'], crossing('b', 'a', 'c')] as const),
  ),
  sent(
    'one that comes in by the gateway reaches each once, and does not go back',
    ...([
      'foreign',
      broadcast('foreign'),
      ['free1', 'free2', 'one', 'two'],
      crossing('b', 'a', 'c'),
    ] as const),
  ),
  sent(
    'what nobody is known to have leaves by the gateway, from another host',
    ...(['free1', echo('free1', NOBODY, '10.9.0.99'), ['foreign'], crossing('a', 'b')] as const),
  ),
  sent('and from its own', ...(['free2', echo('free2', NOBODY, '10.9.0.99'), ['foreign']] as const)),
  sent(
    'also from who has an address in a network',
    ...(['two', echo('two', NOBODY, '172.16.2.99'), ['foreign'], crossing('c', 'b')] as const),
  ),
  sent('but not back out of it', 'foreign', echo('foreign', NOBODY, '10.9.0.99'), []),
  sent(
    'what is for a guest does not leave',
    ...(['free1', echo('free1', macOf('free2'), '10.9.0.2'), ['free2'], crossing('a', 'b')] as const),
  ),
  sent(
    'a foreigner reaches a guest of another host',
    ...(['foreign', echo('foreign', macOf('two'), '172.16.2.12'), ['two'], crossing('b', 'c')] as const),
  ),
  sent(
    'who nobody is known to be is asked for everywhere',
    ...([
      'free1',
      asks('free1', '10.9.0.99'),
      ['free2', 'one', 'two', 'foreign'],
      crossing('a', 'b', 'c'),
    ] as const),
  ),
  {
    why: 'for who has a lease the switch answers, in the segment too',
    ...{ from: 'free1', frame: asks('free1', ipOf('two')) },
    arrives: [{ at: 'free1', frame: told('free1', macOf('two'), ipOf('two')) }],
  },
  {
    why: 'and to foreigners, for the router',
    ...{ from: 'foreign', frame: asks('foreign', leg(1)) },
    arrives: [{ at: 'foreign', frame: told('foreign', LEG[1], leg(1)) }],
  },
  {
    why: 'a router is entered from the segment',
    ...{ from: 'free1', frame: echo('free1', LEG[1], ipOf('two')) },
    arrives: [
      {
        at: 'two',
        frame: {
          ...{ eth_src: LEG[2], eth_dst: macOf('two') },
          echo: { src: ipOf('free1'), dst: ipOf('two'), ttl: TTL - 1 },
        },
      },
    ],
    crosses: crossing('a', 'c'),
  },
  ...(['free1', 'foreign'] as const).flatMap((from) => [
    sent(
      `${from} says nothing from a leased address`,
      from,
      {
        ...{ eth_src: macOf(from), eth_dst: macOf('free2') },
        echo: { src: ipOf('two'), dst: ipOf('free2'), ttl: TTL },
      },
      [],
    ),
    sent(
      `${from} does not ask with a leased address`,
      from,
      asks(from, '10.9.0.99', macOf(from), ipOf('two')),
      [],
    ),
    sent(
      `${from} does not send as somebody else`,
      ...([from, echo(from, macOf('free2'), ipOf('free2'), { eth_src: macOf('two') }), []] as const),
    ),
  ]),
  sent('ARP says the MAC address of its sender', 'free1', asks('free1', '10.9.0.99', macOf('two')), []),
  sent(
    'who has a lease speaks with its address only',
    ...([
      'one',
      { ...broadcast('one'), echo: { src: '172.16.1.77', dst: '255.255.255.255', ttl: TTL } },
      [],
    ] as const),
  ),
]

const forged = (
  why: string,
  from: string,
  to: string,
  frame: FrameSpec,
  at: readonly Name[],
): ForgerySpec => ({
  ...{ why, from, to, frame, network: SEGMENT },
  arrives: at.map((name) => ({ at: name, frame })),
})

const FORGERIES: readonly ForgerySpec[] = [
  forged(
    'what comes through a tunnel for nobody leaves by the gateway',
    'a',
    'b',
    echo('one', NOBODY, '10.9.0.99'),
    ['foreign'],
  ),
  forged('elsewhere it ends', 'b', 'a', echo('free2', NOBODY, '10.9.0.99'), []),
  forged(
    'what is for a guest of a third host goes into no other tunnel',
    'a',
    'b',
    echo('one', macOf('two'), '172.16.2.12'),
    ['foreign'],
  ),
  forged('a broadcast stays on the host and leaves by the gateway', 'a', 'b', broadcast('one'), [
    'free2',
    'foreign',
  ]),
]

const PINGS: readonly PingSpec[] = [
  {
    why: 'through the router, in one segment',
    ...{ from: 'one', to: ipOf('two'), answered: true, answerTtl: TTL - 1 },
    arrives: { at: 'two', ttl: TTL - 1, eth_src: LEG[2] },
    crosses: [...crossing('a', 'c'), ...crossing('c', 'a')],
  },
  { why: 'the router answers who has no lease', from: 'free1', to: leg(1), answered: true },
]

const [{ bridges, underlay }] = MANY_HOSTS as readonly [Scenario]

/** Over the same hosts, by the same tunnels as the first scenario of many hosts. */
export const SEGMENTS: Scenario = {
  name: 'a segment over three hosts, with a gateway',
  ...{ bridges, writes: WRITES, guests: GUESTS, pings: PINGS, sends: SENDS, forgeries: FORGERIES },
  ...(underlay === undefined ? {} : { underlay }),
}
