/** Which of several reports counts. */
import type { ControllerReport, DatapathStatus } from '@openvnet/feed'
import { createLocalBus } from '@openvnet/feed'
import t from 'tap'
import { appliedState } from '../src/status/applied.ts'
import { currentReports } from '../src/status/current.ts'
import { createReports } from '../src/status/reports.ts'

const datapath = (dpid: string, since: string, more: Partial<DatapathStatus> = {}): DatapathStatus => ({
  dpid,
  uuid: null,
  connected: true,
  peer: null,
  acknowledged_revision: 5,
  flows: 0,
  groups: 0,
  flow_mods_sent: 0,
  group_mods_sent: 0,
  packet_ins: 0,
  last_error: null,
  warnings: [],
  since,
  ...more,
})
const report = (controller: string, datapaths: DatapathStatus[], revision = 5): ControllerReport => ({
  controller,
  store: 's',
  revision,
  datapaths,
})

t.test('a controller whose switch has connected elsewhere is not waited for', async (t) => {
  const dead = report('dead', [datapath('0x1', '2026-01-01T00:00:00.000Z', { acknowledged_revision: 3 })], 3)
  const alive = report('alive', [datapath('0x1', '2026-01-01T00:00:09.000Z')])
  for (const reports of [
    [dead, alive],
    [alive, dead],
  ]) {
    t.strictSame(currentReports(reports), [alive])
    t.equal(appliedState(currentReports(reports), 's', 5).applied, true)
  }
})

t.test('each controller keeps the switches that are connected to it', async (t) => {
  const one = report('one', [
    datapath('0x1', '2026-01-01T00:00:00.000Z'),
    datapath('0x2', '2026-01-01T00:00:00.000Z', { connected: false }),
  ])
  const two = report('two', [datapath('0x2', '2025-01-01T00:00:00.000Z')])
  t.match(currentReports([one, two]), [{ controller: 'one', datapaths: [{ dpid: '0x1' }] }, two])
})

t.test('a controller without switches is waited for: it may have one soon', async (t) => {
  const idle = report('idle', [], 3)
  t.match(appliedState(currentReports([idle]), 's', 5), { applied: false, reason: /idle/ })
})

t.test('a controller that says that it leaves is gone at once', async (t) => {
  const bus = createLocalBus()
  const reports = createReports(bus)
  const heard = () =>
    new Promise<void>((resolve) => {
      const end = reports.onReport(() => {
        end()
        resolve()
      })
    })
  bus.publish('report', report('one', []))
  await heard()
  t.equal(reports.live().length, 1)
  bus.publish('report', { ...report('one', []), leaving: true })
  await heard()
  t.equal(reports.live().length, 0)
  reports.close()
  await bus.close()
})
