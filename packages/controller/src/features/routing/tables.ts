import { defineTable } from '../../pipeline/table.ts'

export const routerLegTable = defineTable('router_leg', {
  match: ['vlan_vid', 'domain', 'eth_dst'],
  write: ['leg', 'domain'],
  goto: ['router_ingress', 'bridging'],
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
  match: ['leg', 'domain', 'router', 'eth_type', 'ipv4_dst', 'ipv6_dst', 'icmpv4_type', 'icmpv4_code'],
  write: ['eth_src', 'eth_dst', 'ipv4_src', 'ipv4_dst', 'icmpv4_type', 'egress_interface', 'nxm_in_port'],
  goto: ['router_ttl', 'output'],
  miss: { goto: 'router_ttl', why: 'The packet is not for the router itself: it is to be routed.' },
})

export const routerTtlTable = defineTable('router_ttl', {
  match: ['eth_type', 'nw_ttl'],
  write: [],
  goto: ['route'],
  miss: { why: 'Only IP packets are routed.' },
})

export const routeTable = defineTable('route', {
  match: ['router', 'eth_type', 'ipv4_dst', 'ipv6_dst'],
  write: ['domain', 'eth_src', 'nxm_in_port'],
  goto: ['neighbour'],
  miss: { why: 'The router has no route to the destination.' },
})

export const neighbourTable = defineTable('neighbour', {
  match: ['domain', 'ipv4_dst', 'ipv6_dst'],
  write: ['eth_dst'],
  goto: ['bridging'],
  miss: { why: 'Nobody in the network has the destination address.' },
})
