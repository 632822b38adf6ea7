/**
 * Names of runs. A run is one lab; its namespaces and its directory carry a name that says which process owns it, so
 * that what a dead process left behind can be told from what is in use, without a list of either.
 */
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const PREFIX = 'vnlab-'
/** The run of a lab that is kept after its process: it is never swept. Tests give it another name. */
export const KEPT_RUN = process.env['VNET_KEPT_RUN'] ?? `${PREFIX}kept`
const NAME = /^vnlab-(\d+)-(\d+)-\d+(?=$|-)/

/** Start of a process in clock ticks since boot; `undefined` when there is no such process. */
const startTime = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program, in brackets, may contain blanks.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

let count = 0

/** A new name: `vnlab-PID-START-N`. */
export const newRun = (): string => {
  count += 1
  return `${PREFIX}${process.pid}-${startTime(process.pid)}-${count}`
}

/** The run that a namespace or directory belongs to; `undefined` for names of others and for runs that are kept. */
export const runOf = (name: string): string | undefined => NAME.exec(name)?.[0]

export const isAlive = (run: string): boolean => {
  const [, pid, start] = NAME.exec(run) ?? []
  return pid !== undefined && startTime(Number(pid)) === start
}

export const directoryOf = (run: string): string => join(tmpdir(), run)
