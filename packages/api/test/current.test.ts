/** Which of several reports counts. */
import type { ControllerReport, DatapathStatus } from '@openvnet/feed'
import { createLocalBus } from '@openvnet/feed'
import t from 'tap'
import { appliedState } from '../src/status/applied.ts'
import { currentReports } from '../src/status/current.ts'
import { createReports } from '../src/status/reports.ts'

const datapath = (dpid: string, more: Partial<DatapathStatus> = {}): DatapathStatus => ({
  dpid,
  uuid: null,
  connected: true,
  peer: null,
  role: 'primary',
  acknowledged_revision: 5,
  flows: 0,
  groups: 0,
  flow_mods_sent: 0,
  group_mods_sent: 0,
  packet_ins: 0,
  refused: 0,
  last_error: null,
  warnings: [],
  since: '2026-01-01T00:00:00.000Z',
  ...more,
})
const report = (controller: string, datapaths: DatapathStatus[], revision = 5): ControllerReport => ({
  controller,
  store: 's',
  revision,
  datapaths,
})

t.test('an overdue controller whose switch is connected elsewhere is not waited for', async (t) => {
  const dead = report('dead', [datapath('0x1', { acknowledged_revision: 3 })], 3)
  const alive = report('alive', [datapath('0x1')])
  t.strictSame(currentReports([alive], [dead]), [alive])
  t.equal(appliedState(currentReports([alive], [dead]), 's', 5).applied, true)
  t.equal(
    appliedState(currentReports([alive, dead], []), 's', 5).applied,
    false,
    'while it is heard it counts',
  )
})

t.test('an overdue controller keeps the switches that nobody else has', async (t) => {
  const overdue = report('overdue', [datapath('0x1'), datapath('0x2')])
  const other = report('other', [datapath('0x2'), datapath('0x1', { connected: false })])
  t.match(currentReports([other], [overdue]), [
    other,
    { controller: 'overdue', datapaths: [{ dpid: '0x1' }] },
  ])
})

t.test('a controller without switches is waited for: it may have one soon', async (t) => {
  const idle = report('idle', [], 3)
  t.match(appliedState(currentReports([], [idle]), 's', 5), { applied: false, reason: /idle/ })
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

t.test('of controllers at one switch the one counts that acts for it', (t) => {
  const acting = report('acting', [datapath('0x1')])
  const standing = (more: Partial<DatapathStatus> = {}) =>
    report('standing', [datapath('0x1', { role: 'secondary', acknowledged_revision: 0, ...more })], 2)
  t.match(appliedState([standing(), acting], 's', 5), { applied: true, pending: [] })
  t.match(appliedState([standing()], 's', 5), {
    applied: false,
    pending: [{ dpid: '0x1', acknowledged_revision: 0, last_error: /no controller acts/ }],
    reason: /^not acknowledged by 0x1 \(at revision 0: no controller acts/,
  })
  const unsure = report('unsure', [datapath('0x1', { role: null, acknowledged_revision: 9 })])
  t.match(appliedState([unsure, acting], 's', 5), { applied: true }, 'one that does not know gives way')
  t.match(appliedState([unsure, standing()], 's', 5), { applied: true }, 'but not to one that stands by')
  const both = report('other', [datapath('0x1', { acknowledged_revision: 4, last_error: 'silent' })])
  t.match(
    appliedState([acting, both], 's', 5),
    { applied: false, reason: 'not acknowledged by 0x1 (at revision 4: silent)' },
    'of two that say so the one that is behind',
  )
  t.strictSame(
    currentReports([standing()], [acting]),
    [standing(), acting],
    'standing by does not outdo acting',
  )
  t.strictSame(currentReports([acting], [standing()]), [acting])
  t.end()
})
