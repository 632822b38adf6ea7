/** What routing offers to the services of simulated interfaces: how their addresses are reached, and a way to a program. */
import type { IpAddress } from '@openvnet/schema'
import type { View } from '../../engine/view.ts'
import { ALL_ROUTERS, ICMPV6_TYPE, multicastMacIpv6 } from '../../packet/index.ts'
import { setField, setSlice } from '../../pipeline/actions.ts'
import { ETH_TYPE, matchAddress } from '../../pipeline/addresses.ts'
import { matchNextHop } from '../../pipeline/next_hop.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { type PuntReason, punt } from '../../pipeline/punts.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import { neighbourTable, routerAddressTable, routerLegTable } from './tables.ts'

export type Reach = { readonly leg: number; readonly domain: number } | { readonly router: number }

/** Reached from its own network by the leg, from others by the routers that have a route of the leg in its network. */
export const reachesOf = (leg: number, network: number, view: View): readonly Reach[] => {
  const routes = view.list('route.interface_id', leg).filter(({ network_id }) => network_id === network)
  const routers = new Set(routes.map((route) => route.route_link_id))
  return [{ leg, domain: network }, ...[...routers].map((router) => ({ router }))]
}

export interface ServiceAddress {
  /** Id of the simulated interface; the packet carries it as `leg`. */
  readonly offeredBy: number
  readonly reach: Reach
  readonly address: IpAddress
  readonly port: { readonly udp_dst: number } | { readonly tcp_dst: number }
}

/** What is sent to a port of an address goes to a program. */
export const serviceFlow = (
  { offeredBy, reach, address, port }: ServiceAddress,
  reason: PuntReason,
  why: () => string,
): FlowDraft =>
  routerAddressTable.flow({
    priority: PRIORITY.high,
    match: { ...reach, ...matchAddress('dst', address), ...port },
    steps: [setSlice('leg', offeredBy), punt(reason)],
    goto: 'punt',
    why,
  })

/**
 * What asks all routers of a network for advertisements (RFC 4861 §6.1.1) goes to a program.
 * @param leg that answers
 * @param digest 16 bits of what it says
 */
export const solicitationFlow = (domain: number, leg: number, digest: number, why: () => string): FlowDraft =>
  routerLegTable.flow({
    priority: PRIORITY.ordinary,
    match: {
      ...{ domain, eth_dst: multicastMacIpv6(ALL_ROUTERS) },
      icmpv6_type: ICMPV6_TYPE.router_solicitation,
    },
    steps: [setSlice('leg', leg), setSlice('advertised', digest), punt('router_solicitation')],
    goto: 'punt',
    why,
  })

/** A next hop in a network is reached at a MAC address. */
export const nextHopFlow = (domain: number, address: IpAddress, mac: number, why: () => string): FlowDraft =>
  neighbourTable.flow({
    priority: PRIORITY.ordinary,
    match: { domain, ...matchNextHop(address) },
    steps: [setField('eth_dst', mac)],
    goto: 'mtu',
    why,
  })

/** Next hops in a network that nobody is known to be are found out by a program. @param name of the network */
export const unknownNextHopFlows = (domain: number, name: () => string): FlowDraft[] =>
  [ETH_TYPE.ipv4, ETH_TYPE.ipv6].map((eth_type) =>
    neighbourTable.flow({
      priority: PRIORITY.low,
      match: { domain, eth_type },
      steps: [punt('next_hop')],
      goto: 'punt',
      why: () => `Who has an address in ${name()} that is not known here is asked for, and the packet waits.`,
    }),
  )
