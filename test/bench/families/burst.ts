/** Thousands of writes as fast as one client can, and who reads meanwhile: test/bench/burst.ts measures it. */
import { fileURLToPath } from 'node:url'
import { run } from '../../lab/command.ts'
import type { LoopReport } from '../loop_delay.ts'
import { atMost, type Context, type Family, judged } from '../row.ts'
import { number, quantile } from '../statistics.ts'

const PROGRAM = fileURLToPath(new URL('../burst.ts', import.meta.url))
const LIMIT_MS = 400_000

interface Burst {
  readonly name: string
  readonly answered: number
  readonly acknowledged: number
  readonly reads: readonly number[]
  readonly loops: readonly LoopReport[]
}

const LOADS = [
  'create-1-connection',
  'delete-16-connections',
  'create-16-connections',
  'delete-1-connection-32-pipelined',
  'create-one-batch',
  'delete-one-batch',
]

const p99 = ({ reads }: Burst): number => quantile(reads, 0.99)
const longestTurn = ({ loops }: Burst): number => Math.max(...loops.map(({ max }) => max))

interface Place {
  /** Part of the names of its rows. */
  readonly name: string
  readonly text: string
  readonly writes: number
}

/** A row for each way to write, then the worst of them beside the budgets. */
const givePlace = ({ give }: Context, { name, text, writes }: Place, bursts: readonly Burst[]): void => {
  for (const burst of bursts) {
    const rate = `${number(writes / (burst.answered / 1000))} /s, acknowledged after ${number(burst.acknowledged)} ms`
    give({
      name: `burst/${name}/${burst.name.replaceAll(/[ ,]+/g, '-')}`,
      work: `${writes.toLocaleString('en')} writes (${burst.name}), ${text}`,
      ours: `${rate}; reads meanwhile p99 ${number(p99(burst))} ms; event loop ≤ ${number(longestTurn(burst))} ms`,
    })
  }
  const [read, loop] = [Math.max(...bursts.map(p99)), Math.max(...bursts.map(longestTurn))]
  const worst = `worst of these, ${text}`
  give({
    ...{
      name: `burst/${name}/read`,
      work: `p99 of reads during bursts, ${worst}`,
      ours: `${number(read)} ms`,
    },
    ...judged(atMost(50, 'ms'), read),
  })
  give({
    ...{ name: `burst/${name}/loop`, work: `event loop during bursts, longest delay, ${worst}` },
    ...{ ours: `${number(loop)} ms`, ...judged(atMost(50, 'ms'), loop) },
  })
}

const PARTS = [...LOADS, 'read', 'loop']

export const burstFamily: Family = {
  name: 'burst',
  about: 'many writes at once: rate, reads meanwhile, event loop; in one process and split with Redis',
  parts: ['one-process', 'split'].flatMap((place) => PARTS.map((part) => `${place}/${part}`)),
  run: async (context) => {
    const { quick, wants, say } = context
    const writes = quick ? 500 : 10_000
    const isSplit = !quick && PARTS.some((part) => wants(`burst/split/${part}`))
    say(`burst: ${writes} writes`)
    const options = ['--json', ...(isSplit ? [] : ['--together'])]
    const command = [process.execPath, '--conditions=vnet-source', PROGRAM, `${writes}`, ...options]
    const measured = JSON.parse(await run(command, { timeout: LIMIT_MS })) as Record<string, Burst[]>
    const places: readonly [string, Place][] = [
      ['one process', { name: 'one-process', text: 'in one process', writes }],
      ['split', { name: 'split', text: 'split, with Redis', writes }],
    ]
    for (const [mode, place] of places) {
      const bursts = measured[mode]
      if (bursts !== undefined) givePlace(context, place, bursts)
    }
  },
}
