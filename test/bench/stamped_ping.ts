/**
 * Pings of every millisecond with the time of each answer. While nothing is answered `ping` sends every ten milliseconds
 * only, so how long a guest was silent is told by the times and not by the number of what was lost.
 */
import { Daemon } from '../lab/daemon.ts'
import type { Guest } from '../lab/guest.ts'
import { parsePing } from '../lab/ping.ts'
import { sleep, until } from '../lab/wait.ts'

export interface StampedResult {
  readonly sent: number
  readonly lost: number
  /** Milliseconds: the longest time between two answers. */
  readonly silence: number
  /** Milliseconds: the longest round trip. A switch that stalls shows here, a `ping` that gets no processor does not. */
  readonly slowest: number
}

const TIMEOUT_MS = 10_000
/** Milliseconds that the last answers may need. */
const SETTLE_MS = 300

export class StampedPing {
  readonly #daemon: Daemon
  readonly #began = Date.now()

  constructor(guest: Guest, address: string) {
    const command = ['ping', '-n', '-D', '-i', '0.001', '-W', '1', address]
    this.#daemon = new Daemon({ command: [...guest.namespace.prefix, ...command] })
  }

  /** Times of the answers so far, in milliseconds since the epoch. */
  get answers(): number[] {
    const found = this.#daemon.output.matchAll(/^\[(\d+\.\d+)\] \d+ bytes from .*icmp_seq/gm)
    return [...found].map(([, time]) => Number(time) * 1000)
  }

  /**
   * Time of the first answer.
   * @param since milliseconds since the epoch: those before do not count
   * @throws when there is none within `TIMEOUT_MS`
   */
  first(since = 0): Promise<number> {
    const first = () => this.answers.find((time) => time >= since)
    return until('an answer to a ping', first, { timeout: TIMEOUT_MS, describe: this.#describe })
  }

  /** Resolves when there was no answer for so many milliseconds. @throws as `first` */
  async quiet(milliseconds: number): Promise<void> {
    const isQuiet = () => Date.now() - (this.answers.at(-1) ?? this.#began) >= milliseconds
    await until('no answer to a ping', isQuiet, { timeout: TIMEOUT_MS, describe: this.#describe })
  }

  readonly #describe = (): string => this.#daemon.output.slice(-500)

  /** A packet that is under way at the end counts only if it was answered. */
  async stop(): Promise<StampedResult> {
    this.#daemon.signal('SIGINT')
    await Promise.race([this.#daemon.ended, sleep(SETTLE_MS)])
    await this.#daemon.stop('SIGKILL')
    const { answers } = this
    const { sent, lost, times } = parsePing(this.#daemon.output)
    const underWay = lost.at(-1) === sent ? 1 : 0
    const gaps = answers.slice(1).map((time, index) => time - answers[index]!)
    const longest = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, value), 0)
    return {
      ...{ sent: sent - underWay, lost: lost.length - underWay },
      ...{ silence: longest(gaps), slowest: longest(times) },
    }
  }
}
