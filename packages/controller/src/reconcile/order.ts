/**
 * The order in which changes are safe one by one, for switches without bundles and for sets that need several:
 *
 * 1. groups are added, those that others refer to first; 2. groups are modified; 3. flows are added or replaced;
 * 4. flows are deleted; 5. groups are deleted.
 *
 * So no flow ever refers to a group that is not there, no deletion of a group takes a flow along that is wanted,
 * and nothing is missing in between. Pure.
 */
import type { Group } from '../pipeline/flow.ts'
import type { Change, FlowAdd, FlowDelete, GroupAdd, GroupDelete, GroupModify } from './change.ts'

/** Groups that the buckets of a group send packets to. */
function* referredGroups(group: Group): Generator<number> {
  for (const bucket of group.buckets) {
    for (const action of bucket.actions) if (action.type === 'group') yield action.group_id
  }
}

/** Referred groups before those that refer to them; a cycle, which a switch refuses, is broken anywhere. */
function referredFirst(adds: readonly GroupAdd[]): GroupAdd[] {
  const pending = new Map(adds.map((add) => [add.group.group_id, add]))
  const ordered: GroupAdd[] = []
  const visit = (group_id: number): void => {
    const add = pending.get(group_id)
    if (add === undefined) return
    pending.delete(group_id)
    for (const referred of referredGroups(add.group)) visit(referred)
    ordered.push(add)
  }
  for (const add of adds) visit(add.group.group_id)
  return ordered
}

/** The same changes in a safe order. */
export function order(changes: readonly Change[]): Change[] {
  const groupAdds: GroupAdd[] = []
  const groupModifies: GroupModify[] = []
  const flowAdds: FlowAdd[] = []
  const flowDeletes: FlowDelete[] = []
  const groupDeletes: GroupDelete[] = []
  for (const change of changes) {
    if (change.kind === 'flow_add') flowAdds.push(change)
    else if (change.kind === 'flow_delete') flowDeletes.push(change)
    else if (change.kind === 'group_add') groupAdds.push(change)
    else if (change.kind === 'group_modify') groupModifies.push(change)
    else groupDeletes.push(change)
  }
  return [...referredFirst(groupAdds), ...groupModifies, ...flowAdds, ...flowDeletes, ...groupDeletes]
}
