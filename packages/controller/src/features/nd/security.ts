/**
 * What guests may say in IPv6 about themselves. Leased addresses are looked at in `port_security`; here it is
 *
 * - sources of others: who routes (`enable_routing`) sends them on, but for questions for neighbours;
 * - link-local sources: the one that follows from the own MAC address, or one with another interface identifier, as guests
 *   make by RFC 7217. One that follows from a MAC address is its owner's alone, and so every leg's;
 * - the unspecified source, from which a host without an address may ask and listen (RFC 4861, RFC 3590), and no more;
 * - neighbour discovery: it never comes over a router (RFC 4861 §7.1), tells no MAC address but the own one, and advertises
 *   no address but own ones;
 * - what only routers say: router advertisements and redirects. No guest may (RFC 6105), also not behind headers that the
 *   switch cannot read to their end.
 */
import { fromIpAddress, type Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import type { View } from '../../engine/view.ts'
import { ICMPV6_TYPE, linkLocalAddress, UNSPECIFIED_IPV6 } from '../../packet/index.ts'
import { ETH_TYPE, LINK_LOCAL, MULTICAST_BIT, macNumber } from '../../pipeline/addresses.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import {
  addressOfLease,
  freeSegment,
  interfaceName,
  switchOfIpLease,
  switchOfMacLease,
} from '../presence/queries.ts'
import { ipv6Networks, linkLocalNetworks } from './queries.ts'
import { linkLocalTable, ndSecurityTable, ndTargetTable } from './tables.ts'

const { neighbour_solicitation: NS, neighbour_advertisement: NA } = ICMPV6_TYPE

/** Hop limit of what has not been routed. */
const ON_LINK = { nw_ttl: 255 } as const

/** `fe80::…ff:fe…`: link-local addresses that follow from MAC addresses, as the middle of their identifiers tells. */
const OF_SOME_MAC = { value: LINK_LOCAL.value | (0xfffen << 24n), mask: LINK_LOCAL.mask | (0xffffn << 24n) }

/** What neighbour discovery says about link-layer addresses is the sender's own. */
const linkLayer = ({ interface_id, mac_address }: Row<'mac_lease'>, view: View): FlowDraft[] => {
  const mac = macNumber(mac_address)
  const sender = { ingress_interface: interface_id, ...ON_LINK }
  const who = interfaceName(interface_id, view)
  return [
    ndSecurityTable.flow({
      priority: PRIORITY.ordinary,
      match: { ...sender, icmpv6_type: NS, ipv6_nd_sll: mac },
      goto: 'segment_security',
      why: () => `${who} may ask for neighbours, with its MAC ${mac_address}.`,
    }),
    ndSecurityTable.flow({
      priority: PRIORITY.ordinary,
      match: { ...sender, icmpv6_type: NA, ipv6_nd_tll: mac },
      goto: 'nd_target',
      why: () => `${who} may say that it is at its MAC ${mac_address}.`,
    }),
  ]
}

const ownLinkLocal = ({ interface_id, mac_address }: Row<'mac_lease'>, view: View): FlowDraft[] => {
  const address = linkLocalAddress(macNumber(mac_address))
  const text = fromIpAddress({ family: 6, value: address })
  const who = interfaceName(interface_id, view)
  return [
    linkLocalTable.flow({
      priority: PRIORITY.highest,
      match: { ingress_interface: interface_id, ipv6_src: address },
      goto: 'nd_security',
      why: () => `${who} may send from ${text}, which follows from its MAC ${mac_address}.`,
    }),
    ndTargetTable.flow({
      priority: PRIORITY.high,
      match: { ingress_interface: interface_id, icmpv6_type: NA, ipv6_nd_target: address },
      goto: 'segment_security',
      why: () => `${who} may advertise ${text}, which follows from its MAC ${mac_address}.`,
    }),
  ]
}

/** Who has only a MAC address in a segment may use any address but those of others. */
const anyAddress = ({ interface_id }: Row<'mac_lease'>, view: View): FlowDraft[] => {
  const who = interfaceName(interface_id, view)
  return [
    linkLocalTable.flow({
      priority: PRIORITY.low,
      match: { ingress_interface: interface_id },
      goto: 'nd_security',
      why: () => `${who} may use any IPv6 address that nobody else has in its segment.`,
    }),
    ndTargetTable.flow({
      priority: PRIORITY.low,
      match: { ingress_interface: interface_id, icmpv6_type: NA },
      goto: 'segment_security',
      why: () => `${who} may advertise any address that nobody else has in its segment.`,
    }),
  ]
}

/**
 * Who routes sends on packets of others, and asks for neighbours from own addresses all the same: neighbours take from a
 * question who is where.
 */
const othersAddresses = ({ interface_id }: Row<'mac_lease'>, view: View): FlowDraft[] => {
  if (view.get('interface', interface_id)?.enable_routing !== true) return []
  const who = interfaceName(interface_id, view)
  return [
    linkLocalTable.flow({
      priority: PRIORITY.ordinary,
      match: { ingress_interface: interface_id, icmpv6_type: NS },
      why: () => `${who} may ask for neighbours only from addresses of its own.`,
    }),
    linkLocalTable.flow({
      priority: PRIORITY.low,
      match: { ingress_interface: interface_id },
      goto: 'nd_security',
      why: () => `${who} routes: it may send packets of others.`,
    }),
  ]
}

const compileMac = (lease: Row<'mac_lease'>, view: View): Compiled => {
  const isFree = freeSegment(lease, view) !== null
  if (!isFree && ipv6Networks(lease.interface_id, view).length === 0) return {}
  const hasLinkLocal = isFree || linkLocalNetworks(lease, view).length > 0
  return {
    flows: [
      ...linkLayer(lease, view),
      ...(hasLinkLocal ? ownLinkLocal(lease, view) : []),
      ...(isFree ? anyAddress(lease, view) : []),
      ...(hasLinkLocal && !isFree ? othersAddresses(lease, view) : []),
    ],
  }
}

const compileAddress = (lease: Row<'ip_lease'>, view: View): Compiled => {
  const owned = addressOfLease(lease, view)
  if (owned === null || owned.address.family !== 6) return {}
  return {
    flows: [
      ndTargetTable.flow({
        priority: PRIORITY.ordinary,
        match: {
          ...{ ingress_interface: owned.owner, domain: lease.network_id },
          ...{ icmpv6_type: NA, ipv6_nd_target: owned.address.value },
        },
        goto: 'segment_security',
        why: () => `${interfaceName(owned.owner, view)} may advertise its address ${lease.address}.`,
      }),
    ],
  }
}

export const securityRules = [
  rule({ name: 'mac', entity: 'mac_lease', on: switchOfMacLease, compile: compileMac }),
  rule({ name: 'address', entity: 'ip_lease', on: switchOfIpLease, compile: compileAddress }),
]

const { mld_report, mld_done, mld2_report, router_solicitation, router_advertisement, redirect } = ICMPV6_TYPE

const linkLocalStanding = [
  ...[NS, router_solicitation, mld_report, mld_done, mld2_report].map((icmpv6_type) =>
    linkLocalTable.flow({
      priority: PRIORITY.high,
      match: { ipv6_src: UNSPECIFIED_IPV6, icmpv6_type },
      goto: 'nd_security',
      why: 'Who has no address yet may ask whether one is free and for routers, and tell which groups it listens to.',
    }),
  ),
  linkLocalTable.flow({
    priority: PRIORITY.higher,
    match: { ipv6_src: OF_SOME_MAC },
    why: 'A link-local address that follows from a MAC address is that of its owner.',
  }),
  linkLocalTable.flow({
    priority: PRIORITY.high,
    match: { ipv6_src: LINK_LOCAL },
    goto: 'nd_security',
    why: 'A link-local address that follows from no MAC address may be anybody’s (RFC 7217).',
  }),
]

/** What the switch finds as protocol where it cannot read the headers to their end. */
const UNKNOWN_PROTOCOL = 0

const ndStanding = [
  ndSecurityTable.flow({
    priority: PRIORITY.highest,
    match: { eth_type: ETH_TYPE.ipv6, ip_proto: UNKNOWN_PROTOCOL },
    why: 'Headers that go on in another fragment could hide anything (RFC 7112, RFC 7113).',
  }),
  ...[router_advertisement, redirect].map((icmpv6_type) =>
    ndSecurityTable.flow({
      priority: PRIORITY.highest,
      match: { icmpv6_type },
      why: 'Guests are no routers of their network.',
    }),
  ),
  ndSecurityTable.flow({
    priority: PRIORITY.higher,
    match: { ...ON_LINK, ipv6_src: UNSPECIFIED_IPV6, icmpv6_type: NS, ipv6_nd_sll: 0 },
    goto: 'segment_security',
    why: 'A host may ask whether an address is free.',
  }),
  ndSecurityTable.flow({
    priority: PRIORITY.high,
    match: { ipv6_src: UNSPECIFIED_IPV6, icmpv6_type: NS },
    why: 'Who has no address yet tells none of its MAC address (RFC 4861 §7.1.1).',
  }),
  ndSecurityTable.flow({
    priority: PRIORITY.high,
    match: {
      eth_dst: { value: MULTICAST_BIT, mask: MULTICAST_BIT },
      ...{ icmpv6_type: NS, ipv6_nd_sll: 0 },
    },
    why: 'Who asks everybody says where it is (RFC 4861 §4.3).',
  }),
  ndSecurityTable.flow({
    priority: PRIORITY.highest,
    match: { icmpv6_type: NS, ipv6_nd_target: 0n },
    why: 'It asks for no address; or it has an option twice, and the switch has read neither.',
  }),
  ndSecurityTable.flow({
    priority: PRIORITY.ordinary,
    match: { ...ON_LINK, icmpv6_type: NS, ipv6_nd_sll: 0 },
    goto: 'router_leg',
    why: 'Whether a neighbour is still there it is asked itself, where the question has no MAC address to answer to.',
  }),
  ndSecurityTable.flow({
    priority: PRIORITY.ordinary,
    match: { ...ON_LINK, icmpv6_type: NA, ipv6_nd_tll: 0 },
    goto: 'nd_target',
    why: 'An advertisement need not tell a MAC address.',
  }),
  ...[NS, NA].map((icmpv6_type) =>
    ndSecurityTable.flow({
      priority: PRIORITY.low,
      match: { icmpv6_type },
      why: 'It tells the MAC address of another, or has come over a router.',
    }),
  ),
]

const targetStanding = [
  ndTargetTable.flow({
    priority: PRIORITY.ordinary,
    match: { icmpv6_type: NA, ipv6_nd_target: OF_SOME_MAC },
    why: 'A link-local address that follows from a MAC address is that of its owner.',
  }),
  ndTargetTable.flow({
    priority: PRIORITY.low,
    match: { icmpv6_type: NA, ipv6_nd_target: LINK_LOCAL },
    goto: 'segment_security',
    why: 'A link-local address that follows from no MAC address may be anybody’s (RFC 7217).',
  }),
]

export const securityStanding = [...linkLocalStanding, ...ndStanding, ...targetStanding]
