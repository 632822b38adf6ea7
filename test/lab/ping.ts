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
  /** To a broadcast address; nobody answers who has not been told to, see `Guest.answerBroadcasts`. */
  readonly broadcast?: boolean
}

/** Packets in a row that were not answered. */
export interface Outage {
  readonly packets: number
  /** When the last answer before them came, in milliseconds since 1970; -Infinity when there was none. */
  readonly from: number
  /** When the next answer came; Infinity when there was none. */
  readonly until: number
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
  /** The same as runs of them; known of continuous pings. */
  readonly outages: readonly Outage[]
  /** What ping printed. */
  readonly text: string
}

const ANSWER = /^(?:\[([\d.]+)\] )?.*icmp_seq=(\d+) ttl=(\d+) time=([\d.]+) ms/
const SUMMARY = /(\d+) packets transmitted, (\d+) received/

/** @param lost in ascending order @param times of the answers, by sequence number */
const outagesOf = (lost: readonly number[], times: ReadonlyMap<number, number>): Outage[] => {
  const runs: number[][] = []
  for (const sequence of lost) {
    const run = runs.at(-1)
    if (run?.at(-1) === sequence - 1) run.push(sequence)
    else runs.push([sequence])
  }
  return runs.map((run) => ({
    packets: run.length,
    from: times.get(run[0]! - 1) ?? -Infinity,
    until: times.get(run.at(-1)! + 1) ?? Infinity,
  }))
}

export const parsePing = (text: string): PingResult => {
  const answers = text.split('\n').flatMap((line) => {
    const match = ANSWER.exec(line)
    return match === null
      ? []
      : [
          {
            at: Number(match[1]) * 1000,
            sequence: Number(match[2]),
            ttl: Number(match[3]),
            time: Number(match[4]),
            duplicate: line.includes('DUP!'),
          },
        ]
  })
  const first = answers.filter(({ duplicate }) => !duplicate)
  const [, sent = '0', received = '0'] = SUMMARY.exec(text) ?? []
  const answered = new Map(first.map(({ sequence, at }) => [sequence, at]))
  const sequences = Array.from({ length: Number(sent) }, (_, index) => index + 1)
  const lost = sequences.filter((sequence) => !answered.has(sequence))
  return {
    sent: Number(sent),
    received: Number(received),
    duplicates: answers.length - first.length,
    times: first.map(({ time }) => time),
    ttl: answers.at(-1)?.ttl,
    lost,
    outages: outagesOf(lost, answered),
    text,
  }
}

export const pingCommand = (address: string, options: PingOptions = {}): string[] => {
  const { count, interval = 0.2, ttl, timeout = 1, size, broadcast = false } = options
  return [
    ...['ping', '-n', '-i', `${interval}`, '-W', `${timeout}`],
    ...(count === undefined ? [] : ['-c', `${count}`]),
    ...(ttl === undefined ? [] : ['-t', `${ttl}`]),
    ...(size === undefined ? [] : ['-s', `${size}`]),
    ...(broadcast ? ['-b'] : []),
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
  const { stdout } = await namespace.attempt(pingCommand(address, { ...options, count }), { timeout: limit })
  return parsePing(stdout)
}

/** What was sent so shortly before the end may still be under way. */
const UNDER_WAY_MS = 100

/** Without the last packets if they are lost, as long as they may be under way. */
export const withoutUnderWay = (result: PingResult, mayBe: number): PingResult => {
  const { sent, lost, outages } = result
  const last = outages.at(-1)
  if (last === undefined || lost.at(-1) !== sent || last.packets > mayBe) return result
  return {
    ...result,
    sent: sent - last.packets,
    lost: lost.slice(0, -last.packets),
    outages: outages.slice(0, -1),
  }
}

/** Pings that go on until they are stopped. */
export class ContinuousPing {
  readonly #daemon: Daemon
  readonly #patience: number
  readonly #mayBeUnderWay: number

  constructor(namespace: Namespace, address: string, options: PingOptions = {}) {
    const [program = '', ...words] = pingCommand(address, options)
    this.#daemon = new Daemon({ command: [...namespace.prefix, program, '-D', ...words] })
    this.#patience = (options.timeout ?? 1) * 1000
    this.#mayBeUnderWay = Math.max(1, Math.floor(UNDER_WAY_MS / 1000 / (options.interval ?? 0.2)))
  }

  /** That have come so far, duplicates included. */
  get answers(): number {
    return this.#daemon.output.split(' ttl=').length - 1
  }

  /** Resolves when so many answers have come. */
  async reaches(answers: number, timeout = 10_000): Promise<void> {
    await this.#daemon.says(`icmp_seq=${answers} `, timeout)
  }

  /** The last packets sent may be under way: they count only if they were answered. */
  async stop(): Promise<PingResult> {
    this.#daemon.signal('SIGINT')
    await Promise.race([this.#daemon.ended, sleep(this.#patience + 2000)])
    await this.#daemon.stop('SIGKILL')
    return withoutUnderWay(parsePing(this.#daemon.output), this.#mayBeUnderWay)
  }
}
