/**
 * Open vSwitch's actions that send a packet somewhere: to ports, tables, controllers, samplers. `lib/ofp-actions.c`.
 * Ports are those on the wire, in 16 bits.
 */
import type { Subfield } from './open-vswitch-action-field.ts'

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
/** What `controller2` says: `enum nx_action_controller2_prop_type`. */
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
