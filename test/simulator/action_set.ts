/**
 * The order in which an action set is executed, whatever the order in which it was written: `lib/ofp-actions.c`,
 * `ofpacts_execute_action_set`. Of a kind the last one counts, of the final ones the most important. A bucket is one.
 */
import type { Action } from '@openvnet/openflow'

/** One of each, in this order, before the fields are set. */
const FIRST = ['pop_vlan', 'push_vlan', 'dec_nw_ttl'] as const
/** All of them, in the order in which they were written. */
const WRITES = ['set_field', 'reg_move', 'reg_load', 'set_nw_ttl']
/** One of all: the last in this list. */
const FINAL = ['resubmit_table', 'output', 'group'] as const

export const inOrderOfExecution = (actions: readonly Action[]): readonly Action[] => {
  const last = (type: Action['type']): Action[] => actions.filter((action) => action.type === type).slice(-1)
  const final = FINAL.flatMap(last).slice(-1)
  if (final.length === 0) return []
  const writes = actions.filter(({ type }) => WRITES.includes(type))
  return [...FIRST.flatMap(last), ...writes, ...last('set_queue'), ...final]
}
