/** Fields that are no part of a packet: ports, tunnels, connection tracking, marks. `include/openvswitch/meta-flow.h`. */
import {
  EXACT,
  type FieldSpec,
  HEX8,
  HEX32,
  HEX64,
  HEX128,
  IPV4,
  IPV6,
  MASKABLE,
  NICIRA,
  NXM_0,
  NXM_1,
  ONF,
  OXM,
  PORT,
  U8,
  U16,
  U32,
} from './spec.ts'

export const PORT_FIELDS = {
  in_port: { ...OXM, number: 0, ...PORT, ...EXACT },
  in_phy_port: { ...OXM, number: 1, ...PORT, ...EXACT },
  /** NXM_OF_IN_PORT: the ingress port in 16 bits, as actions of Open vSwitch name it. */
  nxm_in_port: { ...NXM_0, number: 0, bytes: 2, bits: 16, kind: 'port', ...EXACT },
  metadata: { ...OXM, number: 2, ...HEX64, ...MASKABLE },
  packet_type: { ...OXM, number: 44, bytes: 4, bits: 32, kind: 'hex', ...EXACT },
} as const satisfies Record<string, FieldSpec>

export const STATE_FIELDS = {
  dp_hash: { ...NXM_1, number: 35, ...HEX32, ...MASKABLE },
  recirc_id: { ...NXM_1, number: 36, ...HEX32, ...EXACT },
  conj_id: { ...NXM_1, number: 37, ...U32, ...EXACT },
  actset_output: { ...ONF, number: 43, ...PORT, ...EXACT },
  pkt_mark: { ...NXM_1, number: 33, ...HEX32, ...MASKABLE },
  /** Bits: new, est, rel, rpl, inv, trk, snat, dnat. */
  ct_state: { ...NXM_1, number: 105, bytes: 4, bits: 8, kind: 'flags', ...MASKABLE },
  ct_zone: { ...NXM_1, number: 106, bytes: 2, bits: 16, kind: 'hex', ...EXACT },
  ct_mark: { ...NXM_1, number: 107, ...HEX32, ...MASKABLE },
  ct_label: { ...NXM_1, number: 108, ...HEX128, ...MASKABLE },
  ct_nw_proto: { ...NXM_1, number: 119, ...U8, ...EXACT, requires: 'ct' },
  ct_nw_src: { ...NXM_1, number: 120, ...IPV4, ...MASKABLE, requires: 'ct_ip' },
  ct_nw_dst: { ...NXM_1, number: 121, ...IPV4, ...MASKABLE, requires: 'ct_ip' },
  ct_ipv6_src: { ...NXM_1, number: 122, ...IPV6, ...MASKABLE, requires: 'ct_ipv6' },
  ct_ipv6_dst: { ...NXM_1, number: 123, ...IPV6, ...MASKABLE, requires: 'ct_ipv6' },
  ct_tp_src: { ...NXM_1, number: 124, ...U16, ...MASKABLE, requires: 'ct_transport' },
  ct_tp_dst: { ...NXM_1, number: 125, ...U16, ...MASKABLE, requires: 'ct_transport' },
} as const satisfies Record<string, FieldSpec>

export const TUNNEL_FIELDS = {
  tunnel_id: { ...OXM, number: 38, ...HEX64, ...MASKABLE },
  tun_src: { ...NXM_1, number: 31, ...IPV4, ...MASKABLE },
  tun_dst: { ...NXM_1, number: 32, ...IPV4, ...MASKABLE },
  tun_ipv6_src: { ...NXM_1, number: 109, ...IPV6, ...MASKABLE },
  tun_ipv6_dst: { ...NXM_1, number: 110, ...IPV6, ...MASKABLE },
  /** Bit 0: OAM. */
  tun_flags: { ...NXM_1, number: 104, bytes: 2, bits: 1, kind: 'flags', ...MASKABLE },
  tun_gbp_id: { ...NXM_1, number: 38, ...U16, ...MASKABLE },
  tun_gbp_flags: { ...NXM_1, number: 39, ...HEX8, ...MASKABLE },
  tun_erspan_idx: { ...NICIRA, number: 11, bytes: 4, bits: 20, kind: 'hex', ...MASKABLE },
  tun_erspan_ver: { ...NICIRA, number: 12, bytes: 1, bits: 4, kind: 'number', ...MASKABLE },
  tun_erspan_dir: { ...NICIRA, number: 13, bytes: 1, bits: 1, kind: 'number', ...MASKABLE },
  tun_erspan_hwid: { ...NICIRA, number: 14, bytes: 1, bits: 6, kind: 'hex', ...MASKABLE },
  tun_gtpu_flags: { ...NICIRA, number: 15, ...HEX8, ...MASKABLE },
  tun_gtpu_msgtype: { ...NICIRA, number: 16, ...U8, ...MASKABLE },
} as const satisfies Record<string, FieldSpec>
