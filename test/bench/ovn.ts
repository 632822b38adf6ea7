/**
 * OVN of the benchmark's own on a `BenchSwitch`: northd, the controller and two databases with private directories. Its
 * processes are of this run and go with it.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { run } from '../lab/command.ts'
import { type Daemon, startDaemon } from '../lab/daemon.ts'
import { until } from '../lab/wait.ts'
import { fileOf } from './programs.ts'
import type { BenchSwitch } from './switch.ts'

const QUIET = ['-vconsole:emer', '-vsyslog:off', '-vfile:warn']
const LIMIT_MS = 300_000

/** One command to a daemon's control socket, by JSON-RPC as `ovs-appctl` speaks it: no process has to start. */
const control = (socketPath: string, method: string, params: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(socketPath)
    let text = ''
    socket.setTimeout(LIMIT_MS, () => socket.destroy(new Error(`${method}: no answer`)))
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      text += chunk.toString()
      if (!text.trimEnd().endsWith('}')) return
      const { result, error } = JSON.parse(text) as { result: string | null; error: string | null }
      socket.destroy()
      if (error === null) resolve(result ?? '')
      else reject(new Error(`${method}: ${error}`))
    })
    socket.write(JSON.stringify({ id: 0, method, params }))
  })

export interface OvnOptions {
  readonly bench: BenchSwitch
  /** Paths, as OVN of `programs.ts` names them. */
  readonly programs: readonly string[]
}

export class Ovn {
  readonly #directory: string
  readonly #bench: BenchSwitch
  readonly #daemons: Daemon[] = []

  private constructor(bench: BenchSwitch) {
    this.#bench = bench
    this.#directory = join(bench.directory, 'ovn')
  }

  /** Running with empty databases; the switch is known to it. */
  static async start({ bench, programs: [northd, controller, nbctl] }: OvnOptions): Promise<Ovn> {
    const ovn = new Ovn(bench)
    mkdirSync(ovn.#directory, { recursive: true })
    await ovn.#startDatabase('nb')
    await ovn.#startDatabase('sb')
    await ovn.#start('northd', [
      northd!,
      `--ovnnb-db=${ovn.#socket('nb')}`,
      `--ovnsb-db=${ovn.#socket('sb')}`,
    ])
    await bench.ovs.vsctl(
      ...['set', 'Open_vSwitch', '.', 'external_ids:system-id=bench', 'external_ids:ovn-encap-type=geneve'],
      ...[`external_ids:ovn-remote=${ovn.#socket('sb')}`, 'external_ids:ovn-encap-ip=127.0.0.1'],
    )
    await ovn.#start('controller', [controller!, `unix:${join(bench.ovs.directory, 'db.sock')}`])
    await ovn.#start('nbctl', [
      nbctl!,
      `--db=${ovn.#socket('nb')}`,
      '--detach',
      `--pidfile=${ovn.#file('nbctl.pid')}`,
    ])
    await until('the OVN controller has the bridge', async () => (await bench.flowCount()) > 0, {
      timeout: 30_000,
    })
    await ovn.nbctl('--wait=hv', 'sync')
    return ovn
  }

  /** Of its four processes. */
  get pids(): number[] {
    return this.#daemons.filter(({ running }) => running).map(({ pid }) => pid)
  }

  /** A command of ovn-nbctl, or several with `--` between. */
  nbctl(...args: readonly string[]): Promise<string> {
    return control(this.#file('nbctl.ctl'), 'run', args)
  }

  /** northd does nothing until `resume`: what is written meanwhile waits. */
  async pause(): Promise<void> {
    await control(this.#file('northd.ctl'), 'pause', [])
  }

  async resume(): Promise<void> {
    await control(this.#file('northd.ctl'), 'resume', [])
  }

  async stop(): Promise<void> {
    await control(this.#file('nbctl.ctl'), 'exit', []).catch(() => '')
    for (const daemon of this.#daemons.reverse()) await daemon.stop()
  }

  #file(name: string): string {
    return join(this.#directory, name)
  }
  #socket(database: string): string {
    return `unix:${this.#file(`${database}.sock`)}`
  }

  async #startDatabase(name: 'nb' | 'sb'): Promise<void> {
    const file = this.#file(`${name}.db`)
    await run(['ovsdb-tool', 'create', file, fileOf(`usr/share/ovn/ovn-${name}.ovsschema`)])
    await this.#start(`${name}-db`, ['ovsdb-server', file, `--remote=p${this.#socket(name)}`])
  }

  async #start(name: string, command: readonly string[]): Promise<void> {
    const { OVS_RUNDIR } = this.#bench.ovs.env
    const directories = {
      OVN_RUNDIR: this.#directory,
      OVN_LOGDIR: this.#directory,
      OVN_DBDIR: this.#directory,
    }
    const options = [
      // The controller's socket has a fixed name of its own.
      ...(name === 'controller' ? [] : [`--unixctl=${this.#file(`${name}.ctl`)}`]),
      `--log-file=${this.#file(`${name}.log`)}`,
      ...QUIET,
    ]
    const daemon = await startDaemon({
      command: [...command, ...options],
      env: { ...process.env, ...directories, OVS_RUNDIR },
    })
    // nbctl leaves its parent: it is ended by its control socket, and by its directory if we die.
    if (name !== 'nbctl') this.#daemons.push(daemon)
    if (name === 'controller') return
    await until(`OVN ${name}`, () => existsSync(this.#file(`${name}.ctl`)), {
      timeout: 30_000,
      describe: () => daemon.output,
    })
  }
}
