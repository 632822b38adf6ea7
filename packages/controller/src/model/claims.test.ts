import t from 'tap'
import { Claims, MOST_MOVES, MOVES_MS } from './claims.ts'
import { Ports } from './ports.ts'
import type { Touch } from './touch.ts'

const [A, B, C] = ['0x0000000000000001', '0x0000000000000002', '0x0000000000000003'] as const

/** Ports of switches, told one thing at a time. */
class Told {
  now = 0
  readonly ports = new Ports(() => this.now)
  readonly touched: string[] = []
  readonly #touch: Touch = (space, key) => void this.touched.push(`${space} ${key}`)

  connect(dpid: string, names: readonly string[] = []): this {
    const ports = new Map(names.map((name, index) => [name, index + 1]))
    for (const _step of this.ports.replace(dpid, ports, this.#touch));
    this.ports.setConnected(dpid, true, this.#touch)
    return this
  }
  disconnect(dpid: string): this {
    this.ports.setConnected(dpid, false, this.#touch)
    return this
  }
  add(dpid: string, name = 'vm', port_no = 7): this {
    this.ports.set(dpid, name, port_no, this.#touch)
    return this
  }
  remove(dpid: string, name = 'vm'): this {
    this.ports.set(dpid, name, null, this.#touch)
    return this
  }
  ifaceId(dpid: string, name: string, iface_id: string | null): this {
    this.ports.setIfaceId({ dpid, name, iface_id }, this.#touch)
    return this
  }
  after(milliseconds: number): this {
    this.now += milliseconds
    this.ports.claims.settle(this.#touch)
    return this
  }
  /** Where a guest is that names no bridge. */
  get holder(): string | undefined {
    return this.ports.named('vm').find(({ waits }) => waits !== true)?.dpid
  }
}

/** Three switches that are there, with nothing on them. */
const three = () => new Told().connect(A).connect(B).connect(C).after(1)

t.test('the first that has a port keeps it; the last that appeared has it when that is gone', async (t) => {
  const told = three().add(B).add(A).add(C)
  t.equal(told.holder, B)
  t.equal(told.remove(B).holder, C)
  t.equal(told.add(B).holder, C)
  t.equal(told.remove(C).holder, B, 'it came after A')
  t.equal(told.after(MOVES_MS).remove(B).holder, A)
  t.equal(told.remove(A).holder, undefined)
})

t.test('one that is away loses it to one that is connected, and does not get it back', async (t) => {
  const told = three().add(B).disconnect(B)
  t.equal(told.holder, B, 'nobody else claims it')
  t.equal(told.add(A).holder, A)
  t.equal(told.connect(B, ['vm']).holder, A)
  t.equal(told.disconnect(A).holder, B)
  t.equal(told.disconnect(B).holder, B, 'nobody is there')
})

t.test('of claims without known time the lower datapath id has it, in any order', async (t) => {
  const orders = [
    [A, B, C],
    [C, B, A],
    [B, C, A],
  ]
  for (const order of orders) {
    const told = new Told()
    for (const dpid of order) told.connect(dpid, ['vm'])
    t.equal(told.holder, A)
    t.equal(told.disconnect(A).holder, B)
    t.equal(told.connect(A, ['vm']).holder, B, 'B keeps it')
  }
  const told = new Told().connect(B, ['vm']).connect(C).add(C)
  t.equal(told.holder, B, 'what was there before')
  t.equal(told.connect(A, ['vm']).holder, A, 'found out: it may have been there before')
})

t.test('it moves at most twice in ten seconds, and settles then', async (t) => {
  const told = three().add(A)
  t.equal(told.remove(A).add(B).holder, B)
  t.equal(told.after(1000).add(A).remove(B).holder, A)
  told.after(1000).add(B).remove(A)
  t.equal(told.holder, undefined, 'it is nowhere: where it may be it is gone')
  t.match(told.ports.named('vm'), [{ dpid: B, waits: true }], 'who names the bridge finds it all the same')
  t.strictSame(
    told.ports.claims.takeRefused().map(({ key, holder, refusals }) => [key, holder, refusals]),
    [['vm', A, 1]],
  )
  const due = told.ports.claims.nextChange
  t.equal(due, 1 + MOVES_MS)
  t.equal(told.after(due! - told.now - 1).holder, undefined)
  told.touched.length = 0
  t.equal(told.after(1).holder, B)
  t.strictSame(told.touched, ['ports vm'])
  t.equal(told.ports.claims.nextChange, null)
})

t.test('a tug of war is told of once in ten seconds, and stays within the limit', async (t) => {
  const told = three().add(A)
  let [moves, before] = [0, told.holder]
  let refused = 0
  for (let step = 0; step < 600; step += 1) {
    const [gone, here] = step % 2 === 0 ? ([A, B] as const) : ([B, A] as const)
    told.remove(gone).add(here).after(100)
    const { holder } = told
    if (holder !== undefined && holder !== before) {
      moves += 1
      before = holder
    }
    refused += told.ports.claims.takeRefused().length
  }
  const spans = (600 * 100) / MOVES_MS
  t.ok(moves >= spans && moves <= MOST_MOVES * (spans + 1), `${moves} moves`)
  t.ok(refused >= spans - 1 && refused <= spans, `told ${refused} times`)
  told.after(MOVES_MS)
  t.equal(told.holder, A, 'the last word')
})

t.test('ports of an iface-id, and of a number, move like those of a name', async (t) => {
  const told = three().ifaceId(A, 'tap1', 'id').ifaceId(B, 'tap2', 'id')
  const holderAfter = (_told: Told) => told.ports.withIfaceId('id')[0]?.dpid
  t.equal(holderAfter(told.add(B, 'tap2')), B)
  t.equal(holderAfter(told.add(A, 'tap1')), B)
  t.equal(holderAfter(told.ifaceId(B, 'tap2', null)), A)
  t.equal(holderAfter(told.ifaceId(B, 'tap2', 'id')), A)
  t.equal(holderAfter(told.remove(A, 'tap1')), B)
  t.equal(told.ports.numbered(7)[0]?.dpid, B)
  t.equal(told.add(A, 'other').ports.numbered(7)[0]?.dpid, B)
  t.equal(told.remove(B, 'tap2').ports.numbered(7)[0]?.dpid, A)
})

t.test('what was claimed by several is remembered no longer than it matters', async (t) => {
  const told = three()
  for (let n = 0; n < 100; n += 1) told.add(A, `p${n}`, 100 + n).add(B, `p${n}`, 100 + n)
  t.equal([...told.ports.disputes(A, () => true)].length, 100)
  for (let n = 0; n < 100; n += 1) told.remove(A, `p${n}`)
  t.equal([...told.ports.disputes(B, () => true)].length, 0)
  t.equal([...told.ports.claims.holdings()].length, 0)
  told.after(MOVES_MS + 1).add(C)
  t.equal([...told.ports.claims.of('ports', B)].length, 0)
})

t.test('who had it is remembered by somebody else', async (t) => {
  const told = new Told().connect(A, ['vm']).connect(B, ['vm'])
  const other = new Told().connect(A, ['vm']).connect(B, ['vm'])
  told.disconnect(A).connect(A, ['vm'])
  t.equal(told.holder, B)
  for (const holding of told.ports.claims.holdings()) other.ports.claims.restore(holding, () => undefined)
  t.equal(other.holder, B)
  other.ports.claims.restore({ space: 'ports', key: 'vm', holder: C }, () => undefined)
  t.equal(other.holder, B, 'not one that does not claim it')
})

t.test('two controllers that heard of claims in another order come to agree', async (t) => {
  const one = three().add(A).add(B)
  const other = three().add(B).add(A)
  t.strictSame([one.holder, other.holder], [A, B])
  const exchange = () => {
    const said = [one, other].map(({ ports }) => [...ports.claims.holdings()])
    for (const holding of said[1]!) one.ports.claims.agree(holding, () => undefined)
    for (const holding of said[0]!) other.ports.claims.agree(holding, () => undefined)
  }
  exchange()
  t.strictSame([one.holder, other.holder], [A, A])
  one.remove(A)
  exchange()
  t.strictSame([one.holder, other.holder], [B, A], 'who has not heard yet says nothing that counts')
  other.remove(A)
  exchange()
  t.strictSame([one.holder, other.holder], [B, B])
})

t.test('a name that all switches have costs the same however many they are', async (t) => {
  /** Questions that one more switch costs. */
  const costOfOneMore = (count: number): number => {
    let questions = 0
    const asked = (answer: boolean): boolean => {
      questions += 1
      return answer
    }
    const claimants = new Map<string, unknown>()
    const claims = new Claims({
      now: () => 0,
      isConnected: () => asked(true),
      isTimed: () => asked(false),
      claimants: () => claimants,
    })
    for (let n = 0; n <= count; n += 1) {
      questions = 0
      const dpid = `0x${n.toString(16).padStart(16, '0')}`
      claimants.set(dpid, null)
      claims.appeared('ports', 'eth0', dpid, () => undefined)
      claims.reconnected(dpid, () => undefined)
    }
    t.equal(claims.holder('ports', 'eth0'), `0x${'0'.repeat(16)}`)
    t.same(
      claims.takeConcerned(() => false),
      new Set(),
      'nobody is told, where no guest depends on it',
    )
    t.equal(claims.takeConcerned(() => true).size, 0, 'nor later')
    return questions
  }
  t.equal(costOfOneMore(1000), costOfOneMore(10))
})

t.test('of a port that a guest depends on all that claim it are told, and who did', async (t) => {
  const told = three().add(A).add(B)
  const { claims } = told.ports
  t.same([...claims.takeConcerned(({ key }) => key === 'vm')].sort(), [A, B])
  told.add(C).remove(A)
  t.same([...claims.takeConcerned(({ key }) => key === 'vm')].sort(), [A, B, C])
  told.remove(C)
  t.same([...claims.takeConcerned(({ key }) => key === 'other')], [])
})
