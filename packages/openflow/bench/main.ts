/**
 * npm run bench -w packages/openflow [-- case …]: what decoding, encoding and framing cost on one core. Each case is
 * timed in several processes, the cases in turns, so that what else the machine does meets all of them. Prints; asserts
 * nothing.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Allocation } from './allocation.ts'
import { CASES } from './cases.ts'

const ROUNDS = 5
const ONE = join(import.meta.dirname, 'one.ts')
const FLAGS = ['--conditions=vnet-source']
const ALLOCATION_FLAGS = [...FLAGS, '--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256']

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(CASES)
const allocations = new Map(
  names.map((name) => [name, inProcess(ALLOCATION_FLAGS, 'bytes', name) as Allocation]),
)
/** Nanoseconds per message of every run, by round. */
const times = new Map<string, number[][]>(names.map((name) => [name, []]))
for (let round = 0; round < ROUNDS; round++) {
  for (const name of names) times.get(name)?.push(inProcess(FLAGS, 'time', name) as number[])
}

say(
  `Median of all runs in ${ROUNDS} processes, 10 % and 90 % of the runs, medians of the slowest and fastest process.`,
)
say('')
say('| work | million/s | 10 %–90 % | processes | ns | one run, ms | MB/s | bytes: heap + buffers | held |')
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

function row(name: string, rounds: readonly number[][], { heap, buffers, held }: Allocation): string {
  const one = CASES[name]?.()
  if (one === undefined) throw new Error(`no such case: ${name}`)
  const runs = rounds.flat()
  const median = quantile(runs, 0.5)
  const medians = rounds.map((round) => quantile(round, 0.5))
  const million = (nanoseconds: number): string => (1e3 / nanoseconds).toFixed(2)
  return `| ${[
    one.name,
    million(median),
    `${million(quantile(runs, 0.9))}–${million(quantile(runs, 0.1))}`,
    `${million(Math.max(...medians))}–${million(Math.min(...medians))}`,
    median.toFixed(0),
    ((median * one.messages) / 1e6).toFixed(2),
    (((one.bytes / one.messages) * 1e3) / median).toFixed(0),
    `${heap.toFixed(0)} + ${buffers.toFixed(0)} per ${one.unit}`,
    held.toFixed(0),
  ].join(' | ')} |`
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
}
