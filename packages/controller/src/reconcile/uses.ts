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

/** One is kept as itself, several as a set: most use one, and most are used by one. */
type Few<T extends string | number> = T | Set<T>

const setOf = <T extends string | number>(items: Few<T> | undefined): ReadonlySet<T> => {
  if (items === undefined) return NONE
  return typeof items === 'object' ? items : new Set([items])
}

const withOneMore = <T extends string | number>(items: Few<T> | undefined, item: T): Few<T> => {
  if (items === undefined || items === item) return item
  return typeof items === 'object' ? items.add(item) : new Set([items, item])
}

/** Users by what they use, a group or a meter, and that by user. */
export class Uses<User extends string | number> {
  readonly #groups = new Map<User, Few<number>>()
  readonly #users = new Map<number, Few<User>>()

  /** From now on it uses these groups and no others. */
  set(user: User, group_ids: ReadonlySet<number>): void {
    this.delete(user)
    for (const group_id of group_ids) {
      this.#groups.set(user, withOneMore(this.#groups.get(user), group_id))
      this.#users.set(group_id, withOneMore(this.#users.get(group_id), user))
    }
  }

  /** It is no more. */
  delete(user: User): void {
    for (const group_id of this.groups(user)) {
      const users = this.#users.get(group_id)
      if (typeof users === 'object') users.delete(user)
      if (typeof users !== 'object' || users.size === 0) this.#users.delete(group_id)
    }
    this.#groups.delete(user)
  }

  groups(user: User): ReadonlySet<number> {
    return setOf(this.#groups.get(user))
  }

  users(group_id: number): ReadonlySet<User> {
    return setOf(this.#users.get(group_id))
  }
}
