/**
 * What goes to other switches, and what comes from them. What is for a guest elsewhere goes to its switch and to no other,
 * what is for all goes once to each switch that has a guest of the network or segment. The key of a tunnel is that of the
 * domain (`pipeline/domain.ts`). What came from another switch is for guests of this one only: nothing goes around.
 */
import type { Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import type { View } from '../../engine/view.ts'
import { macNumber } from '../../pipeline/addresses.ts'
import { domainOfSegment } from '../../pipeline/domain.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import { domainName, homeOf, interfaceName, switchesReachingDomain } from '../presence/queries.ts'
import { wayToGuest } from './egress.ts'
import { floodDomain } from './flood.ts'
import { compileUnknown, switchesOfUnknown } from './gateway.ts'
import { handoverRules, handoverStanding } from './handover.ts'
import { plainDomain, plainGuest, plainSender } from './ingress_plain.ts'
import { tunnelDomain } from './ingress_tunnel.ts'
import {
  switchesAround,
  switchesThatReceiveNetwork,
  switchesThatReceiveSegment,
  tunnelledDomains,
} from './networks.ts'
import { mac2macMulticastFlows } from './restoring.ts'
import { overlayTable } from './tables.ts'

const unicast = (
  lease: Row<'mac_lease'>,
  domain: number,
  ends: readonly [from: string, home: string],
  view: View,
): FlowDraft[] => {
  const way = wayToGuest(lease, domain, ends, view)
  if (way === null) return []
  return [
    overlayTable.flow({
      priority: PRIORITY.ordinary,
      match: { domain, eth_dst: macNumber(lease.mac_address) },
      steps: way.steps,
      why: () =>
        `${lease.mac_address} in ${domainName(domain, view)} is ${interfaceName(lease.interface_id, view)} on ${ends[1]}, ${way.text}.`,
    }),
  ]
}

const compileGuest = (lease: Row<'mac_lease'>, view: View, dpid: string): Compiled => {
  const [home] = homeOf(lease.interface_id, view)
  if (home === undefined) return {}
  const all = tunnelledDomains(lease, view)
  // Where there is only one, the switch is one that reaches it: else nothing would be asked here.
  const domains =
    all.length === 1 ? all : all.filter((domain) => switchesReachingDomain(domain, view).includes(dpid))
  if (home === dpid) return { flows: domains.flatMap((domain) => plainGuest(lease, domain, dpid, view)) }
  return {
    flows: domains.flatMap((domain) => [
      ...unicast(lease, domain, [dpid, home], view),
      ...plainSender(lease, domain, [home, dpid], view),
    ]),
  }
}

const compileDomain = (domain: number, view: View, dpid: string): Compiled => {
  const { groups = [], flows = [] } = floodDomain(domain, view, dpid)
  return {
    groups,
    flows: [...tunnelDomain(domain, view, dpid), ...plainDomain(domain, view, dpid), ...flows],
  }
}

export const overlayRules = [
  rule({
    name: 'network between switches',
    entity: 'network',
    on: switchesThatReceiveNetwork,
    compile: ({ id }, view, dpid) => compileDomain(id, view, dpid),
  }),
  rule({
    name: 'segment between switches',
    entity: 'segment',
    on: switchesThatReceiveSegment,
    compile: ({ id }, view, dpid) => compileDomain(domainOfSegment(id), view, dpid),
  }),
  rule({ name: 'guest between switches', entity: 'mac_lease', on: switchesAround, compile: compileGuest }),
  rule({ name: 'tunnel to gateway', entity: 'segment', on: switchesOfUnknown, compile: compileUnknown }),
  ...handoverRules,
]

export const overlayStanding = [
  overlayTable.flow({
    priority: PRIORITY.high,
    match: { from_tunnel: 1 },
    why: 'What came from another switch goes to none: the switch that sent it has sent it to all that it is for.',
  }),
  ...mac2macMulticastFlows,
  ...handoverStanding,
]
