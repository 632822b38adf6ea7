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
  /** Whether each has a port for tunnels too. */
  readonly haveTunnels?: boolean
}

/** Datapath id of the first; each has the next. */
export const FIRST_DPID = 0xbe7_0000n

export interface FakeSwitchOrder {
  readonly act: 'connect' | 'disconnect'
  /** From 0 on. */
  readonly switches: readonly number[]
}

export class FakeSwitches {
  readonly #child: ChildProcess
  readonly #all: readonly number[]
  readonly #release: () => void

  private constructor(child: ChildProcess, switches: number) {
    this.#child = child
    this.#all = Array.from({ length: switches }, (_, index) => index)
    this.#release = atExit(() => child.kill('SIGKILL'))
  }

  /** They exist when this resolves, and have not dialled yet. */
  static async start(options: FakeSwitchesOptions): Promise<FakeSwitches> {
    const { port, switches, ports, haveTunnels = false } = options
    const child = fork(PROCESS, [port, switches, ports, haveTunnels ? 1 : 0].map(String), {
      execArgv: ['--conditions=vnet-source'],
    })
    const started = new FakeSwitches(child, switches)
    await once(child, 'message')
    return started
  }

  /** @param switches by number, from 0 on; all when absent */
  connect(switches: readonly number[] = this.#all): void {
    this.#child.send({ act: 'connect', switches } satisfies FakeSwitchOrder)
  }

  disconnect(switches: readonly number[]): void {
    this.#child.send({ act: 'disconnect', switches } satisfies FakeSwitchOrder)
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
    this.#release()
  }
}
