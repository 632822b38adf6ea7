/**
 * vnetd as users run it: built, with the options of Node that `npm start` gives it. Its event loop can be watched. It
 * dies with the benchmark, however that ends.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { atExit } from '../lab/exit.ts'
import { until } from '../lab/wait.ts'
import { Client, type Status } from './client.ts'
import type { LoopReport } from './loop_delay.ts'

const MAIN = fileURLToPath(new URL('../../packages/vnetd/dist/main.js', import.meta.url))
const LOOP_DELAY = fileURLToPath(new URL('loop_delay.ts', import.meta.url))
/** As in scripts/start.mjs. */
const NODE_OPTIONS = ['--max-semi-space-size=4', '--no-allocation-site-pretenuring']
const START_MS = 60_000

export interface VnetdOptions {
  readonly database: string
  /** TCP port for switches; any free one when absent. */
  readonly openflow?: number
  /** More options of vnetd. */
  readonly options?: readonly string[]
  /** More options of Node: `--cpu-prof`. */
  readonly node?: readonly string[]
}

const numberIn = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1])

export class Vnetd {
  readonly client: Client
  /** Of the REST API: `http://127.0.0.1:9090`. */
  readonly url: string
  /** TCP port on 127.0.0.1 for switches. */
  readonly openflow: number
  readonly #child: ChildProcess
  readonly #release: () => void

  private constructor(child: ChildProcess, banner: string, release: () => void) {
    this.#child = child
    this.#release = release
    this.openflow = numberIn(banner, /OpenFlow\s+tcp:127\.0\.0\.1:(\d+)/)
    this.url = `http://127.0.0.1:${numberIn(banner, /REST API\s+http:\/\/127\.0\.0\.1:(\d+)/)}`
    this.client = new Client(this.url)
  }

  static async start({ database, openflow = 0, node = [] }: VnetdOptions): Promise<Vnetd> {
    const options = ['--db', database, '--http', '127.0.0.1:0', '--openflow', `127.0.0.1:${openflow}`]
    const child = spawn(
      process.execPath,
      [...NODE_OPTIONS, ...node, '--import', LOOP_DELAY, MAIN, ...options, '--log-level', 'error'],
      { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
    )
    const release = atExit(() => child.kill('SIGKILL'))
    let banner = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      banner += chunk.toString()
    })
    await until('vnetd', () => banner.includes('Ctrl-C') && banner.includes('OpenFlow'), {
      timeout: START_MS,
      interval: 2,
      describe: () => `${banner} (exit code ${child.exitCode})`,
    })
    return new Vnetd(child, banner, release)
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** The longest delays of its event loop while `work` goes on. */
  async watch(work: () => Promise<unknown>): Promise<LoopReport> {
    await this.#report()
    await work()
    return this.#report()
  }

  /** Of the time since the last one. */
  async #report(): Promise<LoopReport> {
    const answer = once(this.#child, 'message')
    this.#child.send('report')
    return ((await answer) as [LoopReport])[0]
  }

  /** Resolves when one bridge is as it is wanted. @param interval milliseconds */
  async until(isIt: (datapath: Status['datapaths'][number]) => boolean, interval: number): Promise<void> {
    await until('the bridge', async () => (await this.client.status()).datapaths.some(isIt), { interval })
  }

  /** Resolves when so many bridges are connected and all of them have everything. @param interval milliseconds */
  async installed(bridges: number, interval: number): Promise<Status> {
    return until(
      `${bridges} bridges have everything`,
      async () => {
        const status = await this.client.status()
        const done = status.datapaths.filter(
          ({ connected, flows, acknowledged_revision }) =>
            connected && flows > 0 && acknowledged_revision >= status.revision,
        )
        return done.length >= bridges && status
      },
      { timeout: 180_000, interval },
    )
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.client.close()
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit')
      this.#child.kill(signal)
      await ended
    }
    this.#release()
  }
}
