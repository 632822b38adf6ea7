import { setImmediate } from 'node:timers/promises'
import { type ControllerReport, createLocalBus } from '@openvnet/feed'
import t from 'tap'
import { Reporter } from './reporter.ts'

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
