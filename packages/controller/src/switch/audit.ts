/**
 * Looks now and then whether a switch still holds what it acknowledged: somebody may have changed it by hand.
 *
 * Every audit compares the groups, the meters and the number of flows. It reads each flow too where they are few, and where they
 * are many so much more rarely that no more flows are read in the long run, but not more rarely than every 30 times:
 * with 10 s between audits, a flow changed by hand is found within 10 s among up to 2,000, 50 s among 10,000, and
 * 5 min among 60,000 and more. Many switches count as one of ten times the size: where 1,000 have 100 flows each, it
 * is found within 50 s.
 *
 * Where the switch itself tells what others do (`watch.ts`), only the number of flows and the groups are looked at, and
 * that every 30 times: nothing is to be found then, and reading costs the switch.
 */
import type { Logger } from 'pino'
import type { Channel } from '../reconcile/channel.ts'
import { agrees, inspect } from '../reconcile/inspect.ts'
import type { Installed } from '../reconcile/installed.ts'

/** Of all switches that have to be read, since they do not tell what others do. */
export interface AuditLoad {
  flows: number
}

export interface AuditOptions {
  readonly channel: Channel
  /** Milliseconds between audits; 0: none. */
  readonly interval: number
  readonly log: Logger
  /** Shared by all switches. */
  readonly load: AuditLoad
  /** Whether the switch tells what others do. */
  readonly isWatched: () => boolean
  /** It is time for one. */
  readonly onDue: () => void
}

/** Flows that an audit may read on average. */
const FLOWS_PER_AUDIT = 2000
/** The same for all switches together. */
const FLOWS_OF_ALL = 20_000
/** Audits after which each flow is read, and what was refused is tried again. */
const MAX_AUDITS = 30

/** Every how many audits each of so many flows is read, of so many that all switches have. */
const auditsPerReading = (flows: number, all: number) =>
  Math.min(Math.max(Math.ceil(flows / FLOWS_PER_AUDIT), Math.ceil(all / FLOWS_OF_ALL), 1), MAX_AUDITS)

export class Audit {
  readonly #options: AuditOptions
  #timer: NodeJS.Timeout | undefined
  #isDue = false
  #count = 0
  /** Switches that connected together are not all read in the same round. */
  readonly #phase = Math.floor(Math.random() * MAX_AUDITS)
  /** What this one adds to the load. */
  #share = 0

  constructor(options: AuditOptions) {
    this.#options = options
    if (options.interval > 0) this.#plan(options.interval * Math.random())
  }

  get isDue(): boolean {
    return this.#isDue
  }

  /** Whether it is time to try again what was refused: something may have changed that nobody tells us. */
  get isTimeToRetry(): boolean {
    return this.#count % MAX_AUDITS === 0
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#carry(0)
  }

  #carry(flows: number): void {
    this.#options.load.flows += flows - this.#share
    this.#share = flows
  }

  /** Switches that connected together are not looked at together. */
  #plan(delay: number): void {
    this.#timer = setTimeout(() => this.#request(), delay).unref()
  }

  #request(): void {
    this.#isDue = true
    this.#plan(this.#options.interval)
    this.#options.onDue()
  }

  /** Whether the switch holds what it is known to hold; if not, it is in the log. @throws as `Channel.multipart` */
  async run(installed: Installed): Promise<boolean> {
    this.#isDue = false
    this.#count += 1
    const { channel, isWatched, load, log } = this.#options
    this.#carry(isWatched() ? 0 : installed.flows.size)
    if (isWatched() && !this.isTimeToRetry) return true
    const period = auditsPerReading(installed.flows.size, load.flows)
    const eachFlow = !isWatched() && (this.#count + this.#phase) % period === 0
    const found = await inspect(channel, installed, eachFlow)
    if (agrees(found, installed)) return true
    const { flows, groups, meters } = installed
    const expected = { flows: flows.size, groups: groups.size, meters: meters.size }
    log.warn({ expected, found }, 'somebody else changed our flows, reading the switch again')
    return false
  }
}
