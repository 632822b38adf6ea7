/** `ping` of iputils: started, stopped, and its text as numbers. */
import { Daemon } from './daemon.ts'
import type { Namespace } from './namespace.ts'
import { sleep } from './wait.ts'

export interface PingOptions {
  readonly count?: number
  /** Seconds between two; 0.2 when absent. */
  readonly interval?: number
  /** TTL to send with. */
  readonly ttl?: number
  /** Seconds to wait for the last answer; 1 when absent. */
  readonly timeout?: number
  /** Octets of data. */
  readonly size?: number
}

export interface PingResult {
  readonly sent: number
  readonly received: number
  readonly duplicates: number
  /** Milliseconds, in order of arrival. */
  readonly times: readonly number[]
  /** TTL of the last answer; `undefined` when there was none. */
  readonly ttl: number | undefined
  /** Sequence numbers that were not answered, from 1 on. */
  readonly lost: readonly number[]
  /** What ping printed. */
  readonly text: string
}

const ANSWER = /icmp_seq=(\d+) ttl=(\d+) time=([\d.]+) ms/
const SUMMARY = /(\d+) packets transmitted, (\d+) received/

export const parsePing = (text: string): PingResult => {
  const answers = text.split('\n').flatMap((line) => {
    const match = ANSWER.exec(line)
    return match === null
      ? []
      : [
          {
            sequence: Number(match[1]),
            ttl: Number(match[2]),
            time: Number(match[3]),
            duplicate: line.includes('DUP!'),
          },
        ]
  })
  const first = answers.filter(({ duplicate }) => !duplicate)
  const [, sent = '0', received = '0'] = SUMMARY.exec(text) ?? []
  const answered = new Set(first.map(({ sequence }) => sequence))
  const sequences = Array.from({ length: Number(sent) }, (_, index) => index + 1)
  return {
    sent: Number(sent),
    received: Number(received),
    duplicates: answers.length - first.length,
    times: first.map(({ time }) => time),
    ttl: answers.at(-1)?.ttl,
    lost: sequences.filter((sequence) => !answered.has(sequence)),
    text,
  }
}

const commandFor = (address: string, options: PingOptions): string[] => {
  const { count, interval = 0.2, ttl, timeout = 1, size } = options
  return [
    ...['ping', '-n', '-i', `${interval}`, '-W', `${timeout}`],
    ...(count === undefined ? [] : ['-c', `${count}`]),
    ...(ttl === undefined ? [] : ['-t', `${ttl}`]),
    ...(size === undefined ? [] : ['-s', `${size}`]),
    address,
  ]
}

export const ping = async (
  namespace: Namespace,
  address: string,
  options: PingOptions = {},
): Promise<PingResult> => {
  const count = options.count ?? 3
  const limit = (count * (options.interval ?? 0.2) + (options.timeout ?? 1) + 10) * 1000
  const { stdout } = await namespace.attempt(commandFor(address, { ...options, count }), { timeout: limit })
  return parsePing(stdout)
}

/** Pings that go on until they are stopped. */
export class ContinuousPing {
  readonly #daemon: Daemon
  readonly #patience: number

  constructor(namespace: Namespace, address: string, options: PingOptions = {}) {
    this.#daemon = new Daemon({ command: [...namespace.prefix, ...commandFor(address, options)] })
    this.#patience = (options.timeout ?? 1) * 1000
  }

  get answers(): number {
    return this.#daemon.output.split('icmp_seq=').length - 1
  }

  /** Resolves when so many answers have come. */
  async reaches(answers: number, timeout = 10_000): Promise<void> {
    await this.#daemon.says(`icmp_seq=${answers} `, timeout)
  }

  /** The last packet sent may be under way: it counts only if it was answered. */
  async stop(): Promise<PingResult> {
    this.#daemon.signal('SIGINT')
    await Promise.race([this.#daemon.ended, sleep(this.#patience + 2000)])
    await this.#daemon.stop('SIGKILL')
    const result = parsePing(this.#daemon.output)
    const underWay = result.lost.at(-1) === result.sent ? 1 : 0
    return {
      ...result,
      sent: result.sent - underWay,
      lost: result.lost.slice(0, result.lost.length - underWay),
    }
  }
}
