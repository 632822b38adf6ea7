/** The standing properties of the engine, on random histories of rows, ports and switches. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { Coverage } from './history_coverage.ts'
import { forgetful, inOrderOfSight } from './history_faults.ts'
import { type Failure, type HistoryOptions, runHistory } from './history_run.ts'
import { newSeed, Random } from './random.ts'
import type { World } from './world.ts'

/** More with FUZZ_FACTOR, e.g. 10. */
const FACTOR = Number(process.env['FUZZ_FACTOR'] ?? 1)
const EVENTS = 10_000 * FACTOR
const LENGTH = 150
/** Seed of the histories that must reach everything, whatever the day is. */
const FIXED_SEED = 6

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

const textOf = ({ property, detail, script }: Failure): string =>
  `${property}: not so\n${detail}\n\n${script}`

/** Histories one after the other until there were so many events, or one fails. */
const runMany = async (options: Omit<HistoryOptions, 'length'>, atLeast: number) => {
  const random = new Random(options.seed)
  let events = 0
  let histories = 0
  const crossings = { grown: 0, shrunk: 0 }
  while (events < atLeast) {
    const seed = random.next()
    let world: World | undefined
    const failure = await runHistory({ ...options, seed, length: LENGTH }, (happening) => {
      events += 1
      world = happening
    })
    histories += 1
    crossings.grown += world?.crossings.grown ?? 0
    crossings.shrunk += world?.crossings.shrunk ?? 0
    if (failure !== null) return { failure, events, histories, crossings }
  }
  return { failure: null, events, histories, crossings }
}

t.test('random histories', async (t) => {
  const seed = newSeed()
  const coverage = new Coverage()
  const { failure, events, histories, crossings } = await runMany(
    { seed, features: coverage.features },
    EVENTS,
  )
  if (failure !== null) t.comment(textOf(failure))
  t.equal(failure?.property, undefined, `FUZZ_SEED=${seed}: ${events} events in ${histories} histories`)
  const { grown, shrunk } = crossings
  t.ok(grown > 10 && shrunk > 10, `networks grow over the limit ${grown} times, and shrink ${shrunk} times`)
  t.comment(coverage.text)
})

t.test('the histories reach every rule and every table', async (t) => {
  const coverage = new Coverage()
  await runMany({ seed: FIXED_SEED, features: coverage.features }, 1500)
  t.same(coverage.unreached, [])
})

/** Runs a script as the developer would. */
const run = (script: string) => {
  const args = ['--conditions=vnet-source', '--input-type=module-typescript']
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, input: script })
  return { status, stdout: stdout.toString(), stderr: stderr.toString() }
}

const FAULTS = { forgetful, inOrderOfSight }
/** Events and pauses: a longer script is one that somebody has to read twice. */
const MOST_STEPS = 12

for (const [name, features] of Object.entries(FAULTS)) {
  t.test(`a fault is found, and shown by a short script: ${name}`, async (t) => {
    const script = {
      imports: `import { ${name} } from './packages/controller/test/history_faults.ts'`,
      options: `features: ${name}`,
    }
    const { failure } = await runMany({ seed: FIXED_SEED, features, script }, EVENTS)
    if (failure === null) throw new Error('it is not found')
    t.comment(textOf(failure))
    t.ok(failure.steps.length <= MOST_STEPS, `${failure.steps.length} steps`)
    t.match(run(failure.script), { status: 1, stdout: /^[-+] (table|group_id)=/m })
    t.match(
      run(failure.script.replace(/features: \w+(, )?/, '')),
      { status: 0, stdout: /^it holds/ },
      'without the fault it holds',
    )
  })
}
