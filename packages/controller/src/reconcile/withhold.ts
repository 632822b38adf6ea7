/**
 * Deletions that have to wait: of groups to which others refer that stay as they are, because their new version was
 * refused. A switch may refuse them (OFPGMFC_CHAINED_GROUP), and else the referring group would lose members. Pure.
 */
import type { Change } from './change.ts'
import type { Installed } from './installed.ts'

/** Ids of groups whose deletion is among the changes and has to wait. */
export function withheld(changes: readonly Change[], { uses }: Installed): Set<number> {
  const deleted = new Set<number>()
  const altered = new Set<number>()
  for (const change of changes) {
    if (change.kind === 'group_delete') deleted.add(change.group_id)
    else if (change.kind === 'group_modify') altered.add(change.group.group_id)
  }
  const waiting = new Set<number>()
  const stays = (group_id: number) =>
    !altered.has(group_id) && (!deleted.has(group_id) || waiting.has(group_id))
  const pending = [...deleted]
  for (let group_id = pending.pop(); group_id !== undefined; group_id = pending.pop()) {
    if (waiting.has(group_id) || ![...uses.groups.users(group_id)].some(stays)) continue
    waiting.add(group_id)
    // It stays, and so do those that it refers to.
    for (const child of uses.groups.groups(group_id)) if (deleted.has(child)) pending.push(child)
  }
  return waiting
}
