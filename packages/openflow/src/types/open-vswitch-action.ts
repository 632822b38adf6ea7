/**
 * The actions that Open vSwitch adds (`lib/ofp-actions.c`): those of experimenter 0x2320, named as NXAST_* there, and
 * COPY_FIELD of experimenter ONF; `ct` and `clone`, which hold actions, are in `action.ts`. Numbers are those on the wire: ports in 16 bits where the action has 16 bits.
 */
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
/** NXAST_STACK_PUSH and NXAST_STACK_POP. */
export interface StackPush {
  readonly type: 'stack_push'
  readonly src: Subfield
}
export interface StackPop {
  readonly type: 'stack_pop'
  readonly dst: Subfield
}
/** NXAST_RESUBMIT: to the current table with another ingress port. */
export interface Resubmit {
  readonly type: 'resubmit'
  readonly in_port: number
}
/** NXAST_RESUBMIT_TABLE: `in_port` 0xfff8 keeps the packet's, `table` 255 is the current one. */
export interface ResubmitTable {
  readonly type: 'resubmit_table'
  readonly in_port: number
  readonly table: number
}
/** NXAST_RESUBMIT_TABLE_CT: the same, with the addresses and ports of the connection. */
export interface ResubmitTableCt {
  readonly type: 'resubmit_table_ct'
  readonly in_port: number
  readonly table: number
}
/** NXAST_SET_TUNNEL. */
export interface SetTunnel {
  readonly type: 'set_tunnel'
  /** 32 bits. */
  readonly tun_id: number
}
/** NXAST_SET_TUNNEL64: 64 bits. */
export interface SetTunnel64 {
  readonly type: 'set_tunnel64'
  readonly tun_id: bigint
}
/** NXAST_POP_QUEUE: the queue as before `set_queue`. */
export interface PopQueue {
  readonly type: 'pop_queue'
}
/** NXAST_NOTE: bytes without effect, 6 or 8 more than that, and so on. */
export interface Note {
  readonly type: 'note'
  readonly note: Uint8Array
}
/** NXAST_EXIT: no more actions for this packet. */
export interface Exit {
  readonly type: 'exit'
}
/** NXAST_MULTIPATH: writes one of `max_link` + 1 numbers, chosen by a hash of the packet. */
export interface Multipath {
  readonly type: 'multipath'
  /** `NX_HASH_FIELDS`. */
  readonly fields: number
  readonly basis: number
  /** `NX_MP_ALG`. */
  readonly algorithm: number
  readonly max_link: number
  readonly arg: number
  readonly dst: Subfield
}
/** NXAST_BUNDLE: output to one of several ports. */
export interface BundleAction {
  readonly type: 'bundle'
  /** `NX_BD_ALG`. */
  readonly algorithm: number
  readonly fields: number
  readonly basis: number
  /** 16 bits each. */
  readonly ports: readonly number[]
}
/** NXAST_BUNDLE_LOAD: the same, but the number of the port is written into a field. */
export interface BundleLoad {
  readonly type: 'bundle_load'
  readonly algorithm: number
  readonly fields: number
  readonly basis: number
  readonly ports: readonly number[]
  readonly dst: Subfield
}
/** NXAST_OUTPUT_REG: output to the port whose number the bits hold. */
export interface OutputReg {
  readonly type: 'output_reg'
  readonly src: Subfield
  readonly max_len: number
}
/** NXAST_OUTPUT_REG2: the same, with room for the code of an experimenter's field. */
export interface OutputReg2 {
  readonly type: 'output_reg2'
  readonly src: Subfield
  readonly max_len: number
}
/** NXAST_OUTPUT_TRUNC: output of the first `max_len` bytes. */
export interface OutputTrunc {
  readonly type: 'output_trunc'
  readonly port: number
  readonly max_len: number
}
/** NXAST_DEC_TTL_CNT_IDS: packets whose time is over go to the controllers with these ids. */
export interface DecTtlCntIds {
  readonly type: 'dec_ttl_cnt_ids'
  readonly controller_ids: readonly number[]
}
/** NXAST_FIN_TIMEOUT: timeouts of the flow from the first FIN or RST on, in seconds. */
export interface FinTimeout {
  readonly type: 'fin_timeout'
  readonly fin_idle_timeout: number
  readonly fin_hard_timeout: number
}
/** NXAST_CONTROLLER: to the controller with the id, 16 bits. */
export interface ControllerAction {
  readonly type: 'controller'
  readonly max_len: number
  readonly controller_id: number
  /** `OFPR`. */
  readonly reason: number
}
/** NXAST_CONTROLLER2; a property that is absent has its default. */
export interface Controller2 {
  readonly type: 'controller2'
  readonly properties: readonly ControllerProperty[]
}
export type ControllerProperty =
  | { readonly type: 'max_len'; readonly max_len: number }
  | { readonly type: 'controller_id'; readonly controller_id: number }
  | { readonly type: 'reason'; readonly reason: number }
  | { readonly type: 'userdata'; readonly userdata: Uint8Array }
  | { readonly type: 'pause' }
  | { readonly type: 'meter_id'; readonly meter_id: number }
  | { readonly type: 'unknown'; readonly property_type: number; readonly data: Uint8Array }

/** What NXAST_SAMPLE and its successors have in common: the probability in 65536ths, IPFIX ids. */
export interface Sample {
  readonly type: 'sample'
  readonly probability: number
  readonly collector_set_id: number
  readonly obs_domain_id: number
  readonly obs_point_id: number
}
/** NXAST_SAMPLE2 and NXAST_SAMPLE3: with the port, and in which direction (0 default, 1 ingress, 2 egress). */
export interface Sample2 {
  readonly type: 'sample2' | 'sample3'
  readonly probability: number
  readonly collector_set_id: number
  readonly obs_domain_id: number
  readonly obs_point_id: number
  readonly sampling_port: number
  readonly direction: number
}
/** NXAST_SAMPLE4 (Open vSwitch 3.4): the ids may be fields. */
export interface Sample4 {
  readonly type: 'sample4'
  readonly probability: number
  readonly collector_set_id: number
  readonly obs_domain_id: number | Subfield
  readonly obs_point_id: number | Subfield
  readonly sampling_port: number
  readonly direction: number
}
/** NXAST_CONJUNCTION: this flow is clause `clause` (from 0) of `n_clauses` of the conjunction `id`. */
export interface Conjunction {
  readonly type: 'conjunction'
  readonly clause: number
  readonly n_clauses: number
  readonly id: number
}
/** NXAST_CT_CLEAR: forgets what connection tracking said. */
export interface CtClear {
  readonly type: 'ct_clear'
}
/** NXAST_NAT, within `ct`; what is `null` is left to the switch. */
export interface Nat {
  readonly type: 'nat'
  /** `NX_NAT_F`. */
  readonly flags: number
  readonly range_ipv4_min: number | null
  readonly range_ipv4_max: number | null
  readonly range_ipv6_min: bigint | null
  readonly range_ipv6_max: bigint | null
  readonly range_proto_min: number | null
  readonly range_proto_max: number | null
}
/** NXAST_ENCAP: puts a header of the packet type in front. */
export interface Encap {
  readonly type: 'encap'
  readonly hdr_size: number
  /** Name space in the upper, type in the lower 16 bits. */
  readonly new_pkt_type: number
  readonly properties: readonly EncapProperty[]
}
export interface EncapProperty {
  readonly class: number
  readonly type: number
  readonly data: Uint8Array
}
/** NXAST_DECAP: takes the outermost header away. */
export interface Decap {
  readonly type: 'decap'
  readonly new_pkt_type: number
}
/** NXAST_DEC_NSH_TTL. */
export interface DecNshTtl {
  readonly type: 'dec_nsh_ttl'
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

/** NXAST_LEARN: adds or changes a flow that the specs make out of the packet. */
export interface Learn {
  readonly type: 'learn'
  /** Seconds, 0..65535; 0 is never. */
  readonly idle_timeout: number
  /** Seconds, 0..65535; 0 is never. */
  readonly hard_timeout: number
  readonly priority: number
  /** 64 bits. */
  readonly cookie: bigint
  /** `NX_LEARN_F`. */
  readonly flags: number
  readonly table_id: number
  readonly fin_idle_timeout: number
  readonly fin_hard_timeout: number
  readonly specs: readonly LearnSpec[]
}
/** NXAST_LEARN2: with a limit, and a bit that says whether it was kept. */
export interface Learn2 {
  readonly type: 'learn2'
  /** Seconds, 0..65535; 0 is never. */
  readonly idle_timeout: number
  /** Seconds, 0..65535; 0 is never. */
  readonly hard_timeout: number
  readonly priority: number
  /** 64 bits. */
  readonly cookie: bigint
  readonly flags: number
  readonly table_id: number
  readonly fin_idle_timeout: number
  readonly fin_hard_timeout: number
  /** Flows; 0 for any number. */
  readonly limit: number
  readonly result_dst: Subfield | null
  readonly specs: readonly LearnSpec[]
}
/** What the flow matches, loads or outputs to: the bits of a field, or an immediate as long as `bits` asks. */
export interface LearnSpec {
  readonly bits: number
  readonly src: Subfield | Uint8Array
  readonly dst:
    | { readonly type: 'match'; readonly field: Subfield }
    | { readonly type: 'load'; readonly field: Subfield }
    | { readonly type: 'output' }
}

export type OpenVswitchAction =
  | RegMove
  | CopyField
  | RegLoad
  | RegLoad2
  | StackPush
  | StackPop
  | Resubmit
  | ResubmitTable
  | ResubmitTableCt
  | SetTunnel
  | SetTunnel64
  | PopQueue
  | Note
  | Exit
  | Multipath
  | BundleAction
  | BundleLoad
  | OutputReg
  | OutputReg2
  | OutputTrunc
  | DecTtlCntIds
  | FinTimeout
  | ControllerAction
  | Controller2
  | Sample
  | Sample2
  | Sample4
  | Conjunction
  | CtClear
  | Nat
  | Encap
  | Decap
  | DecNshTtl
  | CheckPktLarger
  | DeleteField
  | Learn
  | Learn2
