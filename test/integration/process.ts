/**
 * What a test runs on this machine, outside of any namespace: the built vnetd and vnctl, redis-server, and Open
 * vSwitch with ports that exist in memory only. Each machine has a directory and ports of its own. However the test
 * ends, its processes are killed and its directory is removed: see `test/lab/exit.ts` and `removal.ts`.
 */
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Snapshot } from '@openvnet/feed'
import type { Test } from 'tap'
import { attempt, type CommandResult } from '../lab/command.ts'
import { type Daemon, startDaemon } from '../lab/daemon.ts'
import { atExit } from '../lab/exit.ts'
import { parseFlows } from '../lab/flows.ts'
import { directoryOf, newRun } from '../lab/identity.ts'
import { OpenVSwitch } from '../lab/open_vswitch.ts'
import { VNCTL, VNETD } from '../lab/programs.ts'
import { removeRun, sweep } from '../lab/removal.ts'
import { Rest } from '../lab/rest.ts'
import type { Status } from '../lab/vnetd.ts'
import { until } from '../lab/wait.ts'

/** Of every bridge: one vnetd has one. */
export const DPID = '0x000002fdee8e0a44'

/** A line of vnetd's log. */
export interface LogLine {
  readonly level: number
  readonly msg: string
  readonly [field: string]: unknown
}

/** Ports below those that the system gives to connections, so that nobody takes one while its owner is restarted. */
const FIRST_PORT = 15_000
const PORTS = 15_000

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(true)))
  })

const freePort = (): Promise<number> =>
  until('a free port', async () => {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS)
    return (await isFree(port)) && port
  })

export class Machine {
  readonly directory: string
  readonly httpPort: number
  readonly openflowPort: number
  readonly rest: Rest
  readonly #redisPort: number
  readonly #run: string
  readonly #release: () => void
  readonly #stops: (() => Promise<unknown>)[] = []
  #logs = 0

  private constructor(run: string, [httpPort, openflowPort, redisPort]: readonly [number, number, number]) {
    this.#run = run
    this.#release = atExit(() => removeRun(run))
    this.directory = directoryOf(run)
    this.httpPort = httpPort
    this.openflowPort = openflowPort
    this.#redisPort = redisPort
    this.rest = new Rest(httpPort)
  }

  /** Closed when the test ends. */
  static async create(t: Test): Promise<Machine> {
    sweep()
    const machine = new Machine(newRun(), [await freePort(), await freePort(), await freePort()])
    t.teardown(() => machine.close())
    await mkdir(machine.directory)
    return machine
  }

  get url(): string {
    return `http://127.0.0.1:${this.httpPort}`
  }

  get database(): string {
    return join(this.directory, 'openvnet.db')
  }

  /** Starts vnetd; several have the same ports and the same database, so they must be different parts of it. */
  async vnetd(...options: readonly string[]): Promise<Vnetd> {
    this.#logs += 1
    const log = join(this.directory, `vnetd-${this.#logs}.log`)
    const command = [
      ...VNETD,
      ...['--http', `127.0.0.1:${this.httpPort}`],
      ...['--openflow', `127.0.0.1:${this.openflowPort}`],
      ...['--db', this.database],
      ...['--log-file', log],
      ...options,
    ]
    const daemon = await this.#start(command, ' is up')
    return new Vnetd(daemon, log)
  }

  /** Starts one part of vnetd, connected to the other by Redis. */
  part(only: 'api' | 'controller'): Promise<Vnetd> {
    return this.vnetd('--only', only, '--redis', this.redisUrl, '--api', this.url)
  }

  get redisUrl(): string {
    return `redis://127.0.0.1:${this.#redisPort}`
  }

  /** Starts redis-server. Its title stays its command line, by which it is found when it is left over. */
  redis(): Promise<Daemon> {
    const address = ['--bind', '127.0.0.1', '--port', `${this.#redisPort}`]
    const files = ['--dir', `${this.directory}/`, '--save', '', '--set-proc-title', 'no']
    return this.#start(['redis-server', ...address, ...files], 'Ready to accept connections')
  }

  vnctl(...args: readonly string[]): Promise<CommandResult> {
    const env = { ...process.env, VNET_WEBAPI: `127.0.0.1:${this.httpPort}` }
    return attempt([...VNCTL, ...args], { env })
  }

  /** An Open vSwitch with the bridge br0, whose ports are numbered from 1 in the order given. */
  async bridge(ports: readonly string[]): Promise<OpenVSwitch> {
    const ovs = new OpenVSwitch({ directory: join(this.directory, 'ovs'), dummy: true })
    this.#stops.push(() => ovs.stop())
    await ovs.start()
    const settings = [
      'datapath_type=dummy',
      'fail_mode=secure',
      'protocols=OpenFlow13',
      'other_config:disable-in-band=true',
      `other_config:datapath-id=${DPID.replace('0x', '')}`,
    ]
    await ovs.vsctl(
      ...['add-br', 'br0', '--', 'set', 'Bridge', 'br0', ...settings],
      ...ports.flatMap((port, index) => [
        ...['--', 'add-port', 'br0', port],
        ...['--', 'set', 'Interface', port, 'type=dummy', `ofport_request=${index + 1}`],
      ]),
      ...['--', 'set-controller', 'br0', `tcp:127.0.0.1:${this.openflowPort}`],
      // What is tried again within a second is back within the time that a test has.
      ...['--', 'set', 'Controller', 'br0', 'max_backoff=1000'],
    )
    return ovs
  }

  status(): Promise<Status> {
    return this.rest.get<Status>('status')
  }

  snapshot(): Promise<Snapshot> {
    return this.rest.get<Snapshot>('snapshot')
  }

  /** Resolves when the bridge is connected and has acknowledged the newest revision. */
  async converged(timeout = 20_000): Promise<void> {
    const isUpToDate = async () => {
      const { revision, datapaths } = await this.status()
      return datapaths.some(
        ({ dpid, connected, acknowledged_revision }) =>
          dpid === DPID && connected && acknowledged_revision >= revision,
      )
    }
    await until('the bridge has the newest revision', isUpToDate, {
      timeout,
      describe: async () => JSON.stringify(await this.status()),
    })
  }

  async close(): Promise<void> {
    for (const stop of this.#stops.splice(0)) await stop()
    removeRun(this.#run)
    this.#release()
  }

  async #start(command: readonly string[], ready: string): Promise<Daemon> {
    const daemon = await startDaemon({ command, ready })
    this.#stops.push(() => daemon.stop('SIGKILL'))
    return daemon
  }
}

export class Vnetd {
  readonly #daemon: Daemon
  readonly #log: string

  constructor(daemon: Daemon, log: string) {
    this.#daemon = daemon
    this.#log = log
  }

  get pid(): number {
    return this.#daemon.pid
  }

  get running(): boolean {
    return this.#daemon.running
  }

  /** @returns the exit status; 128 after a signal that it did not handle */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
    return this.#daemon.stop(signal)
  }

  /** What it has logged so far. */
  log(): LogLine[] {
    if (!existsSync(this.#log)) return []
    const lines = readFileSync(this.#log, 'utf8').split('\n')
    return lines.slice(0, -1).map((line) => JSON.parse(line) as LogLine)
  }

  /** Resident memory in MiB. */
  get memory(): number {
    const kibibytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]
    return Number(kibibytes) / 1024
  }
}

/** Flows, with their cookies, and groups of br0: sorted, without counters and times. */
export const tables = async (ovs: OpenVSwitch): Promise<string[]> => {
  const flows = parseFlows(await ovs.ofctl(['--no-names', 'dump-flows', 'br0']))
  const groups = (await ovs.ofctl(['dump-groups', 'br0'])).split('\n').filter((line) => line.startsWith(' '))
  return [...flows.map(({ cookie, text }) => `0x${cookie.toString(16)} ${text}`), ...groups].sort()
}

/**
 * What a vnetd that has seen nothing but the database gives to a bridge that was never there before.
 * To be called while nobody writes.
 */
export const freshTables = async (t: Test, machine: Machine, ports: readonly string[]): Promise<string[]> => {
  const fresh = await Machine.create(t)
  for (const part of ['', '-wal']) {
    const file = `${machine.database}${part}`
    if (existsSync(file)) copyFileSync(file, `${fresh.database}${part}`)
  }
  await fresh.vnetd()
  const ovs = await fresh.bridge(ports)
  await fresh.converged()
  const found = await tables(ovs)
  await fresh.close()
  return found
}
