import { defineTable } from '../../pipeline/table.ts'

export const linkLocalTable = defineTable('link_local', {
  match: ['ingress_interface', 'ipv6_src', 'icmpv6_type'],
  write: [],
  goto: ['nd_security'],
  miss: { why: 'The sender uses an IPv6 address that its interface does not own.' },
})

export const ndSecurityTable = defineTable('nd_security', {
  match: [
    'ingress_interface',
    'eth_dst',
    'ipv6_src',
    'nw_ttl',
    'eth_type',
    'ip_proto',
    'icmpv6_type',
    'icmpv6_code',
    'ipv6_nd_target',
    'ipv6_nd_sll',
    'ipv6_nd_tll',
  ],
  write: [],
  goto: ['nd_target', 'segment_security', 'router_leg'],
  miss: { goto: 'segment_security', why: 'The packet says nothing about neighbours.' },
})

export const ndTargetTable = defineTable('nd_target', {
  match: ['ingress_interface', 'domain', 'icmpv6_type', 'ipv6_nd_target'],
  write: [],
  goto: ['segment_security'],
  miss: { why: 'The sender advertises an address that its interface does not own.' },
})

export const ndTable = defineTable('nd', {
  match: ['in_port', 'vlan_vid', 'domain', 'ingress_interface', 'icmpv6_type', 'ipv6_nd_target'],
  write: ['eth_src', 'eth_dst', 'icmpv6_type', 'of_router'],
  goto: ['nd_answer', 'bridging'],
  miss: { why: 'Nobody in the network has the address that is asked for.' },
})

export const ndAnswerTable = defineTable('nd_answer', {
  match: ['of_router', 'ipv6_src', 'icmpv6_type', 'icmpv6_code'],
  write: [
    'eth_dst',
    'ipv6_src',
    'ipv6_dst',
    'nd_reserved',
    'nd_options_type',
    'ipv6_nd_tll',
    'egress_interface',
    'nxm_in_port',
  ],
  goto: ['output'],
  miss: { why: 'The switch answers neighbour solicitations, and nothing else gets here.' },
})
