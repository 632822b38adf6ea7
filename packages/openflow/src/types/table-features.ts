/** What the tables of a switch can do: OpenFlow 1.3.5 §7.3.5.5. */

/** The id of an instruction or action, with what follows its header: an experimenter's, mostly nothing. */
export interface FeatureId {
  /** Type of the instruction or action, 16 bits. */
  readonly id: number
  readonly data: Uint8Array
}
/** The header of an OXM field; its mask bit says that the field can be masked. */
export interface OxmId {
  /** 32 bits: class, field, mask bit, length. */
  readonly header: number
  /** Experimenter id when the class is 0xffff, else `null`. */
  readonly experimenter: number | null
}
/** OFPTFPT_INSTRUCTIONS: what flows may have. */
export interface InstructionsFeature {
  readonly type: 'instructions' | 'instructions_miss'
  /** Of `OFPIT`. */
  readonly instruction_ids: readonly FeatureId[]
}
/** OFPTFPT_NEXT_TABLES: where flows may go to. */
export interface NextTablesFeature {
  readonly type: 'next_tables' | 'next_tables_miss'
  /** 0..254. */
  readonly next_table_ids: readonly number[]
}
/** OFPTFPT_WRITE_ACTIONS, OFPTFPT_APPLY_ACTIONS: what action sets and lists may have. */
export interface ActionsFeature {
  readonly type: 'write_actions' | 'write_actions_miss' | 'apply_actions' | 'apply_actions_miss'
  /** Of `OFPAT`. */
  readonly action_ids: readonly FeatureId[]
}
/** OFPTFPT_MATCH, OFPTFPT_WILDCARDS, OFPTFPT_*_SETFIELD: fields that can be matched, left out, set. */
export interface OxmFeature {
  readonly type:
    | 'match'
    | 'wildcards'
    | 'write_setfield'
    | 'write_setfield_miss'
    | 'apply_setfield'
    | 'apply_setfield_miss'
  /** As headers of fields: `FIELDS` has class and number. */
  readonly oxm_ids: readonly OxmId[]
}
/** OFPTFPT_EXPERIMENTER. */
export interface ExperimenterFeature {
  readonly type: 'experimenter' | 'experimenter_miss'
  /** 32 bits: who gives the rest its meaning. */
  readonly experimenter: number
  /** 32 bits: the type among those of the experimenter. */
  readonly exp_type: number
  readonly data: Uint8Array
}
/** A property of a type that this library does not know. */
export interface UnknownTableFeature {
  readonly type: 'unknown'
  /** 16 bits. */
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

/** What one table can do (§7.3.5.5.1). In a request: what it is to do. */
export interface TableFeatures {
  /** 0..254. */
  readonly table_id: number
  /** Up to 31 bytes. */
  readonly name: string
  /** Bits of the metadata that it can match, and write. */
  readonly metadata_match: bigint
  /** 64 bits: those that `write_metadata` can set. */
  readonly metadata_write: bigint
  /** No bits in 1.3. */
  readonly config: number
  /** Flows that it takes, 32 bits. */
  readonly max_entries: number
  readonly properties: readonly TableFeatureProperty[]
}
