/** What the engine promises to those who look at it while it works. */
import { pino } from 'pino'
import t from 'tap'
import { DPIDS, emptySnapshot, silent, tablesText } from '../../test/world.ts'
import { FEATURES } from '../features/index.ts'
import type { TablesChange } from './desired.ts'
import { Engine } from './engine.ts'
import type { Query } from './view.ts'

const [DPID] = DPIDS
const PORTS = new Map(Array.from({ length: 50 }, (_, index) => [`if-${index + 1}`, index + 1]))

const interfaces = Array.from({ length: 50 }, (_, index) => ({
  id: index + 1,
  uuid: `if-${index + 1}`,
  display_name: '',
  hostname: null,
  mode: 'vif' as const,
  port_name: null,
  port_number: null,
  iface_id: null,
  trunk_interface_id: null,
  vlan_id: null,
  owner_datapath_id: null,
  network_id: 1,
  enable_routing: false,
  enable_route_translation: false,
  enable_filtering: false,
  segment_id: null,
}))
const snapshot = { ...emptySnapshot(), revision: 7, rows: { ...emptySnapshot().rows, interface: interfaces } }

const start = (slice: number) => {
  const changes: [string, TablesChange][] = []
  let passes = 0
  const engine = new Engine({
    features: FEATURES,
    log: silent,
    slice,
    onChange: (dpid, change) => changes.push([dpid, change]),
    onPass: () => passes++,
  })
  return { engine, changes, passes: () => passes }
}

t.test('nothing is announced before the rows are known', async (t) => {
  const { engine, changes } = start(8)
  engine.connected(DPID, PORTS)
  await engine.settled()
  t.strictSame(changes, [])
  engine.load(snapshot)
  await engine.settled()
  t.match(changes, [[DPID, { revision: 7 }]])
})

t.test('a pass is announced to the switches that it concerns, and to those that connected', async (t) => {
  const { engine, changes, passes } = start(8)
  engine.load(emptySnapshot())
  for (const dpid of DPIDS) engine.connected(dpid, PORTS)
  await engine.settled()
  t.strictSame(new Set(changes.map(([dpid]) => dpid)), new Set(DPIDS))
  changes.length = 0
  const before = passes()
  engine.apply({ revision: 1, operations: [] })
  await engine.settled()
  t.strictSame(changes, [])
  t.equal(passes(), before + 1, 'and to whoever wants to know of each')
  engine.connected(DPID, PORTS)
  await engine.settled()
  t.strictSame(changes, [
    [DPID, { revision: 1, since: 1, flows: new Set(), groups: new Set(), meters: new Set() }],
  ])
})

t.test('the tables of a pass appear at once, however long it takes', async (t) => {
  const { engine } = start(0)
  engine.load(emptySnapshot())
  engine.connected(DPID, PORTS)
  await engine.settled()
  const before = tablesText(engine.tables(DPID))
  engine.load(snapshot)
  const seen = new Set<string>()
  let waits = 0
  let settled = false
  const settling = engine.settled().then(() => {
    settled = true
  })
  while (!settled) {
    if (engine.desired(DPID)?.whole() === undefined) seen.add(tablesText(engine.tables(DPID)))
    else waits++
    await new Promise((resolve) => setImmediate(resolve))
  }
  await settling
  seen.add(tablesText(engine.tables(DPID)))
  t.equal(seen.size, 2)
  t.ok(waits > 0, 'with a slice of no time at all the end of the pass takes turns')
  t.ok(seen.has(before))
})

t.test('a pass that runs while a switch reconnects is not announced to it', async (t) => {
  const { engine, changes } = start(0)
  engine.load(emptySnapshot())
  engine.connected(DPID, PORTS)
  await engine.settled()
  changes.length = 0
  engine.load(snapshot)
  await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setImmediate(resolve))
  engine.connected(DPID, new Map([['if-1', 99]]))
  await engine.settled()
  t.equal(changes.length, 1)
  t.match(tablesText(engine.tables(DPID)), 'Port 99 is if-1')
})

t.test('a rule that fails is logged and costs only its own flows', async (t) => {
  const errors: unknown[] = []
  const log = Object.assign(Object.create(silent), { error: (fields: unknown) => errors.push(fields) })
  const features = FEATURES.map((feature) =>
    feature.name === 'arp'
      ? {
          ...feature,
          rules: feature.rules.map((rule) => ({
            ...rule,
            compile: () => {
              throw new Error('bug')
            },
          })),
        }
      : feature,
  )
  const engine = new Engine({ features, log, onChange: () => {} })
  engine.load({
    ...snapshot,
    rows: {
      ...snapshot.rows,
      mac_lease: [
        { id: 1, uuid: 'ml-1', interface_id: 1, mac_address: '52:54:00:00:00:01', segment_id: null },
      ],
      ip_lease: [
        {
          id: 1,
          uuid: 'il-1',
          network_id: 1,
          mac_lease_id: 1,
          interface_id: 1,
          address: '10.0.0.1',
          enable_routing: false,
        },
      ],
    },
  })
  engine.connected(DPID, PORTS)
  await engine.settled()
  t.match(errors, [{ feature: 'arp', rule: 'answer', resource: 'ip_lease', id: 1, dpid: DPID }])
  t.match(tablesText(engine.tables(DPID)), 'Port 1 is if-1')
})

t.test(
  'of two switches with a port of one name one has the interface, as long as it is connected',
  async (t) => {
    const [low, high] = DPIDS
    const { engine } = start(8)
    engine.load(snapshot)
    const has = async (dpid: string) => {
      await engine.settled()
      return tablesText(engine.tables(dpid)).includes('is if-1')
    }
    engine.connected(high, PORTS)
    t.equal(await has(high), true)
    engine.connected(low, PORTS)
    t.equal(await has(low), true, 'nobody knows who was first: the lower datapath id')
    t.equal(await has(high), false)
    engine.disconnected(low)
    t.equal(await has(high), true, 'a switch that is away does not keep it')
    t.match(engine.moves.rivals(high), [
      { interface: 'if-1', holder: high, claimants: [high, low], waits: false },
    ])
    engine.connected(low, PORTS)
    t.equal(await has(high), true, 'and does not get it back as long as the other has it')
    engine.disconnected(high)
    engine.disconnected(low)
    t.equal(await has(low), true, 'with none of them connected it is where it was last')
  },
)

t.test('a guest that goes to and fro is told of, and comes to rest when the time is over', async (t) => {
  let now = 0
  const lines: string[] = []
  const engine = new Engine({
    features: FEATURES,
    log: pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }),
    onChange: () => undefined,
    now: () => now,
  })
  const [low, high] = DPIDS
  engine.load(snapshot)
  for (const dpid of DPIDS) engine.connected(dpid, new Map())
  engine.port(low, 'if-1', 1)
  for (let step = 0; step < 6; step += 1) {
    now += 100
    const [gone, here] = step % 2 === 0 ? [low, high] : [high, low]
    engine.port(gone, 'if-1', null)
    engine.port(here, 'if-1', 1)
    await engine.settled()
  }
  const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  t.match(said, [{ interface: 'if-1', port: 'if-1', holder: low, refusals: 1 }])
  t.equal(said.length, 1)
  engine.port(high, 'if-1', 1)
  engine.port(low, 'if-1', null)
  await engine.settled()
  t.match(engine.moves.rivals(high), [{ interface: 'if-1', waits: true }])
  t.notMatch(tablesText(engine.tables(high)), 'is if-1')
  now = engine.moves.nextChange!
  engine.moves.settle()
  await engine.settled()
  t.match(tablesText(engine.tables(high)), 'is if-1')
  t.equal(engine.moves.nextChange, null)
})

t.test(
  'for a switch that is only remembered nothing is computed, and others know what is there',
  async (t) => {
    const { engine } = start(8)
    const [there, here] = DPIDS
    const known = { dpid: there, ports: new Map([['if-1', 1]]), address: '10.0.0.2', connected: true }
    engine.remembered(known)
    engine.load(snapshot)
    engine.connected(here, new Map([['if-1', 1]]))
    await engine.settled()
    const standing = tablesText(engine.tables(here))
    t.notMatch(standing, 'is if-1', 'the other one has it')
    t.equal(tablesText(engine.tables(there)), standing)
    t.match(engine.moves.rivals(here), [{ holder: there, claimants: [there, here] }])
    engine.connected(there, new Map([['if-1', 1]]))
    await engine.settled()
    t.match(tablesText(engine.tables(there)), 'is if-1')
    engine.disconnected(there)
    engine.remembered({ ...known, ports: new Map() })
    await engine.settled()
    t.equal(tablesText(engine.tables(there)), standing)
  },
)

t.test('a switch that is forgotten leaves nothing behind', async (t) => {
  const { engine } = start(8)
  engine.load(snapshot)
  engine.connected(DPID, PORTS)
  await engine.settled()
  const full = engine.tables(DPID).flows.size
  engine.disconnected(DPID)
  engine.forgotten(DPID)
  await engine.settled()
  t.ok(engine.tables(DPID).flows.size < full)
  engine.connected(DPID, PORTS)
  await engine.settled()
  t.equal(engine.tables(DPID).flows.size, full, 'and is as new when it comes again')
})

t.test('a pass that fails starts over, and wants nothing until the rows are there again', async (t) => {
  let failures = 0
  let fails = true
  const engine = new Engine({
    features: FEATURES,
    log: silent,
    onFailure: () => failures++,
    onChange: () => {
      if (fails) throw new Error('bug')
    },
  })
  engine.load(snapshot)
  engine.connected(DPID, PORTS)
  await engine.settled()
  t.equal(failures, 1)
  t.equal(engine.desired(DPID), undefined)
  t.equal(engine.revision, 0, 'what not everybody was told of counts for nobody')
  fails = false
  engine.load(snapshot)
  await engine.settled()
  t.match(tablesText(engine.tables(DPID)), 'Port 1 is if-1')
  t.equal(engine.desired(DPID)?.revision, 7)
})

/** An engine that has failed at a change that cannot be applied, with what came in the same breath. */
const failing = async (inTheSameBreath: (engine: Engine) => void) => {
  const changes: TablesChange[] = []
  let failures = 0
  const engine = new Engine({
    features: FEATURES,
    log: silent,
    onChange: (_dpid, change) => changes.push(change),
    onFailure: () => failures++,
  })
  engine.load(snapshot)
  engine.connected(DPID, PORTS)
  await engine.settled()
  changes.length = 0
  engine.apply({ revision: 8, operations: [null as never] })
  inTheSameBreath(engine)
  await engine.settled()
  return { engine, changes, failures: () => failures }
}

t.test('what came behind an input that fails is not lost', async (t) => {
  const other = DPIDS[1]
  const { engine, failures } = await failing((engine) => {
    engine.port(DPID, 'if-1', 77)
    engine.port(DPID, 'if-2', null)
    engine.connected(other, new Map([['if-2', 78]]))
  })
  t.equal(failures(), 1)
  engine.load({ ...snapshot, revision: 9 })
  await engine.settled()
  t.match(tablesText(engine.tables(DPID)), 'Port 77 is if-1')
  t.match(tablesText(engine.tables(other)), 'Port 78 is if-2')
})

t.test('after a failure no revision is expressed that was not computed', async (t) => {
  const { engine, changes, failures } = await failing((engine) =>
    engine.apply({ revision: 9, operations: [] }),
  )
  t.equal(engine.revision, 7, 'a change behind it is one of rows that nobody knows')
  engine.port(DPID, 'if-1', 77)
  await engine.settled()
  t.equal(failures(), 1)
  t.equal(engine.revision, 7, 'nor does a port make it known')
  t.strictSame(changes, [])
  engine.load({ ...snapshot, revision: 9 })
  await engine.settled()
  t.match(changes, [{ revision: 9, since: 7, everything: true }], 'nobody knows what is different')
})

t.test('rows of another store are another beginning', async (t) => {
  const { engine, changes } = start(8)
  engine.load(snapshot)
  for (const dpid of DPIDS) engine.connected(dpid, PORTS)
  await engine.settled()
  changes.length = 0
  const { store } = engine
  engine.load({ ...snapshot, store: 'another', revision: 3 })
  t.strictSame([engine.store, engine.revision], [store, 7], 'until the tables express it')
  await engine.settled()
  t.strictSame([engine.store, engine.revision], ['another', 3])
  t.strictSame(new Set(changes.map(([dpid]) => dpid)), new Set(DPIDS))
  for (const [, change] of changes) t.match(change, { revision: 3, since: 0, everything: true })
})

t.test('a query that fails is logged with its row, and costs only what that means', async (t) => {
  const errors: unknown[] = []
  const log = Object.assign(Object.create(silent), { error: (fields: unknown) => errors.push(fields) })
  const failing = (on: Query<readonly string[]>): Query<readonly string[]> => ({
    ...on,
    compute: (id, view) => {
      if (id === 2) throw new Error('bug')
      return on.compute(id, view)
    },
  })
  const broken = new Map(FEATURES.flatMap(({ rules }) => rules.map(({ on }) => [on, failing(on)])))
  const features = FEATURES.map((feature) => ({
    ...feature,
    rules: feature.rules.map((rule) => ({ ...rule, on: broken.get(rule.on) ?? rule.on })),
  }))
  const engine = new Engine({ features, log, onChange: () => {} })
  engine.load(snapshot)
  engine.connected(DPID, PORTS)
  await engine.settled()
  t.match(errors[0], { query: String, resource: 'interface', id: 2 })
  const text = tablesText(engine.tables(DPID))
  t.match(text, 'Port 1 is if-1')
  t.match(text, 'Port 3 is if-3')
  t.notMatch(text, 'Port 2 is if-2')
})
