import { defineTable } from '../../pipeline/table.ts'

export const tunnelIngressTable = defineTable('tunnel_ingress', {
  match: ['in_port', 'tunnel_id'],
  write: ['domain', 'from_tunnel'],
  goto: ['destination'],
  miss: {
    why: 'The port belongs to no interface that may send this, and to no tunnel with a key that this switch knows.',
  },
})

export const overlayTable = defineTable('overlay', {
  match: ['from_tunnel', 'domain', 'eth_dst'],
  write: ['tunnel_id', 'tun_dst', 'tun_ipv6_dst'],
  goto: ['uplink'],
  miss: {
    goto: 'uplink',
    why: 'Nobody on another switch that is reached by a tunnel has the destination MAC address in the network.',
  },
})
