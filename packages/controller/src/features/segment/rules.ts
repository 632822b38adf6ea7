/**
 * Segments: networks that share one layer-2 domain, and who is there with a MAC address alone or behind the gateway. These
 * may send with any IP address but those that are leased in the networks of the segment; a foreigner not with the MAC
 * address of somebody in the segment either.
 */
import { fromIpAddress, type Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import { ICMPV6_TYPE } from '../../packet/index.ts'
import { setSlice } from '../../pipeline/actions.ts'
import { ETH_TYPE, MULTICAST_BIT, macNumber, matchAddress } from '../../pipeline/addresses.ts'
import { segmentOfDomain } from '../../pipeline/domain.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import {
  addressOfLease,
  domainName,
  domainOfNetwork,
  domainsOfMacLease,
  gatewayOfSegment,
  interfaceName,
  segmentOfNetwork,
  switchesOfFree,
  switchesReachingNetwork,
} from '../presence/queries.ts'
import { bridgingTable, foreignTable, segmentSecurityTable } from './tables.ts'

const switchesOfBridging = listQuery<string>('switches of bridging', (id, view) =>
  segmentOfNetwork(id, view) === null ? [] : view.query(switchesReachingNetwork, id),
)

const compileBridging = ({ id, uuid }: Row<'network'>, view: View): Compiled => {
  const domain = view.query(domainOfNetwork, id)
  return {
    flows: [
      bridgingTable.flow({
        priority: PRIORITY.ordinary,
        match: { domain: id },
        steps: [setSlice('domain', domain)],
        goto: 'learning',
        why: () => `${uuid} is in the segment ${domainName(domain, view)}.`,
      }),
    ],
  }
}

/** Where there is who might use the address of the lease without having it. */
const switchesOfGuard = listQuery<string>('switches of address guard', (id, view) => {
  const lease = view.get('ip_lease', id)
  const segment = lease === undefined ? null : segmentOfNetwork(lease.network_id, view)
  return segment === null ? [] : view.query(switchesOfFree, segment)
})

const compileGuard = (lease: Row<'ip_lease'>, view: View): Compiled => {
  const owned = addressOfLease(lease, view)
  if (owned === null) return {}
  const domain = view.query(domainOfNetwork, lease.network_id)
  const { address, owner } = owned
  // In an advertisement the target is the address that the sender claims (RFC 4861 §4.4).
  const claimed =
    address.family === 4
      ? { arp_spa: Number(address.value) }
      : { icmpv6_type: ICMPV6_TYPE.neighbour_advertisement, ipv6_nd_target: address.value }
  const sources = [matchAddress('src', address), claimed]
  return {
    flows: sources.map((source) =>
      segmentSecurityTable.flow({
        priority: PRIORITY.ordinary,
        match: { domain, ...source },
        why: () =>
          `${fromIpAddress(address)} in ${domainName(domain, view)} belongs to ${interfaceName(owner, view)}.`,
      }),
    ),
  }
}

/** The gateways of the segments that the address is in: there nobody else may use it. */
const gatewaysOf = (lease: Row<'mac_lease'>, view: View): { domain: number; dpid: string }[] =>
  domainsOfMacLease(lease, view).flatMap((domain) => {
    const segment = segmentOfDomain(domain)
    const gateway = segment === null ? null : view.query(gatewayOfSegment, segment)
    return gateway === null ? [] : [{ domain, dpid: gateway.dpid }]
  })

const switchesOfForeign = listQuery<string>('switches of foreign guard', (id, view) => {
  const lease = view.get('mac_lease', id)
  return lease === undefined ? [] : [...new Set(gatewaysOf(lease, view).map(({ dpid }) => dpid))].sort()
})

const compileForeign = (lease: Row<'mac_lease'>, view: View, dpid: string): Compiled => ({
  flows: gatewaysOf(lease, view)
    .filter((gateway) => gateway.dpid === dpid)
    .map(({ domain }) =>
      foreignTable.flow({
        priority: PRIORITY.ordinary,
        match: { domain, eth_src: macNumber(lease.mac_address) },
        why: () =>
          `${lease.mac_address} in ${domainName(domain, view)} is ${interfaceName(lease.interface_id, view)}, and not behind the gateway.`,
      }),
    ),
})

export const segmentRules = [
  rule({ name: 'bridging', entity: 'network', on: switchesOfBridging, compile: compileBridging }),
  rule({ name: 'address guard', entity: 'ip_lease', on: switchesOfGuard, compile: compileGuard }),
  rule({ name: 'foreign guard', entity: 'mac_lease', on: switchesOfForeign, compile: compileForeign }),
]

export const segmentStanding = [
  foreignTable.flow({
    priority: PRIORITY.high,
    match: { eth_src: { value: MULTICAST_BIT, mask: MULTICAST_BIT } },
    why: 'No frame comes from a multicast address.',
  }),
  segmentSecurityTable.flow({
    priority: PRIORITY.low,
    match: { eth_type: ETH_TYPE.arp },
    goto: 'arp',
    why: 'ARP with no IP address of somebody else.',
  }),
  ...[ICMPV6_TYPE.neighbour_solicitation, ICMPV6_TYPE.neighbour_advertisement].map((icmpv6_type) =>
    segmentSecurityTable.flow({
      priority: PRIORITY.low,
      match: { icmpv6_type },
      goto: 'nd',
      why: 'Neighbour discovery with no IP address of somebody else.',
    }),
  ),
]
