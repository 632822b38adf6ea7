/**
 * `npm run bench`: ours beside what others use, in one run on one machine, as one table that is printed and written to
 * docs/benchmarks.md. It measures; it asserts nothing. Started by scripts/bench.mjs, as root in a network namespace of
 * its own, so that no port, bridge or interface of the machine is touched.
 */

import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { atExit } from '../lab/exit.ts'
import { burstFamily } from './families/burst.ts'
import { firstPingFamily } from './families/first_ping.ts'
import { flowsFamily } from './families/flows.ts'
import { hostsFamily } from './families/hosts.ts'
import { ovnFamily } from './families/ovn.ts'
import { packetInFamily } from './families/packet_in.ts'
import { restartFamily } from './families/restart.ts'
import { sizeFamily } from './families/size.ts'
import { machineFacts } from './machine.ts'
import { HELP, isWanted, type Options, readOptions } from './options.ts'
import { renderReport, renderRow, TABLE_HEAD, writeReport } from './report.ts'
import type { Context, Family, Row } from './row.ts'

const FAMILIES: readonly Family[] = [
  flowsFamily,
  packetInFamily,
  sizeFamily,
  hostsFamily,
  burstFamily,
  firstPingFamily,
  restartFamily,
  ovnFamily,
]
const DOCUMENT = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url))

const print = (text: string): void => void process.stdout.write(`${text}\n`)
const tell = (text: string): void => void process.stderr.write(`${text}\n`)
const namesOf = ({ name, parts }: Family): string[] => parts.map((part) => `${name}/${part}`)

/** A family that fails costs its own rows: the reason stands where they would. */
const runFamily = async (family: Family, context: Context, record: (row: Row) => void): Promise<void> => {
  if (!namesOf(family).some((name) => context.wants(name))) return
  if (family.asRoot === true && process.getuid?.() !== 0)
    return context.say(`${family.name}: skipped, it makes network namespaces: run as root`)
  try {
    await family.run(context)
  } catch (error) {
    process.exitCode = 1
    tell(error instanceof Error ? (error.stack ?? error.message) : String(error))
    const [reason] = String((error as Error).message ?? error).split('\n')
    record({ name: family.name, work: family.about, ours: `failed: ${reason?.replaceAll('|', '\\|')}` })
  }
}

const runAll = async (options: Options, directory: string): Promise<Row[]> => {
  const rows: Row[] = []
  const record = (row: Row): void => {
    if (rows.length === 0) print(TABLE_HEAD)
    rows.push(row)
    print(renderRow(row))
  }
  const context: Context = {
    quick: options.quick,
    ovn: options.ovn,
    directory,
    wants: (name) => options.rows.length === 0 || options.rows.some((row) => isWanted(name, row)),
    give: (row) => {
      if (context.wants(row.name)) record(row)
    },
    say: tell,
  }
  for (const family of FAMILIES) await runFamily(family, context, record)
  return rows
}

const bench = async (options: Options): Promise<void> => {
  const started = new Date()
  const directory = await mkdtemp(join(tmpdir(), 'vnet-bench-'))
  const release = atExit(() => rmSync(directory, { recursive: true, force: true }))
  const rows = await runAll(options, directory)
  await rm(directory, { recursive: true, force: true })
  release()
  const facts = await machineFacts(started, options.text)
  print(`\n${facts}`)
  if (!options.write) return
  await writeReport(DOCUMENT, renderReport(facts, rows))
  tell('written to docs/benchmarks.md')
}

const options = readOptions(process.argv.slice(2))
if (options === null) print(HELP)
else if (options.list) for (const name of FAMILIES.flatMap(namesOf)) print(name)
else if (options.rows.some((row) => !FAMILIES.flatMap(namesOf).some((name) => isWanted(name, row)))) {
  tell('no such row: npm run bench -- --list')
  process.exitCode = 2
} else {
  await bench(options)
  // What a family that failed has left open must not keep us.
  process.exit()
}
