/** Runs random histories of a site and shows what goes wrong as commands to type. */
import type { Tables } from '@openvnet/controller'
import { Random } from '../../packages/controller/test/random.ts'
import { shrink } from '../../packages/controller/test/shrink.ts'
import { tablesText } from '../../packages/controller/test/world.ts'
import type { DescribedWorld } from './described_world.ts'
import { type Edit, founding, nextEdit } from './edits.ts'
import { copyOf, lookInBetween } from './in_between.ts'
import { emptyTally, look, type Tally } from './look.ts'
import { scriptOf } from './script.ts'

export interface SiteHistoryOptions {
  readonly seed: number
  /** Edits, those that are refused too. */
  readonly length: number
  /** Counts what the probes met. */
  readonly tally: Tally
}

export interface SiteFailure {
  /** The shortest history found that fails. */
  readonly edits: readonly Edit[]
  readonly detail: string
  /** Commands that lead there. */
  readonly script: string
}

/** One edit in so many is looked at. */
const LOOK_EVERY = 5
const PROBES = 30
/** To find again in a shorter history what was found by chance. */
const PROBES_AGAIN = 400

/** Of the same kind there are many more. */
const SHOWN = 5

interface LookOptions {
  readonly random: Random
  readonly tally: Tally
  /** What was found is looked for again: with more probes. */
  readonly isAgain?: boolean
  /** Absent: yes. */
  readonly isDue?: boolean
}

const crossingsOf = ({ world }: DescribedWorld): number => world.crossings.grown + world.crossings.shrunk

/** Switches whose tables are not those that somebody makes who learns now how things are. */
const differencesFromScratch = async ({ world }: DescribedWorld): Promise<string[]> => {
  const anew = await world.fromScratch()
  return [...world.switches.keys()]
    .filter((dpid) => tablesText(world.tables(dpid)) !== tablesText(anew.tables(dpid)))
    .map((dpid) => `${dpid} has other tables than from scratch`)
}

/** Does an edit and looks at what comes of it, also while it is done: when that is due, or a network became a crowd. */
const problemsAfter = async (
  site: DescribedWorld,
  edit: Edit,
  { random, tally, isAgain = false, isDue = true }: LookOptions,
): Promise<string | null> => {
  const dpids = [...site.world.switches.keys()]
  const before = dpids.map((dpid): [string, Tables] => [dpid, copyOf(site.world.tables(dpid))])
  const crossings = crossingsOf(site)
  const probes = isAgain ? PROBES_AGAIN : PROBES
  await site.take(edit)
  if (!isDue && crossingsOf(site) === crossings) return null
  const between = before.flatMap(([dpid, tables]) => lookInBetween(site.world, dpid, tables, random))
  const problems = [
    ...between,
    ...look(site.world, { random, probes, tally }),
    ...(isAgain || random.chance(0.3) ? await differencesFromScratch(site) : []),
  ]
  return problems.slice(0, SHOWN).join('\n') || null
}

const findFault = async (
  site: DescribedWorld,
  { seed, length, tally }: SiteHistoryOptions,
): Promise<readonly Edit[] | null> => {
  const random = new Random(seed)
  if (random.chance(0.8)) for (const edit of founding()) await site.take(edit)
  for (let step = 1; step <= length; step += 1) {
    const edit = nextEdit(random, site.world)
    const isDue = step % LOOK_EVERY === 0
    if ((await problemsAfter(site, edit, { random, tally, isDue })) !== null) return site.edits
  }
  return null
}

/** What is wrong after the last of some edits, or while it is done. */
const verdict = async (
  site: DescribedWorld,
  edits: readonly Edit[],
  seed: number,
): Promise<string | null> => {
  await site.reset()
  const last = edits.at(-1)
  if (last === undefined) return null
  for (const edit of edits.slice(0, -1)) await site.take(edit)
  return problemsAfter(site, last, { random: new Random(seed), tally: emptyTally(), isAgain: true })
}

/** Begins with an empty site. @returns what fails, if anything does */
export const runSiteHistory = async (
  site: DescribedWorld,
  options: SiteHistoryOptions,
): Promise<SiteFailure | null> => {
  await site.reset()
  const found = await findFault(site, options)
  const { grown, shrunk } = site.world.crossings
  options.tally.grown += grown
  options.tally.shrunk += shrunk
  if (found === null) return null
  let detail = 'it fails only as a whole'
  const edits = await shrink(found, async (some) => {
    const problems = await verdict(site, some, options.seed)
    detail = problems ?? detail
    return problems !== null
  })
  return { edits, detail, script: scriptOf(edits) }
}
