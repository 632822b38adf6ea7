/**
 * The scenario of many hosts on real Open vSwitch: every transport over both families, with all placements in one site.
 * What crosses the underlay is read there, frame by frame. Then the same site in other orders, and while it changes.
 */
import t from 'tap'
import { until } from '../lab/wait.ts'
import { checkForReal } from '../scenarios/for_real.ts'
import { GUESTS, MANY_HOSTS, writesOf } from '../scenarios/many_hosts.ts'
import { type PingSpec, tunnelsOf, type Write } from '../scenarios/scenario.ts'
import { losesNothing, unwrite } from './many_hosts_live.ts'
import { dpidOf, HOST_NAMES, type HostName, OverlaySite } from './overlay_site.ts'
import { record } from './recorded_underlay.ts'

const world = await OverlaySite.create(GUESTS)
t.teardown(() => world.close())
await world.write(MANY_HOSTS[0]!.writes)

for (const scenario of MANY_HOSTS) {
  t.test(scenario.name, async (t) => {
    const { family } = scenario.underlay!
    const ports = HOST_NAMES.flatMap((host) => tunnelsOf(scenario, host).map((type) => [host, type] as const))
    t.teardown(() => Promise.all(ports.map(([host, type]) => world.removeTunnelPort(host, type))))
    for (const host of HOST_NAMES) await world.connect(host, family)
    for (const [host, type] of ports) await world.addTunnelPort(host, type)
    await world.converged()
    await world.acquaint(family)
    t.same(await checkForReal(scenario, world.guests, () => record(world, scenario)), [])
  })
}

const scenario = MANY_HOSTS[0]!
const { transport, family } = scenario.underlay!
const all = () => checkForReal(scenario, world.guests, () => record(world, scenario))

/** A host that nobody has told anything: no controller, no port for tunnels, no flows. */
const forget = async (host: HostName): Promise<void> => {
  await world.disconnect(host)
  await world.hosts[host].removePort('br0', `vnet-${transport}`)
  await world.hosts[host].ofctl('del-flows', 'br0')
  await world.hosts[host].ofctl('-OOpenFlow13', 'del-groups', 'br0')
}

const join = async (host: HostName): Promise<void> => {
  await world.connect(host, family)
  await world.addTunnelPort(host, transport)
}

/** Of hosts and rows, who is when. */
const ORDERS: readonly (readonly (HostName | 'rows')[])[] = [
  ['rows', 'b', 'c', 'a'],
  ['a', 'rows', 'c', 'b'],
  ['b', 'a', 'rows', 'c'],
]

t.test('in other orders', async (t) => {
  for (const host of HOST_NAMES) await join(host)
  await world.converged()
  for (const order of ORDERS) {
    await t.test(order.join(', '), async (t) => {
      await unwrite(world, scenario.writes)
      for (const host of HOST_NAMES) await forget(host)
      for (const what of order) await (what === 'rows' ? world.write(scenario.writes) : join(what))
      await world.converged()
      await world.acquaint(family)
      const pings = { ...scenario, sends: [], forgeries: [] }
      t.same(await checkForReal(pings, world.guests, () => record(world, scenario)), [])
    })
  }
})

/** Pings between hosts that do not need a network, or a host. */
const spared = (pattern: RegExp, ...without: readonly HostName[]): readonly PingSpec[] =>
  scenario.pings.filter(({ from, crosses = [] }) => {
    const isThere = crosses.every((each) => !without.some((host) => [each.from, each.to].includes(host)))
    const isOwn = crosses.every(({ network }) => pattern.test(network))
    return crosses.length > 0 && pattern.test(from) && isThere && isOwn
  })

const GONE: readonly (readonly [what: string, writes: readonly Write[], spared: RegExp])[] = [
  ['another network with the same addresses', writesOf('blue'), /red/],
  ['a router', writesOf('router'), /red|blue/],
  ['a network and the router to it', [...writesOf('green'), ...writesOf('router')], /red|blue/],
]

/** Subnets of the underlay as networks, and where each host is in them. */
const UNDERLAY_NETWORKS: readonly Write[] = [1, 2].map((subnet) => ({
  path: 'networks',
  body: { uuid: `nw-subnet${subnet}`, ipv4_network: `10.255.${subnet}.0`, mode: 'physical' },
}))

const hostWrites = (host: HostName, index: number): readonly Write[] => {
  const ipv4_address = world.addresses[host].ipv4
  const [datapath, network] = [`dp-${host}`, `nw-subnet${ipv4_address.split('.')[2]}`]
  return [
    { path: 'datapaths', body: { uuid: datapath, dpid: dpidOf(host), ipv4_address } },
    {
      path: 'interfaces',
      body: {
        ...{ uuid: `if-host${host}`, mode: 'host', owner_datapath_uuid: datapath, ipv4_address },
        ...{ network_uuid: network, mac_address: `02:00:00:00:08:0${index}` },
      },
    },
  ]
}

/** Rows for the bridges that say what is known of them already, and topologies of them. */
const topologyWrites = (): readonly Write[] => [
  ...UNDERLAY_NETWORKS,
  ...HOST_NAMES.flatMap(hostWrites),
  { path: 'topologies', body: { uuid: 'topo-under', mode: 'simple_underlay' } },
  { path: 'topologies', body: { uuid: 'topo-over', mode: 'simple_overlay' } },
  ...HOST_NAMES.map((host) => ({
    path: `topologies/topo-under/datapaths/dp-${host}`,
    body: { interface_uuid: `if-host${host}` },
  })),
  { path: 'topologies/topo-over/underlays/topo-under', body: {} },
  ...['red', 'blue'].map((colour) => ({ path: `topologies/topo-over/networks/nw-${colour}`, body: {} })),
]

t.test('while others speak', async (t) => {
  for (const [what, writes, pattern] of GONE) {
    await t.test(`${what} goes and comes`, (t) =>
      losesNothing(t, world, spared(pattern), async () => {
        await unwrite(world, writes)
        await world.converged()
        await world.write(writes)
        await world.converged()
      }),
    )
  }

  await t.test('bridges get rows and topologies, and lose them', (t) =>
    losesNothing(t, world, spared(/red|blue|green/), async () => {
      const rows = topologyWrites()
      await world.write(rows)
      await world.converged()
      await unwrite(
        world,
        rows.filter(({ body }) => 'uuid' in body),
      )
      await world.converged()
    }),
  )

  await t.test('a host leaves for good, and joins', (t) =>
    losesNothing(t, world, spared(/red|blue/, 'c'), async () => {
      await forget('c')
      await world.site.rest.post('networks', { uuid: 'nw-meanwhile', ipv4_network: '172.16.9.0' })
      await join('c')
      await world.converged()
      await world.site.rest.delete('networks/nw-meanwhile')
    }),
  )

  await t.test('the link of a host is cut for a while', async (t) => {
    await losesNothing(t, world, spared(/red|blue/, 'c'), async () => {
      await world.underlay.cut(world.hosts.c)
      const [severed] = spared(/red/).filter(({ crosses = [] }) => crosses.some(({ to }) => to === 'c'))
      const { received } = await world.guest(severed!.from).ping(severed!.to, { count: 5, interval: 0.1 })
      t.equal(received, 0, 'it is not reached')
      await world.underlay.heal(world.hosts.c)
      await until('it is reached again', async () => {
        const again = await world.guest(severed!.from).ping(severed!.to, { count: 3, interval: 0.05 })
        return again.received === 3
      })
    })
  })

  await t.test('after all that', async (t) => {
    await world.converged()
    await world.acquaint(family)
    t.same(await all(), [])
  })
})
