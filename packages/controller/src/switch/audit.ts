/**
 * Looks now and then whether a switch still holds what it acknowledged: somebody may have changed it by hand.
 *
 * Every audit compares the groups and the number of flows. It reads each flow too where they are few, and where they
 * are many so much more rarely that no more flows are read in the long run, but not more rarely than every 30 times:
 * with 10 s between audits, a flow changed by hand is found within 10 s among up to 2,000, 50 s among 10,000, and
 * 5 min among 60,000 and more.
 *
 * Where the switch itself tells what others do (`watch.ts`), only the number of flows and the groups are looked at, and
 * that every 30 times: nothing is to be found then, and reading costs the switch.
 */
import type { Logger } from 'pino'
import type { Channel } from '../reconcile/channel.ts'
import { agrees, inspect } from '../reconcile/inspect.ts'
import type { Installed } from '../reconcile/installed.ts'

export interface AuditOptions {
  readonly channel: Channel
  /** Milliseconds between audits; 0: none. */
  readonly interval: number
  readonly log: Logger
  /** Whether the switch tells what others do. */
  readonly isWatched: () => boolean
  /** It is time for one. */
  readonly onDue: () => void
}

/** Flows that an audit may read on average. */
const FLOWS_PER_AUDIT = 2000
/** Audits after which each flow is read, and what was refused is tried again. */
const MAX_AUDITS = 30

/** Every how many audits each of so many flows is read. */
const auditsPerReading = (flows: number) => Math.min(Math.ceil(flows / FLOWS_PER_AUDIT), MAX_AUDITS)

export class Audit {
  readonly #options: AuditOptions
  readonly #timer: NodeJS.Timeout | undefined
  #isDue = false
  #count = 0
  #sinceReading = 0

  constructor(options: AuditOptions) {
    this.#options = options
    if (options.interval > 0) this.#timer = setInterval(() => this.#request(), options.interval).unref()
  }

  get isDue(): boolean {
    return this.#isDue
  }

  /** Whether it is time to try again what was refused: something may have changed that nobody tells us. */
  get isTimeToRetry(): boolean {
    return this.#count % MAX_AUDITS === 0
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #request(): void {
    this.#isDue = true
    this.#options.onDue()
  }

  /** Whether the switch holds what it is known to hold; if not, it is in the log. @throws as `Channel.multipart` */
  async run(installed: Installed): Promise<boolean> {
    this.#isDue = false
    this.#count += 1
    this.#sinceReading += 1
    const { channel, isWatched, log } = this.#options
    if (isWatched() && !this.isTimeToRetry) return true
    const eachFlow = !isWatched() && this.#sinceReading >= auditsPerReading(installed.flows.size)
    const found = await inspect(channel, installed, eachFlow)
    if (eachFlow) this.#sinceReading = 0
    if (agrees(found, installed)) return true
    const expected = { flows: installed.flows.size, groups: installed.groups.size }
    log.warn({ expected, found }, 'somebody else changed our flows, reading the switch again')
    return false
  }
}
