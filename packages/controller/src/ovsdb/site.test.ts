/** From rows of a database to iface-ids of ports, whatever the order of changes; and what is warned of. */
import type { RowChange } from '@openvnet/ovsdb'
import t from 'tap'
import { Random } from '../../test/random.ts'
import type { BridgeRow, InterfaceRow, OvsTables } from './columns.ts'
import { openflowName } from './port_names.ts'
import { Site } from './site.ts'
import { warningsOf } from './warnings.ts'

interface World {
  readonly Bridge: Map<string, BridgeRow>
  readonly Port: Map<string, { readonly interfaces: readonly string[] }>
  readonly Interface: Map<string, InterfaceRow>
}
type TableName = keyof World

const BRIDGE: BridgeRow = {
  name: 'br0',
  datapath_id: '00000000000000a0',
  other_config: new Map(),
  datapath_type: '',
  fail_mode: 'secure',
  protocols: [],
  controller: [],
  ports: [],
}

const NAMES = ['p1', 'p2', 'a-name-that-openflow-cuts-1', 'a-name-that-openflow-cuts-2']

const some = (random: Random, prefix: string): string[] =>
  [1, 2, 3, 4].filter(() => random.chance(0.4)).map((n) => `${prefix}${n}`)

const ROWS = {
  Bridge: (random: Random): BridgeRow => ({
    ...BRIDGE,
    datapath_id: random.pick(['00000000000000a0', '00000000000000b0']),
    ports: some(random, 'port'),
  }),
  Port: (random: Random) => ({ interfaces: some(random, 'iface') }),
  Interface: (random: Random): InterfaceRow => ({
    name: random.pick(NAMES),
    type: '',
    options: new Map(),
    ofport: null,
    external_ids: random.chance(0.7) ? new Map([['iface-id', random.pick(['vm1', 'vm2'])]]) : new Map(),
    error: random.chance(0.3) ? 'No such device' : null,
  }),
}

/** As the database keeps it: a row is referred to once. */
const withoutSharing = (rows: World): void => {
  const seen = new Set<string>()
  const once = (uuids: readonly string[]) => uuids.filter((uuid) => !seen.has(uuid) && seen.add(uuid))
  for (const [uuid, row] of rows.Bridge) rows.Bridge.set(uuid, { ...row, ports: once(row.ports) })
  for (const [uuid, row] of rows.Port) rows.Port.set(uuid, { interfaces: once(row.interfaces) })
}

/** Said a second time, by looking through all of it. */
const expected = (rows: World): string[] => {
  const all = [...rows.Bridge.values()].flatMap(({ datapath_id, ports }) =>
    ports.flatMap((port) =>
      (rows.Port.get(port)?.interfaces ?? []).flatMap((uuid) => {
        const row = rows.Interface.get(uuid)
        if (row === undefined || datapath_id === null) return []
        return [{ port: `0x${datapath_id} ${row.name.slice(0, 15)}`, id: row.external_ids.get('iface-id') }]
      }),
    ),
  )
  return all
    .filter(({ port, id }) => id !== undefined && all.filter((other) => other.port === port).length === 1)
    .map(({ port, id }) => `${port} ${id}`)
    .sort()
}

const copy = (rows: World): World => ({
  Bridge: new Map(rows.Bridge),
  Port: new Map(rows.Port),
  Interface: new Map(rows.Interface),
})

const changesBetween = (before: World, after: World): RowChange<OvsTables>[] =>
  (['Bridge', 'Port', 'Interface'] as TableName[]).flatMap((table) =>
    [...new Set([...before[table].keys(), ...after[table].keys()])].flatMap((uuid) => {
      const [was, is] = [before[table].get(uuid) ?? null, after[table].get(uuid) ?? null]
      return was === is ? [] : [{ table, uuid, before: was, after: is } as RowChange<OvsTables>]
    }),
  )

const edit = (random: Random, rows: World): void => {
  const table = random.pick<TableName>(['Bridge', 'Port', 'Interface'])
  const uuid =
    { Bridge: 'bridge', Port: 'port', Interface: 'iface' }[table] + random.upTo(table === 'Bridge' ? 2 : 4)
  if (random.chance(0.2)) rows[table].delete(uuid)
  else (rows[table] as Map<string, unknown>).set(uuid, ROWS[table](random))
}

const createSite = (rows: () => World): Site =>
  new Site({
    bridge: (uuid) => rows().Bridge.get(uuid),
    interface: (uuid) => rows().Interface.get(uuid),
    controller: () => undefined,
    datapath_types: () => [],
  })

/** One database, what it tells, and what was told of it. */
const createTold = () => {
  let rows: World = { Bridge: new Map(), Port: new Map(), Interface: new Map() }
  const site = createSite(() => rows)
  const told = new Map<string, string>()
  const step = (random: Random): { known: string[]; wanted: string[] } => {
    const after = copy(rows)
    for (let edits = random.upTo(4); edits > 0; edits -= 1) edit(random, after)
    withoutSharing(after)
    const changes = random.shuffled(changesBetween(rows, after))
    rows = after
    for (const { dpid, name, iface_id } of site.follow(changes)) {
      if (iface_id === null) told.delete(`${dpid} ${name}`)
      else told.set(`${dpid} ${name}`, iface_id)
    }
    return { known: [...told].map(([port, id]) => `${port} ${id}`).sort(), wanted: expected(rows) }
  }
  return step
}

t.test('whatever changes in whatever order, ports have the iface-ids that the rows say', async (t) => {
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1e9)
  const random = new Random(seed)
  let met = 0
  for (let history = 0; history < 60; history += 1) {
    const step = createTold()
    for (let count = 0; count < 40; count += 1) {
      const { known, wanted } = step(random)
      met += wanted.length
      if (known.join() !== wanted.join()) t.same(known, wanted, `FUZZ_SEED=${seed}: history ${history}`)
    }
  }
  t.ok(met > 500, `${met} ports with an iface-id`)
})

t.test(
  'a bridge is the same as long as its row is there, also where the database has forgotten its id',
  async (t) => {
    const rows: World = { Bridge: new Map(), Port: new Map(), Interface: new Map() }
    const site = createSite(() => rows)
    const port = { interfaces: ['iface1'] }
    const iface = {
      ...ROWS.Interface(new Random(1)),
      name: 'p1',
      external_ids: new Map([['iface-id', 'vm']]),
    }
    rows.Port.set('port1', port)
    rows.Interface.set('iface1', iface)
    const tell = (before: BridgeRow | null, after: BridgeRow | null) => {
      if (after === null) rows.Bridge.delete('bridge1')
      else rows.Bridge.set('bridge1', after)
      return site.follow([{ table: 'Bridge', uuid: 'bridge1', before, after }])
    }
    site.follow([
      { table: 'Port', uuid: 'port1', before: null, after: port },
      { table: 'Interface', uuid: 'iface1', before: null, after: iface },
    ])
    const unknown = { ...BRIDGE, datapath_id: null, ports: ['port1'] }
    const known = { ...BRIDGE, ports: ['port1'] }
    t.same(tell(null, unknown), [])
    t.notOk(site.isComplete)
    t.same(tell(unknown, known), [{ dpid: '0x00000000000000a0', name: 'p1', iface_id: 'vm' }])
    t.ok(site.isComplete)
    t.same(tell(known, unknown), [])
    t.ok(site.isComplete)
    t.same(tell(unknown, null), [{ dpid: '0x00000000000000a0', name: 'p1', iface_id: null }])
    const told = { ...unknown, other_config: new Map([['datapath-id', 'A0']]) }
    t.same(tell(null, told), [{ dpid: '0x00000000000000a0', name: 'p1', iface_id: 'vm' }])
  },
)

t.test('a name is cut off as Open vSwitch does', async (t) => {
  t.equal(openflowName('tap0123456789ab'), 'tap0123456789ab')
  t.equal(openflowName('a-name-that-openflow-cuts'), 'a-name-that-ope')
})

t.test('what is wrong with a bridge, and the line that mends it', async (t) => {
  const good = {
    bridge: BRIDGE,
    controllers: [{ target: 'tcp:10.0.0.1:6633', is_connected: true }],
    failed: [],
    datapath_types: ['netdev', 'system'],
    option: '',
    port: 6633,
    connected: false,
  }
  t.same(warningsOf(good), [])
  t.same(warningsOf({ ...good, bridge: { ...BRIDGE, protocols: ['OpenFlow10', 'OpenFlow13'] } }), [])
  t.match(warningsOf({ ...good, bridge: { ...BRIDGE, fail_mode: null } }), [
    /^fail-mode is standalone, as it is when nothing is said: .*; ovs-vsctl set-fail-mode br0 secure$/,
  ])
  const strange = { ...BRIDGE, datapath_type: 'dpdk', protocols: ['OpenFlow15', 'OpenFlow10'] }
  t.match(warningsOf({ ...good, bridge: strange, option: ' --db=tcp:h:6640' }), [
    /^it may speak OpenFlow10,OpenFlow15 only, .*; ovs-vsctl --db=tcp:h:6640 add bridge br0 protocols OpenFlow13$/,
    /^datapath type dpdk is none that this Open vSwitch has \(netdev, system\); .* datapath_type=netdev$/,
  ])
  t.match(warningsOf({ ...good, controllers: [{ target: 'tcp:h:1', is_connected: false }] }), [
    /tcp:h:1 leads nowhere/,
  ])
  const [none, one] = [
    { target: 'tcp:h:1', is_connected: false },
    { target: 'tcp:h:2', is_connected: true },
  ]
  t.same(warningsOf({ ...good, controllers: [none], connected: true }), [], 'the database is late')
  t.match(warningsOf({ ...good, controllers: [none, one], connected: true }), [/tcp:h:1 leads nowhere/])
  const failed = Array.from({ length: 7 }, (_, n) => ({ name: `p${7 - n}`, error: 'No such device' }))
  const lines = warningsOf({ ...good, failed })
  t.equal(lines[0], 'port p1 is not there: No such device')
  t.match(lines.at(-1), /^2 more ports of br0 could not be made/)
})
