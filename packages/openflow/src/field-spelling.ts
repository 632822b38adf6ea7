/**
 * How Open vSwitch spells the fields: in the text of a match, as a field of `set_field`, and with the older NXM name
 * and code that it uses in actions which name a field (move, load, push, pop). Fields without an NXM code use their
 * OXM one there. Sources: `include/openvswitch/meta-flow.h`, `lib/match.c` of Open vSwitch.
 */
import { FIELDS, type FieldName, type FieldSpec } from './fields.ts'

/** The names of one field. */
export interface FieldSpelling {
  /** In the text of a match, as `ovs-ofctl dump-flows` prints it. */
  readonly match: string
  /** As the field of `set_field`. */
  readonly name: string
  /** As a field of `move`, `load`, `push` and `pop`. */
  readonly action: string
  /** Class, number and (of class 0xffff) experimenter of the code in those actions. */
  readonly code: readonly [oxmClass: number, number: number, experimenter?: number]
}

type Row = readonly [
  match: string,
  name: string,
  action: string,
  code?: readonly [oxmClass: number, number: number],
]

/** Without a code: the one of the field table. Registers and tunnel metadata are spelled as they are named. */
const ROWS: Readonly<Partial<Record<FieldName, Row>>> = {
  in_port: ['in_port', 'in_port_oxm', 'OXM_OF_IN_PORT'],
  metadata: ['metadata', 'metadata', 'OXM_OF_METADATA'],
  eth_dst: ['dl_dst', 'eth_dst', 'NXM_OF_ETH_DST', [0x0000, 1]],
  eth_src: ['dl_src', 'eth_src', 'NXM_OF_ETH_SRC', [0x0000, 2]],
  eth_type: ['dl_type', 'eth_type', 'NXM_OF_ETH_TYPE', [0x0000, 3]],
  vlan_vid: ['vlan_vid', 'vlan_vid', 'OXM_OF_VLAN_VID'],
  vlan_pcp: ['vlan_pcp', 'vlan_pcp', 'OXM_OF_VLAN_PCP'],
  ip_dscp: ['ip_dscp', 'ip_dscp', 'OXM_OF_IP_DSCP'],
  ip_ecn: ['nw_ecn', 'nw_ecn', 'NXM_NX_IP_ECN', [0x0001, 28]],
  ip_proto: ['nw_proto', 'nw_proto', 'NXM_OF_IP_PROTO', [0x0000, 6]],
  ipv4_src: ['nw_src', 'ip_src', 'NXM_OF_IP_SRC', [0x0000, 7]],
  ipv4_dst: ['nw_dst', 'ip_dst', 'NXM_OF_IP_DST', [0x0000, 8]],
  tcp_src: ['tp_src', 'tcp_src', 'NXM_OF_TCP_SRC', [0x0000, 9]],
  tcp_dst: ['tp_dst', 'tcp_dst', 'NXM_OF_TCP_DST', [0x0000, 10]],
  udp_src: ['tp_src', 'udp_src', 'NXM_OF_UDP_SRC', [0x0000, 11]],
  udp_dst: ['tp_dst', 'udp_dst', 'NXM_OF_UDP_DST', [0x0000, 12]],
  icmpv4_type: ['icmp_type', 'icmp_type', 'NXM_OF_ICMP_TYPE', [0x0000, 13]],
  icmpv4_code: ['icmp_code', 'icmp_code', 'NXM_OF_ICMP_CODE', [0x0000, 14]],
  arp_op: ['arp_op', 'arp_op', 'NXM_OF_ARP_OP', [0x0000, 15]],
  arp_spa: ['arp_spa', 'arp_spa', 'NXM_OF_ARP_SPA', [0x0000, 16]],
  arp_tpa: ['arp_tpa', 'arp_tpa', 'NXM_OF_ARP_TPA', [0x0000, 17]],
  arp_sha: ['arp_sha', 'arp_sha', 'NXM_NX_ARP_SHA', [0x0001, 17]],
  arp_tha: ['arp_tha', 'arp_tha', 'NXM_NX_ARP_THA', [0x0001, 18]],
  ipv6_src: ['ipv6_src', 'ipv6_src', 'NXM_NX_IPV6_SRC', [0x0001, 19]],
  ipv6_dst: ['ipv6_dst', 'ipv6_dst', 'NXM_NX_IPV6_DST', [0x0001, 20]],
  icmpv6_type: ['icmp_type', 'icmpv6_type', 'NXM_NX_ICMPV6_TYPE', [0x0001, 21]],
  icmpv6_code: ['icmp_code', 'icmpv6_code', 'NXM_NX_ICMPV6_CODE', [0x0001, 22]],
  tunnel_id: ['tun_id', 'tun_id', 'NXM_NX_TUN_ID', [0x0001, 16]],
  nw_ttl: ['nw_ttl', 'nw_ttl', 'NXM_NX_IP_TTL'],
  ip_frag: ['nw_frag', 'ip_frag', 'NXM_NX_IP_FRAG'],
  in_phy_port: ['in_phy_port', 'in_phy_port', 'OXM_OF_IN_PHY_PORT'],
  nxm_in_port: ['in_port', 'in_port', 'NXM_OF_IN_PORT'],
  packet_type: ['packet_type', 'packet_type', 'OXM_OF_PACKET_TYPE'],
  vlan_tci: ['vlan_tci', 'vlan_tci', 'NXM_OF_VLAN_TCI'],
  nw_tos: ['nw_tos', 'nw_tos', 'NXM_OF_IP_TOS'],
  tcp_flags: ['tcp_flags', 'tcp_flags', 'NXM_NX_TCP_FLAGS', [0x0001, 34]],
  sctp_src: ['tp_src', 'sctp_src', 'OXM_OF_SCTP_SRC'],
  sctp_dst: ['tp_dst', 'sctp_dst', 'OXM_OF_SCTP_DST'],
  ipv6_flabel: ['ipv6_label', 'ipv6_label', 'NXM_NX_IPV6_LABEL', [0x0001, 27]],
  ipv6_nd_target: ['nd_target', 'nd_target', 'NXM_NX_ND_TARGET', [0x0001, 23]],
  ipv6_nd_sll: ['nd_sll', 'nd_sll', 'NXM_NX_ND_SLL', [0x0001, 24]],
  ipv6_nd_tll: ['nd_tll', 'nd_tll', 'NXM_NX_ND_TLL', [0x0001, 25]],
  nd_reserved: ['nd_reserved', 'nd_reserved', 'ERICOXM_OF_ICMPV6_ND_RESERVED'],
  nd_options_type: ['nd_options_type', 'nd_options_type', 'ERICOXM_OF_ICMPV6_ND_OPTIONS_TYPE'],
  mpls_label: ['mpls_label', 'mpls_label', 'OXM_OF_MPLS_LABEL'],
  mpls_tc: ['mpls_tc', 'mpls_tc', 'OXM_OF_MPLS_TC'],
  mpls_bos: ['mpls_bos', 'mpls_bos', 'OXM_OF_MPLS_BOS'],
  mpls_ttl: ['mpls_ttl', 'mpls_ttl', 'NXM_NX_MPLS_TTL'],
  pbb_isid: ['pbb_isid', 'pbb_isid', 'OXM_OF_PBB_ISID'],
  pbb_uca: ['pbb_uca', 'pbb_uca', 'OXM_OF_PBB_UCA'],
  ipv6_exthdr: ['ipv6_exthdr', 'ipv6_exthdr', 'OXM_OF_IPV6_EXTHDR'],
  nsh_flags: ['nsh_flags', 'nsh_flags', 'NXOXM_NSH_FLAGS'],
  nsh_mdtype: ['nsh_mdtype', 'nsh_mdtype', 'NXOXM_NSH_MDTYPE'],
  nsh_np: ['nsh_np', 'nsh_np', 'NXOXM_NSH_NP'],
  nsh_spi: ['nsh_spi', 'nsh_spi', 'NXOXM_NSH_SPI'],
  nsh_si: ['nsh_si', 'nsh_si', 'NXOXM_NSH_SI'],
  nsh_c1: ['nsh_c1', 'nsh_c1', 'NXOXM_NSH_C1'],
  nsh_c2: ['nsh_c2', 'nsh_c2', 'NXOXM_NSH_C2'],
  nsh_c3: ['nsh_c3', 'nsh_c3', 'NXOXM_NSH_C3'],
  nsh_c4: ['nsh_c4', 'nsh_c4', 'NXOXM_NSH_C4'],
  nsh_ttl: ['nsh_ttl', 'nsh_ttl', 'NXOXM_NSH_TTL'],
  dp_hash: ['dp_hash', 'dp_hash', 'NXM_NX_DP_HASH'],
  recirc_id: ['recirc_id', 'recirc_id', 'NXM_NX_RECIRC_ID'],
  conj_id: ['conj_id', 'conj_id', 'NXM_NX_CONJ_ID'],
  pkt_mark: ['pkt_mark', 'pkt_mark', 'NXM_NX_PKT_MARK'],
  actset_output: ['actset_output', 'actset_output', 'ONFOXM_ET_ACTSET_OUTPUT'],
  ct_state: ['ct_state', 'ct_state', 'NXM_NX_CT_STATE'],
  ct_zone: ['ct_zone', 'ct_zone', 'NXM_NX_CT_ZONE'],
  ct_mark: ['ct_mark', 'ct_mark', 'NXM_NX_CT_MARK'],
  ct_label: ['ct_label', 'ct_label', 'NXM_NX_CT_LABEL'],
  ct_nw_proto: ['ct_nw_proto', 'ct_nw_proto', 'NXM_NX_CT_NW_PROTO'],
  ct_nw_src: ['ct_nw_src', 'ct_nw_src', 'NXM_NX_CT_NW_SRC'],
  ct_nw_dst: ['ct_nw_dst', 'ct_nw_dst', 'NXM_NX_CT_NW_DST'],
  ct_ipv6_src: ['ct_ipv6_src', 'ct_ipv6_src', 'NXM_NX_CT_IPV6_SRC'],
  ct_ipv6_dst: ['ct_ipv6_dst', 'ct_ipv6_dst', 'NXM_NX_CT_IPV6_DST'],
  ct_tp_src: ['ct_tp_src', 'ct_tp_src', 'NXM_NX_CT_TP_SRC'],
  ct_tp_dst: ['ct_tp_dst', 'ct_tp_dst', 'NXM_NX_CT_TP_DST'],
  tun_src: ['tun_src', 'tun_src', 'NXM_NX_TUN_IPV4_SRC'],
  tun_dst: ['tun_dst', 'tun_dst', 'NXM_NX_TUN_IPV4_DST'],
  tun_ipv6_src: ['tun_ipv6_src', 'tun_ipv6_src', 'NXM_NX_TUN_IPV6_SRC'],
  tun_ipv6_dst: ['tun_ipv6_dst', 'tun_ipv6_dst', 'NXM_NX_TUN_IPV6_DST'],
  tun_flags: ['tun_flags', 'tun_flags', 'NXM_NX_TUN_FLAGS'],
  tun_gbp_id: ['tun_gbp_id', 'tun_gbp_id', 'NXM_NX_TUN_GBP_ID'],
  tun_gbp_flags: ['tun_gbp_flags', 'tun_gbp_flags', 'NXM_NX_TUN_GBP_FLAGS'],
  tun_erspan_idx: ['tun_erspan_idx', 'tun_erspan_idx', 'NXOXM_ET_ERSPAN_IDX'],
  tun_erspan_ver: ['tun_erspan_ver', 'tun_erspan_ver', 'NXOXM_ET_ERSPAN_VER'],
  tun_erspan_dir: ['tun_erspan_dir', 'tun_erspan_dir', 'NXOXM_ET_ERSPAN_DIR'],
  tun_erspan_hwid: ['tun_erspan_hwid', 'tun_erspan_hwid', 'NXOXM_ET_ERSPAN_HWID'],
  tun_gtpu_flags: ['gtpu_flags', 'tun_gtpu_flags', 'NXOXM_ET_GTPU_FLAGS'],
  tun_gtpu_msgtype: ['gtpu_msgtype', 'tun_gtpu_msgtype', 'NXOXM_ET_GTPU_MSGTYPE'],
}

const PREFIXES: readonly (readonly [pattern: RegExp, prefix: string])[] = [
  [/^reg(1[6-9]|2.|3.)$/, 'NXOXM_ET_'],
  [/^(xx)?reg|^tun_metadata/, 'NXM_NX_'],
]

function rowOf(name: FieldName): Row {
  const row = ROWS[name]
  if (row !== undefined) return row
  const register = /^xreg([0-9]+)$/.exec(name)
  if (register !== null) return [name, name, `OXM_OF_PKT_REG${register[1]}`]
  const prefix = PREFIXES.find(([pattern]) => pattern.test(name))?.[1]
  return [name, name, `${prefix}${name.toUpperCase()}`]
}

function spelling(name: FieldName): FieldSpelling {
  const [match, text, action, code] = rowOf(name)
  const spec: FieldSpec = FIELDS[name]
  const own: FieldSpelling['code'] =
    spec.experimenter === undefined ? [spec.class, spec.number] : [spec.class, spec.number, spec.experimenter]
  return { match, name: text, action, code: code ?? own }
}

/** By the name of the field. */
export const SPELLING: Readonly<Record<FieldName, FieldSpelling>> = Object.fromEntries(
  (Object.keys(FIELDS) as FieldName[]).map((name) => [name, spelling(name)]),
) as Record<FieldName, FieldSpelling>
