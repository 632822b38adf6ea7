/** Actions: OpenFlow 1.3.5 §7.2.5 and `lib/ofp-actions.c` of Open vSwitch. Names are the specification's. */
import type { FieldName } from '../fields.ts'
import type { MatchField } from './match.ts'

/** Bits of a field: `offset` counts from the least significant one, `bits` is their number. */
export interface Subfield {
  readonly field: FieldName
  readonly offset: number
  readonly bits: number
}

export interface Output {
  readonly type: 'output'
  readonly port: number
  readonly max_len: number
}
export interface GroupAction {
  readonly type: 'group'
  readonly group_id: number
}
export interface SetQueue {
  readonly type: 'set_queue'
  readonly queue_id: number
}
export interface SetNwTtl {
  readonly type: 'set_nw_ttl'
  readonly ttl: number
}
export interface DecNwTtl {
  readonly type: 'dec_nw_ttl'
}
export interface PushVlan {
  readonly type: 'push_vlan'
  readonly ethertype: number
}
export interface PopVlan {
  readonly type: 'pop_vlan'
}
export interface SetField {
  readonly type: 'set_field'
  readonly field: MatchField
}

/** NXAST_REG_MOVE: copies `bits` bits. */
export interface RegMove {
  readonly type: 'reg_move'
  readonly src: Subfield
  readonly dst: Subfield
}
/** NXAST_REG_LOAD: writes an immediate of up to 64 bits. */
export interface RegLoad {
  readonly type: 'reg_load'
  readonly dst: Subfield
  readonly value: bigint
}
/** NXAST_STACK_PUSH and NXAST_STACK_POP. */
export interface StackPush {
  readonly type: 'stack_push'
  readonly src: Subfield
}
export interface StackPop {
  readonly type: 'stack_pop'
  readonly dst: Subfield
}
/** NXAST_RESUBMIT_TABLE: `in_port` 0xfff8 keeps the packet's, `table` 255 is the current one. */
export interface ResubmitTable {
  readonly type: 'resubmit_table'
  readonly in_port: number
  readonly table: number
}

/** An action that this library does not know: type (and experimenter) with the bytes after them. */
export interface UnknownAction {
  readonly type: 'unknown'
  readonly action_type: number
  /** Experimenter id when `action_type` is 0xffff, else `null`. */
  readonly experimenter: number | null
  readonly data: Uint8Array
}

export type Action =
  | Output
  | GroupAction
  | SetQueue
  | SetNwTtl
  | DecNwTtl
  | PushVlan
  | PopVlan
  | SetField
  | RegMove
  | RegLoad
  | StackPush
  | StackPop
  | ResubmitTable
  | UnknownAction
