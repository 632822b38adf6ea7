/**
 * What must not be taken away yet: soon after its start a controller does not know the switches that have not connected
 * again, so that nothing seems to lead to them. Pure.
 */

import { readFlowValue, tableOfKey } from '../pipeline/identity.ts'
import { LAYOUT } from '../pipeline/layout.ts'
import type { Change } from './change.ts'
import type { Installed } from './installed.ts'

/** Tables whose flows depend on what other switches are there. */
const BETWEEN_SWITCHES: ReadonlySet<number> = new Set(
  LAYOUT.filter(({ owner }) => owner === 'overlay').map(({ id }) => id),
)

/** Whether the flow depends on what other switches are there. */
export const isBetweenSwitches = (key: string): boolean => BETWEEN_SWITCHES.has(tableOfKey(key))

/** To how many ports a flow sends. */
const outputsOf = (value: string): number =>
  readFlowValue(value)
    .instructions.flatMap((instruction) => (instruction.type === 'apply_actions' ? instruction.actions : []))
    .filter(({ type }) => type === 'output').length

/** Whether the change leads to fewer switches than the flow that is there. */
const losesSome = (change: Change, before: string): boolean =>
  change.kind === 'flow_delete' ||
  (change.kind === 'flow_add' && outputsOf(change.flow.value) < outputsOf(before))

const keyOf = (change: Change): string | undefined => {
  if (change.kind === 'flow_delete') return change.key
  return change.kind === 'flow_add' ? change.flow.key : undefined
}

/**
 * The changes that may be done now, and those that may take away the way to a switch.
 * @param made keys of flows that were made since the start: they say what is known now
 */
export const withoutTakingAway = (
  changes: readonly Change[],
  { flows }: Installed,
  made: ReadonlySet<string>,
): { readonly now: Change[]; readonly later: Change[] } => {
  const takesAway = (change: Change): boolean => {
    const key = keyOf(change)
    if (key === undefined || !isBetweenSwitches(key) || made.has(key)) return false
    const before = flows.get(key)
    return before !== undefined && losesSome(change, before)
  }
  const { now = [], later = [] } = Object.groupBy(changes, (change) => (takesAway(change) ? 'later' : 'now'))
  return { now, later }
}
