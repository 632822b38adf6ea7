/**
 * Removes everything of a run: processes, namespaces (and with them their links), the directory. Synchronous, so
 * that it works in the last moments of a process too. What is gone already is no error.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { directoryOf, isAlive, runOf } from './identity.ts'

const lines = (...command: [string, ...string[]]): string[] => {
  const { stdout } = spawnSync(command[0], command.slice(1), { encoding: 'utf8' })
  return (stdout ?? '').split('\n').filter((line) => line !== '')
}

/** Names of all network namespaces of the machine. */
const namespaces = (): string[] => lines('ip', 'netns', 'list').map((line) => line.split(' ')[0]!)

const belongsTo = (run: string) => (name: string) => name === run || name.startsWith(`${run}-`)

const commandLine = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    return ''
  }
}

/** Processes that were started with a file of the run's directory. */
const processesOf = (run: string): string[] =>
  readdirSync('/proc').filter(
    (name) =>
      /^\d+$/.test(name) &&
      Number(name) !== process.pid &&
      commandLine(name).includes(`${directoryOf(run)}/`),
  )

const kill = (pid: string): void => {
  try {
    process.kill(Number(pid), 'SIGKILL')
  } catch {
    // It has ended on its own.
  }
}

export const removeRun = (run: string): void => {
  const ours = namespaces().filter(belongsTo(run))
  for (const pid of processesOf(run)) kill(pid)
  for (const pid of ours.flatMap((name) => lines('ip', 'netns', 'pids', name))) kill(pid)
  for (const name of ours) spawnSync('ip', ['netns', 'del', name])
  rmSync(directoryOf(run), { recursive: true, force: true })
}

/** Runs of dead processes. */
export const deadRuns = (): string[] => {
  const names = [...namespaces(), ...readdirSync(tmpdir())]
  const runs = new Set(names.map(runOf).filter((run) => run !== undefined))
  return [...runs].filter((run) => !isAlive(run))
}

/** Removes what dead processes left behind. */
export const sweep = (): string[] => {
  const runs = deadRuns()
  for (const run of runs) removeRun(run)
  return runs
}
