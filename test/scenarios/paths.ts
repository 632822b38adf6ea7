/**
 * Three routers on a path: west – R1 – R2 – R3 – east. What R1 does not know it sends to R2 and R2 to R1, so that there is
 * a loop; R2 ends some ways by routes to nowhere.
 */
import { type Question, type QuestionSpec, traced } from './question.ts'
import type { GuestSpec, PingSpec, Scenario, Write } from './scenario.ts'
import { BR0 } from './walkthrough.ts'

const NETWORKS = { west: '10.1.1', t1: '10.0.12', t2: '10.0.23', east: '10.3.3' } as const
type Network = keyof typeof NETWORKS

/** Legs: router, network and host part of the address. */
const LEGS = [
  [1, 'west', 254],
  [1, 't1', 1],
  [2, 't1', 2],
  [2, 't2', 2],
  [3, 't2', 3],
  [3, 'east', 254],
] as const satisfies readonly (readonly [number, Network, number])[]

export const legAddress = (router: number, network: Network): string => {
  const [, , host] = LEGS.find(([a, b]) => a === router && b === network)!
  return `${NETWORKS[network]}.${host}`
}

const legMac = (router: number, network: Network): string =>
  `52:54:00:70:0${router}:0${Object.keys(NETWORKS).indexOf(network) + 1}`

const legName = (router: number, network: Network): string => `if-r${router}${network}`

const route = (uuid: string, router: number, body: Write['body']): Write => ({
  path: 'routes',
  body: { uuid: `r-${uuid}`, route_link_uuid: `rl-${router}`, ...body },
})

const via = (router: number, network: Network, to: string, next: number): Write => {
  const [ipv4_network, prefix] = to.split('/')
  return route(`${router}v${next}p${prefix}`, router, {
    interface_uuid: legName(router, network),
    ipv4_network: ipv4_network!,
    ipv4_prefix: Number(prefix),
    via: legAddress(next, network),
  })
}

const nowhere = (type: string, to: string): Write =>
  route(type, 2, { type, ipv4_network: to, ipv4_prefix: 16 })

/** Of the other networks, and what is behind the routers. */
const REACHED = [...Object.values(NETWORKS), '10.9.9', '10.66.1', '10.67.1', '10.68.1']

const GUESTS: readonly GuestSpec[] = (['west', 'east'] as const).map((name, index) => ({
  name,
  bridge: BR0.name,
  port: `if-${name}`,
  mac: `52:54:00:70:00:0${index + 1}`,
  address: `${NETWORKS[name]}.1/24`,
  gateway: `${NETWORKS[name]}.254`,
  routes: REACHED.filter((prefix) => prefix !== NETWORKS[name]).map((prefix) => `${prefix}.0/24`),
}))

const WRITES: readonly Write[] = [
  ...(Object.keys(NETWORKS) as Network[]).map((name) => ({
    path: 'networks',
    body: { uuid: `nw-${name}`, ipv4_network: `${NETWORKS[name]}.0`, ipv4_prefix: 24 },
  })),
  ...[1, 2, 3].map((n) => ({ path: 'route_links', body: { uuid: `rl-${n}` } })),
  ...LEGS.flatMap(([router, network]) => [
    {
      path: 'interfaces',
      body: {
        uuid: legName(router, network),
        mode: 'simulated',
        network_uuid: `nw-${network}`,
        mac_address: legMac(router, network),
        ipv4_address: legAddress(router, network),
      },
    },
    route(`${router}${network}`, router, { interface_uuid: legName(router, network) }),
  ]),
  via(1, 't1', '10.3.3.0/24', 2),
  via(1, 't1', '0.0.0.0/0', 2),
  via(2, 't1', '10.1.1.0/24', 1),
  via(2, 't2', '10.3.3.0/24', 3),
  via(2, 't1', '0.0.0.0/0', 1),
  via(3, 't2', '0.0.0.0/0', 2),
  nowhere('blackhole', '10.66.0.0'),
  nowhere('unreachable', '10.67.0.0'),
  nowhere('prohibit', '10.68.0.0'),
  ...GUESTS.map(({ name, port, mac, address }) => ({
    path: 'interfaces',
    body: {
      uuid: port,
      network_uuid: `nw-${name}`,
      mac_address: mac,
      ipv4_address: address.split('/')[0]!,
    },
  })),
]

const across = (from: 'west' | 'east', to: 'west' | 'east', lastRouter: number): PingSpec => ({
  why: 'three routers take one from the TTL each, both ways',
  from,
  to: `${NETWORKS[to]}.1`,
  answered: true,
  arrives: { at: to, ttl: 61, eth_src: legMac(lastRouter, to) },
  answerTtl: 61,
})

/** Routers that are passed before this one from one end, and after it on the way back. */
const before = (from: 'west' | 'east', router: number): number => (from === 'west' ? router - 1 : 3 - router)

const silent = (why: string, to: string, ttl = 64): PingSpec => ({
  why,
  ...{ from: 'west', to, ttl, answered: false },
})

const PINGS: readonly PingSpec[] = [
  across('west', 'east', 3),
  across('east', 'west', 1),
  ...(['west', 'east'] as const).flatMap((from) =>
    LEGS.map(([router, network]) => ({
      why: `router ${router} answers`,
      from,
      to: legAddress(router, network),
      answered: true,
      answerTtl: 64 - before(from, router),
    })),
  ),
  silent('the third router has no hop left', '10.3.3.1', 3),
  silent('nobody is there', '10.3.3.77'),
  silent('a loop ends by the TTL', '10.9.9.9'),
  silent('also that of the most hops there can be', '10.9.9.9', 255),
  silent('a black hole', '10.66.1.1'),
  silent('unreachable', '10.67.1.1'),
  silent('prohibited', '10.68.1.1'),
]

const WAY = [legAddress(1, 'west'), legAddress(2, 't1'), legAddress(3, 't2')] as const
const WAY_BACK = [legAddress(3, 'east'), legAddress(2, 't2'), legAddress(1, 't1')] as const

const asks = (why: string, asked: Question, ...answers: readonly string[]): QuestionSpec => ({
  ...{ why, from: 'west', asks: asked },
  gets: answers.length === 0 ? {} : { west: answers },
})

const unknownProtocol = (of: string): string => `protocol unreachable from ${of} for protocol 132 to ${of}`

/** What a packet meets that may not be answered by its TTL alone. */
const nowhereTo = (to: string, answer: string): readonly QuestionSpec[] => [
  asks(`to ${to}, by udp`, { udp: 9, to }, `${answer} for udp 9 to ${to}`),
  asks(`to ${to}, by echo`, { echo: true, to }, `${answer} for echo to ${to}`),
]

const R2 = legAddress(2, 't1')
const QUESTIONS: readonly QuestionSpec[] = [
  ...traced({ why: 'three routers', from: 'west', to: '10.3.3.1', hops: WAY, reaches: 'east' }),
  ...traced({ why: 'and back', from: 'east', to: '10.1.1.1', hops: WAY_BACK, reaches: 'west' }),
  ...[1, 2, 3].flatMap((n) =>
    traced({ why: `to router ${n}`, from: 'west', to: WAY[n - 1]!, hops: WAY.slice(0, n) }),
  ),
  ...traced({
    why: 'the far side of the second',
    from: 'west',
    to: '10.0.23.2',
    hops: [WAY[0], '10.0.23.2'],
  }),
  ...nowhereTo('10.67.1.1', `host unreachable from ${R2}`),
  ...nowhereTo('10.68.1.1', `prohibited from ${R2}`),
  ...nowhereTo('10.3.3.77', `host unreachable from ${WAY[2]}`),
  ...nowhereTo('10.9.9.9', `time exceeded from ${R2}`),
  asks('a black hole', { udp: 9, to: '10.66.1.1' }),
  asks(
    'a port of a router',
    { udp: 9, to: WAY[1] },
    `port unreachable from ${WAY[1]} for udp 9 to ${WAY[1]}`,
  ),
  asks('another protocol', { protocol: 132, to: WAY[2], octets: 60 }, unknownProtocol(WAY[2])),
  asks('a connection', { tcp: 22, to: WAY[2] }, `tcp reset from ${WAY[2]} port 22`),
]

export const PATHS: Scenario = {
  questions: QUESTIONS,
  name: 'three routers on a path',
  bridges: [BR0],
  writes: WRITES,
  guests: GUESTS,
  pings: PINGS,
  sends: [],
}
