/** Guests as next hops: an appliance that passes packets on to another guest, and two that share by weight. */
import type { Question, QuestionSpec, SharesSpec } from './question.ts'
import type { GuestSpec, Scenario, Write } from './scenario.ts'
import { BR0 } from './walkthrough.ts'

const guest = (n: number, name: string, address: string, more: Partial<GuestSpec>): GuestSpec => ({
  ...{ name, bridge: BR0.name, port: `if-${name}`, mac: `52:54:00:71:00:0${n}`, address: `${address}/24` },
  ...more,
})

/** Behind the one that passes on, an address of the other. */
const TO = '10.77.1.1'
const USER = '10.11.1.1'
const [ONE, TWO] = ['10.12.2.1', '10.12.2.2'] as const
const GATEWAYS = ['10.11.1.254', '10.12.2.254'] as const
const back = { gateway: GATEWAYS[1], routes: ['10.11.1.0/24'] }

const GUESTS: readonly GuestSpec[] = [
  guest(1, 'user', USER, {
    gateway: GATEWAYS[0],
    routes: ['10.12.2.0/24', '10.77.0.0/16', '10.78.0.0/16'],
  }),
  guest(2, 'one', ONE, { ...back, forwards: { '10.77.0.0/16': TWO }, serves: ['10.78.0.0/16'] }),
  guest(3, 'two', TWO, { ...back, serves: [`${TO}/32`, '10.78.0.0/16'] }),
]

const leg = (n: 1 | 2): Write[] => [
  { path: 'networks', body: { uuid: `nw-h${n}`, ipv4_network: `10.1${n}.${n}.0`, ipv4_prefix: 24 } },
  {
    path: 'interfaces',
    body: {
      ...{ uuid: `if-h${n}`, mode: 'simulated', network_uuid: `nw-h${n}` },
      ...{ mac_address: `52:54:00:71:01:0${n}`, ipv4_address: GATEWAYS[n - 1] },
    },
  },
  { path: 'routes', body: { uuid: `r-h${n}`, interface_uuid: `if-h${n}`, route_link_uuid: 'rl-h' } },
]

const via = (uuid: string, network: string, next: string, weight: number): Write => ({
  path: 'routes',
  body: {
    ...{ uuid, interface_uuid: 'if-h2', route_link_uuid: 'rl-h', ipv4_network: network, ipv4_prefix: 16 },
    ...{ via: next, weight },
  },
})

/** What a program that traces routes asks, and who gets it, hop by hop. */
const traced = (asks: Question, asked: string, quoted: string, end: string): readonly QuestionSpec[] => {
  const ask = (why: string, ttl: number, gets: QuestionSpec['gets']): QuestionSpec => ({
    ...{ why: `through a guest that passes it on: ${why}`, from: 'user' },
    ...{ asks: { ...asks, ttl } as Question, gets },
  })
  return [
    ask('the router', 1, { user: [`time exceeded from ${GATEWAYS[0]} for ${quoted}`] }),
    ask('the guest', 2, {
      one: [`${asked} with TTL 1`],
      user: [`time exceeded from ${ONE} for ${quoted}`],
    }),
    ask('the other', 3, { one: [`${asked} with TTL 2`], two: [`${asked} with TTL 1`], user: [end] }),
  ]
}

const QUESTIONS: readonly QuestionSpec[] = [
  ...traced(
    { udp: 33_434, to: TO },
    `udp 33434 to ${TO}`,
    `udp 33434 to ${TO}`,
    `port unreachable from ${TO} for udp 33434 to ${TO}`,
  ),
  ...traced({ echo: true, to: TO }, `echo request to ${TO}`, `echo to ${TO}`, `echo reply from ${TO}`),
]

const SHARES: readonly SharesSpec[] = [
  {
    ...{ why: 'two next hops, one of which has three times the weight of the other', from: 'user' },
    to: Array.from({ length: 80 }, (_, index) => `10.78.${index}.${1 + ((index * 7) % 250)}`),
    weights: { one: 3, two: 1 },
  },
]

export const NEXT_HOPS: Scenario = {
  name: 'guests as next hops',
  bridges: [BR0],
  guests: GUESTS,
  writes: [
    { path: 'route_links', body: { uuid: 'rl-h' } },
    ...leg(1),
    ...leg(2),
    via('r-on', '10.77.0.0', ONE, 1),
    via('r-share1', '10.78.0.0', ONE, 3),
    via('r-share2', '10.78.0.0', TWO, 1),
    ...GUESTS.map(({ name, port, mac, address }) => ({
      path: 'interfaces',
      body: {
        ...{ uuid: port, network_uuid: `nw-h${name === 'user' ? 1 : 2}`, mac_address: mac },
        ...{ ipv4_address: address.split('/')[0]!, enable_routing: name !== 'user' },
      },
    })),
  ],
  pings: [],
  sends: [],
  questions: QUESTIONS,
  shares: SHARES,
}
