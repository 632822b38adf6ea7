/**
 * Keeps one connected switch at what it should hold. One thing at a time, in this order of need:
 *
 * 1. read what the switch holds: after connecting, and whenever that is not known;
 * 2. compare what changed with what is installed, apply the difference, acknowledge the revision;
 * 3. audit now and then, and read again where somebody else changed our flows.
 *
 * The first comparison waits until the engine has computed this switch's tables; until then nothing is known to be
 * unwanted. Changes that come while others are applied are taken together in the next round.
 */
import { setTimeout as delay, setImmediate } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { DesiredSwitch, TablesChange } from '../engine/desired.ts'
import type { Tables } from '../pipeline/flow.ts'
import { type Applier, createApplier } from '../reconcile/apply.ts'
import type { Change } from '../reconcile/change.ts'
import type { Channel } from '../reconcile/channel.ts'
import { diff, parts } from '../reconcile/diff.ts'
import { dump } from '../reconcile/dump.ts'
import { acknowledge, type Installed } from '../reconcile/installed.ts'
import { order } from '../reconcile/order.ts'
import type { Outcome, Refusal } from '../reconcile/outcome.ts'
import { withheld } from '../reconcile/withhold.ts'
import { Audit } from './audit.ts'
import { Backlog } from './backlog.ts'
import type { SwitchRecord } from './record.ts'
import { Refused } from './refused.ts'

export interface SynchroniserOptions {
  readonly channel: Channel
  /** Counted and reported here. */
  readonly record: SwitchRecord
  /** What the switch should hold; `undefined`: not our business, leave it as it is. */
  readonly desired: () => DesiredSwitch | undefined
  /** Time between audits in milliseconds; 0: none. */
  readonly auditInterval: number
  readonly log: Logger
  /** Something in the record changed. */
  readonly onStatus: () => void
  /** Nothing helps: the connection should be given up. */
  readonly onStuck: (reason: string) => void
}

/** Flows compared in one turn of the event loop: a few milliseconds. */
const COMPARED_AT_ONCE = 5000
/** Messages in one bundle; more are split, so that a switch is not held up for long. */
const BATCH = 20_000
/** Rounds with a refusal in a row after which bundles give way to messages that stand for themselves. */
const MAX_REFUSED_ROUNDS = 8
/** Failures in a row after which the connection is given up. */
const MAX_FAILURES = 4
const FIRST_BACKOFF_MS = 100

export class Synchroniser {
  readonly #options: SynchroniserOptions
  readonly #applier: Applier
  readonly #refused: Refused
  readonly #backlog = new Backlog()
  readonly #stop = new AbortController()
  readonly #audit: Audit
  #installed: Installed | undefined
  /** Revision to reach; `undefined` until the engine has computed the tables. */
  #target: number | undefined
  #running = false
  #failures = 0
  #refusedRounds = 0

  constructor(options: SynchroniserOptions) {
    this.#options = options
    const { channel, auditInterval: interval, log } = options
    this.#applier = createApplier(channel)
    this.#refused = new Refused(log)
    this.#audit = new Audit({ channel, interval, log, onDue: () => this.#wake() })
    this.#wake()
  }

  /** The engine finished a pass; called after every pass, also when nothing changed. */
  changed(change: TablesChange): void {
    this.#backlog.add(change)
    this.#target = change.revision
    this.#wake()
  }

  /** Ends it; what is under way is abandoned. */
  stop(): void {
    this.#audit.stop()
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
    const installed = this.#installed
    const target = this.#target
    if (installed === undefined) return () => this.#read()
    const behind = !this.#backlog.isEmpty || target !== this.#options.record.acknowledged_revision
    if (target !== undefined && behind) return () => this.#round(installed, target)
    return this.#audit.isDue ? () => this.#look(installed) : undefined
  }

  /** Nothing is known any more: read again, later each time, and at last give up. */
  async #recover(error: Error): Promise<void> {
    const { log, record, onStatus, onStuck } = this.#options
    this.#installed = undefined
    this.#failures += 1
    record.last_error = error.message
    log.warn({ err: error, failures: this.#failures }, 'state of the switch unknown, reading it again')
    onStatus()
    if (this.#failures >= MAX_FAILURES) onStuck(error.message)
    const backoff = FIRST_BACKOFF_MS * 2 ** this.#failures
    await delay(backoff, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined)
  }

  async #read(): Promise<void> {
    const { channel, desired, log } = this.#options
    this.#installed = await dump(channel, desired()?.tables)
    this.#backlog.addAll()
    const { flows, groups } = this.#installed
    log.debug({ flows: flows.size, groups: groups.size }, 'switch read')
  }

  async #look(installed: Installed): Promise<void> {
    if (!(await this.#audit.run(installed))) this.#installed = undefined
    if (this.#audit.isTimeToRetry) this.#backlog.add(this.#refused.takeAll())
  }

  /** Compares and applies until the switch has all that is wanted now, or something comes in between. */
  async #round(installed: Installed, revision: number): Promise<void> {
    const desired = this.#options.desired()
    if (desired === undefined) {
      // Everything is still to be compared, should the switch become ours.
      this.#target = undefined
      this.#acknowledge(revision)
      return
    }
    const changes = await this.#compare(desired.tables, installed)
    let complete = true
    for (let start = 0; start < changes.length && !this.#isOver; start += BATCH) {
      const outcome = await this.#apply(changes.slice(start, start + BATCH))
      if (outcome.kind === 'unknown') throw outcome.error
      const fallen = outcome.acknowledged.flatMap((change) => this.#done(installed, change))
      this.#backlog.add({ flows: fallen, groups: [] })
      complete &&= fallen.length === 0
      if (outcome.refusals.length > 0) {
        this.#onRefused(outcome.refusals, changes.slice(start))
        return
      }
    }
    this.#refusedRounds = 0
    const cured = this.#refused.takeCured()
    if (cured !== undefined) this.#backlog.add(cured)
    else if (complete) this.#acknowledge(revision)
  }

  /** In parts, so that others get their turn; what the engine changes meanwhile is in the next round. */
  async #compare(desired: Tables, installed: Installed): Promise<Change[]> {
    const comparison = { desired, installed, quarantine: this.#refused.quarantine(desired) }
    const changes: Change[] = []
    let isFirst = true
    for (const part of parts(this.#backlog.take(desired, installed), COMPARED_AT_ONCE)) {
      if (!isFirst) await setImmediate()
      isFirst = false
      changes.push(...diff(comparison, part))
    }
    const waiting = withheld(changes, installed)
    this.#backlog.hold(waiting)
    const now = changes.filter((change) => change.kind !== 'group_delete' || !waiting.has(change.group_id))
    return order(now, comparison)
  }

  #apply(batch: readonly Change[]): Promise<Outcome> {
    const flows = batch.filter((change) => change.kind === 'flow_add' || change.kind === 'flow_delete').length
    this.#options.record.flow_mods_sent += flows
    this.#options.record.group_mods_sent += batch.length - flows
    return this.#applier.apply(batch, this.#refusedRounds < MAX_REFUSED_ROUNDS)
  }

  /** @returns keys of flows that went with a group */
  #done(installed: Installed, change: Change): readonly string[] {
    this.#refused.done(change)
    return acknowledge(installed, change)
  }

  /** @param unsettled changes of which it is open whether they were done */
  #onRefused(refusals: readonly Refusal[], unsettled: readonly Change[]): void {
    if (this.#isOver) return
    this.#refusedRounds += 1
    this.#backlog.addChanges(unsettled)
    this.#refused.add(refusals)
    Object.assign(this.#options.record, this.#refused.report())
    this.#options.onStatus()
  }

  #acknowledge(revision: number): void {
    // The record may count for a newer connection already.
    if (this.#isOver) return
    this.#failures = 0
    const { record, onStatus } = this.#options
    // What went wrong before is over: what is refused still is all that is wrong.
    Object.assign(record, this.#refused.report(), { acknowledged_revision: revision })
    onStatus()
  }
}
