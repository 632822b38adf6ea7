/** Fake switches in a process of their own, so that their work does not count as the controller's. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { atExit } from '../lab/exit.ts'

const PROCESS = fileURLToPath(new URL('fake_switch_process.ts', import.meta.url))

export interface FakeSwitchesOptions {
  /** TCP port of the controller. */
  readonly port: number
  readonly switches: number
  /** Ports of each: `if-p1` … on the first, those that follow on the next; and one more, `spareN`. */
  readonly ports: number
}

export class FakeSwitches {
  readonly #child: ChildProcess
  readonly #release: () => void

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#release = atExit(() => child.kill('SIGKILL'))
  }

  /** They exist when this resolves, and have not dialled yet. */
  static async start({ port, switches, ports }: FakeSwitchesOptions): Promise<FakeSwitches> {
    const child = fork(PROCESS, [port, switches, ports].map(String), {
      execArgv: ['--conditions=vnet-source'],
    })
    const started = new FakeSwitches(child)
    await once(child, 'message')
    return started
  }

  connect(): void {
    this.#child.send('connect')
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
    this.#release()
  }
}
