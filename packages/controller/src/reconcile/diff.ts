/**
 * What separates a switch from what it should hold. Pure; cost is that of the scope, not of the tables. The tables may
 * change between two parts of a scope, as long as what changed is compared again.
 *
 * What the switch refused is not asked of it again until its value changes. Where an older one is installed:
 *
 * - a flow goes, because it says what the model says no more, such as an address that moved to somebody else: its
 *   packets then meet the table's miss, which drops where the tables decide who may talk to whom;
 * - a group or meter stays, because its flows would go with it, which were not refused: better a list of members that is
 *   a change behind than none.
 */
import type { Flow, Group, Meter, Tables } from '../pipeline/flow.ts'
import type { Change } from './change.ts'
import type { Installed } from './installed.ts'

/** Which flows (by key), groups and meters (by id) to compare. */
export interface Scope {
  readonly flows: Iterable<string>
  readonly groups: Iterable<number>
  readonly meters: Iterable<number>
}

/** What the switch refused, and still would. */
export interface Quarantine {
  hasFlow(flow: Flow): boolean
  hasGroup(group: Group): boolean
  hasMeter(meter: Meter): boolean
}

export interface Comparison {
  readonly desired: Tables
  readonly installed: Installed
  readonly quarantine: Quarantine
}

function* both<K>(one: ReadonlyMap<K, unknown>, other: ReadonlyMap<K, unknown>): Generator<K> {
  yield* one.keys()
  for (const key of other.keys()) if (!one.has(key)) yield key
}

/** The scope of a first comparison: whatever is wanted or there. */
export function everything(desired: Tables, installed: Installed): Scope {
  return {
    flows: both(desired.flows, installed.flows),
    groups: both(desired.groups, installed.groups),
    meters: both(desired.meters, installed.meters),
  }
}

/** The same scope in parts of at most `size` flows; all groups and meters are in the first. */
export function* parts(scope: Scope, size: number): Generator<Scope> {
  let { groups, meters } = scope
  let flows: string[] = []
  for (const key of scope.flows) {
    flows.push(key)
    if (flows.length < size) continue
    yield { groups, meters, flows }
    groups = []
    meters = []
    flows = []
  }
  yield { groups, meters, flows }
}

function flowChange(key: string, { desired, installed, quarantine }: Comparison): Change | undefined {
  const wanted = desired.flows.get(key)
  const there = installed.flows.get(key)
  if (wanted !== undefined && !quarantine.hasFlow(wanted)) {
    return there === wanted.value ? undefined : { kind: 'flow_add', flow: wanted }
  }
  return there === undefined ? undefined : { kind: 'flow_delete', key }
}

function groupChange(group_id: number, { desired, installed, quarantine }: Comparison): Change | undefined {
  const wanted = desired.groups.get(group_id)
  const there = installed.groups.get(group_id)
  if (wanted === undefined) return there === undefined ? undefined : { kind: 'group_delete', group_id }
  if (there === wanted.value || quarantine.hasGroup(wanted)) return undefined
  return { kind: there === undefined ? 'group_add' : 'group_modify', group: wanted }
}

function meterChange(meter_id: number, { desired, installed, quarantine }: Comparison): Change | undefined {
  const wanted = desired.meters.get(meter_id)
  const there = installed.meters.get(meter_id)
  if (wanted === undefined) return there === undefined ? undefined : { kind: 'meter_delete', meter_id }
  if (there === wanted.value || quarantine.hasMeter(wanted)) return undefined
  return { kind: there === undefined ? 'meter_add' : 'meter_modify', meter: wanted }
}

/** The changes that make the installed view equal to the desired tables within the scope, in no useful order. */
export function diff(comparison: Comparison, scope: Scope): Change[] {
  const changes: Change[] = []
  for (const meter_id of scope.meters) {
    const change = meterChange(meter_id, comparison)
    if (change !== undefined) changes.push(change)
  }
  for (const group_id of scope.groups) {
    const change = groupChange(group_id, comparison)
    if (change !== undefined) changes.push(change)
  }
  for (const key of scope.flows) {
    const change = flowChange(key, comparison)
    if (change !== undefined) changes.push(change)
  }
  return changes
}
