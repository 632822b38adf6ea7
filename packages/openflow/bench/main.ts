/**
 * npm run bench -w packages/openflow [-- case …]: what decoding, encoding and framing cost on one core. Each case is
 * timed in several processes, the cases in turns, so that what else the machine does meets all of them. Prints; asserts
 * nothing.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Allocation } from './allocation.ts'
import { CASES } from './cases.ts'
import type { Times } from './one.ts'

const ROUNDS = 5
const ONE = join(import.meta.dirname, 'one.ts')
const FLAGS = ['--conditions=vnet-source']
const ALLOCATION_FLAGS = [...FLAGS, '--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256']

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(CASES)
const allocations = new Map(
  names.map((name) => [name, inProcess(ALLOCATION_FLAGS, 'bytes', name) as Allocation]),
)
/** Every run, by round. */
const times = new Map<string, Times[][]>(names.map((name) => [name, []]))
for (let round = 0; round < ROUNDS; round++) {
  for (const name of names) times.get(name)?.push(inProcess(FLAGS, 'time', name) as Times[])
}

say(
  'Millions per second of processor time, all threads counted: the median of all runs, their 10 % and 90 %, and the',
)
say(`medians of the slowest and the fastest of ${ROUNDS} processes. By the clock, what else runs counts too.`)
say('')
say(
  '| work | million/s | 10 %–90 % | processes | ns | one run, ms | by the clock | bytes: heap + buffers | held |',
)
say('|---|---|---|---|---|---|---|---|---|')
for (const name of names) say(row(name, times.get(name) ?? [], allocations.get(name) as Allocation))

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** What `one.ts` prints. @throws Error if it fails: it has said why */
function inProcess(flags: readonly string[], task: string, name: string): unknown {
  const { status, stdout } = spawnSync(process.execPath, [...flags, ONE, task, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${task} ${name} failed`)
  return JSON.parse(stdout)
}

function row(name: string, rounds: readonly Times[][], { heap, buffers, held }: Allocation): string {
  const one = CASES[name]?.()
  if (one === undefined) throw new Error(`no such case: ${name}`)
  const processor = rounds.map((round) => round.map(({ cpu }) => cpu))
  const median = quantile(processor.flat(), 0.5)
  const medians = processor.map((round) => quantile(round, 0.5))
  const clock = rounds.flat().map(({ wall }) => wall)
  return `| ${[
    one.name,
    million(median),
    `${million(quantile(processor.flat(), 0.9))}–${million(quantile(processor.flat(), 0.1))}`,
    `${million(Math.max(...medians))}–${million(Math.min(...medians))}`,
    median.toFixed(0),
    ((median * one.messages) / 1e6).toFixed(2),
    million(quantile(clock, 0.5)),
    `${heap.toFixed(0)} + ${buffers.toFixed(0)} per ${one.unit}`,
    held.toFixed(0),
  ].join(' | ')} |`
}

/** Millions per second. */
function million(nanoseconds: number): string {
  return (1e3 / nanoseconds).toFixed(2)
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
}
