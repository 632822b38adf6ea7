/**
 * What programs answer does not depend on what came first, nor on which host a guest is: the same questions get the same
 * octets in any order of rows, hosts and ports, and wherever a guest moves.
 */
import t from 'tap'
import { newSeed, Random } from '../../packages/controller/test/random.ts'
import { inIpv6, writesInBoth } from './in_ipv6.ts'
import { LiveSite } from './live_site.ts'
import { NEXT_HOPS } from './next_hops.ts'
import { PATH_MTU } from './path_mtu.ts'
import { PATHS } from './paths.ts'
import { overTwoHosts, type Scenario } from './scenario.ts'
import { services } from './services.ts'

/** More with FUZZ_FACTOR, e.g. 10. */
const RUNS = 8 * Number(process.env['FUZZ_FACTOR'] ?? 1)
const seed = newSeed()
t.comment(`FUZZ_SEED=${seed}`)

/** One scenario in both families; all rows are there for both. */
type Pair = readonly [Scenario, Scenario]

const inBoth = (scenario: Scenario): Pair => {
  const writes = writesInBoth(scenario.writes)
  return [
    { ...scenario, writes },
    { ...inIpv6(scenario), writes },
  ]
}

const PAIRS: readonly Pair[] = [
  ...[PATHS, PATH_MTU, NEXT_HOPS].map((scenario) => inBoth(overTwoHosts(scenario))),
  [overTwoHosts(services(4)), overTwoHosts(services(6))],
]

/** Each question with all that guests get for it. */
const transcript = (site: LiveSite, pair: Pair, from?: string): readonly string[] =>
  pair.flatMap(({ guests, questions = [] }) => {
    const world = site.world(guests)
    return questions
      .filter((question) => from === undefined || question.from === from)
      .map((question) => {
        const got = world
          .ask(question)
          .arrivals.map(({ at, frame }) => `${at} ${Buffer.from(frame).toString('hex')}`)
        return [question.why, ...got].join('\n')
      })
  })

const check = (site: LiveSite, pair: Pair): string[] =>
  pair.flatMap((scenario) => site.world(scenario.guests).check({ ...scenario, sends: [] }))

for (const pair of PAIRS) {
  const template = await LiveSite.of(pair[0])
  const built = async (random: Random): Promise<LiveSite> => {
    const site = template.anew()
    for (const piece of random.shuffled(site.pieces)) {
      site.add(piece)
      if (random.chance(0.1)) await site.settled()
    }
    await site.settled()
    return site
  }

  t.test(`${pair[0].name}: answers are the same in any order`, async (t) => {
    const random = new Random(seed)
    const first = await built(random)
    t.same(check(first, pair), [])
    const expected = transcript(first, pair)
    for (let run = 1; run < RUNS && t.passing(); run += 1)
      t.strictSame(transcript(await built(random), pair), expected, `run ${run}`)
  })
}

t.test('a guest that moves is told the same by the other host, to the octet', async (t) => {
  const pair = PAIRS.at(-1)!
  const site = (await LiveSite.of(pair[0])).anew()
  for (const piece of site.pieces) site.add(piece)
  await site.settled()
  for (const name of ['crane', 'barge', 'boat']) {
    const before = transcript(site, pair, name)
    t.ok(before.length > 5)
    const own = pair[0].guests.find((guest) => guest.name === name)!.bridge
    for (const bridge of [own === 'a' ? 'b' : 'a', own]) {
      site.move(name, bridge)
      await site.settled()
      t.strictSame(transcript(site, pair, name), before, `${name} on ${bridge}`)
    }
  }
})
