/** Instructions: OpenFlow 1.3.5 §7.2.4. */
import type { Action } from './action.ts'

/** OFPIT_GOTO_TABLE: 0..254, greater than the own. */
export interface GotoTable {
  readonly type: 'goto_table'
  readonly table_id: number
}
/** OFPIT_WRITE_METADATA. */
export interface WriteMetadata {
  readonly type: 'write_metadata'
  /** 64 bits. */
  readonly metadata: bigint
  /** 64 bits; those that are written. */
  readonly metadata_mask: bigint
}
/** OFPIT_WRITE_ACTIONS: into the action set, done at the end of the pipeline. */
export interface WriteActions {
  readonly type: 'write_actions'
  readonly actions: readonly Action[]
}
/** OFPIT_APPLY_ACTIONS: done at once, in their order. */
export interface ApplyActions {
  readonly type: 'apply_actions'
  readonly actions: readonly Action[]
}
/** OFPIT_CLEAR_ACTIONS: empties the action set. */
export interface ClearActions {
  readonly type: 'clear_actions'
}
/** OFPIT_METER. */
export interface MeterInstruction {
  readonly type: 'meter'
  /** 32 bits. */
  readonly meter_id: number
}
/** An experimenter's instruction: the bytes after its id. */
export interface ExperimenterInstruction {
  readonly type: 'experimenter'
  readonly experimenter: number
  readonly data: Uint8Array
}
/** An instruction that this library does not know: type and the bytes after the header. */
export interface UnknownInstruction {
  readonly type: 'unknown'
  readonly instruction_type: number
  readonly data: Uint8Array
}

/** Every instruction; `unknown` for what is none of them. */
export type Instruction =
  | GotoTable
  | WriteMetadata
  | WriteActions
  | ApplyActions
  | ClearActions
  | MeterInstruction
  | ExperimenterInstruction
  | UnknownInstruction
