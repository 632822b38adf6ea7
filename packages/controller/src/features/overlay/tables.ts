import { defineTable } from '../../pipeline/table.ts'

export const mac2macTable = defineTable('mac2mac', {
  match: ['domain', 'eth_dst'],
  write: ['domain', 'from_tunnel', 'eth_dst'],
  goto: ['mac2mac_source', 'arrival'],
  miss: {
    goto: 'arrival',
    why: 'The packet is for nobody in a virtual network that travels without encapsulation: it is of the physical one.',
  },
})

export const mac2macSourceTable = defineTable('mac2mac_source', {
  match: ['domain', 'eth_src'],
  write: [],
  goto: ['mac2mac_multicast', 'arrival'],
  miss: { why: 'The sender is no guest of the network on another host that sends without encapsulation.' },
})

export const mac2macMulticastTable = defineTable('mac2mac_multicast', {
  match: ['eth_dst', 'ipv4_dst', 'ipv6_dst'],
  write: ['eth_dst'],
  goto: ['destination'],
  miss: { goto: 'destination', why: 'The packet has the destination MAC address that it was sent with.' },
})

export const tunnelIngressTable = defineTable('tunnel_ingress', {
  match: ['in_port', 'tunnel_id'],
  write: ['domain', 'from_tunnel'],
  goto: ['tunnel_source'],
  miss: {
    why: 'The port belongs to no interface that may send this, and to no tunnel with a key that this switch knows.',
  },
})

export const tunnelSourceTable = defineTable('tunnel_source', {
  match: ['domain', 'tun_src', 'tun_ipv6_src'],
  write: [],
  goto: ['arrival', 'destination'],
  miss: { why: 'The packet comes from no host that shares a network with this one.' },
})

export const overlayTable = defineTable('overlay', {
  match: ['from_tunnel', 'domain', 'eth_dst', 'eth_type'],
  write: [
    ...(['tunnel_id', 'tun_dst', 'tun_ipv6_dst', 'eth_src', 'eth_dst', 'vlan_vid'] as const),
    ...(['punt_kind', 'punt_reason'] as const),
  ],
  goto: ['uplink', 'punt'],
  miss: {
    goto: 'uplink',
    why: 'Nobody on another switch that can be reached has the destination MAC address in the network.',
  },
})
