/** Rows and ports that go and come back: what they did ends within a second, and everything else stays. */
import t, { type Test } from 'tap'
import { until } from '../lab/wait.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import type { PingSpec, Write } from '../scenarios/scenario.ts'
import { BR0, GUEST_WRITES, PINGS, ROUTER_WRITES, walkthrough } from '../scenarios/walkthrough.ts'
import { difference, settledTables } from './tables.ts'

/** An effect of a change counts as late after this. */
const SECOND = 1000

const world = await LabWorld.running(walkthrough)
t.teardown(() => world.close())
const { rest, host } = world.site
const full = await settledTables(world)

const pingTo = (from: string, to: string, answered: boolean): PingSpec => ({
  why: 'after a change',
  from,
  to,
  answered,
})

/** A quick look, by a guest that has forgotten what it asked before: its own patience is not what is measured. */
const answers = async ({ from, to }: PingSpec): Promise<boolean> => {
  await world.guest(from).forgetNeighbours()
  return (await world.guest(from).ping(to, { count: 1, timeout: 0.1 })).received > 0
}

const within = async (t: Test, ping: PingSpec): Promise<void> => {
  const { from, to, answered } = ping
  const what = `${from} → ${to} ${answered ? 'works' : 'ends'}`
  const begin = performance.now()
  await until(what, async () => (await answers(ping)) === answered, { timeout: 5000, interval: 1 })
  const took = performance.now() - begin
  t.ok(took < SECOND, `${what} after ${took.toFixed()} ms`)
}

const writeOf = (uuid: string): Write =>
  [...GUEST_WRITES, ...ROUTER_WRITES].find(({ body }) => body['uuid'] === uuid)!

interface Case {
  readonly what: string
  readonly remove: () => Promise<unknown>
  readonly restore: () => Promise<unknown>
  readonly ends: PingSpec
  /** Goes on while it is away. */
  readonly stays: PingSpec
}

const inNet1 = (answered: boolean) => pingTo('ns1', '172.16.1.2', answered)
const routed = (answered: boolean) => pingTo('ns1', '172.16.2.3', answered)
const inNet3 = pingTo('ns5', '172.16.1.2', true)

const rowCase = (collection: string, uuid: string, ends: PingSpec, stays: PingSpec): Case => ({
  what: `${collection} ${uuid}`,
  remove: () => rest.delete(`${collection}/${uuid}`),
  restore: () => world.write([writeOf(uuid)]),
  ends,
  stays,
})

const leaseOf = async (collection: string, uuid: string): Promise<string> => {
  const row = await rest.get<Record<string, { uuid: string }[]>>(`interfaces/${uuid}`)
  return row[collection]![0]!.uuid
}

const cases: readonly Case[] = [
  rowCase('interfaces', 'if-veth2', inNet1(false), inNet3),
  {
    what: 'the MAC lease of if-veth2, and with it its IP lease',
    remove: async () => rest.delete(`mac_leases/${await leaseOf('mac_leases', 'if-veth2')}`),
    restore: async () => {
      await rest.post('mac_leases', { interface_uuid: 'if-veth2', mac_address: '52:54:00:0d:84:02' })
      await rest.post('ip_leases', {
        interface_uuid: 'if-veth2',
        network_uuid: 'nw-net1',
        ipv4_address: '172.16.1.2',
      })
    },
    ends: inNet1(false),
    stays: inNet3,
  },
  {
    what: 'the IP lease of if-veth2',
    remove: async () => rest.delete(`ip_leases/${await leaseOf('ip_leases', 'if-veth2')}`),
    restore: () =>
      rest.post('ip_leases', {
        interface_uuid: 'if-veth2',
        network_uuid: 'nw-net1',
        ipv4_address: '172.16.1.2',
      }),
    ends: inNet1(false),
    stays: inNet3,
  },
  rowCase('routes', 'r-vnet2', routed(false), inNet1(true)),
  {
    what: 'the route link, and with it its routes',
    remove: () => rest.delete('route_links/rl-vnetlink1'),
    restore: () => world.write(['rl-vnetlink1', 'r-vnet1', 'r-vnet2'].map(writeOf)),
    ends: routed(false),
    stays: inNet1(true),
  },
  {
    what: 'a leg of the router, and with it its route',
    remove: () => rest.delete('interfaces/if-vnet2gw'),
    restore: () => world.write(['if-vnet2gw', 'r-vnet2'].map(writeOf)),
    ends: routed(false),
    stays: inNet1(true),
  },
]

for (const { what, remove, restore, ends, stays } of cases) {
  t.test(`${what}: deleted and written again`, async (t) => {
    await remove()
    await within(t, ends)
    t.same(await world.pingOnce(stays), [], 'the rest goes on')
    await restore()
    await within(t, { ...ends, answered: true })
    t.same(difference(full, await settledTables(world)), [], 'the tables are as before')
  })
}

t.test('whatever is written and deleted again leaves the tables as if it had never been', async (t) => {
  const network = {
    uuid: 'nw-extra',
    display_name: 'extra',
    ipv4_network: '10.9.0.0',
    ipv4_prefix: 16,
    mode: 'virtual',
  }
  const leg = {
    uuid: 'if-extra',
    mode: 'simulated',
    network_uuid: 'nw-extra',
    mac_address: '52:54:00:99:00:01',
    ipv4_address: '10.9.0.1',
  }
  const route = { uuid: 'r-extra', interface_uuid: 'if-extra', route_link_uuid: 'rl-vnetlink1' }
  const service = { uuid: 'ns-extra', interface_uuid: 'if-extra', mode: 'router', display_name: 'extra' }
  const written = [
    ['networks', network],
    ['interfaces', leg],
    ['routes', route],
    ['network_services', service],
  ] as const
  for (const [collection, body] of written) await rest.post(collection, body)
  await world.site.converged(BR0.dpid)
  for (const [collection, { uuid }] of written.toReversed()) await rest.delete(`${collection}/${uuid}`)
  await world.site.converged(BR0.dpid)
  t.same(difference(full, await settledTables(world)), [])
})

t.test('rows that served the implementation of the original change nothing', async (t) => {
  await rest.post('datapaths', { uuid: 'dp-br0', display_name: 'br0', dpid: BR0.dpid, node_id: 'vnet3' })
  await rest.post('datapaths/dp-br0/networks/nw-net1', { broadcast_mac_address: '08:00:27:10:03:01' })
  await rest.post('datapaths/dp-br0/route_links/rl-vnetlink1', { mac_address: '08:00:27:20:01:01' })
  await world.site.converged(BR0.dpid)
  t.same(difference(full, await settledTables(world)), [])
})

t.test('the datapath row deleted and added again', async (t) => {
  await rest.delete('datapaths/dp-br0')
  await world.site.converged(BR0.dpid)
  t.same(difference(full, await settledTables(world)), [], 'the bridge is adopted without a row')
  await rest.post('datapaths', { uuid: 'dp-br0', display_name: 'br0', dpid: BR0.dpid, node_id: 'vnet3' })
  await world.site.converged(BR0.dpid)
  t.same(difference(full, await settledTables(world)), [])
  t.same(await world.checkPings(PINGS), [])
})

t.test("the bridge's port deleted and added again", async (t) => {
  await host.removePort('br0', 'if-veth2')
  await within(t, inNet1(false))
  const without = await settledTables(world)
  t.notMatch(without.join('\n'), /output:"?if-veth2/)
  t.same(await world.pingOnce(inNet3), [])
  await host.addPort('br0', 'if-veth2')
  await within(t, inNet1(true))
  t.same(difference(full, await settledTables(world)), [])
})

t.test('a port that changes its number is followed', async (t) => {
  await host.removePort('br0', 'if-veth2')
  await host.vsctl('add-port', 'br0', 'if-veth2', '--', 'set', 'Interface', 'if-veth2', 'ofport_request=77')
  await within(t, inNet1(true))
  t.same(difference(full, await settledTables(world)), [])
})

t.test('the bridge deleted and made again', async (t) => {
  await host.vsctl('del-br', 'br0')
  await world.addBridge(BR0)
  for (const { port } of walkthrough.guests) await host.addPort('br0', port)
  await world.site.converged(BR0.dpid)
  t.same(difference(full, await settledTables(world)), [])
  t.same(await world.checkPings(PINGS), [])
})

t.test('flows, groups and bridges of others are not touched', async (t) => {
  await host.ofctl('add-flow', 'br0', 'table=0,priority=999,in_port=65000,cookie=0x1234,actions=drop')
  await host.ofctl('add-group', 'br0', 'group_id=7,type=all,bucket=actions=output:1')
  await host.bridge({ name: 'br-other' })
  await host.ofctl('add-flow', 'br-other', 'actions=NORMAL')
  await rest.delete('interfaces/if-veth2')
  await world.write([writeOf('if-veth2')])
  await world.site.restart()
  await world.site.converged(BR0.dpid)
  t.match(await host.ofctl('dump-flows', 'br0'), /cookie=0x1234/)
  t.match(await host.ofctl('dump-groups', 'br0'), /group_id=7,/)
  t.match(await host.ofctl('dump-flows', 'br-other'), /NORMAL/)
})

t.test('all rows deleted: nothing of them is left', async (t) => {
  for (const { body } of GUEST_WRITES) await rest.delete(`interfaces/${body['uuid']}`)
  await rest.delete('route_links/rl-vnetlink1')
  for (const leg of ['if-vnet1gw', 'if-vnet2gw']) await rest.delete(`interfaces/${leg}`)
  for (const network of ['nw-net1', 'nw-net2', 'nw-net3']) await rest.delete(`networks/${network}`)
  await world.site.converged(BR0.dpid)
  const left = await settledTables(world)
  t.same(
    left.filter((line) => !/ table \w+\]$/.test(line) && !/0x1234|group_id=/.test(line)),
    [],
  )
  t.same(left.filter((line) => line.startsWith('group_id')).length, 1, 'the group of others')
})
