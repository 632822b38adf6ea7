/** Open vSwitch's actions on fields: bits copied, loaded, kept on the stack, tested. `lib/ofp-actions.c`. */
import type { FieldName } from '../fields.ts'
import type { MatchField } from './match.ts'

/** Bits of a field, as an action names them: `offset` counts from the least significant one, `bits` is their number. */
export interface Subfield {
  readonly field: FieldName
  readonly offset: number
  readonly bits: number
  /** The name of the field's code on the wire where it is not the usual one in actions: `OXM_OF_ETH_SRC`. */
  readonly alias?: string
  /** Bytes that the field's header says, where they are not 124: of tun_metadata only. */
  readonly bytes?: number
}
/** NXAST_REG_MOVE: copies `bits` bits. */
export interface RegMove {
  readonly type: 'reg_move'
  readonly src: Subfield
  readonly dst: Subfield
}
/** ONFACT_RAW13_COPY_FIELD (ONF extension 320): the same as `reg_move`. */
export interface CopyField {
  readonly type: 'copy_field'
  readonly src: Subfield
  readonly dst: Subfield
}
/** NXAST_REG_LOAD: writes an immediate of up to 64 bits. */
export interface RegLoad {
  readonly type: 'reg_load'
  readonly dst: Subfield
  readonly value: bigint
}
/** NXAST_REG_LOAD2: writes a field, or the bits of it that the mask has. */
export interface RegLoad2 {
  readonly type: 'reg_load2'
  readonly field: MatchField
}
/** NXAST_STACK_PUSH. */
export interface StackPush {
  readonly type: 'stack_push'
  readonly src: Subfield
}
/** NXAST_STACK_POP. */
export interface StackPop {
  readonly type: 'stack_pop'
  readonly dst: Subfield
}
/** NXAST_CHECK_PKT_LARGER: writes into one bit whether the packet is longer than `pkt_len` bytes. */
export interface CheckPktLarger {
  readonly type: 'check_pkt_larger'
  readonly pkt_len: number
  readonly dst: Subfield
}
/** NXAST_DELETE_FIELD: takes a tunnel option away. */
export interface DeleteField {
  readonly type: 'delete_field'
  readonly field: FieldName
  /** As of a `Subfield`. */
  readonly alias?: string
  readonly bytes?: number
}
