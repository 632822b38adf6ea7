/**
 * A program in a container that runs until it is stopped. `docker exec` passes no signal on, so a shell beside the
 * program waits for the end of its input and interrupts it then: it ends with us, also when we are killed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { until } from '../lab/wait.ts'

const INTERRUPT_AT_END = '"$@" & program=$!; cat > /dev/null; kill -INT $program; wait $program'

export class Program {
  readonly #child: ChildProcess
  readonly #closed: Promise<unknown>
  #output = ''

  /** @param inside words that make a command run in the container, its input kept open */
  constructor(inside: readonly string[], command: readonly string[]) {
    const [program, ...args] = [...inside, 'sh', '-c', INTERRUPT_AT_END, 'sh', ...command] as [
      string,
      ...string[],
    ]
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString()
      })
    }
    this.#child.on('error', (error) => {
      this.#output += error.message
    })
    // The engine closes the pipe of a container that is gone.
    this.#child.stdin!.on('error', () => {})
    this.#closed = new Promise((resolve) => this.#child.once('close', resolve))
  }

  get output(): string {
    return this.#output
  }

  says(text: string): Promise<unknown> {
    return until(`"${text}" from ${this.#child.spawnargs.join(' ')}`, () => this.#output.includes(text), {
      timeout: 60_000,
      describe: () => this.#output.slice(-2000),
    })
  }

  /** Ends it. @returns what it said */
  async stop(): Promise<string> {
    this.#child.stdin!.end()
    await this.#closed
    return this.#output
  }
}
