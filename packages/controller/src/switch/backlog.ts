/** What of a switch is still to be compared: everything at first, then what passes of the engine changed. */
import type { Tables } from '../pipeline/flow.ts'
import { type Change, isMeterChange, type MeterChange } from '../reconcile/change.ts'
import { everything, type Scope } from '../reconcile/diff.ts'
import type { Installed } from '../reconcile/installed.ts'

const meterOfChange = (change: MeterChange): number =>
  change.kind === 'meter_delete' ? change.meter_id : change.meter.meter_id

export class Backlog {
  #whole = true
  #flows = new Set<string>()
  #groups = new Set<number>()
  #meters = new Set<number>()
  #held: ReadonlySet<number> = new Set()

  get isEmpty(): boolean {
    return !this.#whole && this.#flows.size + this.#groups.size + this.#meters.size === 0
  }

  addAll(): void {
    this.#whole = true
  }

  add({ flows, groups, meters }: Scope): void {
    // A set as a whole is copied much faster than key by key.
    if (this.#flows.size === 0) this.#flows = new Set(flows)
    else for (const key of flows) this.#flows.add(key)
    for (const group_id of groups) this.#groups.add(group_id)
    for (const meter_id of meters) this.#meters.add(meter_id)
  }

  /** What these changes are about is not settled. */
  addChanges(changes: Iterable<Change>): void {
    for (const change of changes) {
      if (change.kind === 'flow_add') this.#flows.add(change.flow.key)
      else if (change.kind === 'flow_delete') this.#flows.add(change.key)
      else if (isMeterChange(change)) this.#meters.add(meterOfChange(change))
      else if (change.kind === 'group_delete') this.#groups.add(change.group_id)
      else this.#groups.add(change.group.group_id)
    }
  }

  /** These groups are to be compared when something else is: before, nothing can be done about them. */
  hold(groups: ReadonlySet<number>): void {
    this.#held = groups
  }

  /** What is to be compared; afterwards there is nothing. */
  take(desired: Tables, installed: Installed): Scope {
    const groups = new Set([...this.#groups, ...this.#held])
    const scope = this.#whole
      ? everything(desired, installed)
      : { flows: this.#flows, groups, meters: this.#meters }
    this.#whole = false
    this.#flows = new Set()
    this.#groups = new Set()
    this.#meters = new Set()
    this.#held = new Set()
    return scope
  }
}
