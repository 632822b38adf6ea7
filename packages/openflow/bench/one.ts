/**
 * One case in a process of its own, so that no other has shaped the code that the engine makes of it. Prints JSON:
 * `time` nanoseconds per message of each run, `bytes` an Allocation.
 *
 * Collections come when they come, and count. None is forced between timed runs: a full one throws away compiled code
 * whose objects nobody holds, and what is measured then is the compiler.
 */
import { performance } from 'node:perf_hooks'
import { allocation } from './allocation.ts'
import { CASES, type Case } from './cases.ts'

const WARM_UP_MS = 400
const MEASURED_MS = 700

const [task, name] = process.argv.slice(2)
const one = caseOf(name ?? '')
process.stdout.write(JSON.stringify(task === 'bytes' ? await allocation(one) : times(one)))

function caseOf(name: string): Case {
  const make = CASES[name]
  if (make === undefined) throw new Error(`no such case: ${name} (${Object.keys(CASES).join(', ')})`)
  return make()
}

function times(one: Case): number[] {
  runsOf(one, WARM_UP_MS)
  return runsOf(one, MEASURED_MS)
}

function runsOf(one: Case, milliseconds: number): number[] {
  const times: number[] = []
  const end = performance.now() + milliseconds
  while (performance.now() < end) {
    const start = performance.now()
    one.run()
    times.push(((performance.now() - start) * 1e6) / one.messages)
  }
  return times
}
