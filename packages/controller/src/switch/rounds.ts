/**
 * One round of reconciling: compares what may differ, applies the difference in batches, and keeps account of what the
 * switch acknowledged, what it refused, and what is therefore still to be compared.
 */
import { setTimeout as delay, setImmediate } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { DesiredSwitch } from '../engine/desired.ts'
import { type Applier, createApplier, type Prepared } from '../reconcile/apply.ts'
import { type Change, isMeterChange } from '../reconcile/change.ts'
import type { Channel } from '../reconcile/channel.ts'
import { diff, parts } from '../reconcile/diff.ts'
import { acknowledge, type Installed } from '../reconcile/installed.ts'
import { order } from '../reconcile/order.ts'
import type { Outcome, Refusal } from '../reconcile/outcome.ts'
import { betweenSwitches, withoutTakingAway } from '../reconcile/postpone.ts'
import { withheld } from '../reconcile/withhold.ts'
import type { Backlog } from './backlog.ts'
import type { SwitchRecord } from './record.ts'
import { Refused } from './refused.ts'

export interface RoundsOptions {
  readonly channel: Channel
  /** Counted here. */
  readonly record: SwitchRecord
  /** Where it is noted what is to be compared. */
  readonly backlog: Backlog
  readonly log: Logger
  readonly isOver: () => boolean
  readonly onRefused: () => void
}

/** Flows compared in one turn of the event loop: a few milliseconds. */
const COMPARED_AT_ONCE = 5000
/** Changes of which account is taken in one turn: the same. */
const SETTLED_AT_ONCE = 2000
/** Messages in one bundle; more are split, so that a switch is not held up for long. */
const BATCH = 20_000
/** Milliseconds until what must not be taken away yet is looked at again. */
const POSTPONED_MS = 200
/** Rounds with a refusal in a row after which bundles give way to messages that stand for themselves. */
const MAX_REFUSED_ROUNDS = 8

interface Batch {
  /** Where it begins among all changes. */
  readonly start: number
  readonly changes: readonly Change[]
  /** It goes as plain messages: bundles do not take them. */
  readonly meters: boolean
}

/** In order; meters are apart from flows and groups. */
function* batchesOf(changes: readonly Change[]): Generator<Batch> {
  for (let start = 0; start < changes.length; ) {
    const meters = isMeterChange(changes[start]!)
    let end = start + 1
    while (end < changes.length && end < start + BATCH && isMeterChange(changes[end]!) === meters) end += 1
    yield { start, changes: changes.slice(start, end), meters }
    start = end
  }
}

export class Rounds {
  readonly refused: Refused
  readonly #options: RoundsOptions
  readonly #applier: Applier
  #refusedRounds = 0
  /** Flows and groups between switches that were made on this connection. */
  readonly #made = new Set<string | number>()

  constructor(options: RoundsOptions) {
    this.#options = options
    this.#applier = createApplier(options.channel)
    this.refused = new Refused(options.log)
  }

  /**
   * Compares and applies until the switch has all that is wanted now, or something comes in between.
   * @returns whether it has
   * @throws when the state of the switch is unknown
   */
  async run(installed: Installed, desired: DesiredSwitch): Promise<boolean> {
    const { backlog } = this.#options
    const found = await this.#compare(desired, installed)
    const { now: changes, later } =
      desired.isEarly === true ? withoutTakingAway(found, installed, this.#made) : { now: found, later: [] }
    backlog.addChanges(later)
    let complete = later.length === 0
    for await (const { outcome, start } of this.#apply(changes)) {
      if (outcome.kind === 'unknown') throw outcome.error
      const fallen = await this.#settle(outcome.acknowledged, installed)
      backlog.add({ flows: fallen, groups: [], meters: [] })
      complete &&= fallen.length === 0
      if (outcome.refusals.length > 0) {
        this.#onRefused(outcome.refusals, changes.slice(start))
        return false
      }
    }
    this.#refusedRounds = 0
    if (later.length > 0) await delay(POSTPONED_MS, undefined, { ref: false })
    return !this.#compareCured() && complete
  }

  #compareCured(): boolean {
    const cured = this.refused.takeCured()
    if (cured !== undefined) this.#options.backlog.add(cured)
    return cured !== undefined
  }

  /** In parts, so that others get their turn; what the engine changes meanwhile is in the next round. */
  async #compare(desired: DesiredSwitch, installed: Installed): Promise<Change[]> {
    const { backlog } = this.#options
    await desired.whole()
    const { tables } = desired
    const comparison = { desired: tables, installed, quarantine: this.refused.quarantine(tables) }
    const changes: Change[] = []
    let isFirst = true
    for (const part of parts(backlog.take(tables, installed), COMPARED_AT_ONCE)) {
      if (!isFirst) await setImmediate()
      isFirst = false
      await desired.whole()
      changes.push(...diff(comparison, part))
    }
    const waiting = withheld(changes, installed)
    backlog.hold(waiting)
    const now = changes.filter((change) => change.kind !== 'group_delete' || !waiting.has(change.group_id))
    return order(now, comparison)
  }

  /** Batch by batch; each is prepared while the one before it is committed: a switch does behind a barrier what is sent behind it. */
  async *#apply(changes: readonly Change[]): AsyncGenerator<{ outcome: Outcome; start: number }> {
    const batches = [...batchesOf(changes)]
    let next = this.#prepare(batches[0])
    try {
      for (const [index, { start }] of batches.entries()) {
        if (this.#options.isOver()) return
        const { sent, outcome } = (await next)!.commit()
        await sent
        next = this.#prepare(batches[index + 1])
        yield { outcome: await outcome, start }
      }
    } finally {
      // Where one was refused, those behind it are not done either.
      ;(await next)?.discard()
    }
  }

  /** @returns nothing where there is no batch */
  #prepare(batch: Batch | undefined): Promise<Prepared> | undefined {
    if (batch === undefined) return undefined
    const { changes, meters } = batch
    this.#count(changes, meters)
    return this.#applier.prepare(changes, !meters && this.#refusedRounds < MAX_REFUSED_ROUNDS)
  }

  #count(changes: readonly Change[], meters: boolean): void {
    const { record } = this.#options
    const flows = changes.filter(({ kind }) => kind === 'flow_add' || kind === 'flow_delete').length
    record.flow_mods_sent += flows
    if (meters) record.meter_mods_sent += changes.length
    else record.group_mods_sent += changes.length - flows
  }

  /** @returns keys of flows that went with a group */
  async #settle(acknowledged: readonly Change[], installed: Installed): Promise<string[]> {
    const fallen: string[] = []
    for (const [index, change] of acknowledged.entries()) {
      if (index > 0 && index % SETTLED_AT_ONCE === 0) await setImmediate()
      fallen.push(...this.#done(installed, change))
    }
    return fallen
  }

  /** @returns keys of flows that went with a group */
  #done(installed: Installed, change: Change): readonly string[] {
    const id = betweenSwitches(change)
    if (id !== undefined && change.kind !== 'flow_delete' && change.kind !== 'group_delete')
      this.#made.add(id)
    this.refused.done(change)
    return acknowledge(installed, change)
  }

  /** @param unsettled changes of which it is open whether they were done */
  #onRefused(refusals: readonly Refusal[], unsettled: readonly Change[]): void {
    if (this.#options.isOver()) return
    this.#refusedRounds += 1
    this.#options.backlog.addChanges(unsettled)
    this.refused.add(refusals)
    this.#options.onRefused()
  }
}
