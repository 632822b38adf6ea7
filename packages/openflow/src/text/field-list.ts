/**
 * Lists of fields as `ovs-ofctl dump-table-features` prints them: in the order of Open vSwitch's own list (`enum
 * mf_field_id`), with what neighbours have in common said once: `ct_{state,nw_{src,dst}} reg0...reg15`.
 */
import { SPELLING } from '../field-spelling.ts'
import type { FieldName } from '../fields.ts'

const row = (prefix: string, count: number): FieldName[] =>
  Array.from({ length: count }, (_, n) => `${prefix}${n}` as FieldName)

const ORDER: readonly FieldName[] = [
  'dp_hash',
  'recirc_id',
  'packet_type',
  'conj_id',
  'tunnel_id',
  'tun_src',
  'tun_dst',
  'tun_ipv6_src',
  'tun_ipv6_dst',
  'tun_flags',
  'tun_gbp_id',
  'tun_gbp_flags',
  'tun_erspan_idx',
  'tun_erspan_ver',
  'tun_erspan_dir',
  'tun_erspan_hwid',
  'tun_gtpu_flags',
  'tun_gtpu_msgtype',
  ...row('tun_metadata', 64),
  'metadata',
  'nxm_in_port',
  'in_port',
  'in_phy_port',
  'actset_output',
  'pkt_mark',
  'ct_state',
  'ct_zone',
  'ct_mark',
  'ct_label',
  'ct_nw_proto',
  'ct_nw_src',
  'ct_nw_dst',
  'ct_ipv6_src',
  'ct_ipv6_dst',
  'ct_tp_src',
  'ct_tp_dst',
  ...row('reg', 32),
  ...row('xreg', 16),
  ...row('xxreg', 4),
  'eth_src',
  'eth_dst',
  'eth_type',
  'vlan_tci',
  'vlan_vid',
  'vlan_pcp',
  'mpls_label',
  'mpls_tc',
  'mpls_bos',
  'mpls_ttl',
  'pbb_isid',
  'pbb_uca',
  'ipv4_src',
  'ipv4_dst',
  'ipv6_src',
  'ipv6_dst',
  'ipv6_flabel',
  'ipv6_exthdr',
  'ip_proto',
  'nw_tos',
  'ip_dscp',
  'ip_ecn',
  'nw_ttl',
  'ip_frag',
  'arp_op',
  'arp_spa',
  'arp_tpa',
  'arp_sha',
  'arp_tha',
  'tcp_src',
  'tcp_dst',
  'tcp_flags',
  'udp_src',
  'udp_dst',
  'sctp_src',
  'sctp_dst',
  'icmpv4_type',
  'icmpv4_code',
  'icmpv6_type',
  'icmpv6_code',
  'ipv6_nd_target',
  'ipv6_nd_sll',
  'ipv6_nd_tll',
  'nd_reserved',
  'nd_options_type',
  'nsh_flags',
  'nsh_mdtype',
  'nsh_np',
  'nsh_spi',
  'nsh_si',
  'nsh_c1',
  'nsh_c2',
  'nsh_c3',
  'nsh_c4',
  'nsh_ttl',
]

/** Each field once; empty for none. */
export function formatFieldList(fields: readonly FieldName[]): string {
  const wanted = new Set(fields)
  return gathered(ORDER.filter((field) => wanted.has(field)).map((field) => SPELLING[field].name)).join(' ')
}

/** Neighbours with the same part up to `_` in braces, neighbours that count up as first and last. */
function gathered(names: readonly string[]): string[] {
  const parts: string[] = []
  for (let at = 0; at < names.length; ) {
    const name = names[at] as string
    const prefix = /^[^_]*_/.exec(name)?.[0]
    const alike = prefix === undefined ? 1 : lengthOfRun(names, at, (next) => next.startsWith(prefix))
    const counting = lengthOfCount(names, at)
    if (prefix !== undefined && alike > 1) {
      const rests = names.slice(at, at + alike).map((one) => one.slice(prefix.length))
      parts.push(`${prefix}{${gathered(rests).join(',')}}`)
      at += alike
    } else {
      parts.push(counting > 2 ? `${name}...${names[at + counting - 1]}` : name)
      at += counting > 2 ? counting : 1
    }
  }
  return parts
}

/** How many names from `at` on are so. */
function lengthOfRun(names: readonly string[], at: number, is: (name: string) => boolean): number {
  const end = names.findIndex((name, index) => index > at && !is(name))
  return (end < 0 ? names.length : end) - at
}

/** How many names from `at` on are the same word with one more each time. */
function lengthOfCount(names: readonly string[], at: number): number {
  const [, word, number] = /^([a-z_]+)([0-9]+)$/.exec(names[at] ?? '') ?? []
  let length = 1
  while (word !== undefined && names[at + length] === `${word}${Number(number) + length}`) length++
  return length
}
