/** Instructions: OpenFlow 1.3.5 §7.2.4. */
import type { Action } from './action.ts'

export interface GotoTable {
  readonly type: 'goto_table'
  readonly table_id: number
}
export interface WriteMetadata {
  readonly type: 'write_metadata'
  readonly metadata: bigint
  readonly metadata_mask: bigint
}
export interface WriteActions {
  readonly type: 'write_actions'
  readonly actions: readonly Action[]
}
export interface ApplyActions {
  readonly type: 'apply_actions'
  readonly actions: readonly Action[]
}
export interface ClearActions {
  readonly type: 'clear_actions'
}
export interface MeterInstruction {
  readonly type: 'meter'
  readonly meter_id: number
}
/** An experimenter's instruction: the bytes after its id. */
export interface ExperimenterInstruction {
  readonly type: 'experimenter'
  readonly experimenter: number
  readonly data: Uint8Array
}
export interface UnknownInstruction {
  readonly type: 'unknown'
  readonly instruction_type: number
  readonly data: Uint8Array
}

export type Instruction =
  | GotoTable
  | WriteMetadata
  | WriteActions
  | ApplyActions
  | ClearActions
  | MeterInstruction
  | ExperimenterInstruction
  | UnknownInstruction
