/** The legs of routers: simulated interfaces, where they can be reached, and which addresses they answer for. */
import { fromIpAddress, type IpAddress, type Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import { EXTENSION, ICMPV6_TYPE, linkLocalAddress } from '../../packet/index.ts'
import {
  ANY_TAG,
  decrementTtl,
  move,
  returnToSender,
  type Step,
  setField,
  setSlice,
  setTtl,
  swap,
} from '../../pipeline/actions.ts'
import { ICMP, macNumber, matchAddress } from '../../pipeline/addresses.ts'
import { domainOfSegment } from '../../pipeline/domain.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { punt } from '../../pipeline/punts.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import { linkLocalNetworks } from '../nd/queries.ts'
import {
  addressOfLease,
  allowedSwitches,
  domainName,
  interfaceName,
  interfaceOfLease,
  networkName,
  networksOfInterface,
  segmentOfNetwork,
  switchesOfFree,
  switchesReachingNetwork,
} from '../presence/queries.ts'
import { switchesOfEntry } from './entry.ts'
import { type Reach, reachesOf } from './queries.ts'
import { routerAddressTable, routerLegTable } from './tables.ts'

/** TTL of the router's own packets (RFC 1700). */
const OWN_TTL = 64

const simulated = (id: number, view: View): Row<'interface'> | undefined => {
  const row = view.get('interface', id)
  return row?.mode === 'simulated' ? row : undefined
}

const switchesOfLeg = listQuery<string>('switches of leg', (id, view) => {
  const lease = view.get('mac_lease', id)
  const owner = lease && simulated(lease.interface_id, view)
  if (owner === undefined) return []
  const dpids = view.query(networksOfInterface, owner.id).flatMap((network) => switchesOfEntry(network, view))
  return allowedSwitches(owner, [...new Set(dpids)].sort(), view)
})

const switchesOfAddress = listQuery<string>('switches of router address', (id, view) => {
  const lease = view.get('ip_lease', id)
  const owner = lease && interfaceOfLease(lease, view)
  return lease === undefined || owner?.mode !== 'simulated'
    ? []
    : allowedSwitches(owner, view.query(switchesReachingNetwork, lease.network_id), view)
})

const legFlow = (lease: Row<'mac_lease'>, domain: number, network: number, view: View): FlowDraft =>
  routerLegTable.flow({
    priority: PRIORITY.ordinary,
    match: { domain, eth_dst: macNumber(lease.mac_address) },
    steps: [
      setSlice('leg', lease.interface_id),
      setSlice('ingress_domain', network),
      ...(domain === network ? [] : [setSlice('domain', network)]),
    ],
    goto: 'router_ingress',
    why: () =>
      `${lease.mac_address} in ${domainName(domain, view)} is the leg ${interfaceName(lease.interface_id, view)}${domain === network ? '' : ` of ${networkName(network, view)}`}.`,
  })

/** Where who has no address is on the switch: the segments of networks, each with the first network of the leg in it. */
const segmentsOfLeg = (
  networks: readonly number[],
  view: View,
  dpid: string,
): ReadonlyMap<number, number> => {
  const found = new Map<number, number>()
  for (const network of networks) {
    const segment = segmentOfNetwork(network, view)
    if (segment === null || found.has(segment)) continue
    if (view.query(switchesOfFree, segment).includes(dpid)) found.set(segment, network)
  }
  return found
}

/** Packets that guests send to the MAC of a leg. */
const compileLeg = (lease: Row<'mac_lease'>, view: View, dpid: string): Compiled => {
  const networks = view.query(networksOfInterface, lease.interface_id)
  return {
    flows: [
      ...networks.map((network) => legFlow(lease, network, network, view)),
      ...[...segmentsOfLeg(networks, view, dpid)].map(([segment, network]) =>
        legFlow(lease, domainOfSegment(segment), network, view),
      ),
    ],
  }
}

type Returned =
  | 'eth_src'
  | 'eth_dst'
  | 'ipv4_src'
  | 'ipv4_dst'
  | 'ipv6_src'
  | 'ipv6_dst'
  | 'egress_interface'
  | 'nxm_in_port'

/** From the address back to the source of the packet. */
export const backToSource = ({ family, value }: IpAddress) =>
  family === 4
    ? [move('ipv4_src', 'ipv4_dst'), setField('ipv4_src', Number(value))]
    : [move('ipv6_src', 'ipv6_dst'), setField('ipv6_src', value)]

/** The same, and to the MAC address from which it came. */
const turnAround = (address: IpAddress): Step<Returned>[] => [
  swap('eth_src', 'eth_dst'),
  ...backToSource(address),
]

export const echoRequestTo = ({ family }: IpAddress) =>
  family === 4
    ? { icmpv4_type: ICMP.echo_request, icmpv4_code: 0 }
    : { icmpv6_type: ICMPV6_TYPE.echo_request, icmpv6_code: 0 }

/** What makes an echo request the reply, beside its addresses. */
export const becomesReply = ({ family }: IpAddress): Step<'icmpv4_type' | 'icmpv6_type'>[] => [
  family === 4 ? setField('icmpv4_type', ICMP.echo_reply) : setField('icmpv6_type', ICMPV6_TYPE.echo_reply),
  setTtl(OWN_TTL),
]

const echoReply = (address: IpAddress): Step<Returned | 'icmpv4_type' | 'icmpv6_type'>[] => [
  ...turnAround(address),
  ...becomesReply(address),
  returnToSender(),
]

/**
 * The rest of a large ping: with the first fragment turned into an answer, its other fragments are those of the answer,
 * as they are. They lose a hop, lest two routers send one to and fro.
 */
const restOfEchoReply = (address: IpAddress): Step<Returned>[] => [
  ...turnAround(address),
  decrementTtl(),
  returnToSender(),
]

/** nw_frag=later. Of IPv6 a switch knows no protocol there, so that the fragments of anything are turned around. */
export const laterFragment = ({ family }: IpAddress) => ({
  ip_frag: 3,
  ip_proto: family === 4 ? ICMP.ip_proto : EXTENSION.fragment,
})

/** Answers pings to an address; what else is sent to it is refused, by a program: the router offers nothing there. */
const ownAddress = (reach: Reach, address: IpAddress, text: string, who: string): FlowDraft[] => {
  const match = { ...reach, ...matchAddress('dst', address) }
  return [
    routerAddressTable.flow({
      priority: PRIORITY.high,
      match: { ...match, ...echoRequestTo(address) },
      steps: echoReply(address),
      goto: 'output',
      why: () => `${who} answers pings to ${text}.`,
    }),
    routerAddressTable.flow({
      priority: PRIORITY.higher,
      match: { ...match, ...laterFragment(address) },
      steps: restOfEchoReply(address),
      goto: 'output',
      why: () => `${who} answers large pings to ${text}, fragment by fragment.`,
    }),
    routerAddressTable.flow({
      priority: PRIORITY.ordinary,
      match,
      steps: [punt('no_service')],
      goto: 'punt',
      why: () => `${who} offers no service on ${text} but ping.`,
    }),
  ]
}

const compileAddress = (lease: Row<'ip_lease'>, view: View): Compiled => {
  const owned = addressOfLease(lease, view)
  if (owned === null) return {}
  const who = interfaceName(owned.owner, view)
  const reaches = reachesOf(owned.owner, lease.network_id, view)
  return { flows: reaches.flatMap((reach) => ownAddress(reach, owned.address, lease.address, who)) }
}

/** A link-local address is reached from its own network only. */
const compileLinkLocal = (lease: Row<'mac_lease'>, view: View): Compiled => {
  const { interface_id: leg, mac_address } = lease
  const address: IpAddress = { family: 6, value: linkLocalAddress(macNumber(mac_address)) }
  const who = interfaceName(leg, view)
  return {
    flows: linkLocalNetworks(lease, view).flatMap((domain) =>
      ownAddress({ leg, domain }, address, fromIpAddress(address), who),
    ),
  }
}

/** Routed with its tag, a packet would be in a VLAN of another network. Turned round by a further router, it would be in none. */
export const legFlows = [
  routerAddressTable.flow({
    priority: PRIORITY.top,
    match: { router: 0, further: 1 },
    why: 'No route lets the sender into this router from behind another, so it has no way back either.',
  }),
  routerLegTable.flow({
    priority: PRIORITY.high,
    match: { vlan_vid: ANY_TAG },
    goto: 'bridging',
    why: 'Routers are in no VLAN of guests: what has a tag stays in its network.',
  }),
]

export const legRules = [
  rule({ name: 'leg', entity: 'mac_lease', on: switchesOfLeg, compile: compileLeg }),
  rule({ name: 'link-local address', entity: 'mac_lease', on: switchesOfLeg, compile: compileLinkLocal }),
  rule({ name: 'address', entity: 'ip_lease', on: switchesOfAddress, compile: compileAddress }),
]
