/** Actions: OpenFlow 1.3.5 §7.2.5. Names are the specification's; Open vSwitch's own: `open-vswitch-action.ts`; those that only OpenFlow 1.1 had: `leftover-action.ts`. */
import type { LeftoverAction } from './leftover-action.ts'
import type { MatchField } from './match.ts'
import type { OpenVswitchAction, Subfield } from './open-vswitch-action.ts'

/** OFPAT_OUTPUT: `port` has 32 bits. */
export interface Output {
  readonly type: 'output'
  readonly port: number
  /** Bytes to the controller, 0..65535; `OFPCML_NO_BUFFER` for all. */
  readonly max_len: number
}
/** OFPAT_GROUP. */
export interface GroupAction {
  readonly type: 'group'
  /** 32 bits. */
  readonly group_id: number
}
/** OFPAT_SET_QUEUE. */
export interface SetQueue {
  readonly type: 'set_queue'
  /** 32 bits. */
  readonly queue_id: number
}
/** OFPAT_SET_NW_TTL. */
export interface SetNwTtl {
  readonly type: 'set_nw_ttl'
  /** 0..255. */
  readonly ttl: number
}
/** OFPAT_DEC_NW_TTL. */
export interface DecNwTtl {
  readonly type: 'dec_nw_ttl'
}
/** OFPAT_PUSH_VLAN: 0x8100 or 0x88a8. */
export interface PushVlan {
  readonly type: 'push_vlan'
  /** 16 bits. */
  readonly ethertype: number
}
/** OFPAT_POP_VLAN. */
export interface PopVlan {
  readonly type: 'pop_vlan'
}
/** OFPAT_SET_FIELD: a value without mask; for bits of a field `RegLoad2` or `RegLoad`. */
export interface SetField {
  readonly type: 'set_field'
  readonly field: MatchField
}

/** OFPAT_COPY_TTL_OUT; Open vSwitch has it not. */
export interface CopyTtlOut {
  readonly type: 'copy_ttl_out'
}
/** OFPAT_COPY_TTL_IN; Open vSwitch has it not. */
export interface CopyTtlIn {
  readonly type: 'copy_ttl_in'
}
/** OFPAT_SET_MPLS_TTL. */
export interface SetMplsTtl {
  readonly type: 'set_mpls_ttl'
  /** 0..255. */
  readonly ttl: number
}
/** OFPAT_DEC_MPLS_TTL. */
export interface DecMplsTtl {
  readonly type: 'dec_mpls_ttl'
}
/** OFPAT_PUSH_MPLS: 0x8847 or 0x8848. */
export interface PushMpls {
  readonly type: 'push_mpls'
  /** 16 bits. */
  readonly ethertype: number
}
/** OFPAT_POP_MPLS. */
export interface PopMpls {
  readonly type: 'pop_mpls'
  /** What the packet is without the label. */
  readonly ethertype: number
}
/** OFPAT_PUSH_PBB; Open vSwitch has it not. */
export interface PushPbb {
  readonly type: 'push_pbb'
  /** 16 bits. */
  readonly ethertype: number
}
/** OFPAT_POP_PBB; Open vSwitch has it not. */
export interface PopPbb {
  readonly type: 'pop_pbb'
}

/** NXAST_CT: hands the packet to connection tracking. */
export interface Ct {
  readonly type: 'ct'
  /** `NX_CT_F`. */
  readonly flags: number
  /** A number, or 16 bits of a field. */
  readonly zone: number | Subfield
  /** The table where the packet goes on; 255 for none. */
  readonly recirc_table: number
  /** Port of the application helper: 21 for FTP, 69 for TFTP, 0 for none. */
  readonly alg: number
  readonly actions: readonly Action[]
}
/** NXAST_CLONE: the actions on a copy of the packet. */
export interface Clone {
  readonly type: 'clone'
  readonly actions: readonly Action[]
}

/** An action that this library does not know: type (and experimenter) with the bytes after them. */
export interface UnknownAction {
  readonly type: 'unknown'
  readonly action_type: number
  /** Experimenter id when `action_type` is 0xffff, else `null`. */
  readonly experimenter: number | null
  readonly data: Uint8Array
}

/** Every action; `unknown` for what is none of them. */
export type Action =
  | Output
  | GroupAction
  | SetQueue
  | SetNwTtl
  | DecNwTtl
  | PushVlan
  | PopVlan
  | SetField
  | CopyTtlOut
  | CopyTtlIn
  | SetMplsTtl
  | DecMplsTtl
  | PushMpls
  | PopMpls
  | PushPbb
  | PopPbb
  | OpenVswitchAction
  | LeftoverAction
  | Ct
  | Clone
  | UnknownAction
