/** A real ovsdb-server of the test's own: its directory, database and socket go with the test. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'

const PATH = `${process.env['PATH']}:/usr/sbin:/sbin`
const OPEN_VSWITCH = '/usr/share/openvswitch/vswitch.ovsschema'
const EVERYTHING = join(import.meta.dirname, 'everything.ovsschema')

/** Why tests with a real server cannot run here, or `false` when they can. */
export const withoutServer: string | false =
  PATH.split(':').some((directory) => existsSync(join(directory, 'ovsdb-server'))) && existsSync(OPEN_VSWITCH)
    ? false
    : 'Open vSwitch is not installed (apt-get install openvswitch-switch)'

export interface PrivateServer {
  readonly directory: string
  /** `unix:…` */
  readonly remote: string
  /** One change by another client: a transaction as ovsdb-client(1) takes it. */
  transact(database: string, ...operations: readonly object[]): void
  start(): Promise<void>
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Process id of the server. */
  readonly pid: number
}

/** Has the databases `Open_vSwitch` and `Everything`. @param remotes further ones, as `--remote` takes them */
export const startServer = async (t: Test, ...options: readonly string[]): Promise<PrivateServer> => {
  const directory = mkdtempSync(join(tmpdir(), 'ovsdb-'))
  const env = { ...process.env, PATH, OVS_RUNDIR: directory, OVS_LOGDIR: directory, OVS_DBDIR: directory }
  const at = (name: string): string => join(directory, name)
  for (const [name, schema] of [
    ['ovs.db', OPEN_VSWITCH],
    ['everything.db', EVERYTHING],
  ] as const)
    execFileSync('ovsdb-tool', ['create', at(name), schema], { env })
  let child: ChildProcess
  const start = async (): Promise<void> => {
    rmSync(at('db.sock'), { force: true })
    const words = [
      at('ovs.db'),
      at('everything.db'),
      `--remote=punix:${at('db.sock')}`,
      `--unixctl=${at('ctl')}`,
    ]
    child = spawn(
      'setpriv',
      ['--pdeathsig', 'KILL', '--', 'ovsdb-server', ...words, ...options, '-vconsole:off'],
      {
        env,
        stdio: 'ignore',
      },
    )
    for (const deadline = Date.now() + 15_000; !existsSync(at('db.sock')); await sleep(10))
      if (Date.now() > deadline) throw new Error('ovsdb-server did not come up')
  }
  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
  t.teardown(async () => {
    await kill()
    rmSync(directory, { recursive: true, force: true })
  })
  await start()
  const remote = `unix:${at('db.sock')}`
  return {
    directory,
    remote,
    start,
    kill,
    get pid() {
      return child.pid!
    },
    transact: (database, ...operations) =>
      void execFileSync('ovsdb-client', ['transact', remote, JSON.stringify([database, ...operations])], {
        env,
      }),
  }
}
