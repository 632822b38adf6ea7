/** A replica that is followed converges, exactly once and in order, over any history of losses and failures. */

import {
  type Bus,
  type Change,
  type ChangesSince,
  createLocalBus,
  type FeedSource,
  follow,
  type Snapshot,
} from '@openvnet/feed'
import type { Row } from '@openvnet/schema'
import fc from 'fast-check'
import { pino } from 'pino'
import t from 'tap'
import { SampleStore, until } from './sample-store.ts'

const log = pino({ level: 'silent' })

/** Applies what it is given and objects to anything that is not exactly next. */
class Replica {
  store = ''
  revision = -1
  networks = new Map<number, Row<'network'>>()
  snapshots = 0
  changes = 0
  readonly faults: string[] = []

  readonly onSnapshot = (snapshot: Snapshot): void => {
    this.snapshots += 1
    this.store = snapshot.store
    this.revision = snapshot.revision
    this.networks = new Map(snapshot.rows.network.map((row) => [row.id, row]))
  }

  readonly onChange = (change: Change): void => {
    this.changes += 1
    if (change.revision !== this.revision + 1) this.faults.push(`${change.revision} after ${this.revision}`)
    this.revision = change.revision
    for (const { id, row } of change.operations) {
      if (row === null) this.networks.delete(id)
      else this.networks.set(id, row as Row<'network'>)
    }
  }

  holds(store: SampleStore): boolean {
    return this.store === store.store && this.revision === store.revision
  }

  /** What differs from the store, as a text; empty when nothing does. */
  difference(store: SampleStore): string {
    const sorted = (rows: Map<number, Row<'network'>>) =>
      JSON.stringify([...rows.values()].sort((a, b) => a.id - b.id))
    const [here, there] = [sorted(this.networks), sorted(store.networks)]
    return here === there ? this.faults.join() : `${here} instead of ${there}`
  }
}

/** A source in front of whichever store is the current one: it fails, lingers, and sees that nobody asks twice at once. */
class Source implements FeedSource {
  current: SampleStore
  failing = false
  delay = 0
  asked = 0
  overlaps = 0
  #open = 0

  constructor(current: SampleStore) {
    this.current = current
  }

  snapshot = (): Promise<Snapshot> => this.#answer(() => this.current.snapshot())
  since = (revision: number): Promise<ChangesSince> => this.#answer(() => this.current.since(revision))

  async #answer<T>(read: () => Promise<T>): Promise<T> {
    this.asked += 1
    this.overlaps += this.#open > 0 ? 1 : 0
    this.#open += 1
    // An answer is as old as the time that it takes to arrive.
    const answer = await read()
    if (this.delay > 0) await new Promise((resolve) => setTimeout(resolve, this.delay))
    this.#open -= 1
    if (this.failing) throw new Error('out of order')
    return answer
  }
}

function setUp(options: { pollInterval?: number } = {}) {
  const store = new SampleStore('first')
  const source = new Source(store)
  const bus = createLocalBus()
  const replica = new Replica()
  const { onSnapshot, onChange } = replica
  const stop = follow({ source, bus, log, onSnapshot, onChange, retryInterval: 1, ...options })
  const write = (id: number, name: string | null): void =>
    bus.publish('change', { store: store.store, change: store.write(id, name) })
  return { store, source, bus, replica, stop, write }
}

t.test('a hint of a change that is too long to be sent around leads to the source', async (t) => {
  const { store, source, bus, replica, stop, write } = setUp()
  t.teardown(stop)
  await until(() => replica.snapshots === 1, 'the first snapshot')
  const { asked } = source
  const { revision } = store.write(1, 'a')
  bus.publish('change', { store: store.store, change: { revision, operations: null } })
  await until(() => replica.holds(store), 'the replica')
  t.equal(source.asked, asked + 1)
  write(2, 'b')
  await until(() => replica.holds(store), 'the replica')
  t.equal(replica.difference(store), '')
  t.equal(replica.snapshots, 1)
})

t.test('hints that are next are taken without asking', async (t) => {
  const { store, source, replica, stop, write } = setUp()
  t.teardown(stop)
  await until(() => replica.snapshots === 1, 'the first snapshot')
  const { asked } = source
  for (let id = 1; id <= 50; id++) write(id, 'a')
  await until(() => replica.holds(store), 'the replica')
  t.equal(replica.changes, 50)
  t.equal(source.asked, asked)
  t.equal(replica.difference(store), '')
})

t.test(
  'a source that is not there yet is asked until it is, and the bus is not forgotten meanwhile',
  async (t) => {
    const { store, source, replica, stop, write } = setUp()
    t.teardown(stop)
    source.failing = true
    for (let id = 1; id <= 5; id++) write(id, 'a')
    await until(() => source.asked > 3, 'some attempts')
    t.equal(replica.snapshots, 0)
    source.failing = false
    await until(() => replica.holds(store), 'the replica')
    t.equal(replica.difference(store), '')
  },
)

t.test('a lost hint is made good when the next arrives, and at the next look when none does', async (t) => {
  const { store, replica, stop, write } = setUp({ pollInterval: 300 })
  t.teardown(stop)
  await until(() => replica.snapshots === 1, 'the first snapshot')
  store.write(1, 'lost')
  write(2, 'heard')
  await until(() => replica.holds(store), 'the gap filled', 250)
  store.write(3, 'lost')
  await until(() => replica.holds(store), 'the periodic look')
  t.match(replica, { snapshots: 1, changes: 3 })
  t.equal(replica.difference(store), '')
})

t.test('what is heard while a question is under way is not left to the next look', async (t) => {
  const { store, source, replica, stop, write } = setUp()
  t.teardown(stop)
  source.delay = 20
  await until(() => source.asked === 1, 'the first question')
  write(1, 'after the snapshot was made')
  await until(() => replica.holds(store), 'the replica', 1_000)
  t.match(replica, { snapshots: 1, changes: 1 })
})

t.test('a bus that was away sends the follower to the source', async (t) => {
  const store = new SampleStore('first')
  let gap = (): void => {}
  const onGap = (handler: () => void) => {
    gap = handler
    return () => {}
  }
  const bus: Bus = { ...createLocalBus(), onGap }
  const replica = new Replica()
  t.teardown(follow({ source: new Source(store), bus, log, ...replica }))
  await until(() => replica.snapshots === 1, 'the first snapshot')
  store.write(1, 'while away')
  gap()
  await until(() => replica.holds(store), 'the replica')
  t.match(replica, { snapshots: 1, changes: 1 })
})

t.test('a pruned store, another one and one set back are started over from', async (t) => {
  const { source, bus, replica, stop } = setUp({ pollInterval: 20 })
  t.teardown(stop)
  await until(() => replica.snapshots === 1, 'the first snapshot')
  for (const [store, count] of [
    ['first', 9],
    ['second', 12],
    ['second', 3],
  ] as const) {
    const snapshots = replica.snapshots
    const next = new SampleStore(store)
    for (let id = 1; id <= count; id++) next.write(id, `${store} ${id} of ${count}`)
    if (store === 'first') next.prune()
    source.current = next
    bus.publish('change', { store, change: next.write(1, 'hinted') })
    await until(() => replica.holds(next), `${store} with ${count} rows`)
    t.equal(replica.difference(next), '', store)
    t.equal(replica.snapshots, snapshots + 1, 'one snapshot')
  }
})

t.test(
  'a replica that fails to take a change starts over, and nothing is delivered after stop',
  async (t) => {
    const { store, source, bus, write, stop: stopFirst } = setUp()
    stopFirst()
    let broken = 0
    const replica = new Replica()
    const onChange = (change: Change): void => {
      if (change.revision === 2 && broken++ === 0) throw new Error('a bug')
      replica.onChange(change)
    }
    const stop = follow({ source, bus, log, onSnapshot: replica.onSnapshot, onChange, retryInterval: 1 })
    await until(() => replica.snapshots === 1, 'the first snapshot')
    for (let id = 1; id <= 4; id++) write(id, 'a')
    await until(() => replica.holds(store), 'the replica')
    t.equal(replica.snapshots, 2)
    t.equal(replica.difference(store), '')
    source.delay = 10
    write(5, 'a')
    store.write(6, 'lost')
    write(7, 'sends it to the source')
    stop()
    await new Promise((resolve) => setTimeout(resolve, 30))
    t.equal(replica.revision, 4)
  },
)

/** One thing that happens in a history. */
type Event =
  | { readonly kind: 'write'; readonly id: number; readonly name: string | null; readonly fate: Fate }
  | { readonly kind: 'prune' | 'replace' | 'gap' | 'toggle failing' }
  | { readonly kind: 'delay' | 'pass'; readonly milliseconds: number }
type Fate = 'deliver' | 'lose' | 'twice' | 'hold' | 'release'

const fates = fc.constantFrom<Fate>('deliver', 'deliver', 'deliver', 'lose', 'twice', 'hold', 'release')
const write = fc.record({
  kind: fc.constant('write' as const),
  id: fc.integer({ min: 1, max: 6 }),
  name: fc.option(fc.constantFrom('a', 'b', 'c')),
  fate: fates,
})
const incident = fc.record({ kind: fc.constantFrom('prune', 'replace', 'gap', 'toggle failing') })
const time = fc.record({
  kind: fc.constantFrom('delay', 'pass'),
  milliseconds: fc.integer({ min: 0, max: 3 }),
})
const histories = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: write },
    { weight: 1, arbitrary: incident },
    { weight: 3, arbitrary: time },
  ),
  { maxLength: 60, size: 'max' },
) as fc.Arbitrary<Event[]>

/** Plays a history of writes and incidents; hints that are held back come later, out of order. */
async function play(events: readonly Event[], source: Source, bus: Bus, gap: () => void): Promise<void> {
  const held: Parameters<typeof bus.publish<'change'>>[1][] = []
  let stores = 1
  const deliver = (event: Event & { kind: 'write' }): void => {
    const hint = { store: source.current.store, change: source.current.write(event.id, event.name) }
    if (event.fate === 'hold') held.unshift(hint)
    if (event.fate === 'lose' || event.fate === 'hold') return
    bus.publish('change', hint)
    if (event.fate === 'twice') bus.publish('change', hint)
    if (event.fate === 'release') for (const late of held.splice(0)) bus.publish('change', late)
  }
  for (const event of events) {
    if (event.kind === 'write') deliver(event)
    else if (event.kind === 'prune') source.current.prune()
    else if (event.kind === 'replace') source.current = new SampleStore(`store ${++stores}`)
    else if (event.kind === 'gap') gap()
    else if (event.kind === 'toggle failing') source.failing = !source.failing
    else if (event.kind === 'delay') source.delay = event.milliseconds
    else if (event.kind === 'pass') await new Promise((resolve) => setTimeout(resolve, event.milliseconds))
  }
}

t.test(
  'whatever is lost, repeated, reordered, delayed, pruned or replaced: the replica converges',
  async (t) => {
    const property = fc.asyncProperty(histories, async (events) => {
      const source = new Source(new SampleStore('store 1'))
      const local = createLocalBus()
      let gap = (): void => {}
      const onGap = (handler: () => void) => {
        gap = handler
        return () => {}
      }
      const bus: Bus = { ...local, onGap }
      const replica = new Replica()
      const stop = follow({ source, bus, log, pollInterval: 15, retryInterval: 1, ...replica })
      await play(events, source, bus, () => gap())
      source.failing = false
      await until(() => replica.holds(source.current), 'the replica at the store', 3_000).finally(stop)
      const difference = replica.difference(source.current)
      if (difference !== '') throw new Error(difference)
      if (source.overlaps > 0) throw new Error('asked two questions at once')
    })
    await t.resolves(fc.assert(property, { numRuns: 200 }))
  },
)
