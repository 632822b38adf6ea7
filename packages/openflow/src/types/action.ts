/** Actions: OpenFlow 1.3.5 §7.2.5. Names are the specification's; Open vSwitch's own: `open-vswitch-action.ts`. */
import type { MatchField } from './match.ts'
import type { OpenVswitchAction, Subfield } from './open-vswitch-action.ts'

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

/** OFPAT_COPY_TTL_OUT and OFPAT_COPY_TTL_IN; Open vSwitch has neither. */
export interface CopyTtlOut {
  readonly type: 'copy_ttl_out'
}
export interface CopyTtlIn {
  readonly type: 'copy_ttl_in'
}
export interface SetMplsTtl {
  readonly type: 'set_mpls_ttl'
  readonly ttl: number
}
export interface DecMplsTtl {
  readonly type: 'dec_mpls_ttl'
}
export interface PushMpls {
  readonly type: 'push_mpls'
  readonly ethertype: number
}
export interface PopMpls {
  readonly type: 'pop_mpls'
  /** What the packet is without the label. */
  readonly ethertype: number
}
/** OFPAT_PUSH_PBB and OFPAT_POP_PBB; Open vSwitch has neither. */
export interface PushPbb {
  readonly type: 'push_pbb'
  readonly ethertype: number
}
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
  | Ct
  | Clone
  | UnknownAction
