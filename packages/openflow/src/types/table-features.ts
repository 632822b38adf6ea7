/** What the tables of a switch can do: OpenFlow 1.3.5 §7.3.5.5. */

/** The id of an instruction or action, with what follows its header: an experimenter's, mostly nothing. */
export interface FeatureId {
  readonly id: number
  readonly data: Uint8Array
}
/** The header of an OXM field; its mask bit says that the field can be masked. */
export interface OxmId {
  readonly header: number
  /** Experimenter id when the class is 0xffff, else `null`. */
  readonly experimenter: number | null
}
export interface InstructionsFeature {
  readonly type: 'instructions' | 'instructions_miss'
  readonly instruction_ids: readonly FeatureId[]
}
export interface NextTablesFeature {
  readonly type: 'next_tables' | 'next_tables_miss'
  readonly next_table_ids: readonly number[]
}
export interface ActionsFeature {
  readonly type: 'write_actions' | 'write_actions_miss' | 'apply_actions' | 'apply_actions_miss'
  readonly action_ids: readonly FeatureId[]
}
export interface OxmFeature {
  readonly type:
    | 'match'
    | 'wildcards'
    | 'write_setfield'
    | 'write_setfield_miss'
    | 'apply_setfield'
    | 'apply_setfield_miss'
  readonly oxm_ids: readonly OxmId[]
}
export interface ExperimenterFeature {
  readonly type: 'experimenter' | 'experimenter_miss'
  readonly experimenter: number
  readonly exp_type: number
  readonly data: Uint8Array
}
export interface UnknownTableFeature {
  readonly type: 'unknown'
  readonly property_type: number
  readonly data: Uint8Array
}
/** `_miss`: what the table-miss flow can do, where that is something else. */
export type TableFeatureProperty =
  | InstructionsFeature
  | NextTablesFeature
  | ActionsFeature
  | OxmFeature
  | ExperimenterFeature
  | UnknownTableFeature

export interface TableFeatures {
  readonly table_id: number
  /** Up to 31 bytes. */
  readonly name: string
  /** Bits of the metadata that it can match, and write. */
  readonly metadata_match: bigint
  readonly metadata_write: bigint
  readonly config: number
  readonly max_entries: number
  readonly properties: readonly TableFeatureProperty[]
}
