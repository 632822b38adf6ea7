/** TCP for DNS segment by segment: what is lost, cut, repeated, refused and bounded. `dig +tcp` is in test/integration/dns.test.ts. */
import t from 'tap'
import { frameDns } from '../../packet/dns/index.ts'
import { concat, TCP_FLAG, type Tcp } from '../../packet/index.ts'
import { DnsConnection, type Outgoing, resetFor } from './connection.ts'
import { DnsConnections } from './connections.ts'

const { syn, ack, fin, rst, psh } = TCP_FLAG
const FIRST = 0xffff_fff0
const CLIENT = 0xffff_ff00
const NONE: Uint8Array = new Uint8Array()

const segment = (flags: number, more: Partial<Tcp> = {}): Tcp => ({
  ...{ src: 40_000, dst: 53, sequence: CLIENT, acknowledgement: 0, flags, window: 65_535, urgent: 0 },
  ...{ options: NONE, payload: NONE },
  ...more,
})

/** A guest that keeps count. */
class Client {
  readonly connection: DnsConnection
  sequence = (CLIENT + 1) >>> 0
  expected = (FIRST + 1) >>> 0
  received = NONE
  isFinished = false

  constructor(options: Uint8Array = Uint8Array.of(1, 1, 2, 4, 0x02, 0x00)) {
    this.connection = new DnsConnection(segment(syn, { options }), FIRST)
    this.tell(ack)
  }

  tell(flags: number, payload = NONE, more: Partial<Tcp> = {}): readonly Uint8Array[] {
    const { sequence, expected: acknowledgement } = this
    const messages = this.connection.receive(segment(flags, { sequence, acknowledgement, payload, ...more }))
    this.sequence = (this.sequence + payload.length + (flags & fin ? 1 : 0)) >>> 0
    return messages
  }

  /** What comes now, in order; @returns how much, and the last acknowledgement */
  take(some: readonly Outgoing[] = this.connection.flush()): readonly Outgoing[] {
    for (const { sequence, payload, flags } of some) {
      if (sequence !== this.expected) continue
      this.received = concat(this.received, payload)
      this.expected = (this.expected + payload.length + (flags & fin ? 1 : 0)) >>> 0
      this.isFinished ||= (flags & fin) !== 0
    }
    return some
  }
}

const QUERY = Uint8Array.of(1, 2, 3, 4, 5)
const answerOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => at % 251)

t.test('a question and its answer, with numbers that go round, to the end', async (t) => {
  const client = new Client()
  t.match(client.connection.accept(), { sequence: FIRST, acknowledgement: CLIENT + 1, flags: syn | ack })
  t.same([...client.connection.accept().options], [2, 4, 0x04, 0xc4])
  t.same(client.connection.flush(), [], 'a handshake needs no more')
  t.same(client.tell(ack | psh, frameDns(QUERY)), [QUERY])
  client.connection.answer(answerOf(1200))
  const sent = client.take()
  t.same(
    sent.map(({ payload }) => payload.length),
    [512, 512, 178],
    'as large as the guest takes',
  )
  t.equal(sent.at(-1)!.flags, ack | psh)
  t.ok(sent.every(({ acknowledgement }) => acknowledgement === client.sequence))
  t.same(client.received, frameDns(answerOf(1200)))
  client.tell(ack | fin)
  t.match(client.take(), [{ flags: ack | fin, payload: NONE }])
  t.ok(client.isFinished)
  client.tell(ack)
  t.ok(client.connection.isOver)
})

t.test('questions cut anywhere, several in a segment, answered when they are', async (t) => {
  const client = new Client(NONE)
  const octets = concat(frameDns(QUERY), frameDns(Uint8Array.of(9)))
  t.same(client.tell(ack, octets.subarray(0, 1)), [])
  t.match(client.take(), [{ flags: ack, payload: NONE }], 'a part is acknowledged')
  t.same(client.tell(ack, octets.subarray(1)), [QUERY, Uint8Array.of(9)])
  client.connection.wait()
  client.connection.wait()
  t.same(client.take(), [], 'the answer acknowledges')
  client.tell(ack | fin)
  t.same(client.take(), [])
  client.connection.answer(Uint8Array.of(2), true)
  t.match(client.take(), [{ payload: frameDns(Uint8Array.of(2)) }], 'no end while one is asked outside')
  client.connection.answer(Uint8Array.of(1), true)
  client.take()
  t.ok(client.isFinished)
  t.same(client.received, concat(frameDns(Uint8Array.of(2)), frameDns(Uint8Array.of(1))))
})

t.test('what is lost comes again: by the question, by an acknowledgement, at the end', async (t) => {
  const client = new Client()
  const question = { sequence: client.sequence }
  client.tell(ack, frameDns(QUERY))
  client.connection.answer(answerOf(1200))
  client.connection.flush()
  t.same(client.tell(ack, NONE, { ...question, payload: frameDns(QUERY) }), [], 'once only')
  const [first, ...rest] = client.connection.flush()
  t.ok(first)
  client.take([rest[0]!])
  t.same(client.received, NONE, 'the first is missing')
  client.tell(ack)
  client.take()
  t.same(client.received, frameDns(answerOf(1200)))
  const end = { sequence: client.sequence }
  client.tell(ack | fin)
  client.connection.flush()
  client.connection.receive(segment(ack | fin, { ...end, acknowledgement: client.expected }))
  client.take()
  t.ok(client.isFinished)
})

t.test('the window of the guest holds', async (t) => {
  const client = new Client()
  client.tell(ack, frameDns(QUERY), { window: 100 })
  client.connection.answer(answerOf(1000))
  t.same(
    client.take().map(({ payload }) => payload.length),
    [100],
  )
  client.tell(ack, NONE, { window: 0 })
  t.same(client.take(), [])
  client.tell(ack, NONE, { window: 5000 })
  client.take()
  t.same(client.received, frameDns(answerOf(1000)))
})

t.test('strange segments', async (t) => {
  const client = new Client()
  client.tell(rst, NONE, { sequence: (client.sequence + 7) >>> 0 })
  t.notOk(client.connection.isOver, 'a reset that guesses')
  t.same(client.tell(ack, NONE, { sequence: (client.sequence + 50) >>> 0, payload: frameDns(QUERY) }), [])
  t.match(client.take(), [{ flags: ack, acknowledgement: client.sequence }], 'out of order')
  t.same(client.tell(ack, NONE, { acknowledgement: (client.expected + 9) >>> 0, payload: QUERY }), [])
  t.match(client.take(), [{ flags: ack, acknowledgement: client.sequence }], 'acknowledges what was not sent')
  client.tell(ack, NONE, { sequence: client.sequence, payload: Uint8Array.of(0xff, 0xff) })
  t.ok(client.connection.isOver, 'a question that is too long')
  const other = new Client()
  other.tell(rst)
  t.ok(other.connection.isOver)
  const flooded = new Client()
  for (let n = 0; n < 3; n += 1) flooded.connection.answer(answerOf(40_000))
  t.ok(flooded.connection.isOver, 'more than fits')
  for (const options of [[2], [2, 4, 0], [2, 0, 0, 0], [5, 0], [254, 1, 2, 4, 1, 1]])
    t.ok(new Client(Uint8Array.from(options)).connection.isOpen, options.join())
  t.match(resetFor(segment(ack, { acknowledgement: 77 })), { sequence: 77, flags: rst })
  t.match(resetFor(segment(fin, { payload: QUERY })), {
    sequence: 0,
    acknowledgement: CLIENT + 6,
    flags: rst | ack,
  })
  t.equal(resetFor(segment(rst)), undefined)
})

t.test('random segments change nothing that is bounded', async (t) => {
  let seed = 1
  const random = (below: number): number => {
    seed = (seed * 48_271) % 0x7fff_ffff
    return seed % below
  }
  for (let round = 0; round < 200; round += 1) {
    const client = new Client()
    for (let n = 0; n < 50 && !client.connection.isOver; n += 1) {
      const payload = random(2) === 0 ? NONE : frameDns(QUERY).slice(random(7))
      const more = { sequence: (client.sequence + random(20) - 10) >>> 0, window: random(65_536) }
      const acknowledgement = (client.expected + random(20) - 10) >>> 0
      const found = client.tell(random(64), NONE, { ...more, acknowledgement, payload })
      for (const _ of found) client.connection.answer(answerOf(random(3000)))
      const sent = client.take()
      if (sent.reduce((sum, one) => sum + one.payload.length, 0) > 2 ** 16 + 2) t.fail('too much')
    }
  }
})

t.test('a few connections for each guest; those that are not used are forgotten', async (t) => {
  const all = new DnsConnections(() => 1)
  const of = (guest: number, port: number, flags: number, now = 0) =>
    all.of(guest, `${port}`, segment(flags), now)
  t.equal(of(1, 1, ack), undefined, 'no SYN')
  t.equal(of(1, 1, syn | ack), undefined)
  const first = of(1, 0, syn)
  for (let port = 1; port < 8; port += 1) of(1, port, syn)
  t.equal(of(1, 0, ack), first)
  of(1, 8, syn)
  t.equal(all.size, 8)
  t.equal(of(1, 0, ack), first, 'the least used gives way')
  t.equal(of(1, 1, ack), undefined)
  t.equal(of(1, 0, ack, 20_000), undefined, 'idle')
  for (let guest = 2; guest < 3000; guest += 1) for (let port = 0; port < 9; port += 1) of(guest, port, syn)
  t.equal(all.size, 8192)
  t.equal(of(5000, 1, syn), undefined)
  t.ok(of(5000, 1, syn, 20_000))
  t.equal(all.size, 1)
  all.forget(5000, '1')
  t.equal(all.size, 0)
})
