import { appendFile, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Bus, type Change, createLocalBus, type PlaceChange, type Snapshot } from '@openvnet/feed'
import t from 'tap'
import { newSeed, Random } from '../test/random.ts'
import { emptySnapshot, silent } from '../test/world.ts'
import type { PlaceFacts } from './engine/desired.ts'
import { PlaceMemory, readPlaces } from './place_memory.ts'
import { PlaceSharing } from './place_sharing.ts'
import { Places } from './places.ts'

const [A, B] = ['0x000000000000000a', '0x000000000000000b'] as const
const PORTS = new Map([
  ['vm', 1],
  ['vnet-vxlan', 2],
])

/** Places, and in words what they tell. */
const start = (absence = 1e9) => {
  const told: string[] = []
  const changes: PlaceChange[] = []
  const names = (ports: ReadonlyMap<string, number>) => [...ports].map((pair) => pair.join('=')).join()
  const facts: PlaceFacts = {
    connected: (dpid, ports) => void told.push(`${dpid} connected ${names(ports)}`),
    port: (dpid, name, port_no) => void told.push(`${dpid} port ${name} ${port_no}`),
    disconnected: (dpid) => void told.push(`${dpid} disconnected`),
    forgotten: (dpid) => void told.push(`${dpid} forgotten`),
    remembered: ({ dpid, ports, address, connected }) =>
      void told.push(`${dpid} remembered ${names(ports)} at ${address} ${connected}`),
  }
  const places = new Places({
    ...{ facts, absence },
    onNeighbours: (some) =>
      told.push(
        ...some.map((one) => `${one.dpid} neighbour ${one.network_id} ${one.address} ${one.mac_address}`),
      ),
    onIfaceIds: (some) =>
      told.push(...some.map(({ dpid, name, iface_id }) => `${dpid} iface-id ${name} ${iface_id}`)),
    onChange: (change, isOwn) => void (isOwn && changes.push(change)),
    onHost: (_dpid, address) => void told.push(`host ${address}`),
  })
  const take = () => told.splice(0)
  return { places, changes, take }
}

const withRows = (...dpids: readonly string[]): Snapshot => {
  const snapshot = emptySnapshot()
  const datapath = dpids.map((dpid, index) => ({ id: index + 1, uuid: `dp-${index}`, dpid }))
  return { ...snapshot, rows: { ...snapshot.rows, datapath } as unknown as Snapshot['rows'] }
}
const rowGone = (id: number): Change => ({
  revision: 9,
  operations: [{ resource: 'datapath', id, row: null }],
})

t.test('what a run has known, the next one begins with', async (t) => {
  const first = start()
  first.places.connected(A, PORTS, '10.0.0.1')
  first.places.connected(B, new Map(), '10.0.0.2')
  first.places.port(B, 'tap', 7)
  first.places.ifaceIds([{ dpid: B, name: 'tap', iface_id: 'id' }])
  first.places.disconnected(A)
  const next = start()
  next.places.remember(first.changes)
  t.strictSame(next.take(), [
    'host 10.0.0.1',
    `${A} remembered vm=1,vnet-vxlan=2 at 10.0.0.1 false`,
    `${B} iface-id tap id`,
    'host 10.0.0.2',
    `${B} remembered tap=7 at 10.0.0.2 true`,
  ])
  t.strictSame(next.changes, [], 'what is in the file is not written again')
  t.strictSame(next.places.all.length, 2)
  next.places.settle()
  t.strictSame(next.take(), [`${B} disconnected`], 'it has not come back')
  next.places.connected(A, PORTS, '10.0.0.1')
  next.places.settle()
  t.strictSame(next.take(), [`${A} connected vm=1,vnet-vxlan=2`])
})

t.test('neighbours are remembered as long as there is their network, and shared', async (t) => {
  const mac_address = '02:00:00:00:00:01'
  const heard = [7, 8].map((network_id) => ({ dpid: A, network_id, address: '10.0.0.9', mac_address }))
  const first = start()
  first.places.connected(A, PORTS)
  first.places.neighbours([...heard, { ...heard[0]!, address: '10.0.0.8' }])
  first.places.neighbours([{ ...heard[0]!, address: '10.0.0.8', mac_address: null }])
  const next = start()
  next.places.remember(first.changes)
  const ofNetwork = (network: number) => `${A} neighbour ${network} 10.0.0.9`
  t.strictSame(
    next.take().filter((line) => line.includes('neighbour')),
    [7, 8].map((network) => `${ofNetwork(network)} ${mac_address}`),
  )
  const rows = withRows(A)
  next.places.load({ ...rows, rows: { ...rows.rows, network: [{ id: 8 }] } as unknown as Snapshot['rows'] })
  t.strictSame(next.take(), [`${ofNetwork(7)} null`], 'its network is gone')
  next.places.apply({ revision: 9, operations: [{ resource: 'network', id: 8, row: null }] })
  t.strictSame(next.take(), [`${ofNetwork(8)} null`])
  const other = start()
  other.places.hearAll('another', first.places.own)
  t.equal(other.take().filter((line) => line.includes('neighbour')).length, 2)
  first.places.neighbours([{ ...heard[0]!, mac_address: null }])
  other.places.hear('another', first.changes.at(-1)!)
  t.match(other.take(), [`${ofNetwork(7)} null`])
})

t.test('iface-ids that a database does not tell again are over', async (t) => {
  const { places, take } = start()
  places.remember([
    {
      dpid: A,
      whole: true,
      iface_ids: [
        ['tap1', 'x'],
        ['tap2', 'y'],
      ],
    },
  ])
  take()
  places.ifaceIds([{ dpid: A, name: 'tap1', iface_id: 'x' }])
  t.strictSame(take(), [`${A} iface-id tap2 null`, `${A} iface-id tap1 x`])
  places.confirm(A)
  t.strictSame(take(), [])
})

t.test('a switch that is away is forgotten with its row, one that is there is not', async (t) => {
  const { places, take } = start()
  places.load(withRows(A, B))
  places.connected(A, PORTS)
  places.connected(B, PORTS)
  places.disconnected(A)
  take()
  places.apply(rowGone(1))
  places.apply(rowGone(2))
  t.strictSame(take(), [`${A} forgotten`])
  places.connected(A, PORTS)
  places.disconnected(A)
  t.strictSame(take().length, 2)
  t.equal(places.all.length, 2, 'without row it is remembered for a while')
})

t.test('a row that was deleted while nobody looked counts too', async (t) => {
  const first = start()
  first.places.load(withRows(A))
  first.places.connected(A, PORTS)
  first.places.connected(B, PORTS)
  const next = start()
  next.places.remember(first.changes)
  next.take()
  next.places.load(withRows())
  t.strictSame(next.take(), [`${A} forgotten`], 'the other one never had one')
})

t.test('one without row is forgotten when it is away for long', async (t) => {
  const { places, take } = start(-1)
  places.load(withRows(A))
  for (const dpid of [A, B]) places.connected(dpid, PORTS)
  places.forgetLongAway()
  take()
  for (const dpid of [A, B]) places.disconnected(dpid)
  take()
  places.forgetLongAway()
  t.strictSame(take(), [`${B} forgotten`])
})

t.test('the file has a line for each change, and is written anew when most of them are old', async (t) => {
  const file = join(t.testdir(), 'new', 'places')
  const { places } = start()
  const memory = new PlaceMemory({ file, log: silent, all: () => places.all })
  places.connected(A, PORTS)
  memory.add(places.all[0]!)
  await memory.close()
  t.match(readPlaces(file, silent), [{ dpid: A, whole: true, ports: [...PORTS] }])

  const next = new PlaceMemory({ file, log: silent, all: () => places.all })
  const change = (n: number): PlaceChange => ({ dpid: A, ports: [[`p${n}`, n % 2 === 0 ? n + 1 : null]] })
  for (let n = 0; n < 20_000; n += 1) {
    next.add(change(n))
    if (n % 1000 === 0) await setTimeout(110)
  }
  await next.close()
  t.ok((await stat(file)).size < 600_000, 'not all of them')
  next.add(change(1))
  await appendFile(file, '{"dpid":"half a li')
  const { length } = readPlaces(file, silent)
  t.equal((await readFile(file, 'utf8')).trimEnd().split('\n').length, length + 1, 'half a line is left out')
  t.strictSame(readPlaces(join(file, 'none'), silent), [])
})

t.test('what another controller says counts where this one has no connection', async (t) => {
  const { places, take, changes } = start()
  const whole = (port: string, connected = true): PlaceChange => ({
    ...{ dpid: A, whole: true, connected, address: '10.0.0.9', ports: [[port, 1]] },
    iface_ids: [],
  })
  places.hearAll('other', [whole('x')])
  t.strictSame(take(), ['host 10.0.0.9', `${A} remembered x=1 at 10.0.0.9 true`])
  places.hear('other', { dpid: A, ports: [['y', 2]] })
  places.hear('third', { dpid: A, ports: [['z', 3]] })
  t.strictSame(take(), [`${A} port y 2`], 'who says it first is followed')
  places.hear('third', whole('z', false))
  t.strictSame(take(), [], 'one that is away there is here')
  places.connected(A, PORTS)
  places.hear('other', { dpid: A, ports: [['z', 3]] })
  places.hear('other', whole('z'))
  t.strictSame(take(), [`${A} connected vm=1,vnet-vxlan=2`], 'its own session goes first')
  places.disconnected(A)
  places.hearAll('third', [whole('z')])
  t.strictSame(take(), [`${A} disconnected`, 'host 10.0.0.9', `${A} remembered z=1 at 10.0.0.9 true`])
  places.silent('third')
  t.strictSame(take(), [`${A} disconnected`])
  t.match(places.own, [{ dpid: A, connected: false, ports: [['z', 1]] }], 'nobody else says it any more')
  places.hearAll('fourth', [whole('z')])
  take()
  places.hearAll('fourth', [])
  t.strictSame(take(), [`${A} disconnected`])
  t.strictSame(
    changes.map(({ connected }) => connected),
    [true, false],
    'and of that it tells nobody',
  )
})

t.test('what another controller says again is not taken away in between', async (t) => {
  const { places, take } = start()
  const whole = (iface_ids: readonly (readonly [string, string])[]): PlaceChange => ({
    ...{ dpid: A, whole: true, connected: true, address: null, ports: [['x', 1]], iface_ids },
  })
  const both = whole([
    ['x', 'vm'],
    ['y', 'other'],
  ])
  places.hearAll('other', [both])
  take()
  places.hearAll('other', [both])
  t.notMatch(take().join('\n'), 'iface-id x null')
  places.hearAll('other', [whole([['x', 'vm']])])
  t.match(
    take().filter((text) => text.includes('iface-id')),
    [`${A} iface-id y null`, `${A} iface-id x vm`],
  )
})

t.test('what no rule could compute with is left out of what is remembered or heard', async (t) => {
  const file = join(t.testdir(), 'places')
  const good: PlaceChange = { dpid: A, whole: true, connected: true, address: 'fe80::1', ports: [['x', 1]] }
  const bad = [
    { address: 'nowhere' },
    { address: '10.0.0.256' },
    { ports: [['x', -1]] },
    { ports: [['x', 1.5]] },
    { ports: [['x', 2 ** 32]] },
    { iface_ids: [['x', 1]] },
    { neighbours: [[1, '10.0.0.256', '02:00:00:00:00:01']] },
    { neighbours: [[1, 'fe80::1%eth0', '02:00:00:00:00:01']] },
    { neighbours: [[1, '10.0.0.1', '02:00:00:00:00']] },
    { neighbours: [['1', '10.0.0.1', null]] },
  ]
  const lines = [good, ...bad.map((part) => ({ ...good, dpid: B, ...part }))]
  await writeFile(file, lines.map((line) => JSON.stringify(line)).join('\n'))
  t.strictSame(readPlaces(file, silent), [good])
})

t.test('one report of all is for all who ask at once', async (t) => {
  const bus = createLocalBus()
  const { places } = start()
  let asked = 0
  const heard: number[] = []
  bus.subscribe('places', ({ whole }) => void (whole === true && heard.push(asked)))
  const sharing = new PlaceSharing({
    ...{ bus, identity: 'here', places, held: () => [], onHeld: () => undefined },
  })
  t.teardown(() => sharing.close())
  for (; asked < 500; asked += 1) {
    bus.publish('places_request', {})
    await setTimeout(1)
  }
  for (let wait = 0; wait < 500 && heard.at(-1) !== asked; wait += 1) await setTimeout(20)
  t.equal(heard.at(-1), asked, 'also for the last one')
  t.ok(heard.length < asked / 10, `${heard.length} reports`)
})

t.test('whatever the bus loses, all controllers come to know the same', async (t) => {
  const random = new Random(newSeed())
  const bus = createLocalBus()
  let isLossy = true
  /** To be heard by one of them. */
  const lossy = (): Bus => ({
    ...bus,
    subscribe: (topic, handler) =>
      bus.subscribe(topic, (event) => (isLossy && random.chance(0.3) ? undefined : handler(event))),
  })
  const sites = [0, 1, 2].map((index) => {
    const site = start()
    const sharing = new PlaceSharing({
      ...{ bus: lossy(), identity: `c${index}`, places: site.places, beatInterval: 20 },
      ...{ silence: 1e9, held: () => [], onHeld: () => undefined },
    })
    t.teardown(() => sharing.close())
    return { ...site, sharing }
  })
  const told = new Set<PlaceChange>()
  const tell = () => {
    for (const { changes, sharing } of sites) {
      for (const change of changes.splice(0)) {
        if (!told.has(change)) sharing.tell(change)
        told.add(change)
      }
    }
  }
  const truth = new Map<string, Map<string, number>>()
  for (let step = 0; step < 300; step += 1) {
    const { places } = sites[step % 3]!
    const dpid = `0x000000000000000${step % 3}`
    const ports = truth.get(dpid) ?? new Map<string, number>()
    if (!truth.has(dpid)) places.connected(dpid, new Map())
    truth.set(dpid, ports)
    const name = `p${random.below(5)}`
    const port_no = random.chance(0.3) ? null : step
    if (port_no === null) ports.delete(name)
    else ports.set(name, port_no)
    places.port(dpid, name, port_no)
    tell()
    if (random.chance(0.2)) await setTimeout(1)
  }
  isLossy = false
  const wanted = [...truth].map(([dpid, ports]) => [dpid, [...ports].sort()]).sort()
  const known = ({ places }: (typeof sites)[number]) =>
    places.all.map(({ dpid, ports = [] }) => [dpid, [...ports].sort()]).sort()
  const agree = () => sites.every((site) => JSON.stringify(known(site)) === JSON.stringify(wanted))
  for (let wait = 0; wait < 500 && !agree(); wait += 1) await setTimeout(20)
  for (const site of sites) t.strictSame(known(site), wanted)
})
