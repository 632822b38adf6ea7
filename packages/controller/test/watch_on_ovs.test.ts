/** What others do to our flows and groups in Open vSwitch is heard of and repaired at once; a full table is lived with. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createPath } from './blackhole.ts'
import { DPID, type OneController, startController, until } from './one_controller.ts'
import { startPrivateOvs } from './private_ovs.ts'
import { apply, flow, group, manyFlows, output, StandInEngine } from './stand_in_engine.ts'

const REPAIR_MS = 1000
const MANY = 30_000

const ovs = await startPrivateOvs()
t.teardown(() => ovs.stop())
await ovs.addBridge('br0', DPID, 2, '127.0.0.1:1')

const connect = async (port: number) => {
  await ovs.vsctl('set-controller', 'br0', `tcp:127.0.0.1:${port}`)
  await ovs.vsctl('set', 'controller', 'br0', 'max_backoff=1000', 'connection-mode=out-of-band')
}
const start = async (t: Test, engine: StandInEngine, auditInterval = 10_000) => {
  const controller = await startController(t, engine, { auditInterval })
  const path = await createPath(t, controller.port)
  await connect(path.port)
  await controller.settled()
  return { ...controller, path }
}
const ours = async () => (await ovs.ofctl('dump-flows', 'br0', 'cookie=0x4f56/0xffff', '--no-stats')).length
const noticed = ({ lines }: OneController) => lines.filter(({ msg }) => msg.startsWith('somebody else'))

const USER = flow({ table_id: 9, instructions: [apply({ type: 'group', group_id: 0x40000001 })] })
/** So many take as long as they take to be installed. */
const ALL = 'all flows deleted'
const ONE_OF_MANY = 'table=0,ip,nw_dst=10.0.0.0'

t.test('each harm is repaired within a second, among many flows', async (t) => {
  const engine = new StandInEngine([...manyFlows(MANY), USER], [group(1, [output(1)])])
  const controller = await start(t, engine)
  const content = async () => [
    ...(await ovs.ofctl('dump-flows', 'br0', ONE_OF_MANY, '--no-stats')),
    ...(await ovs.ofctl('dump-flows', 'br0', 'table=9', '--no-stats')),
    ...(await ovs.ofctl('dump-groups', 'br0')),
  ]
  const before = (await content()).join()
  t.equal(await ours(), MANY + 1)
  const harms: [string, () => Promise<unknown>][] = [
    ['a flow deleted', () => ovs.ofctl('del-flows', 'br0', ONE_OF_MANY)],
    ['a flow altered', () => ovs.ofctl('mod-flows', 'br0', `${ONE_OF_MANY},actions=output:2`)],
    ['a flow added', () => ovs.ofctl('add-flow', 'br0', 'cookie=0x4f56,table=9,priority=3,actions=drop')],
    ['a flow overwritten', () => ovs.ofctl('add-flow', 'br0', 'cookie=0x7,table=9,priority=10,actions=drop')],
    ['a group altered', () => ovs.ofctl('mod-group', 'br0', 'group_id=0x40000001,type=all,bucket=output:2')],
    ['a group deleted, and its flow', () => ovs.ofctl('del-groups', 'br0', 'group_id=0x40000001')],
    ['a group added', () => ovs.ofctl('add-group', 'br0', 'group_id=0x40000077,type=all,bucket=output:2')],
    ['all groups deleted', () => ovs.ofctl('del-groups', 'br0')],
    [ALL, () => ovs.ofctl('del-flows', 'br0')],
  ]
  for (const [index, [name, harm]] of harms.entries()) {
    await harm()
    const took = await until(async () => (await content()).join() === before, name)
    if (name !== ALL) t.ok(took < REPAIR_MS, `${name}: ${Math.round(took)} ms`)
    t.ok(noticed(controller).length > index, 'it is in the log')
  }
})

t.test('nothing is asked while nothing happens, and our own changes are no news', async (t) => {
  const engine = new StandInEngine(manyFlows(MANY), [group(1, [output(1)])])
  const controller = await start(t, engine, 300)
  await delay(200)
  const before = controller.path.octets
  await delay(3000)
  t.ok(controller.path.octets - before < 300, `${controller.path.octets - before} octets in 3 s`)
  for (let round = 1; round <= 5; round++) {
    engine.want(manyFlows(MANY - round * 1000, 2), round % 2 === 0 ? [] : [group(1, [output(2)])])
    await controller.settled()
  }
  await delay(300)
  t.strictSame(noticed(controller), [])
})

t.test("flows of others in the same tables are nobody's business", async (t) => {
  const controller = await start(t, new StandInEngine(manyFlows(10)))
  await ovs.ofctl('add-flow', 'br0', 'cookie=0x77,table=0,priority=9,actions=drop')
  await ovs.ofctl('add-group', 'br0', 'group_id=5,type=all,bucket=output:1')
  await ovs.ofctl('mod-flows', 'br0', 'cookie=0x77/-1,actions=output:1')
  await delay(300)
  t.match(await ovs.ofctl('dump-flows', 'br0', 'cookie=0x77/-1'), [/output:1/])
  await ovs.ofctl('del-flows', 'br0', 'cookie=0x77/-1')
  await ovs.ofctl('del-groups', 'br0', 'group_id=5')
  await delay(300)
  t.strictSame(noticed(controller), [])
})

t.test(
  'a flood of foreign flows is cleared away; so it is when the switch could not tell of all',
  async (t) => {
    const controller = await start(t, new StandInEngine(manyFlows(10)))
    const file = join(ovs.directory, 'flood')
    const strange = (index: number) => `cookie=0x4f56,table=20,priority=${index},actions=drop`
    await writeFile(file, Array.from({ length: 20_000 }, (_, index) => strange(index)).join('\n'))
    await ovs.ofctl('add-flows', 'br0', file, '--bundle')
    await until(async () => (await ours()) === 10, 'cleared away')
    controller.path.cut()
    await ovs.ofctl('add-flows', 'br0', file, '--bundle')
    await ovs.ofctl('del-flows', 'br0', 'table=0')
    await delay(500)
    t.not(await ours(), 10)
    controller.path.heal()
    await until(async () => (await ours()) === 10, 'cleared away again')
    t.equal(await ours(), 10)
  },
)

t.test('who insists is met more and more rarely, and never for good', async (t) => {
  const controller = await start(t, new StandInEngine(manyFlows(10)))
  const sent = () => controller.status()!.flow_mods_sent
  const before = sent()
  const began = performance.now()
  for (let round = 0; round < 120; round++) {
    await ovs.ofctl('mod-flows', 'br0', `${ONE_OF_MANY},actions=output:2`)
    await delay(10)
  }
  t.ok(sent() - before < 20, `${sent() - before} flow-mods`)
  const intervals = 1 + Math.floor((performance.now() - began) / 10_000)
  t.ok(noticed(controller).length <= 10 * intervals, 'few lines')
  await until(
    async () => (await ovs.ofctl('dump-flows', 'br0', `${ONE_OF_MANY}`)).join().endsWith('output:1'),
    'repaired in the end',
  )
})

t.test(
  'a full table takes what fits; the rest is reported with its why, and follows when there is room',
  async (t) => {
    const limit = (flows: number) => ovs.vsctl('set', 'Flow_Table', 'full', `flow_limit=${flows}`)
    await ovs.vsctl(
      ...['--id=@ft', 'create', 'Flow_Table', 'name=full', 'flow_limit=10', 'overflow_policy=refuse'],
      ...['--', 'set', 'Bridge', 'br0', 'flow_tables:30=@ft'],
    )
    const wanted = Array.from({ length: 20 }, (_, index) =>
      flow({ table_id: 30, priority: 100 + index, why: `reason ${index}` }),
    )
    await ovs.ofctl('add-flow', 'br0', 'cookie=0x77,table=30,priority=9,actions=drop')
    const controller = await start(t, new StandInEngine([...wanted, ...manyFlows(1000)]), 300)
    const inTable = async () => (await ovs.ofctl('dump-flows', 'br0', 'table=30,cookie=0x4f56/0xffff')).length
    t.match(controller.status(), { refused: 11, last_error: /OFPFMFC_TABLE_FULL.*reason/ })
    t.match(controller.status()!.warnings, [/^OFPFMFC_TABLE_FULL: .*table=30.*\(reason \d+\)$/])
    t.equal(await inTable(), 9)
    t.equal(await ours(), 1009, 'the rest is there')

    await ovs.ofctl('del-flows', 'br0', 'cookie=0x77/-1')
    const took = await until(
      () => controller.status()!.refused === 10,
      'one follows when somebody else made room',
    )
    t.ok(took < REPAIR_MS, `after ${Math.round(took)} ms`)
    controller.engine.want([...wanted.slice(2), ...manyFlows(1000)])
    await until(
      () => controller.status()!.refused === 8,
      'two follow when two that were there are not wanted',
    )
    await limit(15)
    await until(() => controller.status()!.refused === 3, 'five follow when the table is made larger')
    t.equal(await inTable(), 15)
    await delay(1000)
    await limit(100)
    await until(() => controller.status()!.refused === 0, 'all follow')
    t.match(controller.status(), { last_error: null, warnings: [] })
    t.equal(await inTable(), 18)
    const told = controller.lines.filter(({ level }) => level === 50)
    t.equal(new Set(told.map(({ why }) => why)).size, told.length, 'each is reported once')
    t.match(told[0], { error: 'OFPFMFC_TABLE_FULL', table: 30, owner: undefined, why: /reason/ })
  },
)
