/**
 * Directed broadcasts that a router knows of: of the network in which a packet came, of the one that it is to go into, and of
 * the subnets at its legs. What is sent there, or from there, gets no error (RFC 1812 §4.3.2.7).
 */
import { fromIpAddress, type IpAddress, networkMask, type Row, toIpAddress } from '@openvnet/schema'
import type { PuntedPacket } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import { wayKey } from '../../model/index_key.ts'

/** The addresses of /31 and /32 are all of hosts (RFC 3021). */
const LONGEST_PREFIX = 30
/** No subnet is larger than a class A network. */
const SHORTEST_PREFIX = 8

/** The last address of a subnet. */
const lastOf = (value: bigint, prefix: number): bigint =>
  value | (networkMask(4, prefix) ^ networkMask(4, 32))

/** `undefined` where a network has no IPv4 subnet, or all of its addresses are of hosts. */
const ofNetwork = (network: number, view: View): bigint | undefined => {
  const row = view.get('network', network)
  if (row === undefined || row.ipv4_network === null || row.ipv4_prefix > LONGEST_PREFIX) return undefined
  return lastOf(toIpAddress(row.ipv4_network).value, row.ipv4_prefix)
}

const isConnected = ({ type, via }: Row<'route'>): boolean => type === 'unicast' && via === null

/** Whether the address is the last one of a subnet at a leg: looked for by the few prefixes of which it may be. */
const isLastOfConnected = (route_link_id: number, value: bigint, view: View): boolean => {
  for (let prefix = LONGEST_PREFIX; prefix >= SHORTEST_PREFIX; prefix -= 1) {
    if (lastOf(value, prefix) !== value) return false
    const destination = fromIpAddress({ family: 4, value: value & networkMask(4, prefix) })
    if (view.list('route.way', wayKey({ route_link_id, destination, prefix })).some(isConnected)) return true
  }
  return false
}

/** As numbers; those of IPv4 that concern a packet to `dst`. */
export const broadcastsAround = (
  { router, ingress_domain, domain }: PuntedPacket,
  { family, value }: IpAddress,
  view: View,
): readonly number[] => {
  const ofNetworks = [ingress_domain, domain].flatMap((network) => ofNetwork(network, view) ?? [])
  const isKnown = family === 4 && router !== 0 && isLastOfConnected(router, value, view)
  return [...ofNetworks, ...(isKnown ? [value] : [])].map(Number)
}
