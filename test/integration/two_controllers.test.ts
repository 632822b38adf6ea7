/**
 * A controller for each host, one API, and a Redis between them: guests of both hosts reach each other, since controllers
 * tell each other where things are; and go on while controllers and Redis come and go.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Daemon } from '../lab/daemon.ts'
import type { Host } from '../lab/host.ts'
import { createLab } from '../lab/lab.ts'
import { VNETD } from '../lab/programs.ts'
import { Underlay } from '../lab/underlay.ts'
import { OPENFLOW_PORT, REDIS_PORT, Site } from '../lab/vnetd.ts'
import { until } from '../lab/wait.ts'

const BRIDGE = 'br0'
const NAMES = ['a', 'b'] as const
type Name = (typeof NAMES)[number]
const DPIDS = { a: '0x00000000000000aa', b: '0x00000000000000bb' } as const
const GUESTS = {
  red1: { host: 'a', last: 1 },
  red2: { host: 'b', last: 2 },
  red3: { host: 'b', last: 3 },
} as const
type GuestName = keyof typeof GUESTS

const lab = await createLab()
t.teardown(() => lab.close())
const underlay = await Underlay.create(lab.run)
const hosts = {} as Record<Name, Host>
const addresses = {} as Record<Name, string>
for (const name of NAMES) {
  hosts[name] = await lab.host(name)
  addresses[name] = (await underlay.join(hosts[name], name === 'a' ? 1 : 2)).ipv4
  await hosts[name].bridge({ name: BRIDGE, dpid: DPIDS[name] })
  const tunnel = ['type=vxlan', 'options:remote_ip=flow', 'options:key=flow']
  await hosts[name].vsctl('add-port', BRIDGE, 'vnet-vxlan', '--', 'set', 'Interface', 'vnet-vxlan', ...tunnel)
}
const site = await Site.on(hosts.a)

const redis = () =>
  hosts.a.start(
    [
      ...['redis-server', '--port', `${REDIS_PORT}`, '--bind', '0.0.0.0', '--protected-mode', 'no'],
      ...['--save', '', '--appendonly', 'no', '--dir', hosts.a.directory],
    ],
    { ready: 'Ready to accept connections' },
  )
const bus = ['--redis', `redis://${addresses.a}:${REDIS_PORT}`]
const controller = (name: Name) =>
  hosts[name].start(
    [
      ...[...VNETD, '--only', 'controller', '--api', `http://${addresses.a}:9090`, ...bus],
      ...['--openflow', `${addresses[name]}:${OPENFLOW_PORT}`, '--log-level', 'debug'],
      ...['--places', join(hosts[name].directory, 'places')],
    ],
    { ready: ' is up' },
  )

const running = { redis: await redis() }
await hosts.a.start(
  [
    ...[
      ...VNETD,
      '--only',
      'api',
      '--http',
      '0.0.0.0:9090',
      '--insecure',
      '--host-name',
      addresses.a,
      ...bus,
    ],
    ...['--db', join(hosts.a.directory, 'openvnet.db')],
  ],
  { ready: ' is up' },
)
const controllers: Record<Name, Daemon> = { a: await controller('a'), b: await controller('b') }

const macOf = (name: GuestName) => `02:00:00:00:01:0${GUESTS[name].last}`
const addressOf = (name: GuestName) => `172.16.0.${GUESTS[name].last}`
const plug = (name: GuestName) =>
  hosts[GUESTS[name].host].guest({
    ...{ name, port: `if-${name}`, mac: macOf(name), addresses: [`${addressOf(name)}/24`], bridge: BRIDGE },
  })
await site.rest.post('networks', { uuid: 'nw-red', ipv4_network: '172.16.0.0' })
for (const name of Object.keys(GUESTS) as GuestName[]) {
  await site.rest.post('interfaces', {
    ...{
      uuid: `if-${name}`,
      network_uuid: 'nw-red',
      mac_address: macOf(name),
      ipv4_address: addressOf(name),
    },
  })
}
for (const name of NAMES) {
  await hosts[name].setController(BRIDGE, `tcp:${addresses[name]}:${OPENFLOW_PORT}`)
}
const red1 = await plug('red1')
await plug('red2')

const reaches = (to: GuestName) =>
  until(
    `red1 reaches ${to}`,
    async () => (await red1.ping(addressOf(to), { count: 3, interval: 0.02 })).received === 3,
    { timeout: 20_000 },
  )
/** The controller of a host is killed and starts anew. @returns flow-mods that it sends until the switch has all */
const restart = async (name: Name, meanwhile: () => Promise<unknown>): Promise<number> => {
  const before = (await site.datapath(DPIDS[name]))!.since
  await controllers[name].stop('SIGKILL')
  await meanwhile()
  controllers[name] = await controller(name)
  // What the one before said is still there for a while.
  await until('its switch is back', async () => (await site.datapath(DPIDS[name]))!.since > before)
  return (await site.converged(DPIDS[name], 20_000)).flow_mods_sent
}

t.test('guests of hosts with different controllers reach each other', async (t) => {
  await reaches('red2')
  const { datapaths } = await site.status()
  t.strictSame(
    datapaths.map(({ dpid, role }) => [dpid, role]),
    [
      [DPIDS.a, 'primary'],
      [DPIDS.b, 'primary'],
    ],
    'each acts for its own host only',
  )
})

t.test('a controller is killed: all goes on; it comes back: nothing changes', async (t) => {
  const ping = red1.pingStart(addressOf('red2'), { interval: 0.05 })
  await ping.reaches(5)
  for (const name of NAMES) {
    t.equal(await restart(name, () => ping.reaches(ping.answers + 20)), 0)
    await ping.reaches(ping.answers + 10)
  }
  const { lost, duplicates } = await ping.stop()
  t.strictSame([lost, duplicates], [[], 0])
})

t.test('one that starts without memory asks the others', async (t) => {
  const ping = red1.pingStart(addressOf('red2'), { interval: 0.05 })
  await ping.reaches(5)
  t.equal(await restart('a', () => rm(join(hosts.a.directory, 'places'))), 0)
  await ping.reaches(ping.answers + 10)
  t.strictSame((await ping.stop()).lost, [])
})

t.test('what happens while Redis is away is known when it is back', async (t) => {
  const ping = red1.pingStart(addressOf('red2'), { interval: 0.05 })
  await ping.reaches(5)
  await running.redis.stop('SIGKILL')
  await plug('red3')
  await until('its own controller knows the port', () => controllers.b.output.includes('"port":"if-red3"'))
  await ping.reaches(ping.answers + 10)
  running.redis = await redis()
  await reaches('red3')
  t.strictSame((await ping.stop()).lost, [])
})

t.test('a guest moves to the host of another controller', async (t) => {
  const ping = red1.pingStart(addressOf('red2'), { interval: 0.1 })
  await until('pings go on', () => ping.answers > 5)
  await hosts.a.guest({
    ...{ name: 'moved', port: 'if-red2', mac: macOf('red2'), addresses: [`${addressOf('red2')}/24`] },
    bridge: BRIDGE,
  })
  for (const name of NAMES) {
    await until(`${name} says who has it`, async () => {
      const { warnings = [] } = (await site.datapath(DPIDS[name])) ?? {}
      const has = name === 'b' ? 'this one' : DPIDS.b
      return warnings.some((text) => text.startsWith('if-red2 ') && text.includes(`: ${has} has it`))
    })
  }
  await hosts.b.removePort(BRIDGE, 'if-red2')
  await until('it answers from its new host', async () => {
    const flows = await hosts.a.flows(BRIDGE)
    return !flows.some(({ table, match }) => table === 70 && match.includes(macOf('red2')))
  })
  const enough = ping.answers + 10
  await until('pings go on', () => ping.answers >= enough)
  const { lost, duplicates } = await ping.stop()
  // One, on a machine that has time for all of it.
  t.ok(lost.length <= 10, `${lost.length} lost`)
  t.equal(duplicates, 0)
})
