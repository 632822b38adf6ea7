/**
 * The hosts of histories: each has one switch and, in the underlay, an IPv4 and an IPv6 address of its own. What rows and
 * connections say of them may be less, and may be wrong.
 */
export const DPIDS = ['0x0000000000000001', '0x0000000000000002', '0x0000000000000003'] as const

/** An address that no host has. */
export const NOWHERE = '10.9.9.9'

/** Names of ports for tunnels; of those that two switches have, the first is taken. */
export const TUNNEL_PORTS = ['vnet-vxlan', 'vnet-geneve', 'vnet-gre'] as const

/** The addresses of a host, IPv4 first. */
export const addressesOf = (dpid: string): readonly [string, string] => [
  `10.9.0.${Number(dpid)}`,
  `fd00:9::${Number(dpid)}`,
]
