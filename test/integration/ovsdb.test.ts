/** Guests that are known by their iface-id, and what databases of Open vSwitch say of bridges. */
import { join } from 'node:path'
import t from 'tap'
import type { Guest } from '../lab/guest.ts'
import type { Host } from '../lab/host.ts'
import { OPENFLOW_PORT } from '../lab/vnetd.ts'
import { until } from '../lab/wait.ts'
import { LabWorld } from '../scenarios/on_lab.ts'

const BR0 = { name: 'br0', dpid: '0x00000000000000a0' }
const world = await LabWorld.create()
t.teardown(() => world.close())
const { site, lab } = world
const { host } = site
const { rest } = site

/** The database of a second Open vSwitch, with a bridge of its own. */
const other: Host = await lab.host('other')
const ovsdb = [host, other].flatMap(({ ovs }) => ['--ovsdb', ovs.databaseRemote])

const mac = (n: number): string => `52:54:00:00:00:0${n}`
const plug = (n: number): Promise<Guest> =>
  host.guest({ port: `tap${n}`, mac: mac(n), addresses: [`10.0.0.${n}/24`], bridge: 'br0' })
const setIfaceId = (port: string, id: string) =>
  host.vsctl('set', 'Interface', port, `external_ids:iface-id=${id}`)
const removeIfaceId = (port: string) => host.vsctl('remove', 'Interface', port, 'external_ids', 'iface-id')
const post = (n: number, more: object) =>
  rest.post('interfaces', {
    uuid: `if-vm${n}`,
    network_uuid: 'nw-1',
    mac_address: mac(n),
    ipv4_address: `10.0.0.${n}`,
    ...more,
  })

const reaches = (guest: Guest, n: number): Promise<unknown> =>
  until(
    `a ping of 10.0.0.${n}`,
    async () => (await guest.ping(`10.0.0.${n}`, { count: 1, timeout: 1 })).received === 1,
  )
/** Port and interface, as `classify` has it. */
const bound = async (): Promise<string[]> =>
  (await host.flows('br0'))
    .filter(({ table, match, actions }) => table === 0 && match.startsWith('in_port') && actions !== 'drop')
    .map(({ match, actions }) => `${match} ${/load:(0x[\da-f]+)/.exec(actions)?.[1]}`)
    .sort()

const warnings = async (dpid: string): Promise<string> =>
  ((await site.datapath(dpid))?.warnings ?? []).join('\n')

await site.start('--ovsdb', 'none')
await host.bridge({ ...BR0, controllers: [`tcp:127.0.0.1:${OPENFLOW_PORT}`] })
await rest.post('networks', { uuid: 'nw-1', ipv4_network: '10.0.0.0', ipv4_prefix: 24 })
const [one, two] = [await plug(1), await plug(2)]
/** Known by its iface-id, that is there before its row; by its uuid, that is there after it. */
await setIfaceId('tap1', 'vm-1')
await post(1, { iface_id: 'vm-1' })
await post(2, {})

t.test('without a database nobody is misled', async (t) => {
  await site.converged(BR0.dpid)
  const status = await rest.get<{ not_enforced: { uuid: string; what: string }[] }>('status')
  t.match(
    status.not_enforced.find(({ uuid }) => uuid === 'if-vm1'),
    { what: /^iface_id: waits for the database of an Open vSwitch, of which none is reached; vnetd --ovsdb/ },
  )
  t.match((await site.vnctl('status')).stderr, /if-vm1 \(iface_id: waits for the database/)
  t.strictSame(await bound(), [])
})

t.test('a database is read where the row of a bridge says, while it says so', async (t) => {
  const control = host.ovs.controlSocket.replace('ovs-vswitchd', 'ovsdb-server')
  await host.namespace.run(['ovs-appctl', '-t', control, 'ovsdb-server/add-remote', 'ptcp:6640:127.0.0.1'])
  await setIfaceId('tap2', 'if-vm2')
  await rest.post('datapaths', { uuid: 'dp-0', dpid: BR0.dpid, ovsdb: 'tcp:127.0.0.1:6641' })
  await until('it is said that nobody is there', async () =>
    /its database tcp:127.0.0.1:6641 is not reached: /.test(await warnings(BR0.dpid)),
  )
  await rest.call('PUT', 'datapaths/dp-0', { ovsdb: 'tcp:127.0.0.1:6640' })
  await reaches(one, 2)
  await until('nothing is wrong', async () => (await warnings(BR0.dpid)) === '')
  t.match(await site.datapath(BR0.dpid), { bridge: 'br0', ovsdb: 'tcp:127.0.0.1:6640' })
  await rest.post('datapaths', { uuid: 'dp-9', dpid: '0x99', ovsdb: 'tcp:127.0.0.1:6640' })
  const before = await bound()
  await rest.delete('datapaths/dp-9')
  await rest.delete('datapaths/dp-0')
  await until('it is not read any more', async () => (await site.datapath(BR0.dpid))?.bridge === undefined)
  t.strictSame(await bound(), before, 'what it said last holds')
  await removeIfaceId('tap2')
})

t.test('guests are found by iface-id, set before the row and after it', async (t) => {
  await site.restart('SIGTERM', ...ovsdb)
  await setIfaceId('tap2', 'if-vm2')
  await site.converged(BR0.dpid)
  await reaches(one, 2)
  await reaches(two, 1)
  const status = await rest.get<{ not_enforced_total: number; controllers: { ovsdb: object[] }[] }>('status')
  t.equal(status.not_enforced_total, 0)
  t.match(status.controllers.at(-1)?.ovsdb, [
    { remote: host.ovs.databaseRemote, connected: true, bridges: 1, last_error: null },
    { remote: other.ovs.databaseRemote, connected: true, bridges: 0 },
  ])
  t.match(await site.datapath(BR0.dpid), { bridge: 'br0', ovsdb: host.ovs.databaseRemote, warnings: [] })
})

t.test('a database that dies and comes back, and a controller that starts anew, cost no flow', async (t) => {
  const sent = async () => (await site.datapath(BR0.dpid))?.flow_mods_sent
  const before = await sent()
  await host.ovs.stopDatabase('SIGKILL')
  await until('it is missed', async () => {
    const { controllers } = await rest.get<{ controllers: { ovsdb: { connected: boolean }[] }[] }>('status')
    return controllers.at(-1)?.ovsdb[0]?.connected === false
  })
  t.match((await site.vnctl('status')).stderr, /database unix:\S+ is not read: /)
  await rest.post('networks', { uuid: 'nw-2', ipv4_network: '10.0.2.0', ipv4_prefix: 24 })
  await site.converged(BR0.dpid)
  // Without its database ovs-vswitchd stands still, the userspace datapath with it: nobody can ping.
  t.equal(await sent(), before, 'no flow is touched while it is away')
  await host.ovs.startDatabase()
  await until('it is read again', async () => (await site.vnctl('status')).stderr === '')
  await host.vsctl('set', 'Bridge', 'br0', 'external_ids:seen=yes')
  t.equal(await sent(), before, 'nor when it is back')
  await reaches(one, 2)
  const anew = one.pingStart('10.0.0.2', { interval: 0.02 })
  await site.restart('SIGKILL', ...ovsdb)
  await site.converged(BR0.dpid)
  t.equal(await sent(), 0, 'the new one has nothing to change')
  t.same((await anew.stop()).lost, [], 'no packet while it starts')
})

t.test(
  'an iface-id that moves to another port takes the guest along; one that is removed leaves none',
  async (t) => {
    const before = await bound()
    const three = await plug(3)
    await one.setMac(mac(9))
    await three.setMac(mac(1))
    await three.setAddresses('10.0.0.1/24')
    await removeIfaceId('tap1')
    await until('it is nowhere', async () => (await bound()).length === before.length - 1)
    await setIfaceId('tap3', 'vm-1')
    await reaches(three, 2)
    t.equal((await bound()).length, before.length)
    await host.removePort('br0', 'tap3')
    await until('it is gone', async () => (await bound()).length === before.length - 1)
  },
)

t.test('a bridge that is not as it should be is warned of, with the line that mends it', async (t) => {
  const db = `--db=${host.ovs.databaseRemote}`
  await host.vsctl('set-fail-mode', 'br0', 'standalone')
  await until('fail-mode', async () => (await warnings(BR0.dpid)).includes('fail-mode is standalone'))
  const line = `ovs-vsctl ${db} set-fail-mode br0 secure`
  t.match(await warnings(BR0.dpid), line)
  await rest.post('datapaths', { uuid: 'dp-0', dpid: BR0.dpid })
  t.match((await site.vnctl('status')).stdout, line)
  t.match((await site.vnctl('datapath', 'show', 'dp-0')).stderr, `dp-0: warning: fail-mode is standalone`)
  await host.namespace.run(line.split(' '))
  await until('no warning', async () => (await warnings(BR0.dpid)) === '')
  t.equal((await site.vnctl('datapath', 'show', 'dp-0')).stderr, '')

  await host.vsctl('--no-wait', 'add-port', 'br0', 'nodevice')
  await until('the port', async () =>
    /port nodevice is not there: .*No such device/.test(await warnings(BR0.dpid)),
  )
  await host.vsctl('del-port', 'br0', 'nodevice')
  await host.setController('br0', `tcp:127.0.0.1:${OPENFLOW_PORT}`, 'tcp:127.0.0.1:9')
  await until('the target', async () =>
    (await warnings(BR0.dpid)).includes('target tcp:127.0.0.1:9 leads nowhere'),
  )
  await host.setController('br0', `tcp:127.0.0.1:${OPENFLOW_PORT}`)
  await until('no warning again', async () => (await warnings(BR0.dpid)) === '')
})

t.test('a bridge that cannot connect is warned of when it has a row', async (t) => {
  const dpid = '0x00000000000000b0'
  await other.bridge({ name: 'br1', dpid, protocols: ['OpenFlow10'] })
  await rest.post('datapaths', { uuid: 'dp-1', dpid })
  await until('it is known', async () => (await site.datapath(dpid))?.warnings.length === 2)
  const db = `--db=${other.ovs.databaseRemote}`
  t.match(await site.datapath(dpid), { connected: false, uuid: 'dp-1', bridge: 'br1' })
  t.match(await warnings(dpid), `ovs-vsctl ${db} add bridge br1 protocols OpenFlow13`)
  t.match(
    await warnings(dpid),
    `it has no controller; ovs-vsctl ${db} set-controller br1 tcp:HOST:${OPENFLOW_PORT}`,
  )
})

t.test('what cannot be reached is said, and holds up nothing', async (t) => {
  await site.restart('SIGTERM', '--ovsdb', `unix:${join(host.directory, 'none')}`)
  await site.converged(BR0.dpid)
  t.match((await site.vnctl('status')).stderr, /none is not read: .*there is no such socket/)
})
