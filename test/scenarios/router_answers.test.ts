/** What routers answer to packets that no honest stack sends, and where rows leave little to answer with. */
import { formatMac, parseEthernet } from '@openvnet/controller/packet'
import t from 'tap'
import type { Guest, Rows } from '../../packages/controller/test/flow_lines.ts'
import { createOneSwitch } from './one_switch.ts'
import { frameOf, packetOf } from './question_frame.ts'
import { describeReply } from './reply.ts'

const MAC = { guest: '52:54:00:00:00:01', near: '02:00:00:00:01:01', between: '02:00:00:00:01:02' }

const leg = (id: number, mac: string, network: number, addresses: string[]): Guest => ({
  ...{ id, mode: 'simulated', mac, addresses: { [network]: addresses } },
})
type Route = NonNullable<Rows['routes']>[number]
const route = (
  router: number,
  leg: number,
  network: number,
  to: string,
  more: Partial<Route> = {},
): Route => ({
  ...{ interface_id: leg, network_id: network, destination: to, prefix: 24, route_link_id: router },
  ...more,
})

/** Guest – R1 – R2, which lets in nobody from behind R1. Only one leg has an IPv6 address. */
const ROWS: Rows = {
  networks: { 1: '10.1.0.0', 2: '10.2.0.0', 3: '10.3.0.0' },
  changes: { 1: { ipv6_network: 'fd00:1::' }, 2: { ipv6_network: 'fd00:2::' } },
  interfaces: [
    { id: 1, mac: MAC.guest, addresses: { 1: ['10.1.0.1', 'fd00:1::1'] } },
    leg(11, MAC.near, 1, ['10.1.0.254']),
    leg(12, MAC.between, 2, ['10.2.0.1', 'fd00:2::fe']),
    leg(22, '02:00:00:00:02:02', 2, ['10.2.0.2']),
    leg(23, '02:00:00:00:02:03', 3, ['10.3.0.2']),
  ],
  routes: [
    route(1, 11, 1, '10.1.0.0'),
    route(1, 12, 2, '10.2.0.0'),
    route(1, 12, 2, '0.0.0.0', { prefix: 0, via: '10.2.0.2' }),
    route(1, 11, 1, 'fd00:1::', { prefix: 64 }),
    route(1, 12, 2, 'fd00:2::', { prefix: 64 }),
    route(1, 12, 2, '::', { prefix: 0, via: 'fd00:2::2' }),
    route(2, 22, 2, '10.2.0.0'),
    route(2, 23, 3, '10.3.0.0'),
    route(2, 22, 2, '10.1.0.0', { via: '10.2.0.1', ingress: false }),
  ],
}
const send = await createOneSwitch(ROWS, 1)

type Asked = Parameters<typeof packetOf>[0]

/** What comes of a packet of the guest to its router, also who else than the guest gets it. */
const ask = (asks: Asked, address = 'to' in asks && asks.to?.includes(':') ? 'fd00:1::1' : '10.1.0.1') => {
  const asker = { mac: MAC.guest, address }
  const { received, outcomes } = send(1, frameOf(asker, packetOf(asks, asker), MAC.near))
  return [
    ...received.map(({ frame }) => {
      const to = formatMac(parseEthernet(frame)!.dst)
      return `${describeReply(frame)}${to === MAC.guest ? '' : ` to ${to}`}`
    }),
    ...outcomes.filter((outcome) => outcome !== 'answered'),
  ]
}

t.test('what means nothing outside of a network is not routed, whatever routes say', async (t) => {
  const nowhere = [
    '0.0.0.1',
    '127.0.0.1',
    '224.0.0.9',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'ff0e::1',
    'fe80::1',
  ]
  for (const to of nowhere) {
    t.strictSame(ask({ udp: 9, to }), [], to)
    t.strictSame(ask({ udp: 9, to, ttl: 1 }), [], `${to} with TTL 1`)
  }
  const other = { udp: 9, to: '10.9.9.9', ttl: 1 }
  t.strictSame(ask(other), ['time exceeded from 10.1.0.254 for udp 9 to 10.9.9.9'], 'others are')
})

t.test('a link-local address is a source in its network only, and its owner is told', async (t) => {
  const [own, near] = ['fe80::5054:ff:fe00:1', 'fe80::ff:fe00:101']
  t.strictSame(ask({ udp: 9, to: 'fd00:2::9' }, own), [`beyond scope from ${near} for udp 9 to fd00:2::9`])
  t.strictSame(ask({ udp: 9, to: near }, own), [`port unreachable from ${near} for udp 9 to ${near}`])
  t.strictSame(ask({ echo: true, to: near }, own), [`echo reply from ${near}`])
})

t.test('a leg without an address of the family answers from another of its router', async (t) => {
  const from = 'fd00:2::fe'
  t.strictSame(ask({ udp: 9, to: 'fd00:2::9' }), [`host unreachable from ${from} for udp 9 to fd00:2::9`])
  t.strictSame(ask({ udp: 9, to: 'fd00:2::9', ttl: 1 }), [
    `time exceeded from ${from} for udp 9 to fd00:2::9`,
  ])
  t.strictSame(ask({ udp: 9, to: from }), [`port unreachable from ${from} for udp 9 to ${from}`])
  t.strictSame(ask({ protocol: 253, to: from }), [
    `protocol unreachable from ${from} for protocol 253 to ${from}`,
  ])
  t.strictSame(ask({ protocol: 59, to: from }), ['nothing for an upper layer'], 'RFC 8200 §4.7')
})

t.test('a router that lets the sender in nowhere gives it nothing, nor its own packets back', async (t) => {
  for (const to of ['10.2.0.2', '10.3.0.2']) {
    t.strictSame(ask({ echo: true, to }), [], to)
    t.strictSame(ask({ udp: 9, to }), [], to)
  }
})

t.test('directed broadcasts of the subnets at its legs get no error, wherever they end', async (t) => {
  for (const to of ['10.1.0.255', '10.2.0.255']) {
    for (const ttl of [1, 64])
      t.strictSame(ask({ udp: 9, to, ttl }), ['multicast or broadcast'], `${to}, ${ttl}`)
  }
  t.strictSame(
    ask({ udp: 9, to: '10.3.0.255', ttl: 1 }),
    ['time exceeded from 10.1.0.254 for udp 9 to 10.3.0.255'],
    'of others it does not know',
  )
})
