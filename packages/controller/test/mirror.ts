/**
 * A switch that does what it is told and refuses nothing: what it holds after the differences that the reconciler would
 * send. Each message is looked at as it comes: between two of them a switch without bundles forwards packets.
 */
import type { TablesChange } from '../src/engine/desired.ts'
import type { Group, Tables } from '../src/pipeline/flow.ts'
import type { Change } from '../src/reconcile/change.ts'
import { diff, everything, type Quarantine } from '../src/reconcile/diff.ts'
import { acknowledge, emptyInstalled } from '../src/reconcile/installed.ts'
import { order } from '../src/reconcile/order.ts'
import { groupsOfFlow, groupsOfGroup, metersOfFlow } from '../src/reconcile/uses.ts'

const NOTHING_REFUSED: Quarantine = {
  hasFlow: () => false,
  hasGroup: () => false,
  hasMeter: () => false,
}

/** Of groups that became groups of groups, and that are so no longer. */
export interface Crossings {
  grown: number
  shrunk: number
}

export class Mirror {
  installed = emptyInstalled()
  /** Messages so far. */
  sent = 0
  /** Revision of the last pass that was announced. */
  revision = 0
  /** What a switch would have refused, or lost that was wanted. */
  readonly faults: string[] = []
  readonly crossings: Crossings = { grown: 0, shrunk: 0 }
  /** Called before the first message of a set, between two and after the last one. */
  onMessage: (() => void) | undefined
  #isFirst = true

  /** The next comparison is of everything, as after a dump. */
  reconnect(wiped: boolean): void {
    this.#isFirst = true
    if (wiped) this.installed = emptyInstalled()
  }

  follow(desired: Tables, change: TablesChange, revision: number): void {
    const scope = this.#isFirst ? everything(desired, this.installed) : change
    this.#isFirst = false
    this.revision = revision
    for (const next of order(this.#compare(desired, scope), { desired, installed: this.installed })) {
      this.onMessage?.()
      this.#take(next, desired)
    }
    this.onMessage?.()
  }

  /** What separates it from the tables. */
  missing(desired: Tables): readonly Change[] {
    return this.#compare(desired, everything(desired, this.installed))
  }

  #compare(desired: Tables, scope: Parameters<typeof diff>[1]): Change[] {
    return diff({ desired, installed: this.installed, quarantine: NOTHING_REFUSED }, scope)
  }

  #take(change: Change, desired: Tables): void {
    this.sent += 1
    for (const group_id of groupsUsedBy(change)) {
      if (!this.installed.groups.has(group_id)) this.faults.push(`${change.kind} uses no group ${group_id}`)
    }
    for (const meter_id of change.kind === 'flow_add' ? metersOfFlow(change.flow.value) : []) {
      if (!this.installed.meters.has(meter_id)) this.faults.push(`${change.kind} uses no meter ${meter_id}`)
    }
    if (change.kind === 'group_modify') this.#countCrossing(change.group)
    const fallen = acknowledge(this.installed, change).filter((key) => desired.flows.has(key))
    if (fallen.length > 0) this.faults.push(`${change.kind} takes ${fallen.length} wanted flows along`)
  }

  #countCrossing(group: Group): void {
    const had = this.installed.uses.groups.groups(group.group_id).size > 0
    const has = groupsOfGroup(group).size > 0
    if (had !== has) this.crossings[had ? 'shrunk' : 'grown'] += 1
  }
}

const groupsUsedBy = (change: Change): Iterable<number> => {
  if (change.kind === 'flow_add') return groupsOfFlow(change.flow.value)
  return change.kind === 'group_add' || change.kind === 'group_modify' ? groupsOfGroup(change.group) : []
}
