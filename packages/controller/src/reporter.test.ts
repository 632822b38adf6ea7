import { setImmediate } from 'node:timers/promises'
import { type ControllerReport, createLocalBus, type DatapathStatus } from '@openvnet/feed'
import t from 'tap'
import { Reporter } from './reporter.ts'

/** A message of the local bus, and what it brings about. */
const turn = async () => {
  for (let n = 0; n < 3; n++) await setImmediate()
}

t.test('nothing is told after the last words', async (t) => {
  const bus = createLocalBus()
  const reports: (true | undefined)[] = []
  bus.subscribe('report', ({ leaving }: ControllerReport) => reports.push(leaving))
  bus.subscribe('report_change', () => reports.push(undefined))
  const reporter = new Reporter({
    bus,
    identity: 'c',
    store: () => 's',
    revision: () => 1,
    statuses: () => [],
    status: () => undefined,
    databases: () => [],
    dpids: () => [],
  })
  reporter.tellAll()
  await setImmediate()
  // Sessions that end say so, and somebody asks, while it stops.
  reporter.changed('0x0000000000000001')
  reporter.tellAll()
  reporter.leave()
  await setImmediate()
  await setImmediate()
  t.strictSame(reports, [undefined, true])
})

t.test(
  'a sign of life carries some switches in turn, and one that was forgotten is told by the whole',
  async (t) => {
    const bus = createLocalBus()
    const told: string[][] = []
    let whole = 0
    bus.subscribe('report', () => {
      whole += 1
    })
    bus.subscribe('report_change', ({ datapaths }) => told.push(datapaths.map(({ dpid }) => dpid)))
    const dpids = new Set(Array.from({ length: 150 }, (_, n) => `0x${n}`))
    const status = (dpid: string) => (dpids.has(dpid) ? ({ dpid } as DatapathStatus) : undefined)
    const reporter = new Reporter({
      bus,
      identity: 'c',
      store: () => 's',
      revision: () => 1,
      statuses: () => [...dpids].map((dpid) => status(dpid)!),
      status,
      databases: () => [],
      dpids: () => dpids,
    })
    reporter.tellAll()
    for (let beat = 0; beat < 4; beat++) {
      await turn()
      reporter.beat()
    }
    await turn()
    t.strictSame(
      told.map(({ length }) => length),
      [64, 64, 22, 64],
    )
    t.strictSame(new Set(told.slice(0, 3).flat()), dpids)
    t.equal(whole, 1)
    dpids.delete('0x7')
    reporter.changed('0x7')
    await turn()
    t.equal(whole, 2)
  },
)
