/** Reports put together from whole ones and changes. */
import {
  acknowledgedBy,
  type ControllerReport,
  createLocalBus,
  type DatapathStatus,
  followReports,
} from '@openvnet/feed'
import t from 'tap'

const datapath = (dpid: string, acknowledged_revision: number, current = true): DatapathStatus => ({
  dpid,
  uuid: null,
  connected: true,
  peer: null,
  role: 'primary',
  acknowledged_revision,
  current,
  flows: 0,
  groups: 0,
  flow_mods_sent: 0,
  group_mods_sent: 0,
  packet_ins: 0,
  refused: 0,
  last_error: null,
  warnings: [],
  since: '2026-01-01T00:00:00.000Z',
})

const A = '0x000000000000000a'
const B = '0x000000000000000b'
/** The bus delivers in the next round of the event loop, and what that publishes in the one after. */
const turn = async () => {
  for (let round = 0; round < 3; round++) await new Promise((resolve) => setImmediate(resolve))
}

t.test('a change is added to what is known, and the others go along', async (t) => {
  const bus = createLocalBus()
  const heard: ControllerReport[] = []
  const end = followReports(bus, (report) => heard.push(report))
  const whole = { controller: 'c', store: 's', revision: 5, sequence: 7 }
  bus.publish('report', { ...whole, datapaths: [datapath(A, 5), datapath(B, 3)] })
  bus.publish('report_change', { ...whole, revision: 6, sequence: 8, datapaths: [datapath(A, 5, false)] })
  await turn()
  const report = heard.at(-1)!
  t.match(report, { revision: 6, sequence: 8 })
  t.strictSame(
    report.datapaths.map((each) => [each.dpid, acknowledgedBy(report, each)]),
    [
      [A, 5],
      [B, 6],
    ],
  )
  end()
  bus.publish('report', { ...whole, datapaths: [] })
  await turn()
  t.equal(heard.length, 2)
  await bus.close()
})

t.test('a change that does not follow on what is known is left out, and all is asked for once', async (t) => {
  const bus = createLocalBus()
  const heard: ControllerReport[] = []
  let asked = 0
  bus.subscribe('report_request', () => asked++)
  followReports(bus, (report) => heard.push(report))
  const change = { controller: 'c', store: 's', revision: 9, datapaths: [datapath(A, 9)] }
  bus.publish('report_change', { ...change, sequence: 3 })
  bus.publish('report_change', { ...change, sequence: 4 })
  await turn()
  t.strictSame([heard.length, asked], [0, 1])
  bus.publish('report', { ...change, sequence: 4 })
  bus.publish('report_change', { ...change, revision: 10, sequence: 6 })
  await turn()
  t.strictSame([heard.length, heard.at(-1)?.revision, asked], [1, 9, 2])
  bus.publish('report', { ...change, leaving: true })
  bus.publish('report_change', { ...change, sequence: 5 })
  await turn()
  t.equal(heard.length, 2, 'what is left by one that is gone does not count')
  await bus.close()
})
