/** Two controllers at one Open vSwitch: one acts, the other stands by and takes over. */
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createPath } from './blackhole.ts'
import { DPID, type OneController, startController, until } from './one_controller.ts'
import { startPrivateOvs } from './private_ovs.ts'
import { manyFlows, StandInEngine } from './stand_in_engine.ts'

const TAKEOVER_MS = 2000
const FLOWS = manyFlows(200)

const ovs = await startPrivateOvs()
t.teardown(() => ovs.stop())
await ovs.addBridge('br0', DPID, 2, '127.0.0.1:1')

/** The bridge has these controllers and no others. */
const connect = async (...ports: readonly number[]) => {
  await ovs.vsctl('set-controller', 'br0', ...ports.map((port) => `tcp:127.0.0.1:${port}`))
  const uuids = (await ovs.vsctl('get', 'bridge', 'br0', 'controller')).match(/[0-9a-f-]{36}/g) ?? []
  for (const uuid of uuids)
    await ovs.vsctl('set', 'controller', uuid, 'max_backoff=1000', 'connection-mode=out-of-band')
}
const ofFlows = async (...words: string[]) =>
  (await ovs.ofctl('dump-flows', 'br0', 'cookie=0x4f56/0xffff', ...words)).sort()
const role = ({ status }: OneController) => status()?.role
const oneActs = (a: OneController, b: OneController) =>
  [role(a), role(b)].sort().join() === 'primary,secondary'
/** How often this controller's role has changed. */
const changes = ({ lines }: OneController) => lines.filter(({ msg }) => msg.startsWith('role of')).length
const refusals = ({ lines }: OneController) => lines.filter(({ level }) => level >= 50)

/** Two controllers that hear of each other as over a bus; the first is connected before the second. */
const startBoth = async (t: Test, probeInterval = 5000) => {
  const both: OneController[] = []
  const start = async (index: number) => {
    const isContended = () => both[1 - index]?.status()?.connected === true
    both[index] = await startController(t, new StandInEngine(FLOWS), { probeInterval, isContended })
    return both[index]
  }
  return [await start(0), await start(1)] as const
}
/** The first acts, the second stands by and has seen that the first lives. */
const connectBoth = async (a: OneController, b: OneController, port = a.port) => {
  await connect(port)
  await a.settled()
  await connect(port, b.port)
  await until(() => role(b) === 'secondary', 'the second stands by')
  await delay(1000)
}

t.test('one acts, the other stands by: it knows the ports and sends nothing', async (t) => {
  const [a, b] = await startBoth(t)
  await connectBoth(a, b)
  await until(() => b.engine.ports.has(DPID), 'its engine knows the ports')
  t.match(b.status(), { connected: true, acknowledged_revision: 0, flow_mods_sent: 0, group_mods_sent: 0 })
  await ovs.vsctl('add-port', 'br0', 'p9', '--', 'set', 'interface', 'p9', 'type=dummy', 'ofport_request=9')
  await until(() => b.engine.facts.includes(`${DPID} p9 9`), 'it hears of a new port')
  await ovs.vsctl('del-port', 'br0', 'p9')
  const wanted = manyFlows(210)
  for (const { engine } of [a, b]) engine.want(wanted)
  await a.settled()
  await delay(2500)
  t.equal(role(a), 'primary', 'and stays')
  t.equal(role(b), 'secondary')
  t.strictSame([changes(a), changes(b)], [1, 1])
  t.equal((await ofFlows()).length, 210)
  t.equal(b.status()!.flow_mods_sent, 0)
  t.strictSame(
    b.lines.filter(({ level }) => level >= 40),
    [],
  )
})

t.test('when the one that acts stops, the other takes over without a flow-mod', async (t) => {
  const [a, b] = await startBoth(t)
  await connectBoth(a, b)
  const before = await ofFlows('--no-stats')
  await a.switches.close()
  const took = await until(() => role(b) === 'primary', 'the second acts')
  t.ok(took < TAKEOVER_MS, `after ${Math.round(took)} ms`)
  t.match(await b.settled(), { flow_mods_sent: 0, group_mods_sent: 0 })
  t.strictSame(await ofFlows('--no-stats'), before)
  const revision = b.engine.want(manyFlows(201))
  t.match(await b.settled(), { flow_mods_sent: 1, acknowledged_revision: revision })
})

for (const probeInterval of [1500, 8000]) {
  const long = probeInterval < 2000 ? 'given up' : 'not given up'
  t.test(
    `when the path of the one that acts is cut, the other takes over; ${long}, healed, it stands by`,
    async (t) => {
      const [a, b] = await startBoth(t, probeInterval)
      const path = await createPath(t, a.port)
      await connectBoth(a, b, path.port)
      path.cut()
      const took = await until(() => role(b) === 'primary', 'the second acts')
      t.ok(took < TAKEOVER_MS, `after ${Math.round(took)} ms`)
      const wanted = manyFlows(201, 2)
      for (const { engine } of [a, b]) engine.want(wanted)
      t.equal((await b.settled()).last_error, null)
      await until(() => role(a) === null, 'the first does not claim it any more')
      const { connected, last_error } = a.status()!
      if (connected) t.match(last_error, /owes an answer and is silent for \d s/)
      if (probeInterval < 2000) await until(() => !a.status()!.connected, 'the first gives the connection up')
      path.heal()
      await until(() => role(a) === 'secondary', 'the first stands by')
      t.equal(role(b), 'primary')
      t.equal((await ofFlows('--no-stats')).filter((line) => line.endsWith('output:2')).length, wanted.length)
      t.strictSame(refusals(a), [], 'nothing counts as refused')
    },
  )
}

t.test('without a word of each other, they agree by way of the switch', async (t) => {
  const a = await startController(t, new StandInEngine(FLOWS))
  const b = await startController(t, new StandInEngine(FLOWS))
  await connect(a.port, b.port)
  await until(() => a.status()?.connected === true && b.status()?.connected === true, 'both are connected')
  await delay(4000)
  await until(() => oneActs(a, b), 'one acts')
  const before = [changes(a), changes(b)]
  t.ok(before[0]! + before[1]! <= 6, `after ${before.join(' and ')} changes`)
  await delay(6000)
  t.ok(oneActs(a, b))
  t.strictSame([changes(a), changes(b)], before, 'and that stays so')
  const [acting, standing] = role(a) === 'primary' ? [a, b] : [b, a]
  t.equal((await ofFlows()).length, FLOWS.length)
  await acting.switches.close()
  const took = await until(() => role(standing) === 'primary', 'the other acts')
  t.ok(took < TAKEOVER_MS, `after ${Math.round(took)} ms`)
  t.strictSame([...refusals(a), ...refusals(b)], [])
})

t.test('it takes over in the middle of a large change of the other, and completes it', async (t) => {
  const a = await startController(t, new StandInEngine(FLOWS))
  await connect(a.port)
  await a.settled()
  const b = await startController(t, new StandInEngine(FLOWS))
  const wanted = manyFlows(60_000)
  a.engine.want(wanted)
  b.engine.want(wanted)
  await until(() => a.status()!.flow_mods_sent > 1000, 'the first is at it')
  await connect(a.port, b.port)
  await until(
    () =>
      b.status()?.acknowledged_revision === b.engine.revision ||
      a.status()?.acknowledged_revision === a.engine.revision,
    'done',
    30_000,
  )
  await delay(1500)
  t.ok(oneActs(a, b))
  t.equal((await ofFlows()).length, wanted.length)
  t.strictSame([...refusals(a), ...refusals(b)], [], 'nothing counts as refused')
})
