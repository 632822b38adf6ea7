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

/** Numbers below `n`, the same in each run. */
const sequence = (seed: number) => {
  let state = seed
  return (n: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

const ROLES = ['primary', 'primary', 'secondary', 'equal', null] as const

t.test('the short way to say whether a revision is applied says what the long one does', async (t) => {
  const random = sequence(7)
  const some = (dpid: number, revision: number) =>
    datapath(`0x${dpid}`, {
      role: ROLES[random(ROLES.length)]!,
      acknowledged_revision: Math.max(0, revision - random(3)),
      connected: random(8) > 0,
      refused: random(10) === 0 ? 1 : 0,
      ...(random(3) > 0 && { current: true }),
      ...(random(20) === 0 && { pending: true as const }),
    })
  const bus = createLocalBus()
  const reports = createReports(bus)
  const sequences = new Map<string, number>()
  const say = (controller: string, revision: number) => {
    const datapaths = Array.from({ length: random(4) }, (_, dpid) => some(dpid, revision))
    const store = random(15) === 0 ? 'other' : 's'
    const head = { controller, store, revision, datapaths }
    const known = sequences.get(controller)
    const leaving = random(40) === 0 ? (true as const) : undefined
    if (known === undefined || leaving || random(6) === 0) {
      bus.publish('report', { ...head, sequence: 0, ...(leaving && { leaving }) })
      sequences.set(controller, 0)
    } else {
      bus.publish('report_change', { ...head, sequence: known + 1 })
      sequences.set(controller, known + 1)
    }
    if (leaving) sequences.delete(controller)
  }
  const seen = { true: 0, false: 0 }
  for (let step = 0; step < 3000; step++) {
    say(['one', 'two', 'three'][random(random(3) + 1)]!, 2 + random(3))
    await new Promise((resolve) => setImmediate(resolve))
    for (const revision of [1, 2, 3, 4]) {
      const expected = appliedState(reports.live(), 's', revision).applied
      seen[`${expected}`] += 1
      if (reports.isApplied('s', revision) !== expected)
        return t.fail(`step ${step}, revision ${revision}: ${expected}`, { reports: reports.live() })
    }
  }
  t.ok(seen.true > 500 && seen.false > 500, `both happened: ${JSON.stringify(seen)}`)
  reports.close()
  return bus.close()
})
