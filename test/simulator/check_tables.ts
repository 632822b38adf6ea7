/** Refuses the flows and groups that a switch would refuse, and flows of one priority that overlap and differ. */
import type { Action, Instruction } from '@openvnet/openflow'
import { checkActions } from './check_actions.ts'
import { checkMatch, NO_FACTS } from './check_match.ts'
import { checkOverlaps } from './overlap.ts'
import { Refusal } from './refusal.ts'
import type { SimulatedFlow, SimulatedGroup, SimulatedTables } from './simulated_flow.ts'

const LAST_TABLE = 253
const OFPGT_INDIRECT = 2
const GROUP_TYPES = 3

const checkGoto = (from: number, to: number): void => {
  if (to <= from || to > LAST_TABLE)
    throw new Refusal('OFPBIC_BAD_TABLE_ID', `goto_table:${to} in table ${from}`)
}

/** Whatever the order in the flow, actions are executed in this one. */
const ACTION_LISTS = ['apply_actions', 'write_actions'] as const

const checkActionLists = (flow: SimulatedFlow, groups: ReadonlySet<number>): void => {
  let facts = checkMatch(flow.match)
  for (const type of ACTION_LISTS) {
    for (const instruction of flow.instructions) {
      if (instruction.type !== type) continue
      facts = checkActions(instruction.actions, facts, {
        groups,
        set: type === 'write_actions',
        matched: true,
      })
    }
  }
}

const checkInstruction = (instruction: Instruction, table_id: number): void => {
  if (instruction.type === 'goto_table') checkGoto(table_id, instruction.table_id)
  if (instruction.type === 'unknown') {
    throw new Refusal('OFPBIC_UNKNOWN_INST', `instruction ${instruction.instruction_type}`)
  }
}

const checkMeter = ({ instructions }: SimulatedFlow, { meters }: SimulatedTables): void => {
  for (const each of instructions) {
    if (each.type === 'meter' && meters?.has(each.meter_id) !== true)
      throw new Refusal('OFPMMFC_INVALID_METER', `meter:${each.meter_id}`)
  }
}

const checkFlow = (flow: SimulatedFlow, groups: ReadonlySet<number>): void => {
  if (flow.table_id > LAST_TABLE) throw new Refusal('OFPBRC_BAD_TABLE_ID', `table ${flow.table_id}`)
  const seen = new Set<string>()
  for (const instruction of flow.instructions) {
    if (seen.has(instruction.type)) throw new Refusal('OFPBIC_DUP_INST', instruction.type)
    seen.add(instruction.type)
    checkInstruction(instruction, flow.table_id)
  }
  checkActionLists(flow, groups)
}

const checkGroup = (group: SimulatedGroup, groups: ReadonlySet<number>): void => {
  if (group.group_id > 0xffffff00) throw new Refusal('OFPGMFC_INVALID_GROUP', `group_id=${group.group_id}`)
  if (group.group_type > GROUP_TYPES) throw new Refusal('OFPGMFC_INVALID_GROUP', `type ${group.group_type}`)
  if (group.group_type === OFPGT_INDIRECT && group.buckets.length !== 1) {
    throw new Refusal('OFPGMFC_INVALID_GROUP', 'an indirect group has exactly one bucket')
  }
  for (const { actions } of group.buckets)
    checkActions(actions, NO_FACTS, { groups, set: true, matched: false })
}

const groupsIn = (actions: readonly Action[]): number[] =>
  actions.flatMap((action) => (action.type === 'group' ? [action.group_id] : []))

const checkLoops = (groups: ReadonlyMap<number, SimulatedGroup>): void => {
  const visit = (id: number, path: readonly number[]): void => {
    if (path.includes(id)) throw new Refusal('OFPGMFC_LOOP', [...path, id].join(' → '))
    for (const bucket of groups.get(id)?.buckets ?? []) {
      for (const next of groupsIn(bucket.actions)) visit(next, [...path, id])
    }
  }
  for (const id of groups.keys()) visit(id, [])
}

/** Adds to a refusal whose it is. */
const about = (why: string, check: () => void): void => {
  try {
    check()
  } catch (error) {
    if (error instanceof Refusal) error.message += ` (${why})`
    throw error
  }
}

/** @throws {Refusal} */
export const checkTables = (tables: SimulatedTables): void => {
  const flows = [...tables.flows.values()]
  const groups = new Set(tables.groups.keys())
  for (const group of tables.groups.values()) about(group.why, () => checkGroup(group, groups))
  checkLoops(tables.groups)
  for (const flow of flows) {
    about(flow.why, () => checkFlow(flow, groups))
    about(flow.why, () => checkMeter(flow, tables))
  }
  checkOverlaps(flows)
}
