/**
 * Instructions and actions: each instruction once, tables forwards, outputs to ports, in action sets only what can be
 * in one. Whether an action suits the packets of the match is not asked. OpenFlow 1.3.5 §5.9-5.12, §7.2.4-5,
 * `lib/ofp-actions.c` of Open vSwitch.
 */
import { OFPM, OFPTT, OFPVID_PRESENT } from '../constants.ts'
import type { Action } from '../types/action.ts'
import type { Instruction } from '../types/instruction.ts'
import type { OxmField } from '../types/match.ts'
import { isOutput, isOutput16 } from './port.ts'
import { firstIn, type Violation, violation } from './violation.ts'

/** Where to go to is forwards of the flow's own table. */
export const validateGoto = (instructions: readonly Instruction[], table: number): Violation | null =>
  firstIn(instructions, 'instructions', (one) => {
    if (one.type !== 'goto_table') return null
    const isForwards = table === OFPTT.ALL || one.table_id > table
    return isForwards && one.table_id !== OFPTT.ALL ? null : violation('OFPBIC_BAD_TABLE_ID', '')
  })

export const validateInstructions = (instructions: readonly Instruction[]): Violation | null =>
  firstIn(instructions, 'instructions', validateInstruction) ??
  (instructions.some(isRepeated) ? violation('OFPBIC_DUP_INST', 'instructions') : null)

const isRepeated = ({ type }: Instruction, index: number, all: readonly Instruction[]): boolean =>
  KNOWN.has(type) && all.findIndex((one) => one.type === type) < index

/** What there may be one of. */
const KNOWN: ReadonlySet<Instruction['type']> = new Set<Instruction['type']>([
  'goto_table',
  'write_metadata',
  'write_actions',
  'apply_actions',
  'clear_actions',
  'meter',
])

function validateInstruction(one: Instruction): Violation | null {
  switch (one.type) {
    case 'meter':
      return one.meter_id > 0 && one.meter_id <= OFPM.MAX ? null : violation('OFPMMFC_INVALID_METER', '')
    case 'write_actions': {
      const foreign = one.actions.find(({ type }) => LIST_ONLY.has(type))
      return foreign === undefined
        ? validateActions(one.actions, '.actions')
        : violation('OFPBAC_BAD_TYPE', '')
    }
    case 'apply_actions':
      return validateActions(one.actions, '.actions')
    default:
      return null
  }
}

/** What an action set cannot hold: `ofpact_is_allowed_in_actions_set`. */
const LIST_ONLY: ReadonlySet<Action['type']> = new Set<Action['type']>([
  'bundle',
  'bundle_load',
  'check_pkt_larger',
  'clone',
  'conjunction',
  'controller',
  'controller2',
  'delete_field',
  'exit',
  'fin_timeout',
  'learn',
  'learn2',
  'multipath',
  'note',
  'output_reg',
  'output_reg2',
  'output_trunc',
  'pop_queue',
  'sample',
  'sample2',
  'sample3',
  'sample4',
  'stack_pop',
  'stack_push',
])

/** OpenFlow's own that Open vSwitch does not have. */
const UNSUPPORTED: ReadonlySet<Action['type']> = new Set<Action['type']>([
  'copy_ttl_out',
  'copy_ttl_in',
  'push_pbb',
  'pop_pbb',
])

export const validateActions = (actions: readonly Action[], path: string): Violation | null =>
  firstIn(actions, path, validateAction)

function validateAction(action: Action): Violation | null {
  if (UNSUPPORTED.has(action.type)) return violation('OFPBAC_BAD_TYPE', '')
  switch (action.type) {
    case 'output':
      return isOutput(action.port) ? null : violation('OFPBAC_BAD_OUT_PORT', '')
    case 'output_trunc':
      return isOutput16(action.port) ? null : violation('OFPBAC_BAD_OUT_PORT', '')
    case 'bundle':
    case 'bundle_load':
      return action.ports.every(isOutput16) ? null : violation('OFPBAC_BAD_OUT_PORT', '')
    case 'set_field': {
      const { field, value } = action.field as OxmField
      const isUntagged = field === 'vlan_vid' && (Number(value) & OFPVID_PRESENT) === 0
      return isUntagged ? violation('OFPBAC_BAD_SET_ARGUMENT', '') : null
    }
    case 'clone':
    case 'ct':
      return validateActions(action.actions, '.actions')
    default:
      return null
  }
}
