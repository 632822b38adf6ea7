/**
 * A private Open vSwitch: `ovsdb-server` and `ovs-vswitchd` with their own directory, database and sockets, in a
 * namespace or, with dummy devices that exist in memory only, without one.
 */
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { attempt, type CommandOptions, type CommandResult, run } from './command.ts'
import { type Daemon, startDaemon } from './daemon.ts'
import { until } from './wait.ts'

export interface OpenVSwitchOptions {
  /** Created when absent; sockets, database, logs. */
  readonly directory: string
  /** Put before every command: `ip netns exec NAME`, or nothing. */
  readonly prefix?: readonly string[]
  /** All devices are dummies. */
  readonly dummy?: boolean
}

const SCHEMA = '/usr/share/openvswitch/vswitch.ovsschema'
const QUIET = ['-vconsole:emer', '-vsyslog:off', '-vfile:info']

export class OpenVSwitch {
  readonly directory: string
  readonly #prefix: readonly string[]
  readonly #dummy: boolean
  #database: Daemon | undefined
  #vswitchd: Daemon | undefined

  constructor({ directory, prefix = [], dummy = false }: OpenVSwitchOptions) {
    this.directory = directory
    this.#prefix = prefix
    this.#dummy = dummy
  }

  async start(): Promise<void> {
    await mkdir(this.directory, { recursive: true })
    await this.#run(['ovsdb-tool', 'create', this.#file('conf.db'), SCHEMA])
    await this.startDatabase()
    await this.vsctl('--no-wait', 'init')
    await this.startSwitch()
  }

  async startDatabase(): Promise<void> {
    await rm(this.#file('db.sock'), { force: true })
    this.#database = await startDaemon({
      command: [
        ...this.#prefix,
        'ovsdb-server',
        this.#file('conf.db'),
        `--remote=punix:${this.#file('db.sock')}`,
        ...this.#daemonOptions('ovsdb-server'),
      ],
      env: this.env,
    })
    await until('ovsdb-server', () => existsSync(this.#file('db.sock')))
  }

  async stopDatabase(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#database?.stop(signal)
  }

  /** Where the database is reached from any namespace. */
  get databaseRemote(): string {
    return `unix:${this.#file('db.sock')}`
  }

  /** Where the OVS programs look for the sockets. */
  get env(): NodeJS.ProcessEnv {
    const { directory } = this
    return { ...process.env, OVS_RUNDIR: directory, OVS_LOGDIR: directory, OVS_DBDIR: directory }
  }

  get vswitchdPid(): number | undefined {
    return this.#vswitchd?.pid
  }

  /** The unix socket on which `ovs-appctl` talks to ovs-vswitchd. */
  get controlSocket(): string {
    return this.#file('ovs-vswitchd.ctl')
  }

  /** The unix socket on which a bridge speaks OpenFlow with anyone. */
  managementSocket(bridge: string): string {
    return this.#file(`${bridge}.mgmt`)
  }

  async startSwitch(): Promise<void> {
    const dummy = this.#dummy ? ['--enable-dummy=override', '--disable-system', '--disable-system-route'] : []
    this.#vswitchd = await startDaemon({
      command: [
        ...this.#prefix,
        'ovs-vswitchd',
        `unix:${this.#file('db.sock')}`,
        ...dummy,
        ...this.#daemonOptions('ovs-vswitchd'),
      ],
      env: this.env,
    })
    await until(
      'ovs-vswitchd',
      async () => (await attempt(this.#appctl('version'), { env: this.env })).code === 0,
    )
  }

  async stopSwitch(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#vswitchd?.stop(signal)
  }

  async stop(): Promise<void> {
    await this.#vswitchd?.stop()
    await this.#database?.stop()
  }

  /** Takes options and commands as `ovs-vsctl` does; waits until the switch has done it. */
  vsctl(...args: readonly string[]): Promise<string> {
    return this.#run(['ovs-vsctl', `--db=unix:${this.#file('db.sock')}`, '--timeout=20', ...args])
  }

  /** OpenFlow 1.3. @param input standard input, for commands with the file name `-` */
  ofctl(args: readonly string[], input?: string): Promise<string> {
    return this.#run(['ovs-ofctl', '-O', 'OpenFlow13', ...args], input === undefined ? {} : { input })
  }

  /** What `ovs-ofctl` does or says when it may fail. */
  tryOfctl(args: readonly string[], input = ''): Promise<CommandResult> {
    return attempt([...this.#prefix, 'ovs-ofctl', '-O', 'OpenFlow13', ...args], { env: this.env, input })
  }

  appctl(...args: readonly string[]): Promise<string> {
    return this.#run(this.#appctl(...args))
  }

  #appctl(...args: readonly string[]): string[] {
    return ['ovs-appctl', '-t', this.controlSocket, ...args]
  }

  #file(name: string): string {
    return join(this.directory, name)
  }

  #daemonOptions(program: string): string[] {
    return [
      `--unixctl=${this.#file(`${program}.ctl`)}`,
      `--pidfile=${this.#file(`${program}.pid`)}`,
      `--log-file=${this.#file(`${program}.log`)}`,
      ...QUIET,
    ]
  }

  #run(command: readonly string[], options: CommandOptions = {}): Promise<string> {
    return run([...this.#prefix, ...command], { env: this.env, ...options })
  }
}
