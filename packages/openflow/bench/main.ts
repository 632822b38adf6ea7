/**
 * npm run bench -w packages/openflow [-- case …]: what decoding, encoding and framing cost on one core. Every case has
 * a process of its own, so that no other has shaped the code that the engine makes of it. Prints; asserts nothing.
 */
import { spawnSync } from 'node:child_process'
import { performance } from 'node:perf_hooks'
import { CASES, type Case } from './cases.ts'

const RUNS = 41
const WARM_UP = 20

const FLAGS = ['--conditions=vnet-source', '--expose-gc']
/** No collection during a run, so that the heap grows by what was allocated. It costs time: time is measured apart. */
const ALLOCATION_FLAGS = [...FLAGS, '--min-semi-space-size=256', '--max-semi-space-size=256']

const names = process.argv.slice(2)
const [task, name] = (process.env['OPENFLOW_BENCH'] ?? '').split(' ')
if (task === 'time') time(caseOf(name ?? ''))
else if (task === 'bytes') say(allocated(caseOf(name ?? '')))
else {
  say('| work | per second, median (10 %–90 %) | ns | one run, ms | MB/s | bytes allocated |')
  say('|---|---|---|---|---|---|')
  for (const one of names.length > 0 ? names : Object.keys(CASES)) {
    say(`${inProcess(FLAGS, `time ${one}`)} ${inProcess(ALLOCATION_FLAGS, `bytes ${one}`)} |`)
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** What this program prints for one task in a process of its own. */
function inProcess(flags: readonly string[], task: string): string {
  const { status, stdout } = spawnSync(process.execPath, [...flags, import.meta.filename], {
    env: { ...process.env, OPENFLOW_BENCH: task },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  if (status !== 0) process.exitCode = 1
  return stdout.trim()
}

function caseOf(name: string): Case {
  const make = CASES[name]
  if (make === undefined) throw new Error(`no such case: ${name} (${Object.keys(CASES).join(', ')})`)
  return make()
}

function time(one: Case): void {
  for (let run = 0; run < WARM_UP; run++) one.run()
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) {
    globalThis.gc?.()
    const start = performance.now()
    one.run()
    times.push(performance.now() - start)
  }
  say(row(one, times))
}

/** Bytes of heap and buffers that one message or entry takes. */
function allocated(one: Case): string {
  for (let run = 0; run < WARM_UP; run++) one.run()
  globalThis.gc?.()
  const before = process.memoryUsage()
  const kept = one.run()
  const after = process.memoryUsage()
  if (kept === undefined) throw new Error('a run gives what it made')
  const bytes = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers
  return `${(bytes / one.messages).toFixed(0)} per ${one.unit}`
}

function row(one: Case, times: number[]): string {
  times.sort((a, b) => a - b)
  const at = (share: number): number => times[Math.floor(share * (times.length - 1))] ?? Number.NaN
  const perSecond = (time: number): string => `${((one.messages / time) * 1e-3).toFixed(2)} M`
  const median = at(0.5)
  return `| ${[
    one.name,
    `${perSecond(median)} (${perSecond(at(0.9))}–${perSecond(at(0.1))})`,
    ((median * 1e6) / one.messages).toFixed(0),
    median.toFixed(2),
    (one.bytes / median / 1000).toFixed(0),
  ].join(' | ')} |`
}
