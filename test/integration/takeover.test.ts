/**
 * Two controllers at one bridge, with one API and one Redis: one acts, the other takes over within two seconds of its
 * loss, however it is lost. Guests notice nothing.
 */
import t from 'tap'
import type { Daemon } from '../lab/daemon.ts'
import { HTTP_PORT, OPENFLOW_PORT, REDIS_PORT } from '../lab/vnetd.ts'
import { sleep, until } from '../lab/wait.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import { BR0, PINGS, walkthrough } from '../scenarios/walkthrough.ts'
import { storeAndSwitch } from './store_tables.ts'
import { difference } from './tables.ts'

const TAKEOVER_MS = 2000
const ROUNDS = 8

const world = await LabWorld.create()
t.teardown(() => world.close())
const { site } = world
const { host, rest } = site
const REDIS = ['--redis', `redis://127.0.0.1:${REDIS_PORT}`]
const PORTS = [OPENFLOW_PORT, OPENFLOW_PORT + 1] as const

const startRedis = () =>
  host.start(
    [
      ...[
        'redis-server',
        '--port',
        `${REDIS_PORT}`,
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--appendonly',
        'no',
      ],
      ...['--dir', host.directory],
    ],
    { ready: 'Ready to accept connections' },
  )
interface Controller {
  readonly daemon: Daemon
  /** As it is in the status. */
  readonly identity: string
}
const known = new Set<string>()
const startController = async (index: 0 | 1): Promise<Controller> => {
  const api = `http://127.0.0.1:${HTTP_PORT}`
  const openflow = `127.0.0.1:${PORTS[index]}`
  const daemon = await site.launch('--only', 'controller', '--api', api, '--openflow', openflow, ...REDIS)
  const identity = await until('it reports', async () => {
    const { controllers } = await rest.get<{ controllers: { controller: string }[] }>('status')
    return controllers.map(({ controller }) => controller).find((each) => !known.has(each))
  })
  known.add(identity)
  return { daemon, identity }
}

interface Entry {
  readonly controller: string
  readonly dpid: string
  readonly role: string | null
  readonly connected: boolean
  readonly flow_mods_sent: number
  readonly group_mods_sent: number
  readonly since: string
}
const entries = async (): Promise<Entry[]> => {
  const { datapaths } = await rest.get<{ datapaths: Entry[] }>('status')
  return datapaths.filter(({ dpid }) => dpid === BR0.dpid)
}
const withRole = async (role: string) => (await entries()).filter((entry) => entry.role === role)
const roles = async () => (await entries()).map(({ role }) => role).sort()
const oneActs = () => until('one acts, one stands by', async () => `${await roles()}` === 'primary,secondary')
/** Whether it says so; one that is frozen says nothing new. */
const acts = async (index: 0 | 1): Promise<boolean> =>
  (await withRole('primary')).some(({ controller }) => controller === controllers[index]!.identity)
/** The one that acts, and the other. */
const whoActs = async (): Promise<readonly [0 | 1, 0 | 1]> => {
  await oneActs()
  return (await acts(0)) ? [0, 1] : [1, 0]
}
const takenOver = async (by: 0 | 1): Promise<number> => {
  const begin = performance.now()
  await until(`controller ${by} acts`, () => acts(by))
  return performance.now() - begin
}
const agrees = async (): Promise<string[]> => {
  await site.converged(BR0.dpid, 20_000)
  const { store, bridge } = await storeAndSwitch(world, BR0)
  return difference(store, bridge)
}
const pings = () => [
  world.guest('ns1').pingStart('172.16.1.2', { interval: 0.01 }),
  world.guest('ns2').pingStart('172.16.2.3', { interval: 0.01 }),
]

let redis = await startRedis()
await site.launch('--only', 'api', ...REDIS)
const controllers = [await startController(0), await startController(1)]
await world.build(walkthrough)
await host.setController('br0', ...PORTS.map((port) => `tcp:127.0.0.1:${port}`))

t.test('one acts and the other stands by, as the status says', async (t) => {
  const [acting] = await whoActs()
  t.same(await world.checkPings(PINGS), [])
  const written = await rest.post('interfaces?wait=5', { uuid: 'if-one', network_uuid: 'nw-net1' })
  t.equal(written.status, 200)
  t.match(await withRole('secondary'), [{ flow_mods_sent: 0, group_mods_sent: 0, connected: true }])
  await sleep(2000)
  t.ok(await acts(acting), 'and that stays so')
})

t.test('frozen, it is replaced: no flow is touched, no ping is lost, writes are applied', async (t) => {
  const [first, second] = await whoActs()
  const running = pings()
  await running[0]!.reaches(50)
  const before = await host.flows('br0')
  controllers[first]!.daemon.signal('SIGSTOP')
  const took = await takenOver(second)
  t.ok(took < TAKEOVER_MS, `after ${Math.round(took)} ms`)
  await until('it has read the switch', async () => {
    const { body } = await rest.call('GET', 'wait?timeout=10')
    return (body as { applied: boolean }).applied
  })
  const [acting] = (await withRole('primary')).toSorted((a, b) => b.since.localeCompare(a.since))
  t.match(acting, { flow_mods_sent: 0, group_mods_sent: 0 }, 'no flow-mod')
  const after = new Map((await host.flows('br0')).map((flow) => [flow.text, flow]))
  t.ok(
    before.every(({ text, duration }) => after.get(text)!.duration >= duration),
    'no flow is new',
  )
  await rest.post('interfaces', { uuid: 'if-two', network_uuid: 'nw-net1' })
  const { body } = await rest.call('GET', 'wait?timeout=10')
  t.match(body, { applied: true })
  controllers[first]!.daemon.signal('SIGCONT')
  await oneActs()
  await sleep(1500)
  t.ok(await acts(second), 'it stands by when it is back')
  t.same(await agrees(), [])
  for (const ping of running) t.same((await ping.stop()).lost, [])
})

t.test('killed, it is replaced; started again, it stands by', async (t) => {
  const [first, second] = await whoActs()
  const running = pings()
  await running[0]!.reaches(20)
  const standing = (await withRole('secondary'))[0]!
  await controllers[first]!.daemon.stop('SIGKILL')
  const took = await takenOver(second)
  t.ok(took < TAKEOVER_MS, `after ${Math.round(took)} ms`)
  controllers[first] = await startController(first)
  await until('the new one stands by', async () => (await withRole('secondary')).length === 1)
  const acting = (await withRole('primary')).find(({ controller }) => controller === standing.controller)
  t.equal(acting?.flow_mods_sent, standing.flow_mods_sent, 'no flow-mod')
  await sleep(1500)
  t.ok(await acts(second))
  t.same(await agrees(), [])
  for (const ping of running) t.same((await ping.stop()).lost, [])
})

t.test('while Redis is away nothing changes between them, and one is replaced all the same', async (t) => {
  const [first, second] = await whoActs()
  const linesOfRoles = () =>
    controllers.map(({ daemon }) => daemon.output.split('role of this').length).join()
  const before = linesOfRoles()
  await redis.stop('SIGKILL')
  await sleep(6000)
  t.equal(linesOfRoles(), before, 'no role has changed')
  controllers[first]!.daemon.signal('SIGSTOP')
  await sleep(TAKEOVER_MS)
  controllers[first]!.daemon.signal('SIGCONT')
  redis = await startRedis()
  await until('the other acts', () => acts(second))
  await oneActs()
  t.same(await agrees(), [])
})

t.test('frozen and killed in turn while writes go on: what was answered is on the bridge', async (t) => {
  const running = pings()
  let writing = true
  const write = async () => {
    for (let n = 1; writing; n += 1) {
      await rest.post('interfaces', { uuid: `if-w${n}`, network_uuid: 'nw-net2' })
      if (n % 2 === 0) await rest.delete(`interfaces/if-w${n}`)
      await sleep(20)
    }
  }
  const writer = write()
  for (let round = 0; round < ROUNDS; round += 1) {
    const [index, other] = await whoActs()
    if (round % 2 === 0) {
      controllers[index]!.daemon.signal('SIGSTOP')
      await takenOver(other)
      controllers[index]!.daemon.signal('SIGCONT')
    } else {
      await controllers[index]!.daemon.stop('SIGKILL')
      await takenOver(other)
      controllers[index] = await startController(index)
    }
    await sleep(500 + Math.random() * 1500)
  }
  writing = false
  await writer
  t.same(await agrees(), [])
  await oneActs()
  for (const ping of running) t.same((await ping.stop()).lost, [])
})
