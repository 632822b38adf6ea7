import { defineTable } from '../../pipeline/table.ts'

export const arrivalTable = defineTable('arrival', {
  match: [
    ...(['domain', 'eth_dst', 'eth_type', 'arp_op', 'arp_tpa'] as const),
    ...(['nw_ttl', 'ipv6_src', 'icmpv6_type', 'ipv6_nd_target', 'ipv6_nd_sll'] as const),
  ],
  write: ['ingress_interface', 'router', 'counted'],
  goto: ['arp', 'nd', 'router_leg', 'router_address', 'learning'],
  miss: { goto: 'learning', why: 'The packet is for no leg that is on this switch alone.' },
})

export const routerHopsTable = defineTable('router_hops', {
  match: ['again'],
  write: ['resubmit router_hop'],
  goto: [],
  miss: { why: 'There is no other router on the path.' },
})

export const routerHopTable = defineTable('router_hop', {
  match: ['again'],
  write: ['again', 'router'],
  goto: ['router_leg'],
  miss: { why: 'There is no other router on the path.' },
})

export const routerLegTable = defineTable('router_leg', {
  match: ['vlan_vid', 'domain', 'eth_dst', 'icmpv6_type'],
  write: ['leg', 'domain', 'ingress_domain', 'advertised', 'punt_kind', 'punt_reason'],
  goto: ['router_ingress', 'bridging', 'punt'],
  miss: { goto: 'bridging', why: 'The packet is not sent to a router: it stays in its network.' },
})

export const routerIngressTable = defineTable('router_ingress', {
  match: ['leg', 'domain', 'eth_type', 'ipv4_src', 'ipv6_src'],
  write: ['router'],
  goto: ['router_address'],
  miss: {
    goto: 'router_address',
    why: 'No route lets the source into a router; only the leg itself can be reached.',
  },
})

export const routerAddressTable = defineTable('router_address', {
  match: [
    ...(['leg', 'domain', 'router', 'further', 'from_tunnel', 'eth_type'] as const),
    ...(['ipv4_src', 'ipv4_dst', 'ipv6_src', 'ipv6_dst'] as const),
    ...(['ip_proto', 'ip_frag', 'icmpv4_type', 'icmpv4_code', 'icmpv6_type', 'icmpv6_code'] as const),
    ...(['udp_dst', 'tcp_dst'] as const),
  ],
  write: [
    'leg',
    ...(['eth_src', 'eth_dst', 'ipv4_src', 'ipv4_dst', 'icmpv4_type'] as const),
    ...(['ipv6_src', 'ipv6_dst', 'icmpv6_type'] as const),
    ...(['egress_interface', 'nxm_in_port', 'counted', 'punt_kind', 'punt_reason'] as const),
  ],
  goto: ['route', 'output', 'punt'],
  miss: { goto: 'route', why: 'The packet is not for the router itself: it is to be routed.' },
})

const NEXT_HOP = ['next_hop', 'next_hop_2', 'next_hop_1', 'next_hop_0'] as const
const HANDED_OVER = ['eth_dst', 'further', 'mtu_checked', 'too_big'] as const
const LEAVING = ['domain', 'eth_src', 'nxm_in_port', ...NEXT_HOP, ...HANDED_OVER] as const

export const routeTable = defineTable('route', {
  match: ['router', 'eth_type', 'ipv4_dst', 'ipv6_dst'],
  write: [...LEAVING, 'route_set', 'route_member', 'punt_kind', 'punt_reason'],
  goto: ['route_member', 'router_ttl', 'punt'],
  miss: { why: 'Only IP packets are routed.' },
})

export const routeMemberTable = defineTable('route_member', {
  match: ['route_set', 'route_member', 'eth_type'],
  write: LEAVING,
  goto: ['router_ttl'],
  miss: { why: 'The routes to the destination have just changed.' },
})

export const routerTtlTable = defineTable('router_ttl', {
  match: ['counted', 'domain', 'eth_type', 'nw_ttl'],
  write: ['counted', 'from_tunnel', 'punt_kind', 'punt_reason'],
  goto: ['neighbour', 'punt'],
  miss: { why: 'Only IP packets are routed.' },
})

export const neighbourTable = defineTable('neighbour', {
  match: ['domain', 'eth_type', ...NEXT_HOP],
  write: ['eth_dst', 'onward', 'punt_kind', 'punt_reason'],
  goto: ['mtu', 'too_big', 'punt'],
  miss: { why: 'Nobody in the network has the address of the next hop.' },
})

export const mtuTable = defineTable('mtu', {
  match: ['domain', 'eth_type', 'mtu_checked'],
  write: ['further', 'mtu_checked', 'too_big'],
  goto: ['too_big'],
  miss: { goto: 'too_big', why: 'What fits into the networks around fits into this one.' },
})

export const tooBigTable = defineTable('too_big', {
  match: ['too_big', 'onward'],
  write: ['again', 'onward', 'punt_kind', 'punt_reason'],
  goto: ['next_router', 'bridging', 'punt'],
  miss: { goto: 'bridging', why: 'The next hop is in the network.' },
})

export const nextRouterTable = defineTable('next_router', {
  match: ['further'],
  write: ['further', 'resubmit router_hops'],
  goto: [],
  miss: { why: 'The packet goes on where it was taken from router to router.' },
})
