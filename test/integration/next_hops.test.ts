/** Guests as next hops, on real Open vSwitch: one that sends packets on to another, and two that share by weight. */
import t from 'tap'
import { until } from '../lab/wait.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import type { GuestSpec, Scenario, Write } from '../scenarios/scenario.ts'
import { BR0 } from '../scenarios/walkthrough.ts'

const guest = (n: number, name: string, address: string, gateway: string, routes: string[]): GuestSpec => ({
  ...{ name, bridge: BR0.name, port: `if-${name}`, mac: `52:54:00:71:00:0${n}`, address: `${address}/24` },
  ...{ gateway, routes },
})
const GUESTS = [
  guest(1, 'user', '10.1.1.1', '10.1.1.254', ['10.2.2.0/24', '10.77.0.0/16', '10.78.0.0/16']),
  guest(2, 'one', '10.2.2.1', '10.2.2.254', ['10.1.1.0/24']),
  guest(3, 'two', '10.2.2.2', '10.2.2.254', ['10.1.1.0/24']),
] as const

const leg = (n: number): Write[] => [
  { path: 'networks', body: { uuid: `nw-${n}`, ipv4_network: `10.${n}.${n}.0`, ipv4_prefix: 24 } },
  {
    path: 'interfaces',
    body: {
      ...{ uuid: `if-leg${n}`, mode: 'simulated', network_uuid: `nw-${n}` },
      ipv4_address: `10.${n}.${n}.254`,
    },
  },
  { path: 'routes', body: { uuid: `r-${n}`, interface_uuid: `if-leg${n}`, route_link_uuid: 'rl-1' } },
]

const via = (uuid: string, network: string, next: string, weight: number): Write => ({
  path: 'routes',
  body: {
    ...{ uuid, interface_uuid: 'if-leg2', route_link_uuid: 'rl-1', ipv4_network: network, ipv4_prefix: 16 },
    ...{ via: next, weight },
  },
})

const SCENARIO: Scenario = {
  name: 'guests as next hops',
  bridges: [BR0],
  guests: GUESTS,
  writes: [
    { path: 'route_links', body: { uuid: 'rl-1' } },
    ...leg(1),
    ...leg(2),
    via('r-on', '10.77.0.0', '10.2.2.1', 1),
    via('r-share1', '10.78.0.0', '10.2.2.1', 3),
    via('r-share2', '10.78.0.0', '10.2.2.2', 1),
    ...GUESTS.map(({ name, port, mac, address }) => ({
      path: 'interfaces',
      body: {
        ...{ uuid: port, network_uuid: `nw-${name === 'user' ? 1 : 2}`, mac_address: mac },
        ...{ ipv4_address: address.split('/')[0]!, enable_routing: name !== 'user' },
      },
    })),
  ],
  pings: [],
  sends: [],
}

const world = await LabWorld.running(SCENARIO)
t.teardown(() => world.close())
const [user, one, two] = ['user', 'one', 'two'].map((name) => world.guest(name)) as never as ReturnType<
  typeof world.guest
>[]

// Addresses of others that are local here are no addresses to ask by ARP with: port security drops that.
for (const each of [one, two])
  await each!.namespace.run(['sysctl', '-qw', 'net.ipv4.conf.all.arp_announce=2'])

/** Echo requests that the guest has got. */
const echoes = async (of: typeof user): Promise<number> => {
  const [names = '', values = ''] = (await of!.namespace.run(['grep', '^Icmp:', '/proc/net/snmp'])).split(
    '\n',
  )
  return Number(values.split(' ')[names.split(' ').indexOf('InEchos')])
}

t.test('a guest sends on what it gets as next hop, to another that answers', async (t) => {
  await one!.namespace.run(['sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv4.conf.all.send_redirects=0'])
  await one!.namespace.run(['ip', 'route', 'add', '10.77.0.0/16', 'via', '10.2.2.2'])
  await two!.namespace.run(['ip', 'route', 'add', 'local', '10.77.0.0/16', 'dev', 'lo'])
  const before = await echoes(two)
  await until('it is answered', async () => (await user!.ping('10.77.1.1', { count: 1 })).received === 1)
  const { received, sent, ttl } = await user!.ping('10.77.1.1')
  t.equal(received, sent)
  t.equal(ttl, 63, 'back through the router alone')
  t.ok((await echoes(two)) >= before + 3, 'the other one got it')
})

t.test('who does not route may not send packets of others', async (t) => {
  await world.write([{ method: 'PUT', path: 'interfaces/if-one', body: { enable_routing: false } }])
  await until('nothing comes', async () => (await user!.ping('10.77.1.1', { count: 1 })).received === 0)
  await world.write([{ method: 'PUT', path: 'interfaces/if-one', body: { enable_routing: true } }])
  await until('it is back', async () => (await user!.ping('10.77.1.1', { count: 1 })).received === 1)
  t.pass()
})

t.test('two next hops share by weight, and each destination keeps its own', async (t) => {
  for (const each of [one, two])
    await each!.namespace.run(['ip', 'route', 'add', 'local', '10.78.0.0/16', 'dev', 'lo'])
  const before = [await echoes(one), await echoes(two)]
  const COUNT = 80
  const shared = async (): Promise<readonly number[]> => {
    const start = [await echoes(one), await echoes(two)]
    const targets = Array.from({ length: COUNT }, (_, index) => `10.78.${index}.${1 + ((index * 7) % 250)}`)
    const answers = await Promise.all(
      targets.map((to) => user!.ping(to, { count: 1, timeout: 5 }).then(({ received }) => received)),
    )
    t.equal(answers.filter((received) => received === 1).length, COUNT, 'all are answered')
    return [(await echoes(one)) - start[0]!, (await echoes(two)) - start[1]!]
  }
  const first = await shared()
  t.comment(`${first[0]} and ${first[1]} of ${COUNT}, from ${before}`)
  t.ok(first[0]! > first[1]! && first[1]! >= 5, 'about three to one')
  t.strictSame(await shared(), first, 'the same again')
})
