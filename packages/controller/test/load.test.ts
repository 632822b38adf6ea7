/** What one switch does or does not do costs the others nothing. */
import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { FakeSwitch } from '@openvnet/openflow/testing'
import t from 'tap'
import { fake, start, until } from './played_switches.ts'
import { flow, manyFlows, StandInEngine } from './stand_in_engine.ts'

const FLOODER = fileURLToPath(new URL('flooder_process.ts', import.meta.url))
const GOOD = 1
const BAD = 2
const CHANGES = 100
/** Milliseconds: a change takes less than one when the machine is idle, which it may not be. */
const PROMPT_MS = 50
/** MiB. */
const MOST_MEMORY = 150
const dpidOf = (id: number) => `0x${id.toString(16).padStart(16, '0')}`

/** Milliseconds that each of many single changes takes at the good switch, sorted. */
async function changeTimes(
  engine: StandInEngine,
  settled: (id: number) => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = []
  for (let change = 0; change < CHANGES; change++) {
    const begin = performance.now()
    engine.add(flow({ table_id: 9, priority: change, cookie: BigInt(change) }))
    await settled(GOOD)
    times.push(performance.now() - begin)
    await delay(5)
  }
  return times.toSorted((a, b) => a - b)
}
const median = (sorted: readonly number[]) => sorted[sorted.length >> 1]!
const memory = () => process.memoryUsage().rss / 2 ** 20

t.test('a switch that sends packets without end does not delay the others', async (t) => {
  const engine = new StandInEngine(manyFlows(100))
  const { port, settled, status } = await start(t, engine)
  await fake(t, port, GOOD)
  await settled(GOOD)
  const before = memory()
  const flooder = spawn(process.execPath, ['--conditions=vnet-source', FLOODER, `${port}`, `${BAD}`])
  t.teardown(() => flooder.kill('SIGKILL'))
  await until(() => status(BAD)?.packet_ins > 10_000, 'it floods')
  const times = await changeTimes(engine, settled)
  t.ok(median(times) < PROMPT_MS, `median ${median(times).toFixed(1)} ms`)
  t.ok(status(BAD).connected, `${status(BAD).packet_ins} packets`)
  const growth = memory() - before
  t.ok(growth < MOST_MEMORY, `${growth.toFixed(0)} MiB more`)
})

t.test(
  'a switch that does not read, with much to be told, neither delays the others nor takes memory',
  async (t) => {
    const engine = new StandInEngine(manyFlows(50_000))
    const { port, settled, status } = await start(t, engine)
    await fake(t, port, GOOD)
    await settled(GOOD)
    const before = memory()
    let reads = false
    const slow: FakeSwitch = await fake(t, port, BAD, {
      onMessage: ({ type }) => {
        if (type === 'bundle_control' && !reads) slow.stopReading()
      },
    })
    await until(() => status(BAD)?.flow_mods_sent > 0, 'it is told')
    const times = await changeTimes(engine, settled)
    t.ok(median(times) < PROMPT_MS, `median ${median(times).toFixed(1)} ms`)
    t.ok(memory() - before < MOST_MEMORY, `${(memory() - before).toFixed(0)} MiB more`)
    await until(() => status(BAD).connected === false, 'it is given up')
    t.match(status(BAD).last_error, /silent/)
    reads = true
    await slow.connect({ port, host: '127.0.0.1' })
    await until(() => status(BAD).acknowledged_revision > 0, 'it has all when it is back', 30_000)
  },
)

t.test('a change is told to the switch that it concerns, and to no other', async (t) => {
  const ids = Array.from({ length: 50 }, (_, index) => index + 1)
  const engine = new StandInEngine(manyFlows(10))
  const different: string[] = []
  const { port, settled, switches } = await start(t, engine, { onStatus: (dpid) => different.push(dpid) })
  const all = await Promise.all(ids.map((id) => fake(t, port, id)))
  for (const id of ids) await settled(id)
  await delay(50)
  const received = (each: FakeSwitch) => [...each.received.values()].reduce((sum, count) => sum + count, 0)
  const before = all.map(received)
  different.length = 0
  const added = flow({ table_id: 9 })
  engine.listen(() => undefined)
  engine.add(added)
  const { revision } = engine
  const none = new Set<number>()
  const change = { revision, since: revision - 1, flows: new Set([added.key]), groups: none, meters: none }
  switches.changed(dpidOf(GOOD), change)
  t.match(switches.status(dpidOf(GOOD)), { current: false, acknowledged_revision: revision - 1 })
  t.strictSame(different, [dpidOf(GOOD)], 'which is reported at once, with the pass')
  await settled(GOOD)
  t.strictSame(
    all.map((each, index) => received(each) - before[index]!),
    // Open, add, close, commit.
    ids.map((id) => (id === GOOD ? 4 : 0)),
  )
  t.strictSame(new Set(different), new Set([dpidOf(GOOD)]), 'nor is anything else reported')
  t.ok(switches.statuses().every(({ current }) => current))
})
