/** Both buses keep the same promises; the one over Redis also survives what happens to a real redis-server. */

import { type Bus, type ChangeHint, createLocalBus, createRedisBus } from '@openvnet/feed'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { createRedisServer } from './redis-server.ts'
import { until } from './sample-store.ts'

const hint = (revision: number): ChangeHint => ({ store: 's', change: { revision, operations: [] } })

interface LogLine {
  readonly level: number
  readonly msg: string
}

function memoryLog() {
  const lines: LogLine[] = []
  const log = pino({ level: 'debug' }, { write: (text: string) => void lines.push(JSON.parse(text)) })
  const count = (message: string): number => lines.filter(({ msg }) => msg === message).length
  return { log, lines, count }
}

async function keepsThePromises(t: Test, bus: Bus, failures: () => number): Promise<void> {
  const heard: number[] = []
  const others: number[] = []
  bus.subscribe('change', () => {
    throw new Error('a handler that fails')
  })
  const end = bus.subscribe('change', ({ change }) => void heard.push(change.revision))
  bus.subscribe('change', ({ change }) => void others.push(change.revision))
  for (const revision of [1, 2, 3]) bus.publish('change', hint(revision))
  t.same(heard, [], 'nothing is delivered before publish returns')
  await until(() => others.length === 3, 'three events')
  t.same(heard, [1, 2, 3], 'in order, although another handler fails each time')
  t.equal(failures(), 3, 'each failure is logged')

  end()
  bus.publish('change', hint(4))
  await until(() => others.length === 4, 'the fourth event')
  t.same(heard, [1, 2, 3], 'nothing after the subscription ended')

  await bus.close()
  bus.publish('change', hint(5))
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.equal(others.length, 4, 'nothing after close')
}

const LONG = { resource: 'network', row: null } as const

t.test('the local bus', async (t) => {
  const { log, count } = memoryLog()
  await keepsThePromises(t, createLocalBus({ log }), () => count('a bus handler failed'))
})

t.test('the bus over redis', async (t) => {
  const server = await createRedisServer()
  t.teardown(() => server.remove())

  t.test('hears itself, also where nobody listens at that address', async (t) => {
    const { log, count } = memoryLog()
    await keepsThePromises(t, createRedisBus({ url: server.url, log }), () => count('a bus handler failed'))
    const nowhere = memoryLog()
    const deaf = createRedisBus({ url: 'redis://127.0.0.1:1', log: nowhere.log })
    await keepsThePromises(t, deaf, () => nowhere.count('a bus handler failed'))
  })

  t.test('carries events to another process, each once, and drops what is not ours', async (t) => {
    const here = memoryLog()
    const a = createRedisBus({ url: server.url, log: here.log, prefix: 'one' })
    const b = createRedisBus({ url: server.url, log: here.log, prefix: 'one' })
    const elsewhere = createRedisBus({ url: server.url, log: here.log, prefix: 'two' })
    const stranger = new Redis(server.url)
    t.teardown(() => stranger.disconnect())
    for (const bus of [a, b, elsewhere]) t.teardown(() => bus.close())
    const heard: Record<string, number[]> = { a: [], b: [], elsewhere: [] }
    for (const [name, bus] of Object.entries({ a, b, elsewhere }))
      bus.subscribe('change', ({ change }) => void heard[name]?.push(change.revision))
    const ready = Promise.all([a, b].map((bus) => new Promise<void>((resolve) => bus.onGap(resolve))))
    await ready
    await until(() => here.count('connected to redis') === 6, 'all connections')

    const garbage = ['', '{', 'null', '[]', '7', '{"from":"x"}', '{"from":"x","event":{"store":"s"}}']
    const almost = '{"from":"x","event":{"store":"s","change":{"revision":"1","operations":[]}}}'
    for (const text of [...garbage, almost]) await stranger.publish('one:change', text)
    const report = { controller: 'c', store: 's', revision: 1, datapaths: [{ connected: true }] }
    await stranger.publish('one:report', JSON.stringify({ from: 'x', event: report }))
    for (const revision of [1, 2, 3]) a.publish('change', hint(revision))
    await until(() => heard['b']?.length === 3 && heard['a']?.length === 3, 'three events at both')
    t.same(heard, { a: [1, 2, 3], b: [1, 2, 3], elsewhere: [] })
    const sizes: Record<string, number | undefined> = {}
    for (const [name, bus] of Object.entries({ a, b }))
      bus.subscribe('change', ({ change }) => {
        sizes[name] = change.operations?.length
      })
    const operations = Array.from({ length: 1000 }, (_, index) => ({ ...LONG, id: index + 1 }))
    a.publish('change', { store: 's', change: { revision: 4, operations } })
    await until(() => heard['b']?.length === 4 && heard['a']?.length === 4, 'a long change at both')
    t.same(sizes, { a: 1000, b: undefined }, 'a long change is only announced to other processes')
    t.equal(here.count('dropped a malformed message from redis'), 2 * 9, 'each of both readers says so')
  })

  t.test('comes back after redis was away, says that there is a gap, and never throws', async (t) => {
    const here = memoryLog()
    const a = createRedisBus({ url: server.url, log: here.log })
    const b = createRedisBus({ url: server.url, log: here.log })
    for (const bus of [a, b]) t.teardown(() => bus.close())
    let gaps = 0
    let heard = 0
    b.onGap(() => {
      gaps += 1
    })
    b.subscribe('report_request', () => {
      heard += 1
    })
    await until(() => gaps === 1 && here.count('connected to redis') === 4, 'the first connections')

    for (const round of [2, 3]) {
      await server.kill()
      for (let n = 0; n < 1_000; n++) a.publish('report_request', {})
      await new Promise((resolve) => setTimeout(resolve, 300))
      await server.start()
      await until(() => gaps === round && here.count('connected to redis') === 4 * round, 'both are back')
      t.equal(heard, round - 2, 'what was sent while it was away is lost')
      a.publish('report_request', {})
      await until(() => heard === round - 1, 'an event after the outage')
    }
    t.equal(
      here.lines.filter(({ level }) => level >= 40).length <= 16,
      true,
      'an outage is not logged per retry',
    )
  })

  t.test('notices a redis that keeps connections open and says nothing', { timeout: 40_000 }, async (t) => {
    const { log } = memoryLog()
    const bus = createRedisBus({ url: server.url, log })
    t.teardown(() => bus.close())
    let gaps = 0
    bus.onGap(() => {
      gaps += 1
    })
    await until(() => gaps === 1, 'the first connection')
    server.freeze()
    await new Promise((resolve) => setTimeout(resolve, 10_000))
    server.thaw()
    await until(() => gaps === 2, 'a gap after the silence')
    t.equal(gaps, 2)
  })
})

t.test('a url that is none is refused at once', async (t) => {
  t.throws(() => createRedisBus({ url: 'not a url', log: memoryLog().log }), TypeError)
})
