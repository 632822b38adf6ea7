/**
 * `?wait=`, `GET /wait` and `vnctl --wait` answer when and only when the switches have acknowledged: a switch keeps back
 * the answer that says so. When the time is over they say which switch lacks what, and why.
 */
import { FakeSwitch, fakePort, refusal } from '@openvnet/openflow/testing'
import t, { type Test } from 'tap'
import { revisionOf } from '../lab/rest.ts'
import { sleep, until } from '../lab/wait.ts'
import { Machine } from './process.ts'
import { isBarrierReply, isCommitReply, type Predicate, Withholding } from './withheld_answers.ts'

/** Long enough for an answer that comes too early. */
const TOO_EARLY_MS = 600

/** An answer that comes with the switch's, on a busy machine. */
const AT_ONCE_MS = 2000

const SLOW = '0x00000000000000a1'
const QUICK = '0x00000000000000a2'
const NEW = '0x00000000000000a3'

interface Applied {
  readonly applied: boolean
  readonly reason: string | null
  readonly pending: readonly { readonly dpid: string; readonly last_error: string | null }[]
}

class Waiting {
  readonly machine: Machine
  readonly slow: FakeSwitch
  readonly between: Withholding
  #guests = 0

  private constructor(machine: Machine, slow: FakeSwitch, between: Withholding) {
    this.machine = machine
    this.slow = slow
    this.between = between
  }

  static async with(t: Test, options: { bundles: boolean }): Promise<Waiting> {
    const machine = await Machine.create(t)
    await machine.vnetd()
    const between = await Withholding.before(machine.openflowPort, options)
    t.teardown(() => between.close())
    const ports = Array.from({ length: 20 }, (_, index) => fakePort(index + 1, `p${index + 1}`))
    const slow = new FakeSwitch({ datapathId: BigInt(SLOW), ports })
    const quick = new FakeSwitch({ datapathId: BigInt(QUICK) })
    t.teardown(() => Promise.all([slow.disconnect(), quick.disconnect()]))
    await slow.connect({ host: '127.0.0.1', port: between.port })
    await quick.connect({ host: '127.0.0.1', port: machine.openflowPort })
    const waiting = new Waiting(machine, slow, between)
    await machine.rest.post('networks', { uuid: 'nw-1', ipv4_network: '10.0.0.0' })
    await until('both are connected', async () => {
      const { datapaths } = await machine.status()
      return datapaths.filter(({ connected }) => connected).length === 2
    })
    await machine.rest.call('GET', 'wait?timeout=10')
    return waiting
  }

  /** A guest at a port of the slow switch. */
  guest(query = '') {
    this.#guests += 1
    const n = this.#guests
    return this.machine.rest.post(`interfaces${query}`, {
      uuid: `if-${n}`,
      port_name: `p${n}`,
      network_uuid: 'nw-1',
      mac_address: `52:54:00:00:00:${String(n).padStart(2, '0')}`,
      ipv4_address: `10.0.0.${n}`,
    })
  }

  applied(query: string): Promise<Applied> {
    return this.machine.rest.get<Applied>(`wait?${query}`)
  }

  async held(): Promise<void> {
    await until('an answer is kept back', () => this.between.held > 0)
  }
}

/** When promises are settled, in milliseconds since now; `undefined` while they are not. */
const times = (promises: readonly Promise<unknown>[]): (number | undefined)[] => {
  const began = performance.now()
  const settled: (number | undefined)[] = promises.map(() => undefined)
  for (const [index, promise] of promises.entries())
    void promise.finally(() => {
      settled[index] = performance.now() - began
    })
  return settled
}

const answersWithTheSwitch = async (t: Test, waiting: Waiting, predicate: Predicate): Promise<void> => {
  const { machine, between } = waiting
  const before = (await machine.status()).revision
  between.hold(predicate)
  const written = waiting.guest('?wait=20')
  await waiting.held()
  const asked = waiting.applied('timeout=20')
  const renamed = machine.rest.call('PUT', 'networks/nw-1?wait=20', { display_name: `name ${before}` })
  const typed = machine.vnctl('wait', '--timeout=20')
  const added = machine.vnctl('networks', 'add', `nw-typed${before}`, '--ipv4-network=10.9.0.0', '--wait=20')
  const settled = times([written, asked, renamed, typed, added])
  t.match(
    await waiting.applied(`revision=${before}&timeout=20`),
    { applied: true },
    'the revision before is applied',
  )
  await sleep(TOO_EARLY_MS)
  t.same(
    settled,
    [undefined, undefined, undefined, undefined, undefined],
    'nobody is answered before the switch answers',
  )
  t.match(await waiting.applied('timeout=0'), { applied: false, pending: [{ dpid: SLOW }] })
  const status = (await machine.status()).datapaths
  t.ok(status.find(({ dpid }) => dpid === SLOW)!.acknowledged_revision <= before)

  const released = performance.now()
  between.release()
  const [{ headers }, { applied }, { headers: later }] = await Promise.all([written, asked, renamed])
  const took = performance.now() - released
  t.ok(took < AT_ONCE_MS, `answered ${Math.round(took)} ms after the switch`)
  const [waited, typedAdd] = await Promise.all([typed, added])
  t.same([headers['x-applied'], later['x-applied'], applied], ['true', 'true', true])
  t.match([waited, typedAdd], [{ code: 0, stdout: /is applied/ }, { code: 0 }])
}

/** Also for those who have not asked while the change went its way. */
const isNotAppliedYet = async (t: Test, waiting: Waiting, predicate: Predicate): Promise<void> => {
  const { between } = waiting
  between.hold(predicate)
  const before = revisionOf(await waiting.machine.rest.post('networks', { ipv4_network: '10.8.0.0' }))
  const revision = revisionOf(await waiting.guest())
  await waiting.held()
  t.match(await waiting.applied(`revision=${revision}&timeout=0`), { applied: false })
  t.match(await waiting.applied(`revision=${before}&timeout=0`), { applied: true }, 'but the one before is')
  between.release()
  t.match(await waiting.applied('timeout=5'), { applied: true })
}

for (const [name, bundles, predicate] of [
  ['commit of a bundle', true, isCommitReply],
  ['barrier of a switch without bundles', false, isBarrierReply],
] as const) {
  t.test(`the answer comes with the switch's, and not before: ${name}`, async (t) => {
    const waiting = await Waiting.with(t, { bundles })
    t.ok(waiting.slow.connected)
    await answersWithTheSwitch(t, waiting, predicate)
    await answersWithTheSwitch(t, waiting, predicate)
    for (let round = 0; round < 8; round += 1) await isNotAppliedYet(t, waiting, predicate)
  })
}

t.test('when the time is over the answer says which switch is behind, and why', async (t) => {
  const waiting = await Waiting.with(t, { bundles: true })
  const { machine, between } = waiting
  between.hold(isCommitReply)
  const late = await waiting.guest('?wait=1')
  const named = new RegExp(
    `^not acknowledged by ${SLOW} \\(at revision \\d+: it was told and has not answered yet\\)$`,
  )
  t.equal(late.headers['x-applied'], 'false')
  t.match(late.headers['x-pending'], named)
  t.notMatch(late.headers['x-pending'], QUICK)
  const typed = await machine.vnctl('networks', 'modify', 'nw-1', '--display-name=late', '--wait=1')
  t.match(typed, {
    code: 5,
    stderr: new RegExp(
      `revision ${revisionOf(late) + 1} is stored but was not applied within 1 s: .*${SLOW}.*(told|silent)`,
    ),
  })
  await until('its silence is noticed', async () => {
    const { reason } = await waiting.applied('timeout=0')
    return /owes an answer and is silent for \d s/.test(reason ?? '')
  })
  t.match(await machine.vnctl('wait', '--timeout=0'), {
    code: 5,
    stderr: new RegExp(`${SLOW} has acknowledged \\d+: the switch owes an answer and is silent for \\d s`),
  })
  between.release()
  t.match(await waiting.applied('timeout=5'), { applied: true, reason: null })
})

t.test(
  'a switch that goes is not waited for; when it comes back it counts until it has everything',
  async (t) => {
    const waiting = await Waiting.with(t, { bundles: true })
    const { slow, between } = waiting
    between.hold(isCommitReply)
    const written = waiting.guest('?wait=20')
    await waiting.held()
    await slow.disconnect()
    t.equal((await written).headers['x-applied'], 'true')

    between.release()
    await until('it is seen to be away', async () => {
      const { datapaths } = await waiting.machine.status()
      return datapaths.some(({ dpid, connected }) => dpid === SLOW && !connected)
    })
    await waiting.guest()
    between.hold(isCommitReply)
    await slow.connect({ host: '127.0.0.1', port: between.port })
    await waiting.held()
    const asked = waiting.applied('timeout=20')
    const settled = times([asked])
    await sleep(TOO_EARLY_MS)
    t.same(settled, [undefined], 'what it had before does not count')
    between.release()
    t.match(await asked, { applied: true })
  },
)

/** A switch that connects now and keeps back the answer that says that it has everything. */
const newcomer = async (t: Test, { machine }: Waiting): Promise<Withholding> => {
  const between = await Withholding.before(machine.openflowPort, { bundles: true })
  t.teardown(() => between.close())
  between.hold(isCommitReply)
  const played = new FakeSwitch({ datapathId: BigInt(NEW) })
  t.teardown(() => played.disconnect())
  await played.connect({ host: '127.0.0.1', port: between.port })
  await until('its answer is kept back', () => between.held > 0)
  return between
}

/** A revision that is not made yet is not waited for: no write may ever make it. */
const refusesTheFuture = async (t: Test, machine: Machine): Promise<void> => {
  const { revision } = await machine.status()
  const ask = (asked: number) =>
    machine.rest.send({ method: 'GET', path: `/api/1.0/wait?revision=${asked}&timeout=20` })
  t.match(await ask(revision), { status: 200, body: { applied: true, revision } })
  t.match(await ask(revision + 1), {
    status: 400,
    body: { message: { parameter: 'revision', reason: `not made yet: the newest is ${revision}` } },
  })
}

t.test('a switch that connects after the write, and before the question, counts', async (t) => {
  const waiting = await Waiting.with(t, { bundles: true })
  const revision = revisionOf(await waiting.guest('?wait=20'))
  const between = await newcomer(t, waiting)
  t.match(await waiting.applied(`revision=${revision}&timeout=0`), {
    applied: false,
    pending: [{ dpid: NEW }],
    reason:
      /^not acknowledged by 0x00000000000000a3 \(at revision 0: it was told and has not answered yet\)$/,
  })
  const asked = waiting.applied(`revision=${revision}&timeout=20`)
  const settled = times([asked])
  await sleep(TOO_EARLY_MS)
  t.same(settled, [undefined])
  between.release()
  t.match(await asked, { applied: true })
  await refusesTheFuture(t, waiting.machine)
})

t.test('a switch that connects while somebody waits counts', async (t) => {
  const waiting = await Waiting.with(t, { bundles: true })
  waiting.between.hold(isCommitReply)
  const written = waiting.guest('?wait=20')
  await waiting.held()
  const between = await newcomer(t, waiting)
  waiting.between.release()
  const settled = times([written])
  await sleep(TOO_EARLY_MS)
  t.same(settled, [undefined], 'the one that was waited for has answered, the other has not')
  between.release()
  t.equal((await written).headers['x-applied'], 'true')
})

t.test('what a switch refuses it does not have, and the answer says so', async (t) => {
  const waiting = await Waiting.with(t, { bundles: true })
  const { slow } = waiting
  slow.refuse = (message) => (message.type === 'flow_mod' && message.table_id === 90 ? refusal(5, 1) : null)
  const refused = await waiting.guest('?wait=2')
  t.equal(refused.headers['x-applied'], 'false')
  t.match(refused.headers['x-pending'], new RegExp(`${SLOW}: 1 flows or groups refused: OFPFMFC_`))
  slow.refuse = () => null
  await waiting.machine.rest.delete('interfaces/if-1')
  const asked = performance.now()
  t.match(await waiting.applied('timeout=10'), { applied: true })
  t.comment(`the cause is gone: applied after ${Math.round(performance.now() - asked)} ms`)
})
