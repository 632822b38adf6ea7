/** Processes that die and come back: vnetd, and the switch itself. The dataplane does not notice the former. */
import t from 'tap'
import { sleep, until } from '../lab/wait.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import { BR0, PINGS, walkthrough } from '../scenarios/walkthrough.ts'
import { storeAndSwitch } from './store_tables.ts'
import { difference, settledTables } from './tables.ts'

const world = await LabWorld.running(walkthrough)
t.teardown(() => world.close())
const { host, rest } = world.site
const full = await settledTables(world)

t.test(
  'vnetd is killed during a ping: nothing is lost, and nothing is sent when it comes back',
  async (t) => {
    const inside = world.guest('ns1').pingStart('172.16.1.2', { interval: 0.01 })
    const routed = world.guest('ns2').pingStart('172.16.2.3', { interval: 0.01 })
    await inside.reaches(50)
    const before = await host.flows('br0')
    await world.site.vnetd.stop('SIGKILL')
    await sleep(300)

    const others = PINGS.filter(({ from }) => from !== 'ns1')
    for (const { from } of others) await world.guest(from).forgetNeighbours()
    t.same(
      await world.checkPings(others),
      [],
      'guests that have not spoken before reach each other while it is dead',
    )

    await world.site.start()
    const restarted = performance.now()
    const status = await world.site.converged(BR0.dpid)
    await sleep(500)
    t.equal(status.flow_mods_sent, 0, 'no flow-mod')
    t.equal(status.group_mods_sent, 0, 'no group-mod')
    t.same(difference(full, await settledTables(world)), [])
    const after = new Map((await host.flows('br0')).map((flow) => [flow.text, flow]))
    const elapsed = (performance.now() - restarted) / 1000
    t.ok(
      before.every(({ text }) => after.get(text)!.duration > elapsed),
      'no flow is younger than the new vnetd',
    )
    t.ok(
      before.every(({ text, packets }) => after.get(text)!.packets >= packets),
      'no counter has gone back',
    )
    t.ok(
      before.some(({ text, packets }) => after.get(text)!.packets > packets),
      'counters go on',
    )
    for (const ping of [inside, routed]) {
      const { sent, lost, duplicates } = await ping.stop()
      t.ok(sent > 100, `${sent} packets`)
      t.same(lost, [], 'none lost')
      t.equal(duplicates, 0)
    }
  },
)

t.test('of what changed while it was away only the difference is sent', async (t) => {
  await world.site.vnetd.stop('SIGKILL')
  // On other ports no switch finds it: as good as an API alone.
  const api = await world.site.launch('--openflow', '127.0.0.1:16633')
  await rest.delete('interfaces/if-veth6')
  await rest.post('interfaces', {
    uuid: 'if-late',
    mode: 'simulated',
    network_uuid: 'nw-net3',
    mac_address: '52:54:00:74:33:33',
    ipv4_address: '172.16.1.9',
  })
  await api.stop('SIGKILL')
  const [victim] = await host
    .flows('br0')
    .then((flows) => flows.filter(({ table, match }) => table === 60 && match.includes('52:54:00:0d:84:04')))
  await host.ofctl('--strict', 'del-flows', 'br0', `table=60,priority=${victim!.priority},${victim!.match}`)
  const ours = victim!.cookie.toString(16)
  await host.ofctl(
    'add-flow',
    'br0',
    `cookie=0x${ours},table=60,priority=7777,dl_dst=52:54:00:99:99:99,actions=drop`,
  )
  await host.ofctl(
    'add-flow',
    'br0',
    'cookie=0x77,table=60,priority=7778,dl_dst=52:54:00:99:99:98,actions=drop',
  )
  const before = (await host.flows('br0')).map(({ text }) => text)

  await world.site.start()
  const { flow_mods_sent } = await world.site.converged(BR0.dpid)
  const after = (await host.flows('br0')).map(({ text }) => text)
  const changed = difference(before, after)
  t.equal(
    flow_mods_sent,
    changed.length,
    `${changed.length} flows differ, ${flow_mods_sent} flow-mods were sent`,
  )
  t.ok(
    after.some((text) => text.includes('52:54:00:0d:84:04') && text.startsWith('table=60')),
    'the deleted flow is back',
  )
  t.notOk(
    after.some((text) => text.includes('priority=7777')),
    'the foreign flow with our cookie is gone',
  )
  t.ok(
    after.some((text) => text.includes('priority=7778')),
    "another's flow stays",
  )
  const { store, bridge } = await storeAndSwitch(world, BR0)
  t.same(difference(store, bridge), [])

  await rest.delete('interfaces/if-late')
  await world.write(walkthrough.writes.filter(({ body }) => body['uuid'] === 'if-veth6'))
  await host.ofctl('--strict', 'del-flows', 'br0', 'table=60,priority=7778,dl_dst=52:54:00:99:99:98')
  await world.site.converged(BR0.dpid)
  t.same(difference(full, await settledTables(world)), [])
})

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  t.test(
    `ovs-vswitchd is restarted (${signal}): everything is back within two seconds of its reconnect`,
    async (t) => {
      await host.ovs.stopSwitch(signal)
      await until('vnetd notices', async () => (await world.site.datapath(BR0.dpid))?.connected === false)
      await host.ovs.startSwitch()
      const { since } = await world.site.converged(BR0.dpid, 20_000)
      const took = Date.now() - Date.parse(since)
      t.ok(took < 2000, `back ${took} ms after the connection`)
      t.same(difference(full, await settledTables(world)), [])
      t.same(await world.checkPings(PINGS), [])
    },
  )
}
