/**
 * What must not be taken away yet: soon after its start a controller does not know the switches that have not connected
 * again, so that nothing seems to lead to them. Pure.
 */
import { isRemoteFloodGroup } from '../pipeline/group_space.ts'
import { tableOfKey } from '../pipeline/identity.ts'
import { LAYOUT } from '../pipeline/layout.ts'
import type { Change } from './change.ts'
import type { Installed } from './installed.ts'
import { groupsOfGroup } from './uses.ts'

/** Tables whose flows depend on what other switches are there. */
const BETWEEN_SWITCHES: ReadonlySet<number> = new Set(
  LAYOUT.filter(({ owner }) => owner === 'overlay').map(({ id }) => id),
)

/** `undefined`: neither flow nor group. */
const idOf = (change: Change): string | number | undefined => {
  switch (change.kind) {
    case 'flow_add':
      return change.flow.key
    case 'flow_delete':
      return change.key
    case 'group_delete':
      return change.group_id
    case 'group_add':
    case 'group_modify':
      return change.group.group_id
    default:
      return undefined
  }
}

/**
 * The key of a flow, or the id of a group, that a change concerns and that depends on what other switches are there;
 * `undefined`: it depends on nothing of the kind.
 */
export const betweenSwitches = (change: Change): string | number | undefined => {
  const id = idOf(change)
  if (id === undefined) return undefined
  const isBetween = typeof id === 'string' ? BETWEEN_SWITCHES.has(tableOfKey(id)) : isRemoteFloodGroup(id)
  return isBetween ? id : undefined
}

/** Whether less than before is sent: fewer buckets are a shorter value, and fewer parts fewer groups. */
const losesSome = (change: Change, { groups, uses }: Installed): boolean => {
  if (change.kind !== 'group_modify') return change.kind === 'flow_delete' || change.kind === 'group_delete'
  const { group_id, value } = change.group
  const before = groups.get(group_id)
  return (
    before !== undefined &&
    (value.length < before.length || groupsOfGroup(change.group).size < uses.groups.groups(group_id).size)
  )
}

/**
 * The changes that may be done now, and those that may take away the way to a switch.
 * @param made flows and groups, as `betweenSwitches` names them, that were made since the start: they say what is known now
 */
export const withoutTakingAway = (
  changes: readonly Change[],
  installed: Installed,
  made: ReadonlySet<string | number>,
): { readonly now: Change[]; readonly later: Change[] } => {
  const takesAway = (change: Change): boolean => {
    const id = betweenSwitches(change)
    return id !== undefined && !made.has(id) && losesSome(change, installed)
  }
  const { now = [], later = [] } = Object.groupBy(changes, (change) => (takesAway(change) ? 'later' : 'now'))
  return { now, later }
}
