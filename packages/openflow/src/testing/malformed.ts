/**
 * What Open vSwitch refuses when it reads a flow-mod or group-mod, before it looks at its tables: in a bundle, such a
 * message is refused when it is added, and a commit carries out the others. `lib/ofp-flow.c`, `lib/ofp-group.c`.
 */
import { OFP_NO_BUFFER, OFPFC, OFPG, OFPGC, OFPTT } from '../constants.ts'
import { OFPET } from '../error-names.ts'
import type { BundleAddMessage, FlowMod, GroupMod } from '../types/message.ts'
import { type Refusal, refusal } from './refusal.ts'

const ALL_FLAGS = 0x1f

/** A message that is neither is not looked at here. */
export function refuseMalformed(message: BundleAddMessage['message']): Refusal | null {
  if (message.type === 'flow_mod') return refuseFlowMod(message)
  return message.type === 'group_mod' ? refuseGroupMod(message) : null
}

function refuseFlowMod(mod: FlowMod): Refusal | null {
  if (mod.command > OFPFC.DELETE_STRICT) return refusal(OFPET.FLOW_MOD_FAILED, 6)
  const deletes = mod.command === OFPFC.DELETE || mod.command === OFPFC.DELETE_STRICT
  if (mod.table_id === OFPTT.ALL && !deletes) return refusal(OFPET.FLOW_MOD_FAILED, 2)
  if ((mod.flags & ~ALL_FLAGS) !== 0) return refusal(OFPET.FLOW_MOD_FAILED, 7)
  for (const one of mod.table_id === OFPTT.ALL ? [] : mod.instructions) {
    if (one.type === 'goto_table' && one.table_id <= mod.table_id) return refusal(OFPET.BAD_INSTRUCTION, 2)
  }
  return deletes || mod.buffer_id === OFP_NO_BUFFER ? null : refusal(OFPET.BAD_REQUEST, 8)
}

const GROUP_COMMANDS: readonly number[] = Object.values(OFPGC)

function refuseGroupMod(mod: GroupMod): Refusal | null {
  if (!GROUP_COMMANDS.includes(mod.command)) return refusal(OFPET.GROUP_MOD_FAILED, 11)
  if (mod.group_type > 3) return refusal(OFPET.GROUP_MOD_FAILED, 10)
  if (mod.command !== OFPGC.DELETE && mod.group_id > OFPG.MAX) return refusal(OFPET.GROUP_MOD_FAILED, 1)
  return null
}
