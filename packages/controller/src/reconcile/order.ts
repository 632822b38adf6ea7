/**
 * The order in which changes are safe one by one, for switches without bundles and for sets that need several:
 *
 * 1. meters are added or modified; 2. groups are added or modified, those that others refer to first; 3. flows are added
 * or replaced, those of the last table first; 4. flows are deleted, those of the first table first; 5. groups are
 * deleted, those that refer to others first; 6. meters are deleted.
 *
 * So no flow and no group ever refers to a group or meter that is not there, groups that refer to no circle before and after
 * refer to none in between, no deletion of one takes a flow along that is wanted, and no packet is sent on to
 * where what it needs is not there yet or not any more: packets only go down the tables. Pure.
 */
import type { Group } from '../pipeline/flow.ts'
import { tableOfKey } from '../pipeline/identity.ts'
import {
  type Change,
  type FlowAdd,
  type FlowDelete,
  type GroupAdd,
  type GroupDelete,
  type GroupModify,
  isMeterChange,
  type MeterChange,
} from './change.ts'
import type { Comparison } from './diff.ts'
import type { Installed } from './installed.ts'
import { groupsOfGroup } from './uses.ts'

/** Children before parents; a circle, which a switch refuses, is broken anywhere. */
function childrenFirst(
  roots: Iterable<number>,
  childrenOf: (group_id: number) => Iterable<number>,
): number[] {
  const seen = new Set<number>()
  const ordered: number[] = []
  const visit = (group_id: number): void => {
    if (seen.has(group_id)) return
    seen.add(group_id)
    for (const child of childrenOf(group_id)) visit(child)
    ordered.push(group_id)
  }
  for (const root of roots) visit(root)
  return ordered
}

const byId = <C>(changes: readonly C[], idOf: (change: C) => number) =>
  new Map(changes.map((change) => [idOf(change), change]))

const inOrder = <C>(changes: ReadonlyMap<number, C>, ordered: readonly number[]): C[] =>
  ordered.flatMap((group_id) => changes.get(group_id) ?? [])

/** Also by way of groups that do not change: else a circle could be closed for a moment. */
function orderSets(sets: readonly (GroupAdd | GroupModify)[], groups: ReadonlyMap<number, Group>) {
  const changes = byId(sets, ({ group }) => group.group_id)
  const childrenOf = (group_id: number) => {
    const group = changes.get(group_id)?.group ?? groups.get(group_id)
    return group === undefined ? [] : groupsOfGroup(group)
  }
  return inOrder(changes, childrenFirst(changes.keys(), childrenOf))
}

function orderDeletes(deletes: readonly GroupDelete[], { uses }: Installed) {
  const changes = byId(deletes, ({ group_id }) => group_id)
  const childrenOf = (group_id: number) => [...uses.groups.groups(group_id)].filter((id) => changes.has(id))
  return inOrder(changes, childrenFirst(changes.keys(), childrenOf).toReversed())
}

/** The same changes, by table from the first to the last. */
function byTable<C>(changes: readonly C[], keyOf: (change: C) => string): C[][] {
  const tables = Map.groupBy(changes, (change) => tableOfKey(keyOf(change)))
  return [...tables].sort(([a], [b]) => a - b).map(([, ofTable]) => ofTable)
}

/** The same changes in a safe order. */
export function order(
  changes: readonly Change[],
  { desired, installed }: Pick<Comparison, 'desired' | 'installed'>,
): Change[] {
  const groupSets: (GroupAdd | GroupModify)[] = []
  const flowAdds: FlowAdd[] = []
  const flowDeletes: FlowDelete[] = []
  const groupDeletes: GroupDelete[] = []
  const meterSets: MeterChange[] = []
  const meterDeletes: MeterChange[] = []
  for (const change of changes) {
    if (change.kind === 'flow_add') flowAdds.push(change)
    else if (change.kind === 'flow_delete') flowDeletes.push(change)
    else if (change.kind === 'group_delete') groupDeletes.push(change)
    else if (isMeterChange(change)) (change.kind === 'meter_delete' ? meterDeletes : meterSets).push(change)
    else groupSets.push(change)
  }
  const ordered: Change[] = meterSets
  return ordered.concat(
    orderSets(groupSets, desired.groups),
    ...byTable(flowAdds, ({ flow }) => flow.key).reverse(),
    ...byTable(flowDeletes, ({ key }) => key),
    orderDeletes(groupDeletes, installed),
    meterDeletes,
  )
}
