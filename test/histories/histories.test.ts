/** Random histories of a site, from the API to the packets: the switches do what the rows say, and nothing else. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { credulous } from '../../packages/controller/test/history_faults.ts'
import { newSeed, Random } from '../../packages/controller/test/random.ts'
import { TIGHT, type WorldOptions } from '../../packages/controller/test/world.ts'
import { attempt } from '../lab/command.ts'
import { VNCTL } from '../lab/programs.ts'
import { DescribedWorld } from './described_world.ts'
import { emptyTally, look, type Tally } from './look.ts'
import { runSiteHistory, type SiteFailure } from './run.ts'

/** More with FUZZ_FACTOR, e.g. 10. */
const FACTOR = Number(process.env['FUZZ_FACTOR'] ?? 1)
const EDITS = 3000 * FACTOR
const LENGTH = 150
const FIXED_SEED = 7
/** Two members of a network are few and three many: each counts with its row and with its lease. */
const CROWDED: WorldOptions = { limits: { ...TIGHT, crowd: 4 } }

const runMany = async (site: DescribedWorld, seed: number, edits: number) => {
  const random = new Random(seed)
  const tally = emptyTally()
  for (let done = 0; done < edits; done += LENGTH) {
    const failure = await runSiteHistory(site, { seed: random.next(), length: LENGTH, tally })
    if (failure !== null) return { failure, tally }
  }
  return { failure: null, tally }
}

const textOf = ({ detail, script }: SiteFailure): string => `${detail}\n\n${script}`

const holds = async (t: Test, options: WorldOptions): Promise<Tally> => {
  const site = await DescribedWorld.create(options)
  t.teardown(() => site.close())
  const seed = newSeed()
  const { failure, tally } = await runMany(site, seed, EDITS / 2)
  if (failure !== null) t.comment(textOf(failure))
  t.equal(failure, null, `FUZZ_SEED=${seed}: ${EDITS / 2} edits`)
  t.comment(JSON.stringify(tally))
  return tally
}

t.test('what the tables do is what the rows say, after each change and during it', async (t) => {
  await holds(t, {})
})

t.test('so it is where networks come to have many guests, and few again', async (t) => {
  const { grown, shrunk } = await holds(t, CROWDED)
  t.ok(grown > 0 && shrunk > 0, `${grown} times many, ${shrunk} times few`)
})

t.test('the histories meet every fate of a packet', async (t) => {
  const site = await DescribedWorld.create(CROWDED)
  t.teardown(() => site.close())
  const { tally: all } = await runMany(site, FIXED_SEED, 900)
  const { grown, shrunk, ...tally } = all
  t.ok(grown > 0 && shrunk > 0, `${grown} times many, ${shrunk} times few`)
  for (const fate of Object.keys(tally) as (keyof typeof tally)[])
    t.ok(tally[fate] > 10, `${fate}: ${tally[fate]}`)
})

t.test('a hole in the isolation is found, and shown by a few commands that can be typed', async (t) => {
  const site = await DescribedWorld.create({ features: credulous })
  t.teardown(() => site.close())
  const { failure } = await runMany(site, FIXED_SEED, EDITS)
  if (failure === null) throw new Error('it is not found')
  t.comment(textOf(failure))
  t.ok(failure.edits.length <= 8, `${failure.edits.length} edits`)

  await site.reset()
  const commands = failure.script.split('\n').filter((line) => line.startsWith('vnctl '))
  const file = join(t.testdir(), 'commands')
  await writeFile(file, commands.map((line) => line.replace('vnctl ', '')).join('\n'))
  const env = { ...process.env, VNCTL_SERVER: await site.listen() }
  t.match(await attempt([...VNCTL, 'batch', file], { env }), { code: 0, stderr: '' })
  await site.follow()
  for (const edit of failure.edits) if (edit.kind !== 'call') await site.take(edit)
  const random = new Random(FIXED_SEED)
  t.not(look(site.world, { random, probes: 400, tally: emptyTally() }).length, 0, 'it is there again')
})
