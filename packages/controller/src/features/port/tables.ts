import { defineTable } from '../../pipeline/table.ts'

export const classifyTable = defineTable('classify', {
  match: ['in_port', 'vlan_vid', 'eth_src', 'eth_type'],
  write: ['ingress_interface', 'domain', 'vlan_vid'],
  goto: ['mac2mac', 'foreign', 'port_security', 'tunnel_ingress', 'arrival', 'learning'],
  miss: { goto: 'tunnel_ingress', why: 'The port belongs to no interface: it may be that of a tunnel.' },
})

export const portSecurityTable = defineTable('port_security', {
  match: [
    ...(['ingress_interface', 'vlan_vid', 'eth_src', 'eth_type', 'arp_sha', 'arp_spa'] as const),
    ...(['ipv4_src', 'ipv4_dst', 'ipv6_src', 'udp_src', 'udp_dst'] as const),
  ],
  write: ['domain', 'punt_kind', 'punt_reason'],
  goto: ['link_local', 'nd_security', 'segment_security', 'arp', 'router_leg', 'punt'],
  miss: { why: 'The sender uses a MAC or IP address that its interface does not own.' },
})

export const outputTable = defineTable('output', {
  match: ['egress_interface', 'domain', 'ingress_interface', 'in_port', 'vlan_vid'],
  write: ['vlan_vid'],
  goto: [],
  miss: { why: 'The egress interface has no port on this switch.' },
})
