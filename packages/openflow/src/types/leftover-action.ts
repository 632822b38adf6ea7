/**
 * Actions that OpenFlow 1.1 had and OpenFlow 1.2 replaced by set_field. OpenFlow 1.3.5 no longer has their numbers
 * (1 to 10, 13, 14), but Open vSwitch still takes them and gives back the set_field that means the same.
 */

/** OFPAT11_SET_VLAN_VID: of packets that have a tag. */
export interface SetVlanVid {
  readonly type: 'set_vlan_vid'
  /** 12 bits. */
  readonly vlan_vid: number
}
/** OFPAT11_SET_VLAN_PCP: of packets that have a tag. */
export interface SetVlanPcp {
  readonly type: 'set_vlan_pcp'
  /** 3 bits. */
  readonly vlan_pcp: number
}
/** OFPAT11_SET_DL_SRC and OFPAT11_SET_DL_DST. */
export interface SetDlAddress {
  readonly type: 'set_dl_src' | 'set_dl_dst'
  /** 48 bits. */
  readonly dl_addr: number
}
/** OFPAT11_SET_NW_SRC and OFPAT11_SET_NW_DST. */
export interface SetNwAddress {
  readonly type: 'set_nw_src' | 'set_nw_dst'
  /** 32 bits. */
  readonly nw_addr: number
}
/** OFPAT11_SET_NW_TOS: the DSCP, in the upper six bits of eight. */
export interface SetNwTos {
  readonly type: 'set_nw_tos'
  /** 8 bits; Open vSwitch refuses what is no multiple of 4. */
  readonly nw_tos: number
}
/** OFPAT11_SET_NW_ECN. */
export interface SetNwEcn {
  readonly type: 'set_nw_ecn'
  /** 2 bits. */
  readonly nw_ecn: number
}
/** OFPAT11_SET_TP_SRC and OFPAT11_SET_TP_DST: of the protocol that the flow matches. */
export interface SetTpPort {
  readonly type: 'set_tp_src' | 'set_tp_dst'
  /** 16 bits. */
  readonly tp_port: number
}
/** OFPAT11_SET_MPLS_LABEL. */
export interface SetMplsLabel {
  readonly type: 'set_mpls_label'
  /** 20 bits. */
  readonly mpls_label: number
}
/** OFPAT11_SET_MPLS_TC. */
export interface SetMplsTc {
  readonly type: 'set_mpls_tc'
  /** 3 bits. */
  readonly mpls_tc: number
}

/** An action of OpenFlow 1.1 that Open vSwitch still takes. */
export type LeftoverAction =
  | SetVlanVid
  | SetVlanPcp
  | SetDlAddress
  | SetNwAddress
  | SetNwTos
  | SetNwEcn
  | SetTpPort
  | SetMplsLabel
  | SetMplsTc
