/** A history as TypeScript that can be run. */
import type { PropertyName } from './history_properties.ts'
import type { Step } from './world.ts'

interface Told {
  readonly property: PropertyName
  readonly seed: number
  readonly steps: readonly Step[]
}

const HERE = './packages/controller/test'

const lineOf = (step: Step): string => {
  if (step === 'settle') return 'await world.settled()'
  if (step === 'tick') return "await world.take('tick')"
  return `world.give(${JSON.stringify(step)})`
}

/** What the world is made with: members of its options, and what they need. */
interface Options {
  readonly imports: string
  readonly options: string
}

/** To be run in the root of the repository, see its first line. */
export const scriptOf = ({ property, seed, steps }: Told, { imports, options }: Options): string =>
  [
    '// node --conditions=vnet-source --input-type=module-typescript < THIS_FILE',
    `import { PROPERTIES } from '${HERE}/history_properties.ts'`,
    `import { World } from '${HERE}/world.ts'`,
    ...(imports === '' ? [] : [imports]),
    '',
    `const world = new World({ ${options} })`,
    ...steps.map(lineOf),
    'await world.settled()',
    `const wrong = await PROPERTIES[${JSON.stringify(property)}](world, ${seed})`,
    `console.log(wrong ?? 'it holds')`,
    'process.exitCode = wrong === null ? 0 : 1',
    '',
  ].join('\n')
