/** Which way a packet leaves a router: to a subnet at a leg, to a next hop there, to one of several, or not at all. */
import { type Cidr, formatCidr, type Row, toCidr, toIpAddress } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import { chooseByHash, forgetIngressPort, setField, setSlice } from '../../pipeline/actions.ts'
import { ETH_TYPE, macNumber, matchSubnet } from '../../pipeline/addresses.ts'
import { nextHopIsDestination, setNextHop } from '../../pipeline/next_hop.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { punt } from '../../pipeline/punts.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import { interfaceName, networkName, networksOfRouter, switchesReachingNetwork } from '../presence/queries.ts'
import {
  hasLeg,
  isBehindAnother,
  isHere,
  type LegRoute,
  macOfLeg,
  membersOf,
  routerName,
} from './connected.ts'
import { handOver } from './handover.ts'
import { linksOf } from './shares.ts'
import { routeMemberTable, routeTable } from './tables.ts'

/** All networks of a router are reached from the same switches. */
const switchesOfRouter = (router: number, view: View): readonly string[] => {
  const [network] = view.query(networksOfRouter, router)
  return network === undefined ? [] : view.query(switchesReachingNetwork, network)
}

const switchesOfEgress = listQuery<string>('switches of route egress', (id, view) => {
  const route = view.get('route', id)
  if (route === undefined || !route.egress) return []
  if (route.type !== 'unicast') return switchesOfRouter(route.route_link_id, view)
  if (!hasLeg(route)) return []
  return view.query(switchesReachingNetwork, route.network_id)
})

const destinationOf = (route: Row<'route'>): Cidr => toCidr(route.destination, route.prefix)

const matchOf = (route: Row<'route'>) => ({
  router: route.route_link_id,
  ...matchSubnet('dst', destinationOf(route)),
})

const reaches = (route: Row<'route'>, view: View): string =>
  `${route.uuid}: ${routerName(route, view)} reaches ${formatCidr(destinationOf(route))}`

/** What a router sends is a packet of its own: it may go where it came from. */
const leaveBy = (route: LegRoute, mac: string) => [
  setField('eth_src', macNumber(mac)),
  forgetIngressPort(),
  setSlice('domain', route.network_id),
  ...(route.via === null
    ? [nextHopIsDestination(toIpAddress(route.destination).family)]
    : setNextHop(toIpAddress(route.via))),
]

/** Through the leg, or to the bridge that alone has it. */
const wayOut = (route: LegRoute, view: View, dpid: string) => {
  const owner = view.get('interface', route.interface_id)?.owner_datapath_id ?? null
  return owner === null || isHere(route, view, dpid)
    ? leaveBy(route, macOfLeg(route, view)!)
    : handOver(route, owner, view)
}

const onlyOn = ({ interface_id }: LegRoute, view: View): string => {
  const owner = view.get('interface', interface_id)?.owner_datapath_id ?? null
  return owner === null ? '' : `, which is on ${view.get('datapath', owner)?.uuid ?? 'no bridge'} alone`
}

const throughText = (route: LegRoute, view: View): string =>
  `${route.via === null ? '' : `${route.via} `}through ${interfaceName(route.interface_id, view)} in ${networkName(route.network_id, view)}${onlyOn(route, view)}`

const onlyWay = (route: LegRoute, view: View, dpid: string): FlowDraft =>
  routeTable.flow({
    priority: PRIORITY.prefix(route.prefix),
    match: matchOf(route),
    steps: wayOut(route, view, dpid),
    goto: 'router_ttl',
    why: () => `${reaches(route, view)} ${throughText(route, view)}.`,
  })

const choice = (route: LegRoute, links: number, view: View): FlowDraft =>
  routeTable.flow({
    priority: PRIORITY.prefix(route.prefix),
    match: matchOf(route),
    steps: [setSlice('route_set', route.id), chooseByHash('route_member', links, route.route_link_id)],
    goto: 'route_member',
    why: () => `${reaches(route, view)} by several next hops, of which a connection keeps one.`,
  })

const member = (
  route: LegRoute,
  [route_set, route_member]: readonly [set: number, member: number],
  view: View,
  dpid: string,
): FlowDraft =>
  routeMemberTable.flow({
    priority: PRIORITY.ordinary,
    match: {
      route_set,
      route_member,
      eth_type: ETH_TYPE[toIpAddress(route.destination).family === 4 ? 'ipv4' : 'ipv6'],
    },
    steps: wayOut(route, view, dpid),
    goto: 'router_ttl',
    why: () => `${reaches(route, view)} ${throughText(route, view)}, with a share of ${route.weight}.`,
  })

const compileMember = (
  route: LegRoute,
  members: readonly LegRoute[],
  view: View,
  dpid: string,
): FlowDraft[] => {
  const links = linksOf(members.map(({ weight }) => weight))
  const position = members.findIndex(({ id }) => id === route.id)
  const [first] = members
  if (position < 0 || first === undefined) return []
  const before = links.slice(0, position).reduce((sum, link) => sum + link, 0)
  const own = Array.from({ length: links[position]! }, (_, index) =>
    member(route, [first.id, before + index], view, dpid),
  )
  const total = links.reduce((sum, link) => sum + link, 0)
  return position === 0 ? [choice(route, total, view), ...own] : own
}

/** A route to nowhere. */
const ending = (route: Row<'route'>, view: View): FlowDraft => {
  const told = { unreachable: 'address_unreachable', prohibit: 'prohibited' } as const
  const common = { priority: PRIORITY.prefix(route.prefix), match: matchOf(route) }
  const text = formatCidr(destinationOf(route))
  if (route.type !== 'unreachable' && route.type !== 'prohibit')
    return routeTable.flow({
      ...common,
      why: () => `${route.uuid}: what ${routerName(route, view)} gets for ${text} is dropped.`,
    })
  return routeTable.flow({
    ...common,
    steps: [punt(told[route.type])],
    goto: 'punt',
    why: () =>
      `${route.uuid}: ${routerName(route, view)} tells who sends to ${text} that it is ${route.type === 'prohibit' ? 'prohibited' : 'unreachable'}.`,
  })
}

const compileEgress = (route: Row<'route'>, view: View, dpid: string): Compiled => {
  if (route.type !== 'unicast') return { flows: [ending(route, view)] }
  if (!hasLeg(route)) return {}
  if (macOfLeg(route, view) === undefined || isBehindAnother(route, view, dpid)) return {}
  const members = membersOf(route, view)
  return {
    flows: members.length < 2 ? [onlyWay(route, view, dpid)] : compileMember(route, members, view, dpid),
  }
}

export const egressRules = [
  rule({ name: 'egress', entity: 'route', on: switchesOfEgress, compile: compileEgress }),
]
