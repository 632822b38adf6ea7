/** What processes use, from /proc. Linux only. */
import { readFileSync } from 'node:fs'

const MIB = 1024
/** Ticks of a second in /proc, the same on every Linux that Node runs on. */
const TICKS = 100

const field = (pid: number, name: string): number => {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1]) / MIB
}

/** MiB resident now. */
export const residentMiB = (...pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + field(pid, 'VmRSS'), 0)

/** MiB resident at most so far. */
export const peakMiB = (pid: number): number => field(pid, 'VmHWM')

/** Seconds of processor time of all its threads so far, in user and kernel mode. */
export const cpuSeconds = (...pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program, in brackets, may contain blanks.
    const [user, kernel] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number)
    return sum + (user! + kernel!) / TICKS
  }, 0)
