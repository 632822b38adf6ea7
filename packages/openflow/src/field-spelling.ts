/**
 * How Open vSwitch spells the fields: in the text of a match, as a field of `set_field`, and with the older NXM name
 * and code that it uses in actions which name a field (move, load, push, pop). Fields without an NXM code use their
 * OXM one there. Sources: `include/openvswitch/meta-flow.h`, `lib/match.c` of Open vSwitch.
 */
import type { FieldName } from './fields.ts'

export interface FieldSpelling {
  /** In the text of a match, as `ovs-ofctl dump-flows` prints it. */
  readonly match: string
  /** As the field of `set_field`. */
  readonly name: string
  /** As a field of `move`, `load`, `push` and `pop`. */
  readonly action: string
  /** Class and number of the code in those actions. */
  readonly code: readonly [oxmClass: number, number: number]
}

const OXM = 0x8000
const NXM_0 = 0x0000
const NXM_1 = 0x0001
const row = (match: string, name: string, action: string, code: FieldSpelling['code']): FieldSpelling => ({
  match,
  name,
  action,
  code,
})
const reg = (n: number): FieldSpelling => row(`reg${n}`, `reg${n}`, `NXM_NX_REG${n}`, [NXM_1, n])

export const SPELLING: Readonly<Record<FieldName, FieldSpelling>> = {
  in_port: row('in_port', 'in_port_oxm', 'OXM_OF_IN_PORT', [OXM, 0]),
  metadata: row('metadata', 'metadata', 'OXM_OF_METADATA', [OXM, 2]),
  eth_dst: row('dl_dst', 'eth_dst', 'NXM_OF_ETH_DST', [NXM_0, 1]),
  eth_src: row('dl_src', 'eth_src', 'NXM_OF_ETH_SRC', [NXM_0, 2]),
  eth_type: row('dl_type', 'eth_type', 'NXM_OF_ETH_TYPE', [NXM_0, 3]),
  vlan_vid: row('vlan_vid', 'vlan_vid', 'OXM_OF_VLAN_VID', [OXM, 6]),
  vlan_pcp: row('vlan_pcp', 'vlan_pcp', 'OXM_OF_VLAN_PCP', [OXM, 7]),
  ip_dscp: row('ip_dscp', 'ip_dscp', 'OXM_OF_IP_DSCP', [OXM, 8]),
  ip_ecn: row('nw_ecn', 'nw_ecn', 'NXM_NX_IP_ECN', [NXM_1, 28]),
  ip_proto: row('nw_proto', 'nw_proto', 'NXM_OF_IP_PROTO', [NXM_0, 6]),
  ipv4_src: row('nw_src', 'ip_src', 'NXM_OF_IP_SRC', [NXM_0, 7]),
  ipv4_dst: row('nw_dst', 'ip_dst', 'NXM_OF_IP_DST', [NXM_0, 8]),
  tcp_src: row('tp_src', 'tcp_src', 'NXM_OF_TCP_SRC', [NXM_0, 9]),
  tcp_dst: row('tp_dst', 'tcp_dst', 'NXM_OF_TCP_DST', [NXM_0, 10]),
  udp_src: row('tp_src', 'udp_src', 'NXM_OF_UDP_SRC', [NXM_0, 11]),
  udp_dst: row('tp_dst', 'udp_dst', 'NXM_OF_UDP_DST', [NXM_0, 12]),
  icmpv4_type: row('icmp_type', 'icmp_type', 'NXM_OF_ICMP_TYPE', [NXM_0, 13]),
  icmpv4_code: row('icmp_code', 'icmp_code', 'NXM_OF_ICMP_CODE', [NXM_0, 14]),
  arp_op: row('arp_op', 'arp_op', 'NXM_OF_ARP_OP', [NXM_0, 15]),
  arp_spa: row('arp_spa', 'arp_spa', 'NXM_OF_ARP_SPA', [NXM_0, 16]),
  arp_tpa: row('arp_tpa', 'arp_tpa', 'NXM_OF_ARP_TPA', [NXM_0, 17]),
  arp_sha: row('arp_sha', 'arp_sha', 'NXM_NX_ARP_SHA', [NXM_1, 17]),
  arp_tha: row('arp_tha', 'arp_tha', 'NXM_NX_ARP_THA', [NXM_1, 18]),
  ipv6_src: row('ipv6_src', 'ipv6_src', 'NXM_NX_IPV6_SRC', [NXM_1, 19]),
  ipv6_dst: row('ipv6_dst', 'ipv6_dst', 'NXM_NX_IPV6_DST', [NXM_1, 20]),
  icmpv6_type: row('icmp_type', 'icmpv6_type', 'NXM_NX_ICMPV6_TYPE', [NXM_1, 21]),
  icmpv6_code: row('icmp_code', 'icmpv6_code', 'NXM_NX_ICMPV6_CODE', [NXM_1, 22]),
  tunnel_id: row('tun_id', 'tun_id', 'NXM_NX_TUN_ID', [NXM_1, 16]),
  nw_ttl: row('nw_ttl', 'nw_ttl', 'NXM_NX_IP_TTL', [NXM_1, 29]),
  ip_frag: row('nw_frag', 'ip_frag', 'NXM_NX_IP_FRAG', [NXM_1, 26]),
  reg0: reg(0),
  reg1: reg(1),
  reg2: reg(2),
  reg3: reg(3),
  reg4: reg(4),
  reg5: reg(5),
  reg6: reg(6),
  reg7: reg(7),
  reg8: reg(8),
  reg9: reg(9),
  reg10: reg(10),
  reg11: reg(11),
  reg12: reg(12),
  reg13: reg(13),
  reg14: reg(14),
  reg15: reg(15),
}
