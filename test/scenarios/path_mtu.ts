/**
 * Networks of different MTU on one path: wide (1500) – R1 – thin (1300) – R2 – middle (1400) and narrow (1280). Senders are
 * told what fits; over IPv4 what may be cut is, twice if need be.
 */
import type { QuestionSpec } from './question.ts'
import type { GuestSpec, Scenario, Write } from './scenario.ts'
import { BR0 } from './walkthrough.ts'

export const MTU = { wide: 1500, thin: 1300, middle: 1400, narrow: 1280 } as const
const PREFIX = { wide: '10.4.1', thin: '10.4.12', middle: '10.4.3', narrow: '10.4.4' } as const
type Network = keyof typeof MTU

const NETWORKS: readonly Write[] = (Object.keys(MTU) as Network[]).map((name) => ({
  path: 'networks',
  body: { uuid: `nw-${name}`, ipv4_network: `${PREFIX[name]}.0`, ipv4_prefix: 24, mtu: MTU[name] },
}))

const leg = (router: number, network: Network, host: number): Write[] => [
  {
    path: 'interfaces',
    body: {
      ...{ uuid: `if-m${router}${network}`, mode: 'simulated', network_uuid: `nw-${network}` },
      mac_address: `52:54:00:74:0${router}:0${Object.keys(MTU).indexOf(network)}`,
      ipv4_address: `${PREFIX[network]}.${host}`,
    },
  },
  {
    path: 'routes',
    body: {
      uuid: `r-m${router}${network}`,
      route_link_uuid: `rl-m${router}`,
      interface_uuid: `if-m${router}${network}`,
    },
  },
]

const through = (router: number, to: Network, next: number): Write => ({
  path: 'routes',
  body: {
    uuid: `r-m${router}to${to}`,
    route_link_uuid: `rl-m${router}`,
    interface_uuid: `if-m${router}thin`,
    ipv4_network: `${PREFIX[to]}.0`,
    ipv4_prefix: 24,
    via: `${PREFIX.thin}.${next}`,
  },
})

const ENDS = ['wide', 'middle', 'narrow'] as const

const GUESTS: readonly GuestSpec[] = ENDS.map((name, index) => ({
  ...{ name, bridge: BR0.name, port: `if-${name}`, mac: `52:54:00:74:00:0${index + 1}` },
  ...{ address: `${PREFIX[name]}.1/24`, gateway: `${PREFIX[name]}.254` },
  routes: ENDS.filter((other) => other !== name).map((other) => `${PREFIX[other]}.0/24`),
}))

export const FAR = `${PREFIX.middle}.1`
const NEAR = `${PREFIX.wide}.1`
const FARTHEST = `${PREFIX.narrow}.1`
const NOBODY = `${PREFIX.middle}.9`
const LEGS = { wide: `${PREFIX.wide}.254`, middle: `${PREFIX.middle}.254` } as const

const tooBig = (why: string, from: 'wide' | 'middle', kind: 'udp' | 'echo', octets: number): QuestionSpec => {
  const to = from === 'wide' ? FAR : NEAR
  return {
    ...{ why, from, asks: kind === 'udp' ? { udp: 9, to, octets } : { echo: true, to, octets } },
    gets: {
      [from]: [
        `too big for ${MTU.thin} from ${LEGS[from]} for ${kind === 'udp' ? 'udp 9' : 'echo'} to ${to}`,
      ],
    },
  }
}

const pieces = (from: string): readonly string[] => [
  `octets 0 to 1280 from ${from} with TTL 62`,
  `octets 1280 to 1480, the last, from ${from} with TTL 62`,
]

const QUESTIONS: readonly QuestionSpec[] = [
  {
    ...{ why: 'what fits gets through', from: 'wide', asks: { echo: true, to: FAR, octets: MTU.thin } },
    gets: { middle: [`echo request to ${FAR} with TTL 62`], wide: [`echo reply from ${FAR}`] },
  },
  tooBig('an octet more does not', 'wide', 'echo', MTU.thin + 1),
  tooBig('nor does a datagram of another kind', 'wide', 'udp', MTU.wide),
  tooBig('who is in a smaller network is told the same', 'middle', 'echo', MTU.middle),
  {
    ...{ why: 'what may be cut is, both ways', from: 'wide' },
    asks: { echo: true, to: FAR, octets: 1500, mayFragment: true },
    gets: { middle: pieces(NEAR), wide: pieces(FAR) },
  },
  {
    ...{ why: 'what was cut is cut again where it must be', from: 'wide' },
    asks: { protocol: 253, to: FARTHEST, octets: 1500, mayFragment: true },
    gets: {
      narrow: [
        `octets 0 to 1256 from ${NEAR} with TTL 62`,
        `octets 1256 to 1280 from ${NEAR} with TTL 62`,
        `octets 1280 to 1480, the last, from ${NEAR} with TTL 62`,
      ],
      wide: [`protocol unreachable from ${FARTHEST} for protocol 253 to ${FARTHEST}`],
    },
  },
  {
    ...{ why: 'of what was cut the sender hears where it ends', from: 'wide' },
    asks: { udp: 9, to: FAR, ttl: 2, octets: 1500, mayFragment: true },
    gets: { wide: [`time exceeded from ${PREFIX.thin}.2 for udp 9 to ${FAR}`] },
  },
  {
    ...{ why: 'and that nobody is there', from: 'wide' },
    asks: { udp: 9, to: NOBODY, octets: 1500, mayFragment: true },
    gets: { wide: [`host unreachable from ${PREFIX.thin}.2 for udp 9 to ${NOBODY}`] },
  },
  {
    ...{ why: 'a router answers what fits into the network of who asks', from: 'wide' },
    asks: { echo: true, to: LEGS.middle, octets: MTU.thin },
    gets: { wide: [`echo reply from ${LEGS.middle}`] },
  },
]

export const PATH_MTU: Scenario = {
  name: 'networks of different MTU',
  bridges: [BR0],
  guests: GUESTS,
  writes: [
    ...NETWORKS,
    ...[1, 2].map((n) => ({ path: 'route_links', body: { uuid: `rl-m${n}` } })),
    ...leg(1, 'wide', 254),
    ...leg(1, 'thin', 1),
    ...leg(2, 'thin', 2),
    ...leg(2, 'middle', 254),
    ...leg(2, 'narrow', 254),
    through(1, 'middle', 2),
    through(1, 'narrow', 2),
    through(2, 'wide', 1),
    ...GUESTS.map(({ name, port, mac, address }) => ({
      path: 'interfaces',
      body: {
        ...{ uuid: port, network_uuid: `nw-${name}`, mac_address: mac },
        ipv4_address: address.split('/')[0]!,
      },
    })),
  ],
  pings: [],
  sends: [],
  questions: QUESTIONS,
}
