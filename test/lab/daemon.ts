/** A program that runs until it is stopped. Its output is kept, and shown when it ends unexpectedly. */
import { type ChildProcess, spawn } from 'node:child_process'
import { until } from './wait.ts'

export interface DaemonOptions {
  readonly command: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Part of the output by which it says that it is ready; absent: as soon as it is started. */
  readonly ready?: string
  /** Milliseconds; 15 s when absent. */
  readonly timeout?: number
}

const OUTPUT_KEPT = 2 ** 22

export class Daemon {
  readonly #child: ChildProcess
  readonly #ended: Promise<number>
  #output = ''
  #code: number | undefined

  constructor({ command, env = process.env, cwd }: DaemonOptions) {
    const [program, ...args] = command as [string, ...string[]]
    this.#child = spawn(program, args, {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A Ctrl-C at the terminal is for us: we end our programs in the order that they need.
      detached: true,
      ...(cwd === undefined ? {} : { cwd }),
    })
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-OUTPUT_KEPT)
      })
    }
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        this.#output += error.message
      })
      this.#child.on('close', (code, signal) => {
        this.#code = code ?? (signal === null ? 255 : 128)
        resolve(this.#code)
      })
    })
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** Both streams, the last 4 MiB of them. */
  get output(): string {
    return this.#output
  }

  get running(): boolean {
    return this.#code === undefined
  }

  /** The exit code; 128 after a signal. */
  get ended(): Promise<number> {
    return this.#ended
  }

  /** @throws when it ends or the text does not come in time */
  async says(text: string, timeout = 15_000): Promise<void> {
    await until(`"${text}" from ${this.#child.spawnargs.join(' ')}`, () => this.#hasSaid(text), {
      timeout,
      describe: () => this.#output.slice(-2000),
    })
  }

  #hasSaid(text: string): boolean {
    if (this.#output.includes(text)) return true
    if (!this.running)
      throw new Error(`${this.#child.spawnargs.join(' ')} ended: ${this.#output.slice(-2000)}`)
    return false
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Ends it and waits for that. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
    if (this.running) this.signal(signal)
    return this.#ended
  }
}

export const startDaemon = async (options: DaemonOptions): Promise<Daemon> => {
  const daemon = new Daemon(options)
  if (options.ready !== undefined) await daemon.says(options.ready, options.timeout)
  return daemon
}
