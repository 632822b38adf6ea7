/**
 * Which flows and groups send packets to which groups, and which flows through which meters: a switch removes the flows
 * of a group or meter with it, and a group must not go before those that refer to it (OpenFlow 1.3.5 §6.5). Those that
 * use none take no room.
 */
import type { Action, Instruction } from '@openvnet/openflow'
import { mayHoldGroups, mayHoldMeter } from '../pipeline/action_bytes.ts'
import type { Group } from '../pipeline/flow.ts'
import { readFlowValue } from '../pipeline/identity.ts'

const NONE: ReadonlySet<never> = new Set()

function* groupsOf(actions: readonly Action[]): Generator<number> {
  for (const action of actions) {
    if (action.type === 'group') yield action.group_id
    else if ('actions' in action) yield* groupsOf(action.actions)
  }
}

/** Groups that a flow sends packets to. @param value of the flow, see `flowValue` */
export const groupsOfFlow = (value: string): ReadonlySet<number> =>
  mayHoldGroups(value) ? groupsOfInstructions(readFlowValue(value).instructions) : NONE

function groupsOfInstructions(instructions: readonly Instruction[]): Set<number> {
  const groups = new Set<number>()
  for (const instruction of instructions) {
    if ('actions' in instruction) for (const group_id of groupsOf(instruction.actions)) groups.add(group_id)
  }
  return groups
}

/** Meters that packets of a flow go through. @param value of the flow, see `flowValue` */
export const metersOfFlow = (value: string): ReadonlySet<number> => {
  if (!mayHoldMeter(value)) return NONE
  const { instructions } = readFlowValue(value)
  return new Set(instructions.flatMap((each) => (each.type === 'meter' ? [each.meter_id] : [])))
}

/** Groups that the buckets of a group send packets to. */
export const groupsOfGroup = ({ buckets }: Pick<Group, 'buckets'>): Set<number> =>
  new Set(buckets.flatMap(({ actions }) => [...groupsOf(actions)]))

/** Users by what they use, a group or a meter, and that by user. */
export class Uses<User> {
  readonly #groups = new Map<User, ReadonlySet<number>>()
  readonly #users = new Map<number, Set<User>>()

  /** From now on it uses these groups and no others. */
  set(user: User, group_ids: ReadonlySet<number>): void {
    this.delete(user)
    if (group_ids.size === 0) return
    this.#groups.set(user, group_ids)
    for (const group_id of group_ids) {
      const users = this.#users.get(group_id)
      if (users === undefined) this.#users.set(group_id, new Set([user]))
      else users.add(user)
    }
  }

  /** It is no more. */
  delete(user: User): void {
    for (const group_id of this.groups(user)) {
      const users = this.#users.get(group_id)
      users?.delete(user)
      if (users?.size === 0) this.#users.delete(group_id)
    }
    this.#groups.delete(user)
  }

  groups(user: User): ReadonlySet<number> {
    return this.#groups.get(user) ?? NONE
  }

  users(group_id: number): ReadonlySet<User> {
    return this.#users.get(group_id) ?? NONE
  }
}
