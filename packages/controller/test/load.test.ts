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
const MOST_MEMORY = 900
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
    t.ok(memory() - before < MOST_MEMORY / 3, `${(memory() - before).toFixed(0)} MiB more`)
    await until(() => status(BAD).connected === false, 'it is given up')
    t.match(status(BAD).last_error, /silent/)
    reads = true
    await slow.connect({ port, host: '127.0.0.1' })
    await until(() => status(BAD).acknowledged_revision > 0, 'it has all when it is back', 30_000)
  },
)

t.test('a pass costs the switches that it concerns, and counts for all', async (t) => {
  const ids = Array.from({ length: 50 }, (_, index) => index + 1)
  const engine = new StandInEngine(manyFlows(10))
  let statuses = 0
  const { port, settled, status, switches } = await start(t, engine, {
    onStatus: () => {
      statuses += 1
    },
  })
  const all = await Promise.all(ids.map((id) => fake(t, port, id)))
  for (const id of ids) await settled(id)
  await delay(50)
  const received = (each: FakeSwitch) => [...each.received.values()].reduce((sum, count) => sum + count, 0)
  const before = all.map(received)
  const added = flow({ table_id: 9 })
  engine.listen(() => undefined)
  engine.add(added)
  statuses = 0
  switches.changed(dpidOf(GOOD), {
    revision: engine.revision,
    flows: new Set([added.key]),
    groups: new Set(),
  })
  switches.passed(engine.revision)
  t.ok(statuses <= ids.length, `${statuses} times the status is different`)
  const others = ids.filter((id) => id !== GOOD)
  t.ok(
    others.every((id) => status(id).acknowledged_revision === engine.revision),
    'at once',
  )
  t.not(status(GOOD).acknowledged_revision, engine.revision)
  await settled(GOOD)
  t.strictSame(
    all.map((each, index) => received(each) - before[index]!),
    // Open, add, close, commit.
    ids.map((id) => (id === GOOD ? 4 : 0)),
  )
})

t.test('a pass counts only for a switch that has all that it should', async (t) => {
  const engine = new StandInEngine(manyFlows(10), [], false)
  const { port, status, switches } = await start(t, engine)
  await fake(t, port, GOOD)
  await until(() => status(GOOD)?.connected, 'connected')
  switches.passed(7)
  await delay(50)
  t.equal(status(GOOD).acknowledged_revision, 0, 'its tables were not announced')
  engine.announce(new Set(), new Set())
  switches.passed(8)
  t.equal(status(GOOD).acknowledged_revision, 0, 'it was not read')
  await until(() => status(GOOD).acknowledged_revision === 8, 'it has all')
  t.equal(status(GOOD).flow_mods_sent, 10)
})
