/**
 * Programs of others that ours stand beside. Where they are not installed they are fetched and unpacked, not installed:
 * the packages would start daemons with the machine, one of them on our own port.
 */
import { accessSync, constants, existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { attempt, run } from '../lab/command.ts'

export interface Programs {
  readonly programs: readonly string[]
  /** Of Debian, that hold them. */
  readonly packages: readonly string[]
}

export const TESTCONTROLLER: Programs = {
  programs: ['ovs-testcontroller'],
  packages: ['openvswitch-testcontroller'],
}
export const DNSMASQ: Programs = { programs: ['dnsmasq'], packages: ['dnsmasq-base'] }
export const OVN: Programs = {
  programs: ['ovn-northd', 'ovn-controller', 'ovn-nbctl'],
  packages: ['ovn-common', 'ovn-central', 'ovn-host'],
}

const UNPACKED = fileURLToPath(new URL('../../.toolchain/bench', import.meta.url))
const FETCH_MS = 180_000

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const pathOf = (program: string): string | undefined => {
  const system = (process.env['PATH'] ?? '').split(delimiter)
  const places = [...system, '/usr/sbin', '/sbin', join(UNPACKED, 'usr/bin'), join(UNPACKED, 'usr/sbin')]
  return places.map((directory) => join(directory, program)).find(isProgram)
}

/** Their paths in their order; `undefined` unless all are there. */
export const findPrograms = ({ programs }: Programs): readonly string[] | undefined => {
  const paths = programs.map(pathOf).filter((path) => path !== undefined)
  return paths.length === programs.length ? paths : undefined
}

/** @returns why they cannot be had, or `undefined` when they are there */
export const fetchMissing = async (wanted: Programs): Promise<string | undefined> => {
  if (findPrograms(wanted) !== undefined) return undefined
  if ((await attempt(['apt-get', '--version'])).code !== 0) return 'not a system with apt'
  const downloads = join(UNPACKED, 'packages')
  await mkdir(downloads, { recursive: true })
  const fetched = await attempt(['apt-get', '-q', 'download', ...wanted.packages], {
    cwd: downloads,
    timeout: FETCH_MS,
  })
  if (fetched.code !== 0) return fetched.stderr.trim().split('\n')[0]
  for (const name of await readdir(downloads)) await run(['dpkg', '-x', join(downloads, name), UNPACKED])
  return findPrograms(wanted) === undefined ? 'the packages do not hold them' : undefined
}

/** A file of a package, where it is installed or where it was unpacked. @param path from the root, without `/` */
export const fileOf = (path: string): string => {
  const installed = `/${path}`
  return existsSync(installed) ? installed : join(UNPACKED, path)
}
