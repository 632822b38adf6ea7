/** The kinds of packets that random messages speak of: what makes each one, and which fields it has. */
import { type FieldName, type Match, type MatchField, OFPP } from '@openvnet/openflow'

/** A kind of packet: what makes it one, and the fields that may be matched and set then. */
export interface Profile {
  readonly base: Match
  readonly match: readonly FieldName[]
  readonly set: readonly FieldName[]
}

export const exact = (field: FieldName, value: number): MatchField => ({ field, value, mask: null })
const masked = (field: FieldName, value: number, mask: number): MatchField => ({ field, value, mask })
export const REGISTERS = Array.from({ length: 16 }, (_, n) => `reg${n}` as FieldName)
const ALWAYS: readonly FieldName[] = [...REGISTERS, 'metadata', 'tunnel_id', 'eth_src', 'eth_dst', 'pkt_mark']
/** Fields of tunnels and of connections, which only a match may have here. */
const OUTSIDE: readonly FieldName[] = [
  'tun_src',
  'tun_dst',
  'tun_ipv6_src',
  'tun_ipv6_dst',
  'tun_gbp_id',
  'tun_flags',
  'ct_zone',
  'ct_mark',
  'ct_label',
]
const IP: readonly FieldName[] = ['ip_dscp', 'ip_ecn', 'nw_ttl']
const IPV4: readonly FieldName[] = ['ipv4_src', 'ipv4_dst', ...IP]
const IPV6: readonly FieldName[] = ['ipv6_src', 'ipv6_dst', ...IP]
const ARP: readonly FieldName[] = ['arp_spa', 'arp_tpa', 'arp_sha', 'arp_tha']

function profile(base: Match, fields: readonly FieldName[], matchOnly: readonly FieldName[] = []): Profile {
  const inBase = new Set(base.map((field) => field.field))
  return {
    base,
    match: [...ALWAYS, ...OUTSIDE, ...fields, ...matchOnly].filter((name) => !inBase.has(name)),
    set: [...ALWAYS, ...fields],
  }
}
/** Without ip_frag: a later fragment has no ports, and a dump with both is refused by ovs-ofctl. */
const ip = (protocol: number, fields: readonly FieldName[], matchOnly: readonly FieldName[] = []): Profile =>
  profile([exact('eth_type', 0x0800), exact('ip_proto', protocol)], [...IPV4, ...fields], matchOnly)
const ip6 = (protocol: number, fields: readonly FieldName[]): Profile =>
  profile([exact('eth_type', 0x86dd), exact('ip_proto', protocol)], [...IPV6, ...fields])

const nd = (type: number, address: FieldName): Profile =>
  profile(
    [exact('eth_type', 0x86dd), exact('ip_proto', 58), exact('icmpv6_type', type), exact('icmpv6_code', 0)],
    ['ipv6_nd_target', address, ...IPV6],
  )

export const PROFILES: readonly Profile[] = [
  profile([], []),
  profile([exact('in_port', 3)], []),
  profile([exact('in_port', OFPP.LOCAL), exact('eth_type', 0x88cc)], []),
  profile([exact('eth_type', 0x0806)], ARP),
  profile([exact('eth_type', 0x8847)], ['mpls_label', 'mpls_tc', 'mpls_ttl'], ['mpls_bos']),
  profile([exact('ct_state', 0x21)], []),
  profile(
    [exact('eth_type', 0x0800), masked('ct_state', 0x21, 0x23), exact('ct_nw_proto', 6)],
    [],
    ['ct_nw_src', 'ct_nw_dst', 'ct_tp_src', 'ct_tp_dst'],
  ),
  nd(135, 'ipv6_nd_sll'),
  nd(136, 'ipv6_nd_tll'),
  profile([exact('eth_type', 0x0806), exact('arp_op', 1)], ['arp_op', ...ARP]),
  profile([exact('vlan_vid', 0x1005)], ['vlan_vid', 'vlan_pcp']),
  profile([exact('vlan_vid', 0)], []),
  profile([{ field: 'vlan_vid', value: 0x1000, mask: 0x1000 }], ['vlan_vid', 'vlan_pcp']),
  profile([{ field: 'vlan_vid', value: 0x1004, mask: 0x100c }, exact('eth_type', 0x0800)], IPV4),
  profile([exact('eth_type', 0x0800)], IPV4, ['ip_frag']),
  ip(1, ['icmpv4_type', 'icmpv4_code']),
  ip(2, []),
  ip(6, ['tcp_src', 'tcp_dst'], ['tcp_flags']),
  ip(132, ['sctp_src', 'sctp_dst']),
  ip(17, ['udp_src', 'udp_dst']),
  profile([exact('eth_type', 0x86dd)], IPV6),
  ip6(6, ['tcp_src', 'tcp_dst']),
  ip6(17, ['udp_src', 'udp_dst']),
  ip6(58, ['icmpv6_type', 'icmpv6_code']),
]
