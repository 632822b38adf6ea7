/** Actions and instructions as `ovs-ofctl dump-flows` prints them (`lib/ofp-actions.c` of Open vSwitch). */
import { orderedInstructions } from '../canonical.ts'
import { OFPP } from '../constants.ts'
import type { Action, Output, UnknownAction } from '../types/action.ts'
import type { Instruction } from '../types/instruction.ts'
import { formatCt } from './conntrack.ts'
import { formatSet } from './field-action.ts'
import { formatLeftover } from './leftover-action.ts'
import { formatPort, formatTable, reservedPort, type TextNames } from './names.ts'
import { bytesToHex, hex, paddedHex } from './number.ts'
import { formatOpenVswitchAction } from './open-vswitch-action.ts'

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
      return formatSet(action.field, names)
    case 'push_mpls':
    case 'pop_mpls':
    case 'push_pbb':
      return `${action.type}:${paddedHex(action.ethertype, 4)}`
    case 'set_mpls_ttl':
      return `set_mpls_ttl(${action.ttl})`
    case 'dec_mpls_ttl':
    case 'pop_pbb':
    case 'copy_ttl_out':
    case 'copy_ttl_in':
      return action.type
    case 'ct':
      return formatCt(action, names, formatActions)
    case 'clone':
      return `clone(${formatActions(action.actions, names)})`
    case 'set_vlan_vid':
    case 'set_vlan_pcp':
    case 'set_dl_src':
    case 'set_dl_dst':
    case 'set_nw_src':
    case 'set_nw_dst':
    case 'set_nw_tos':
    case 'set_nw_ecn':
    case 'set_tp_src':
    case 'set_tp_dst':
    case 'set_mpls_label':
    case 'set_mpls_tc':
      return formatLeftover(action)
    case 'unknown':
      return formatUnknown(action)
    default:
      return formatOpenVswitchAction(action, names)
  }
}

function formatOutput({ port, max_len }: Output, names: TextNames): string {
  if (port === OFPP.CONTROLLER) return `CONTROLLER:${max_len}`
  return reservedPort(port) ?? `output:${formatPort(port, names)}`
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
    case 'experimenter':
      return `unknown(instruction experimenter ${paddedHex(instruction.experimenter, 8)},${bytesToHex(instruction.data)})`
    case 'unknown':
      return `unknown(instruction ${instruction.instruction_type},${bytesToHex(instruction.data)})`
  }
}
