import type { NxtPacketIn2 } from '@openvnet/openflow'
import { pino } from 'pino'
import t from 'tap'
import { type AnyPacketHandler, type PacketAnswer, packetHandler } from '../engine/packet.ts'
import type { View } from '../engine/view.ts'
import { PUNT_KINDS, type PuntKind } from '../pipeline/punts.ts'
import { type Answered, Programs } from './programs.ts'

const view = {} as View

const programs = (handle: () => PacketAnswer, known = true) => {
  const lines: string[] = []
  const log = pino({ level: 'error' }, { write: (line: string) => void lines.push(line) })
  const handlers: AnyPacketHandler[] = (Object.keys(PUNT_KINDS) as PuntKind[]).map((kind) =>
    packetHandler({ kind, createState: () => 0, handle }),
  )
  const features = [{ name: 'icmp' as const, tables: [], rules: [], handlers }]
  return {
    lines,
    features,
    log,
    all: new Programs({ features, view: () => (known ? view : undefined), log }),
  }
}

const packet = (kind: number): NxtPacketIn2 => ({
  type: 'nxt_packet_in2',
  xid: 0,
  properties: [
    { type: 'packet', data: new Uint8Array(60) },
    { type: 'userdata', userdata: Uint8Array.of(kind) },
  ],
})

t.test('a program that fails is counted each time and logged once; nothing is thrown', async (t) => {
  const { all, lines } = programs(() => {
    throw new Error('a fault')
  })
  for (let n = 0; n < 1000; n++)
    t.strictSame(all.answer('0x1', packet(1)), { kind: 'icmp_error', outcome: 'failed', packets: [] })
  t.equal(lines.length, 1)
  t.match(lines[0], 'A program failed on a packet')
})

t.test('what nobody asked for, or comes before the rows, is dropped and counted', async (t) => {
  const answer = () => ({ send: [] })
  t.match(programs(answer).all.answer('0x1', packet(99)), { kind: 'unknown', packets: [] })
  t.match(programs(answer).all.answer('0x1', { ...packet(1), properties: [] }), { kind: 'unknown' })
  t.match(programs(answer, false).all.answer('0x1', packet(1)), { outcome: 'rows are not known yet' })
  t.match(programs(answer).all.answer('0x1', packet(1)), { kind: 'icmp_error', outcome: 'answered' })
})

t.test('each kind has exactly one program', async (t) => {
  const { features, log } = programs(() => ({ send: [] }))
  t.throws(() => new Programs({ features: [], view: () => view, log }), {
    message: 'no program answers icmp_error',
  })
  t.throws(() => new Programs({ features: [...features, ...features], view: () => view, log }), {
    message: 'two programs answer icmp_error',
  })
})

t.test('errands: what comes later is sent then, too many are dropped, and faults are caught', async (t) => {
  const { features, log } = programs(() => ({
    send: [],
    ask: [1, 2, 3].map((guest) => ({
      ...{ guest, servers: [], query: new Uint8Array(), stream: false },
      resume: (answer) => {
        if (answer === undefined) throw new Error('a fault')
        return { dropped: `${answer.length} octets` }
      },
    })),
  }))
  const delivered: Answered[] = []
  const all = new Programs({
    ...{ features, log, view: () => view },
    outside: ({ guest }) =>
      guest === 1 ? undefined : Promise.resolve(guest === 2 ? new Uint8Array(7) : undefined),
    deliver: (dpid, answered) => delivered.push(answered) && t.equal(dpid, '0x1'),
  })
  t.match(all.answer('0x1', packet(1)), { kind: 'icmp_error', outcome: 'asked outside', packets: [] })
  await new Promise(setImmediate)
  t.strictSame(
    delivered.map(({ outcome }) => outcome),
    ['too many questions outside', '7 octets', 'failed'],
  )
})
