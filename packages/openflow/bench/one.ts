/**
 * One case in a process of its own, so that no other has shaped the code that the engine makes of it. Prints JSON:
 * `time` the Times of each run, `bytes` an Allocation.
 *
 * Collections come when they come, and count. None is forced between timed runs: a full one throws away compiled code
 * whose objects nobody holds, and what is measured then is the compiler.
 */
import { performance } from 'node:perf_hooks'
import { allocation } from './allocation.ts'
import { CASES, type Case } from './cases.ts'

const WARM_UP_MS = 400
const MEASURED_MS = 500

/** Nanoseconds per message. */
export interface Times {
  /** Of all threads of the process: with collector and compiler, without what else the machine does. */
  readonly cpu: number
  readonly wall: number
}

const [task, name] = process.argv.slice(2)
const one = caseOf(name ?? '')
process.stdout.write(JSON.stringify(task === 'bytes' ? await allocation(one) : times(one)))

function caseOf(name: string): Case {
  const make = CASES[name]
  if (make === undefined) throw new Error(`no such case: ${name} (${Object.keys(CASES).join(', ')})`)
  return make()
}

function times(one: Case): Times[] {
  runsOf(one, WARM_UP_MS)
  return runsOf(one, MEASURED_MS)
}

function runsOf(one: Case, milliseconds: number): Times[] {
  const times: Times[] = []
  const end = performance.now() + milliseconds
  while (performance.now() < end) {
    const cpuStart = process.cpuUsage()
    const start = performance.now()
    one.run()
    const wall = (performance.now() - start) * 1e6
    const { user, system } = process.cpuUsage(cpuStart)
    times.push({ cpu: ((user + system) * 1e3) / one.messages, wall: wall / one.messages })
  }
  return times
}
