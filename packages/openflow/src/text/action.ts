/** Actions and instructions as `ovs-ofctl dump-flows` prints them (`lib/ofp-actions.c` of Open vSwitch). */
import { orderedInstructions } from '../canonical.ts'
import { NX_IN_PORT, OFPP, OFPTT } from '../constants.ts'
import { SPELLING } from '../field-spelling.ts'
import { FIELDS } from '../fields.ts'
import type { Action, Output, ResubmitTable, SetField, Subfield, UnknownAction } from '../types/action.ts'
import type { Instruction } from '../types/instruction.ts'
import { formatSetValue } from './match.ts'
import { formatPort, formatTable, reservedPort, type TextNames, wide } from './names.ts'
import { bytesToHex, hex, paddedHex } from './number.ts'

/** `set_field:0x1->reg0,output:3`; `drop` for none. */
export function formatActions(actions: readonly Action[], names: TextNames = {}): string {
  if (actions.length === 0) return 'drop'
  return actions.map((action) => formatAction(action, names)).join(',')
}

function formatAction(action: Action, names: TextNames): string {
  switch (action.type) {
    case 'output':
      return formatOutput(action, names)
    case 'group':
      return `group:${action.group_id}`
    case 'set_queue':
      return `set_queue:${action.queue_id}`
    case 'set_nw_ttl':
      return `mod_nw_ttl:${action.ttl}`
    case 'dec_nw_ttl':
      return 'dec_ttl'
    case 'push_vlan':
      return `push_vlan:${paddedHex(action.ethertype, 4)}`
    case 'pop_vlan':
      return 'pop_vlan'
    case 'set_field':
      return formatSetField(action, names)
    case 'reg_move':
      return `move:${formatSubfield(action.src)}->${formatSubfield(action.dst)}`
    case 'reg_load':
      return `load:${hex(action.value)}->${formatSubfield(action.dst)}`
    case 'stack_push':
      return `push:${formatSubfield(action.src)}`
    case 'stack_pop':
      return `pop:${formatSubfield(action.dst)}`
    case 'resubmit_table':
      return formatResubmit(action, names)
    case 'unknown':
      return formatUnknown(action)
  }
}

function formatOutput({ port, max_len }: Output, names: TextNames): string {
  if (port === OFPP.CONTROLLER) return `CONTROLLER:${max_len}`
  return reservedPort(port) ?? `output:${formatPort(port, names)}`
}

function formatSetField({ field }: SetField, names: TextNames): string {
  if (field.field === 'unknown')
    return `set_field:${bytesToHex(field.data)}->oxm_${paddedHex(field.header, 8)}`
  return `set_field:${formatSetValue(field, names)}->${SPELLING[field.field].name}`
}

/** `NXM_NX_REG0[]`, `NXM_NX_REG0[3]`, `NXM_NX_REG0[4..11]` */
function formatSubfield({ field, offset, bits }: Subfield): string {
  const name = SPELLING[field].action
  if (offset === 0 && bits === FIELDS[field].bits) return `${name}[]`
  return bits === 1 ? `${name}[${offset}]` : `${name}[${offset}..${offset + bits - 1}]`
}

function formatResubmit({ in_port, table }: ResubmitTable, names: TextNames): string {
  const port = in_port === NX_IN_PORT ? '' : formatPort(wide(in_port), names)
  if (table === OFPTT.ALL && port !== '') return `resubmit:${port}`
  return `resubmit(${port},${table === OFPTT.ALL ? '' : formatTable(table, names)})`
}

function formatUnknown({ action_type, experimenter, data }: UnknownAction): string {
  const type = experimenter === null ? String(action_type) : `experimenter ${paddedHex(experimenter, 8)}`
  return `unknown(${type},${bytesToHex(data)})`
}

/** The instructions as one list, as `ovs-ofctl` does: `set_field:0x1->reg0,write_metadata:0x5,goto_table:3`. */
export function formatInstructions(instructions: readonly Instruction[], names: TextNames = {}): string {
  const parts = orderedInstructions(instructions)
    .filter((instruction) => instruction.type !== 'apply_actions' || instruction.actions.length > 0)
    .map((instruction) => formatInstruction(instruction, names))
  return parts.length === 0 ? 'drop' : parts.join(',')
}

const ALL_ONES_64 = 0xffff_ffff_ffff_ffffn

function formatInstruction(instruction: Instruction, names: TextNames): string {
  switch (instruction.type) {
    case 'meter':
      return `meter:${instruction.meter_id}`
    case 'apply_actions':
      return formatActions(instruction.actions, names)
    case 'clear_actions':
      return 'clear_actions'
    case 'write_actions':
      return `write_actions(${formatActions(instruction.actions, names)})`
    case 'write_metadata': {
      const { metadata, metadata_mask } = instruction
      return `write_metadata:${hex(metadata)}${metadata_mask === ALL_ONES_64 ? '' : `/${hex(metadata_mask)}`}`
    }
    case 'goto_table':
      return `goto_table:${formatTable(instruction.table_id, names)}`
    case 'unknown':
      return `unknown(instruction ${instruction.instruction_type},${bytesToHex(instruction.data)})`
  }
}
