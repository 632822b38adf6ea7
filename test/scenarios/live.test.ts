/**
 * Many hosts, bit by bit: whatever comes first, the tables are the same in the end; what comes and goes takes nothing of
 * the others along; a host that cannot be reached is alone in that.
 */
import t from 'tap'
import { newSeed, Random } from '../../packages/controller/test/random.ts'
import { inIpv6, writesInBoth } from './in_ipv6.ts'
import { LiveSite, type Piece } from './live_site.ts'
import { manyHosts } from './many_hosts.ts'
import { PINNED } from './pinned.ts'
import type { PingSpec } from './scenario.ts'

/** More with FUZZ_FACTOR, e.g. 10. */
const RUNS = 60 * Number(process.env['FUZZ_FACTOR'] ?? 1)
const seed = newSeed()
t.comment(`FUZZ_SEED=${seed}`)
const plain = manyHosts('vxlan', 'ipv4')
/** Everybody has addresses of both families. */
const scenario = { ...plain, writes: writesInBoth(plain.writes) }
const over6 = inIpv6(plain)
const template = await LiveSite.of(scenario)

const addAll = async (site: LiveSite, pieces: readonly Piece[], random: Random): Promise<void> => {
  for (const piece of pieces) {
    site.add(piece)
    if (random.chance(0.2)) await site.settled()
  }
  await site.settled()
}

const isRowNamed = (piece: Piece, uuid: string): boolean =>
  piece.kind === 'row' && piece.operation.row?.uuid === uuid

/** @param datapath row id */
const withOwner = (piece: Piece, datapath: number): Piece => {
  if (piece.kind !== 'row' || piece.operation.resource !== 'interface') return piece
  const { operation } = piece
  return { kind: 'row', operation: { ...operation, row: { ...operation.row!, owner_datapath_id: datapath } } }
}

const whole = async (): Promise<LiveSite> => {
  const site = template.anew()
  await addAll(site, site.pieces, new Random(1))
  return site
}

const reference = await whole()
const EXPECTED = reference.text()

t.test('the scenario is whole in the end', async (t) => {
  t.same(reference.world().check(scenario), [])
  t.same(reference.world(over6.guests).check(over6), [])
})

t.test('any order of rows, hosts and ports gives the same tables', async (t) => {
  const random = new Random(seed)
  for (let run = 0; run < RUNS && t.passing(); run += 1) {
    const site = template.anew()
    await addAll(site, random.shuffled(site.pieces), random)
    t.ok(site.text() === EXPECTED, `run ${run}`)
  }
})

t.test('so does a router with a leg on one host, whoever had the leg before', async (t) => {
  const both = { ...PINNED, writes: writesInBoth(PINNED.writes) }
  const legs = await LiveSite.of(both)
  const random = new Random(seed)
  const settled = async (pieces: readonly Piece[]): Promise<LiveSite> => {
    const site = legs.anew()
    await addAll(site, pieces, random)
    return site
  }
  const first = await settled(legs.pieces)
  const ipv6 = inIpv6(PINNED)
  t.same([first.world().check(both), first.world(ipv6.guests).check(ipv6)], [[], []])
  const leg = legs.pieces.find((piece) => isRowNamed(piece, 'if-legflat'))!
  for (let run = 0; run < RUNS / 4 && t.passing(); run += 1) {
    const site = await settled(random.shuffled(legs.pieces))
    t.ok(site.text() === first.text(), `run ${run}`)
    site.add(withOwner(leg, 2))
    await site.settled()
    t.not(site.text(), first.text())
    site.add(leg)
    await site.settled()
    t.ok(site.text() === first.text(), `run ${run}: nothing is left on the other host`)
  }
})

for (const last of ['a', 'b', 'c']) {
  t.test(`host ${last} connects last, when all else is there`, async (t) => {
    const site = template.anew()
    const isLast = (piece: Piece) => piece.kind === 'host' && piece.bridge === last
    const random = new Random(seed)
    await addAll(site, random.shuffled(site.pieces.filter((piece) => !isLast(piece))), random)
    t.not(site.text(), EXPECTED)
    await addAll(site, site.pieces.filter(isLast), random)
    t.ok(site.text() === EXPECTED)
  })
}

t.test('what goes and comes again leaves nothing, and lacks nothing', async (t) => {
  const random = new Random(seed)
  for (let run = 0; run < RUNS / 2 && t.passing(); run += 1) {
    const site = template.anew()
    await addAll(site, site.pieces, random)
    const gone = random.shuffled(site.pieces).slice(0, random.upTo(site.pieces.length))
    for (const piece of gone) {
      site.remove(piece)
      if (random.chance(0.2)) await site.settled()
    }
    await site.settled()
    const rest = template.anew()
    const isLeft = (piece: Piece) => !gone.some((other) => JSON.stringify(other) === JSON.stringify(piece))
    await addAll(rest, site.pieces.filter(isLeft), random)
    t.ok(site.text() === rest.text(), `run ${run}: nothing is left of ${gone.length} pieces`)
    await addAll(site, random.shuffled(gone), random)
    t.ok(site.text() === EXPECTED, `run ${run}: and they are back`)
  }
})

interface Others {
  readonly what: string
  readonly isTheirs: (piece: Piece) => boolean
  /** Pings that do not need them. */
  readonly isSpared: (ping: PingSpec) => boolean
}

const interfaceIds = (name: RegExp): readonly number[] =>
  template.pieces.flatMap((piece) =>
    piece.kind === 'row' && piece.operation.resource === 'interface' && name.test(piece.operation.row!.uuid)
      ? [piece.operation.id]
      : [],
  )

/** Rows of that name, and the leases of interfaces of that name. */
const isRowOf = (name: RegExp) => {
  const ids = interfaceIds(name)
  return (piece: Piece): boolean => {
    if (piece.kind !== 'row') return false
    const { row } = piece.operation
    return name.test(row!.uuid) || ('interface_id' in row! && ids.includes(row.interface_id ?? 0))
  }
}

const isPortOf = (name: RegExp) => (piece: Piece) => piece.kind === 'port' && name.test(piece.port)
const bridgeOf = (guest: string | undefined) => scenario.guests.find(({ name }) => name === guest)?.bridge
const networkOf = (guest: string | undefined) => guest?.replace(/\d/, '')

const isWithin = (colour: string, { from, arrives }: PingSpec): boolean =>
  networkOf(from) === colour && networkOf(arrives?.at) === colour

const OTHERS: readonly Others[] = [
  {
    what: 'another network with the same addresses',
    isTheirs: (piece) => isRowOf(/^(nw|if)-blue/)(piece) || isPortOf(/blue/)(piece),
    isSpared: (ping) => !ping.from.startsWith('blue'),
  },
  {
    what: 'a router and the network behind it',
    isTheirs: (piece) => isRowOf(/^(rl-1|r-|if-leg|(nw|if)-green)/)(piece) || isPortOf(/green/)(piece),
    isSpared: (ping) => isWithin('red', ping) || isWithin('blue', ping),
  },
  {
    what: 'a host',
    isTheirs: (piece) => piece.kind !== 'row' && piece.bridge === 'b',
    isSpared: ({ from, arrives }) => bridgeOf(from) !== 'b' && bridgeOf(arrives?.at) !== 'b',
  },
  {
    what: 'one of three guests of a network elsewhere',
    isTheirs: (piece) => isRowOf(/^if-red3/)(piece) || isPortOf(/red3/)(piece),
    isSpared: ({ from, arrives }) => from !== 'red3' && arrives?.at !== 'red3',
  },
]

for (const { what, isTheirs, isSpared } of OTHERS) {
  t.test(`${what} goes and comes, in any order, and takes no ping of the others along`, async (t) => {
    const random = new Random(seed)
    const site = await whole()
    const [theirs, pings] = [site.pieces.filter(isTheirs), scenario.pings.filter(isSpared)]
    const pings6 = over6.pings.filter(isSpared)
    t.ok(theirs.length > 3 && pings.length > 3, `${theirs.length} pieces, ${pings.length} pings`)
    const change = async (how: 'add' | 'remove'): Promise<void> => {
      for (const piece of random.shuffled(theirs)) {
        site[how](piece)
        await site.settled()
        t.same(site.world().check({ pings, sends: [] }), [], `${how} ${JSON.stringify(piece)}`)
        t.same(site.world(over6.guests).check({ pings: pings6, sends: [] }), [], 'over IPv6 too')
      }
    }
    await change('remove')
    t.ok(site.text() !== EXPECTED)
    await change('add')
    t.ok(site.text() === EXPECTED, 'all is as before')
  })
}

t.test('a host whose link is cut is alone in that, and is back when the link is', (t) => {
  const world = reference.world()
  world.underlay.cut('b')
  const isOfB = (ping: PingSpec) => [bridgeOf(ping.from), bridgeOf(ping.arrives?.at)].includes('b')
  const isLocal = (ping: PingSpec) => bridgeOf(ping.from) === bridgeOf(ping.arrives?.at)
  const severed = scenario.pings.filter((ping) => isOfB(ping) && !isLocal(ping))
  t.ok(severed.length > 3)
  for (const ping of severed) t.notOk(world.ping(ping).answered, `${ping.from} pings ${ping.to}`)
  const others = scenario.pings.filter((ping) => !severed.includes(ping))
  t.same(world.check({ pings: others, sends: [] }), [])
  world.underlay.heal('b')
  t.same(world.check(scenario), [])
  t.end()
})
