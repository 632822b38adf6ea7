/** Facts of the machine and of the programs, as they stand above the table. */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'
import { attempt } from '../lab/command.ts'

const GIB = 2 ** 30

const system = (): string => {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform
  } catch {
    return process.platform
  }
}

const firstLine = async (...command: string[]): Promise<string | undefined> => {
  const { code, stdout } = await attempt(command)
  return code === 0 ? stdout.split('\n')[0] : undefined
}

/** @param started when the run began */
export const machineFacts = async (started: Date, options: string): Promise<string> => {
  const versions = await Promise.all([
    firstLine('ovs-vswitchd', '--version'),
    firstLine('git', 'describe', '--always', '--dirty'),
  ])
  const minutes = (Date.now() - started.getTime()) / 60_000
  const load = loadavg()[0] ?? Number.NaN
  const parts = [
    `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${(totalmem() / GIB).toFixed(1)} GiB`,
    `${system()}, Linux ${release()}`,
    `Node ${process.version}`,
    ...(versions[0] === undefined ? [] : [versions[0]]),
    ...(versions[1] === undefined ? [] : [`source ${versions[1]}`]),
    `\`npm run bench${options === '' ? '' : ` -- ${options}`}\` on ${started.toISOString().slice(0, 10)}, ${minutes.toFixed(1)} minutes, load ${load.toFixed(1)} at the end`,
  ]
  return `${parts.join(' · ')}.`
}
