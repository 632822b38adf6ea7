/**
 * Networks of different MTU with two routers between them, on real Open vSwitch and in both families: senders are told, and
 * their kernels learn; over IPv4 what may be fragmented arrives; what is ordinary stays in the fast path.
 */
import t from 'tap'
import { until } from '../lab/wait.ts'
import { addressIn6, inIpv6 } from '../scenarios/in_ipv6.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import type { GuestSpec, Scenario, Write } from '../scenarios/scenario.ts'
import { BR0 } from '../scenarios/walkthrough.ts'

const MTU = { west: 1500, t: 1300, east: 1400 } as const
const PREFIX = { west: '10.1.1', t: '10.0.12', east: '10.3.3' } as const
type Network = keyof typeof MTU

const NETWORKS: readonly Write[] = (Object.keys(MTU) as Network[]).map((name) => ({
  path: 'networks',
  body: { uuid: `nw-${name}`, ipv4_network: `${PREFIX[name]}.0`, ipv4_prefix: 24, mtu: MTU[name] },
}))

const leg = (router: number, network: Network, host: number): Write[] => [
  {
    path: 'interfaces',
    body: {
      uuid: `if-r${router}${network}`,
      mode: 'simulated',
      network_uuid: `nw-${network}`,
      ipv4_address: `${PREFIX[network]}.${host}`,
    },
  },
  {
    path: 'routes',
    body: {
      uuid: `r-${router}${network}`,
      route_link_uuid: `rl-${router}`,
      interface_uuid: `if-r${router}${network}`,
    },
  },
]

const through = (router: number, to: Network, next: number): Write => ({
  path: 'routes',
  body: {
    uuid: `r-${router}to${to}`,
    route_link_uuid: `rl-${router}`,
    interface_uuid: `if-r${router}t`,
    ipv4_network: `${PREFIX[to]}.0`,
    ipv4_prefix: 24,
    via: `${PREFIX.t}.${next}`,
  },
})

const GUESTS: readonly GuestSpec[] = (['west', 'east'] as const).map((name, index) => ({
  name,
  bridge: BR0.name,
  port: `if-${name}`,
  mac: `52:54:00:70:00:0${index + 1}`,
  address: `${PREFIX[name]}.1/24`,
  gateway: `${PREFIX[name]}.254`,
  routes: [`${PREFIX[name === 'west' ? 'east' : 'west']}.0/24`],
}))

const SCENARIO: Scenario = {
  name: 'networks of different MTU',
  bridges: [BR0],
  guests: GUESTS,
  writes: [
    ...NETWORKS,
    ...[1, 2].map((n) => ({ path: 'route_links', body: { uuid: `rl-${n}` } })),
    ...leg(1, 'west', 254),
    ...leg(1, 't', 1),
    ...leg(2, 't', 2),
    ...leg(2, 'east', 254),
    through(1, 'east', 2),
    through(2, 'west', 1),
    ...GUESTS.map(({ name, port, mac, address }) => ({
      path: 'interfaces',
      body: {
        uuid: port,
        network_uuid: `nw-${name}`,
        mac_address: mac,
        ipv4_address: address.split('/')[0]!,
      },
    })),
  ],
  pings: [],
  sends: [],
}

/** Octets of IP and ICMP headers. */
const HEADERS = { 4: 28, 6: 48 } as const

for (const family of [4, 6] as const) {
  const scenario = family === 4 ? SCENARIO : inIpv6(SCENARIO)
  t.test(scenario.name, async (t) => {
    const world = await LabWorld.running(scenario)
    t.teardown(() => world.close())
    const west = world.guest('west')
    const to = family === 4 ? '10.3.3.1' : addressIn6('10.3.3.1')
    /** @param mtu size of the whole packet @param how `do`: may not be fragmented; `dont`: may be, by anyone */
    const ping = async (mtu: number, how: 'do' | 'dont'): Promise<string> => {
      const size = `${mtu - HEADERS[family]}`
      const words = ['ping', '-n', '-c', '3', '-i', '0.2', '-W', '2', '-M', how, '-s', size, to]
      return (await west.namespace.attempt(words)).stdout
    }

    await until('each finds the other', async () => (await west.ping(to, { count: 1 })).received === 1)
    await t.test('what fits gets through, in the fast path', async (t) => {
      t.match(await ping(MTU.t, 'do'), '3 received')
      const flows = await world.site.host.appctl('dpctl/dump-flows')
      const looked = flows.split('\n').filter((line) => line.includes('check_pkt_len'))
      t.ok(looked.length > 0, 'the length is looked at')
      t.notMatch(looked.join('\n'), /slow_path/)
    })

    if (family === 4) {
      await t.test('what may be fragmented arrives in fragments', async (t) => {
        t.match(await ping(1500, 'dont'), '3 received')
      })
    }

    await t.test('what may not is answered, and the kernel learns', async (t) => {
      t.match(await ping(1500, 'do'), /(mtu ?= ?1300|message too long)/i)
      t.match(await west.namespace.run(['ip', 'route', 'get', to]), /mtu 1300/)
    })

    await t.test('then it sends what fits', async (t) => {
      // The kernel of who answers has to learn as well, by its first answer.
      t.match(await ping(1500, 'dont'), family === 4 ? /3 received/ : /[23] received/)
    })
  })
}
