/** Runs random histories, asks for the properties, and makes the shortest script of what fails. */
import type { Operation } from '@openvnet/feed'
import { nextEvents, pause } from './history_events.ts'
import { PROPERTIES, type Property, type PropertyName } from './history_properties.ts'
import { scriptOf } from './history_script.ts'
import { Random } from './random.ts'
import { shrink, shrinkItems } from './shrink.ts'
import { type Step, TIGHT, World, type WorldOptions } from './world.ts'

export interface HistoryOptions extends WorldOptions {
  readonly seed: number
  /** Events at least. */
  readonly length: number
  /** How the options are written in a script: an import and members. */
  readonly script?: { readonly imports: string; readonly options: string }
}

export interface Failure {
  readonly property: PropertyName
  readonly seed: number
  /** The shortest history found that fails. */
  readonly steps: readonly Step[]
  readonly detail: string
  /** TypeScript that shows the failure. */
  readonly script: string
}

/** Asked after each event; the others cost more. */
const EACH_TIME: readonly PropertyName[] = [
  'the tables are those that are made from scratch',
  'switches hold what they should once all differences are sent',
]
/** One of them in so many times. */
const SELDOM = 8
const OTHERS = (Object.keys(PROPERTIES) as PropertyName[]).filter((name) => !EACH_TIME.includes(name))

interface Complaint {
  readonly property: PropertyName
  readonly seed: number
  readonly steps: readonly Step[]
}

const ask = async (name: PropertyName, world: World, seed: number): Promise<Complaint | null> => {
  const steps = [...world.steps]
  const property: Property = PROPERTIES[name]
  return (await property(world, seed)) === null ? null : { property: name, seed, steps }
}

const askAll = async (world: World, random: Random): Promise<Complaint | null> => {
  const names = random.below(SELDOM) === 0 ? [...EACH_TIME, random.pick(OTHERS)] : EACH_TIME
  for (const name of names) {
    const complaint = await ask(name, world, random.next())
    if (complaint !== null) return complaint
  }
  return null
}

type Settings = Pick<WorldOptions, 'slice' | 'limits'>

/** How the engine works in a history: often as it would with very much to do. */
const settingsOf = (random: Random): Settings => ({
  ...(random.chance(0.3) ? { slice: 0 } : {}),
  ...(random.chance(0.5) ? { limits: TIGHT } : {}),
})

const findComplaint = async (
  world: World,
  random: Random,
  { length, onEvent }: { length: number; onEvent: (world: World) => void },
): Promise<Complaint | null> => {
  for (let events = 0; events < length; ) {
    for (const event of nextEvents(random, world)) {
      world.give(event)
      events += 1
      onEvent(world)
      const steps = pause(random)
      for (const step of steps) await world.take(step)
      if (!steps.includes('settle')) continue
      const complaint = await askAll(world, random)
      if (complaint !== null) return complaint
    }
  }
  return null
}

const verdict = async (
  { property, seed }: Complaint,
  steps: readonly Step[],
  options: WorldOptions,
): Promise<string | null> => {
  const world = new World(options)
  for (const step of steps) await world.take(step)
  await world.settled()
  const asked: Property = PROPERTIES[property]
  return asked(world, seed)
}

const OPERATIONS = {
  parts: (step: Step): readonly Operation[] | null =>
    typeof step === 'object' && 'operations' in step ? step.operations : null,
  assemble: (step: Step, operations: readonly Operation[]): Step =>
    typeof step === 'object' && 'operations' in step ? { ...step, operations } : step,
}

const membersOf = (settings: Settings, { options }: { readonly options: string }): string =>
  [options, ...Object.entries(settings).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)]
    .filter((member) => member !== '')
    .join(', ')

const PLAIN = { imports: '', options: '' }

/** @param onEvent called for each event of it @returns what fails, if anything does */
export const runHistory = async (
  { seed, length, script = PLAIN, ...given }: HistoryOptions,
  onEvent: (world: World) => void = () => {},
): Promise<Failure | null> => {
  const random = new Random(seed)
  const settings = settingsOf(random)
  const options: WorldOptions = { ...settings, ...given }
  const found = await findComplaint(new World(options), random, { length, onEvent })
  if (found === null) return null
  const isBad = async (steps: readonly Step[]) => (await verdict(found, steps, options)) !== null
  const steps = await shrinkItems(await shrink(found.steps, isBad), isBad, OPERATIONS)
  const detail = (await verdict(found, steps, options)) ?? 'it fails only as a whole'
  const told = { imports: script.imports, options: membersOf(settings, script) }
  return { ...found, steps, detail, script: scriptOf({ ...found, steps }, told) }
}
