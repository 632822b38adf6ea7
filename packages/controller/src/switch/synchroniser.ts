/**
 * Keeps one switch at what it should hold, as long as this controller acts for it. One thing at a time, in this order
 * of need:
 *
 * 1. read what the switch holds: at first, and whenever that is not known;
 * 2. compare again where somebody else changed our flows;
 * 3. compare what changed with what is installed, apply the difference, acknowledge the revision;
 * 4. audit now and then.
 *
 * The first comparison waits until the engine has computed this switch's tables; until then nothing is known to be
 * unwanted. Changes that come while others are applied are taken together in the next round.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Message } from '@openvnet/openflow'
import type { Logger } from 'pino'
import type { DesiredSwitch, TablesChange } from '../engine/desired.ts'
import { dump } from '../reconcile/dump.ts'
import type { Installed } from '../reconcile/installed.ts'
import { Audit } from './audit.ts'
import { Backlog } from './backlog.ts'
import type { SwitchChannel } from './channel.ts'
import type { SwitchRecord } from './record.ts'
import { Rounds } from './rounds.ts'
import type { Pace, Slots } from './slots.ts'
import { believe, rereadGroupsAndMeters, withoutGone } from './suspicions.ts'
import { createTally } from './tally.ts'
import { Watch } from './watch.ts'

export interface SynchroniserOptions {
  readonly channel: SwitchChannel
  /** Counted and reported here. */
  readonly record: SwitchRecord
  /** What the switch should hold; `undefined`: nobody knows, leave it as it is. */
  readonly desired: () => DesiredSwitch | undefined
  /** Time between audits in milliseconds; 0: none, and nobody watches either. */
  readonly auditInterval: number
  /** Shared by all switches. */
  readonly pace: Pace
  readonly log: Logger
  /** Something in the record changed. */
  readonly onStatus: () => void
  /** What became of changes is unknown: the switch may have refused them all. */
  readonly onUnknown: () => void
  /** Nothing helps: the connection should be given up. */
  readonly onStuck: (reason: string) => void
}

/** Failures in a row after which the connection is given up. */
const MAX_FAILURES = 4
const FIRST_BACKOFF_MS = 100
const LOG_INTERVAL_MS = 10_000
const REPAIR_LINES = 10

export class Synchroniser {
  readonly #options: SynchroniserOptions
  readonly #rounds: Rounds
  readonly #backlog = new Backlog()
  readonly #stop = new AbortController()
  readonly #audit: Audit
  readonly #watch: Watch
  readonly #repairTally = createTally(LOG_INTERVAL_MS, REPAIR_LINES)
  #installed: Installed | undefined
  #isWatching = false
  /** Revision to reach; `undefined` until the engine has computed the tables. */
  #target: number | undefined
  #running = false
  #failures = 0

  constructor(options: SynchroniserOptions) {
    this.#options = options
    const { channel, record, auditInterval: interval, log, pace } = options
    const onDue = () => this.#wake()
    this.#rounds = new Rounds({
      channel,
      record,
      backlog: this.#backlog,
      log,
      isOver: () => this.#isOver,
      onRefused: () => this.#report(),
    })
    this.#watch = new Watch({
      channel,
      holds: (key) => this.#installed?.flows.has(key) ?? true,
      awaitsRoom: () => this.#rounds.refused.awaitsRoom,
      onDue,
    })
    const isWatched = () => this.#watch.isActive
    this.#audit = new Audit({ channel, interval, log, load: pace.load, isWatched, onDue })
    this.#wake()
  }

  /** The engine finished a pass that may have changed this switch. */
  changed(change: TablesChange): void {
    if (change.everything) this.#startOver(change.since)
    else this.#leaveCurrent(change.since)
    this.#backlog.add(change)
    this.#target = change.revision
    if (!this.#running && this.#installed !== undefined && this.#backlog.isEmpty) {
      this.#acknowledge(change.revision)
      return
    }
    // Said at once: the pass is going to be reported, and this switch has not what it means.
    this.#options.onStatus()
    this.#wake()
  }

  /** A message that nobody asked for. @returns whether it was for this */
  take(message: Message): boolean {
    return this.#watch.take(message)
  }

  /** Ends it; what is under way is abandoned. */
  stop(): void {
    this.#audit.stop()
    this.#watch.stop()
    this.#stop.abort()
  }

  #wake(): void {
    if (!this.#running) void this.#run()
  }

  get #isOver(): boolean {
    return this.#stop.signal.aborted || this.#options.channel.ended
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    this.#running = true
    for (let work = this.#nextWork(); work !== undefined && !this.#isOver; work = this.#nextWork()) {
      try {
        await work()
      } catch (error) {
        if (!this.#isOver) await this.#recover(error as Error)
      }
    }
    // In the same breath as the last look for work, so that none can come unnoticed in between.
    this.#running = false
  }

  /** What is to be done now. It rejects when the state of the switch is unknown afterwards. */
  #nextWork(): (() => Promise<void>) | undefined {
    const { pace } = this.#options
    const installed = this.#installed
    const target = this.#target
    if (installed === undefined) return this.#within(pace.first, () => this.#read())
    if (this.#watch.isDue) return () => this.#doubt(installed)
    const behind = !this.#backlog.isEmpty || target !== this.#options.record.acknowledged_revision
    const slots = this.#options.record.acknowledged_revision === 0 ? pace.first : pace.change
    if (target !== undefined && behind) return this.#within(slots, () => this.#round(installed, target))
    return this.#audit.isDue ? this.#within(pace.audit, () => this.#look(installed)) : undefined
  }

  #within(slots: Slots, work: () => Promise<void>): () => Promise<void> {
    return () => slots.run(async () => (this.#isOver ? undefined : work()))
  }

  /** Nothing is known any more: read again, later each time, and at last give up. */
  async #recover(error: Error): Promise<void> {
    const { log, record, onStatus, onUnknown, onStuck } = this.#options
    this.#forget()
    this.#failures += 1
    record.last_error = error.message
    log.warn({ err: error, failures: this.#failures }, 'state of the switch unknown, reading it again')
    onStatus()
    onUnknown()
    if (this.#failures >= MAX_FAILURES) onStuck(error.message)
    const backoff = FIRST_BACKOFF_MS * 2 ** this.#failures
    await delay(backoff, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined)
  }

  async #read(): Promise<void> {
    const { auditInterval, channel, desired, log } = this.#options
    // Whatever is told from here on is later than what is read.
    if (!this.#isWatching && auditInterval > 0) void this.#watch.start()
    this.#isWatching = true
    this.#watch.clear()
    this.#installed = await dump(channel, desired()?.tables)
    this.#backlog.addAll()
    const { flows, groups, meters } = this.#installed
    log.debug({ flows: flows.size, groups: groups.size, meters: meters.size }, 'switch read')
  }

  /** Compares again what others have changed, by what the switch said of it. */
  async #doubt(installed: Installed): Promise<void> {
    const { all, gone, strange, groups, room } = this.#watch.takeAll()
    if (room) this.#backlog.add(this.#rounds.refused.takeFull())
    const doubtful = withoutGone(gone, strange, installed)
    if (!all && !groups && doubtful.size === 0) return
    this.#tellRepair(all ? 'all' : doubtful.size, groups)
    if (all) this.#forget()
    else this.#backlog.add(believe(installed, doubtful, strange))
    if (!all && groups) this.#backlog.add(await rereadGroupsAndMeters(this.#options.channel, installed))
  }

  #tellRepair(flows: number | 'all', groups: boolean): void {
    const repairs = this.#repairTally()
    if (repairs === undefined) return
    this.#options.log.warn(
      { flows, groups, repairs },
      'somebody else changed our flows, groups or meters, repairing',
    )
  }

  async #look(installed: Installed): Promise<void> {
    if (!(await this.#audit.run(installed))) this.#forget()
    const { refused } = this.#rounds
    this.#backlog.add(this.#audit.isTimeToRetry ? refused.takeAll() : refused.takeProbe())
  }

  async #round(installed: Installed, revision: number): Promise<void> {
    const desired = this.#options.desired()
    // Nobody knows what it should hold, after a failure of the engine: it stays behind until the next pass is announced.
    if (desired === undefined) this.#target = undefined
    else if (await this.#rounds.run(installed, desired)) this.#acknowledge(revision)
  }

  /** What the switch holds is not known any more. */
  #forget(): void {
    this.#installed = undefined
    this.#leaveCurrent(0)
    this.#options.onStatus()
  }

  /**
   * It has not all that it should any more.
   * @param since revision up to which it had
   */
  #leaveCurrent(since: number): void {
    const { record } = this.#options
    if (!record.current) return
    record.acknowledged_revision = Math.max(record.acknowledged_revision, since)
    record.current = false
  }

  /** @param since revision that may have been acknowledged at most */
  #startOver(since: number): void {
    const { record } = this.#options
    this.#leaveCurrent(since)
    record.acknowledged_revision = Math.min(record.acknowledged_revision, since)
    this.#backlog.addAll()
  }

  #report(): void {
    Object.assign(this.#options.record, this.#rounds.refused.report())
    this.#options.onStatus()
  }

  #acknowledge(revision: number): void {
    // The record may count for a newer connection already.
    if (this.#isOver) return
    this.#failures = 0
    // What went wrong before is over: what is refused still is all that is wrong.
    this.#options.record.acknowledged_revision = revision
    this.#options.record.current = this.#target === revision
    this.#report()
  }
}
