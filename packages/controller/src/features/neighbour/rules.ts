/** Neighbours that were learned, as flows: where they are reached, and that it is heard when they say something else. */
import { fromIpAddress, type IpAddress, type Row, toIpAddress } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View, valueQuery } from '../../engine/view.ts'
import type { Neighbour } from '../../model/neighbours.ts'
import { ICMPV6_TYPE } from '../../packet/index.ts'
import { resubmit } from '../../pipeline/actions.ts'
import { ARP_OP, macNumber } from '../../pipeline/addresses.ts'
import { segmentOfDomain } from '../../pipeline/domain.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { punt } from '../../pipeline/punts.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import {
  domainOfNetwork,
  domainsOfInterface,
  interfaceName,
  networkName,
  networksOfInterface,
  networksOfSegment,
  switchesReachingNetwork,
  switchOfInterface,
  switchOfPinnedLeg,
} from '../presence/queries.ts'
import { guestPunts, severalPunts } from '../punt/queries.ts'
import { nextHopFlow, unknownNextHopFlows } from '../routing/queries.ts'
import { domainsOfUplink, switchOfUplink } from '../uplink/queries.ts'
import {
  type AskingLeg,
  asksForNeighbours,
  isOfLeg,
  isOnLink,
  isSaid,
  leadsToUnknown,
  legsIn,
} from './queries.ts'
import { learningTable } from './tables.ts'

/** What was heard counts as long as a router asks there, and rows do not know better. */
const counts = ({ network_id: network, address, mac_address, dpid }: Neighbour, view: View): boolean =>
  view.query(asksForNeighbours, network) &&
  view.query(switchesReachingNetwork, network).includes(dpid) &&
  legsIn(network, dpid, view).length > 0 &&
  isOnLink(network, toIpAddress(address), view) &&
  !isSaid(network, address, view) &&
  !isOfLeg(mac_address, view)

const switchOfNeighbour = listQuery<string>('switch of learned neighbour', (id, view) => {
  const neighbour = view.get('neighbour', id)
  return neighbour !== undefined && counts(neighbour, view) ? [neighbour.dpid] : []
})

/** Says that somebody has the address; with this MAC address where that counts too. */
const claim = ({ family, value }: IpAddress, mac?: number) =>
  family === 4
    ? { arp_spa: Number(value), ...(mac !== undefined && { arp_sha: mac }) }
    : {
        ...{ icmpv6_type: ICMPV6_TYPE.neighbour_advertisement, ipv6_nd_target: value },
        ...(mac !== undefined && { ipv6_nd_tll: mac }),
      }

/** What a neighbour says of itself goes where it is sent; where it is something new, a program hears it too. */
const newsOf = (address: IpAddress, mac: number, domain: number, where: () => string): FlowDraft[] => [
  learningTable.flow({
    priority: PRIORITY.high,
    match: { domain, ...claim(address, mac) },
    goto: 'destination',
    why: () => `That ${fromIpAddress(address)} in ${where()} has this MAC address is known.`,
  }),
  learningTable.flow({
    priority: PRIORITY.ordinary,
    match: { domain, ...claim(address) },
    // Last, as a meter that drops ends all that follows.
    steps: [resubmit('destination'), punt('neighbour')],
    goto: 'punt',
    why: () =>
      `Whoever has ${fromIpAddress(address)} in ${where()} says that its MAC address is another now.`,
  }),
]

const compileLearned = (neighbour: Neighbour, view: View): Compiled => {
  const { network_id: network, mac_address } = neighbour
  const [address, mac] = [toIpAddress(neighbour.address), macNumber(mac_address)]
  const where = () => networkName(network, view)
  return {
    flows: [
      nextHopFlow(
        network,
        address,
        mac,
        () => `${neighbour.address} in ${where()} answered there from ${mac_address}.`,
      ),
      ...newsOf(address, mac, view.query(domainOfNetwork, network), where),
    ],
  }
}

/** What is told to a leg itself: answers to what it asked. */
const answersTo = ({ id, mac }: AskingLeg, domain: number, view: View): FlowDraft[] =>
  [{ arp_op: ARP_OP.reply }, { icmpv6_type: ICMPV6_TYPE.neighbour_advertisement }].map((match) =>
    learningTable.flow({
      priority: PRIORITY.higher,
      match: { domain, eth_dst: mac, ...match },
      steps: [punt('neighbour')],
      goto: 'punt',
      why: () => `${interfaceName(id, view)} is told who has an address.`,
    }),
  )

/**
 * For a network on a switch: next hops that nobody is known to have are asked for, and what is told to the legs is heard.
 * Answers of programs are routed, too, and come from nobody.
 */
const compileAsking = ({ id }: Row<'network'>, view: View, dpid: string): Compiled => {
  if (!view.query(asksForNeighbours, id)) return {}
  const domain = view.query(domainOfNetwork, id)
  const legs = new Map(legsIn(id, dpid, view).map((leg) => [leg.mac, leg]))
  if (legs.size === 0) return {}
  const { flows = [], meters = [] } = guestPunts('resolution', { id: 0, uuid: 'a program' })
  return {
    meters,
    flows: [
      ...flows,
      ...unknownNextHopFlows(id, () => networkName(id, view)),
      ...[...legs.values()].flatMap((leg) => answersTo(leg, domain, view)),
    ],
  }
}

/** A guest in a segment may have an address that no row names, and say so. */
const holdsUnknown = valueQuery<boolean>('domain of unknown guests', (domain, view) => {
  const segment = segmentOfDomain(domain)
  const networks = segment === null ? [] : view.query(networksOfSegment, segment)
  return networks.some((network) => view.query(asksForNeighbours, network))
})

const networksOf = (domain: number, view: View): readonly number[] => {
  const segment = segmentOfDomain(domain)
  return segment === null ? [domain] : view.query(networksOfSegment, segment)
}

const compileGuest = (row: Row<'interface'>, view: View): Compiled => {
  if (row.mode !== 'vif') return {}
  const domains = view.query(domainsOfInterface, row.id)
  const networks = domains.flatMap((domain) => networksOf(domain, view))
  return severalPunts(
    [
      ...(networks.some((network) => leadsToUnknown(network, view)) ? (['resolution'] as const) : []),
      ...(domains.some((domain) => view.query(holdsUnknown, domain)) ? (['neighbour'] as const) : []),
    ],
    row,
  )
}

/** Who comes in by an uplink stands for all that are outside. */
const compileUplink = (row: Row<'interface'>, view: View): Compiled => {
  const networks = (view.query(domainsOfUplink, row.id) ?? []).flatMap(({ domain }) =>
    networksOf(domain, view),
  )
  if (!networks.some((network) => view.query(asksForNeighbours, network))) return {}
  return severalPunts(['neighbour', 'resolution'], row)
}

/** Who comes to a leg that is on one bridge alone, from outside or from other hosts, has that for the one who sends. */
const compileLeg = (row: Row<'interface'>, view: View): Compiled =>
  view.query(networksOfInterface, row.id).some((network) => leadsToUnknown(network, view))
    ? guestPunts('resolution', row)
    : {}

export const neighbourRules = [
  rule({ name: 'learned', entity: 'neighbour', on: switchOfNeighbour, compile: compileLearned }),
  rule({ name: 'asking', entity: 'network', on: switchesReachingNetwork, compile: compileAsking }),
  rule({ name: 'guest', entity: 'interface', on: switchOfInterface, compile: compileGuest }),
  rule({ name: 'uplink', entity: 'interface', on: switchOfUplink, compile: compileUplink }),
  rule({ name: 'leg', entity: 'interface', on: switchOfPinnedLeg, compile: compileLeg }),
]
