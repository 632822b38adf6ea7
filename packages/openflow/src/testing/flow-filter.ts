/**
 * Which flows a command without "strict", or a dump, means: those that match no packet which the filter does not
 * match. OpenFlow 1.3.5 §6.4. Matches are canonical here.
 */
import { andNumber } from '../codec/oxm-value.ts'
import { OFPG, OFPP, OFPTT } from '../constants.ts'
import { FIELDS } from '../fields.ts'
import type { Action } from '../types/action.ts'
import type { Instruction } from '../types/instruction.ts'
import type { FieldValue, Match, MatchField, OxmField } from '../types/match.ts'
import type { FlowFilter, FlowStats } from '../types/message.ts'

/** True if `filter` means `flow`, its match aside. */
export function passesFilter(flow: FlowStats, filter: FlowFilter): boolean {
  if (filter.table_id !== OFPTT.ALL && filter.table_id !== flow.table_id) return false
  if ((flow.cookie & filter.cookie_mask) !== (filter.cookie & filter.cookie_mask)) return false
  if (filter.out_port !== OFPP.ANY && !hasAction(flow.instructions, isOutputTo(filter.out_port))) return false
  return filter.out_group === OFPG.ANY || usesGroup(flow.instructions, filter.out_group)
}

const isOutputTo =
  (port: number) =>
  (action: Action): boolean =>
    action.type === 'output' && action.port === port

export const usesGroup = (instructions: readonly Instruction[], group: number): boolean =>
  hasAction(instructions, (action) => action.type === 'group' && action.group_id === group)

export function hasAction(
  instructions: readonly Instruction[],
  wanted: (action: Action) => boolean,
): boolean {
  return instructions.some(
    (one) => (one.type === 'apply_actions' || one.type === 'write_actions') && one.actions.some(wanted),
  )
}

/** True if every packet that `match` matches is matched by `general` too. */
export function isMoreSpecific(match: Match, general: Match): boolean {
  return general.every((wanted) => match.some((field) => narrows(field, wanted)))
}

function narrows(field: MatchField, wanted: MatchField): boolean {
  if (field.field === 'unknown' || wanted.field === 'unknown') return false
  if (field.field !== wanted.field) return false
  const mask = maskOf(wanted)
  return and(maskOf(field), mask) === mask && and(field.value, mask) === wanted.value
}

function maskOf({ field, mask }: OxmField): FieldValue {
  if (mask !== null) return mask
  const { bits } = FIELDS[field]
  return bits > 48 ? (1n << BigInt(bits)) - 1n : 2 ** bits - 1
}

function and(a: FieldValue, b: FieldValue): FieldValue {
  return typeof a === 'bigint' ? a & (b as bigint) : andNumber(a as number, b as number)
}
