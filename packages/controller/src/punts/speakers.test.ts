/** Speakers hear of their flows, and of no others; what they say is sent, and what they throw is logged once. */
import { pino } from 'pino'
import t from 'tap'
import { compile } from '../../test/flow_lines.ts'
import { type NoticedFlow, speaker } from '../engine/packet.ts'
import type { Feature } from '../engine/rule.ts'
import type { View } from '../engine/view.ts'
import type { Tables } from '../pipeline/flow.ts'
import type { Answered } from './programs.ts'
import { Speakers } from './speakers.ts'

const guest = { id: 1, mac: '52:54:00:00:00:01', addresses: { 1: 'fd00:1::1' } }
const leg = { id: 8, mode: 'simulated' as const, mac: '52:54:00:74:00:00', addresses: { 1: 'fd00:1::fe' } }
const EMPTY: Tables = { flows: new Map(), groups: new Map(), meters: new Map() }

const start = (speak: () => readonly { dpid: string; send: [] }[]) => {
  const noticed: NoticedFlow[] = []
  const delivered: Answered[] = []
  const lines: string[] = []
  const site = { tables: EMPTY }
  const feature: Feature = {
    ...{ name: 'advertisement', tables: [], rules: [] },
    speakers: [
      speaker({
        ...{ kind: 'router_solicitation', feature: 'advertisement', table: 'router_leg' },
        createState: () => undefined,
        notice: (flow) => void noticed.push(flow),
        speak,
      }),
    ],
  }
  const speakers = new Speakers({
    features: [feature],
    view: () => ({}) as View,
    tables: () => site.tables,
    deliver: (_dpid, answered) => void delivered.push(answered),
    log: pino({ level: 'error' }, { write: (line: string) => void lines.push(line) }),
  })
  t.teardown(() => speakers.close())
  return { site, speakers, noticed, delivered, lines }
}

t.test('a flow that comes, changes, goes', async (t) => {
  const tables = await compile(
    { networks: { 1: '172.16.1.0' }, changes: { 1: { ipv6_network: 'fd00:1::' } }, interfaces: [guest, leg] },
    1,
  )
  const { site, speakers, noticed } = start(() => [])
  site.tables = tables
  const flows = new Set(tables.flows.keys())
  speakers.changed('0x1', { flows })
  t.same(
    noticed,
    [{ dpid: '0x1', kind: 'network', id: 1, isThere: true }],
    'of all flows the one that it is for',
  )
  speakers.changed('0x1', { flows: new Set() })
  t.equal(noticed.length, 1)
  site.tables = EMPTY
  speakers.changed('0x1', { flows: new Set(), everything: true })
  t.same(noticed.at(-1), { dpid: '0x1', kind: 'network', id: 1, isThere: false })
  speakers.changed('0x1', { flows })
  t.equal(noticed.length, 2, 'it was not there any more')
})

t.test('what is said is sent; a fault is logged', async (t) => {
  const { speakers, delivered } = start(() => [{ dpid: '0x1', send: [] }])
  speakers.beat()
  t.match(delivered, [{ kind: 'router_solicitation', outcome: 'told unasked' }])
  const faulty = start(() => {
    throw new Error('a fault')
  })
  for (let n = 0; n < 100; n += 1) faulty.speakers.beat()
  t.match(faulty.lines, { length: 1 })
})
