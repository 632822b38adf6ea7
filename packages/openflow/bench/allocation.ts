/**
 * What one run of a case allocates. The young generation is so large (`main.ts`) that there is no collection in most runs;
 * the others do not count. None is forced, as it would throw away compiled code (`one.ts`). What is known beforehand is measured along with it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { GCProfiler } from 'node:v8'
import type { Case } from './cases.ts'

const WARM_UP_RUNS = 20
const RUNS = 15
const KEPT_RUNS = 10

/** Bytes per message, in one run. */
interface InRun {
  /** On the heap, mostly short-lived. */
  readonly heap: number
  readonly buffers: number
}

export interface Allocation extends InRun {
  /** Of both, what is left after a collection if the results of the runs are kept. */
  readonly held: number
}

const KNOWN_BYTES = 80_000
/** So many bytes in ten arrays, and in a buffer: headers and the ends of pages are within the tolerance. */
const KNOWN: Case = {
  name: 'known',
  unit: 'message',
  messages: 100,
  run: () => Array.from({ length: 100 }, () => [arraysOf(KNOWN_BYTES), new Uint8Array(KNOWN_BYTES)]),
}
const arraysOf = (bytes: number): unknown[] =>
  Array.from({ length: 10 }, () => new Array<null>(bytes / 80).fill(null))
const TOLERANCE = 0.05

/** @throws Error if what is known beforehand is not measured as it is */
export async function allocation(one: Case): Promise<Allocation> {
  const known = await measured(KNOWN)
  if (
    Math.abs(known.heap / KNOWN_BYTES - 1) > TOLERANCE ||
    Math.abs(known.buffers / KNOWN_BYTES - 1) > TOLERANCE
  ) {
    throw new Error(
      `${KNOWN_BYTES} bytes were measured as ${known.heap} of heap, ${known.buffers} of buffers`,
    )
  }
  return measured(one)
}

async function measured(one: Case): Promise<Allocation> {
  for (let run = 0; run < WARM_UP_RUNS; run++) one.run()
  const runs = Array.from({ length: RUNS }, () => allocatedInRun(one)).filter((run) => run !== null)
  const median = (of: (run: InRun) => number): number => {
    const sorted = runs.map(of).sort((a, b) => a - b)
    return sorted[sorted.length >>> 1] ?? Number.NaN
  }
  return { heap: median((run) => run.heap), buffers: median((run) => run.buffers), held: await held(one) }
}

/** `null` if there was a collection in the run. */
function allocatedInRun(one: Case): InRun | null {
  const collections = new GCProfiler()
  collections.start()
  const before = process.memoryUsage()
  one.run()
  const after = process.memoryUsage()
  if ((collections.stop()?.statistics.length ?? 0) > 0) return null
  return {
    heap: (after.heapUsed - before.heapUsed) / one.messages,
    buffers: (after.arrayBuffers - before.arrayBuffers) / one.messages,
  }
}

async function held(one: Case): Promise<number> {
  const before = await bytesLeft()
  const kept = Array.from({ length: KEPT_RUNS }, one.run)
  const after = await bytesLeft()
  if (kept.includes(undefined)) throw new Error('a run gives what it made')
  return (after - before) / (one.messages * KEPT_RUNS)
}

/** After a collection, and after the other thread that gives buffers back. */
async function bytesLeft(): Promise<number> {
  globalThis.gc?.()
  await sleep(50)
  globalThis.gc?.()
  await sleep(50)
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
