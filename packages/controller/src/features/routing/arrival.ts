/**
 * Legs that are on this switch alone, as those outside of it meet them (decision 46): by the uplink of a physical network, where who
 * asks for their addresses is answered and what is sent to their MAC addresses is routed; and from other hosts, which hand
 * over what their part of the router sends through such a leg. What comes in this way has the leg for its ingress interface.
 */
import { fromIpAddress, type Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import { ARP_OP, ICMPV6_TYPE, linkLocalAddress, UNSPECIFIED_IPV6 } from '../../packet/index.ts'
import { setSlice } from '../../pipeline/actions.ts'
import { ETH_TYPE, macNumber } from '../../pipeline/addresses.ts'
import { HANDOVER } from '../../pipeline/domain.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import { linkLocalNetworks } from '../nd/queries.ts'
import {
  addressOfLease,
  domainName,
  domainOfNetwork,
  handoverMac,
  homeOfLeg,
  interfaceName,
  isFirstLeg,
  isOutside,
  networksOfInterface,
  routersOfLeg,
  switchOfPinnedLeg,
} from '../presence/queries.ts'
import { arrivalTable } from './tables.ts'

const { neighbour_solicitation: NS, neighbour_advertisement: NA } = ICMPV6_TYPE
/** Hop limit of what has not been routed. */
const ON_LINK = 255

/** The networks of a leg in which others are outside of the switches, as what comes from there is said to be in. */
const outsideDomains = (leg: number, view: View): readonly number[] => [
  ...new Set(
    view
      .query(networksOfInterface, leg)
      .filter((network) => isOutside(network, view))
      .map((network) => view.query(domainOfNetwork, network)),
  ),
]

const switchOfMac = listQuery<string>('switch of pinned MAC', (id, view) => {
  const lease = view.get('mac_lease', id)
  return lease === undefined ? [] : homeOfLeg(lease.interface_id, view)
})

const switchOfAddress = listQuery<string>('switch of pinned address', (id, view) => {
  const leg = view.get('ip_lease', id)?.interface_id ?? null
  return leg === null ? [] : homeOfLeg(leg, view)
})

const fromOutside = (leg: number) => [setSlice('ingress_interface', leg)]

/** Who asks from outside for an address of a leg. A probe for duplicates has no option that could tell a MAC address. */
const solicitations = (leg: number, domain: number, address: bigint, view: View): FlowDraft[] => {
  const match = { domain, nw_ttl: ON_LINK, icmpv6_type: NS, ipv6_nd_target: address }
  const why = () =>
    `Who asks from outside in ${domainName(domain, view)} for ${fromIpAddress({ family: 6, value: address })} of ${interfaceName(leg, view)} is told.`
  const common = { steps: fromOutside(leg), goto: 'nd', why } as const
  return [
    arrivalTable.flow({ ...common, priority: PRIORITY.high, match }),
    arrivalTable.flow({
      ...common,
      priority: PRIORITY.highest,
      match: { ...match, ipv6_src: UNSPECIFIED_IPV6 },
    }),
  ]
}

const compileMac = (lease: Row<'mac_lease'>, view: View): Compiled => {
  const { interface_id: leg, mac_address } = lease
  const linkLocal = linkLocalAddress(macNumber(mac_address))
  const hasLinkLocal = new Set(
    linkLocalNetworks(lease, view).map((network) => view.query(domainOfNetwork, network)),
  )
  return {
    flows: outsideDomains(leg, view).flatMap((domain) => [
      ...[ETH_TYPE.ipv4, ETH_TYPE.ipv6].map((eth_type) =>
        arrivalTable.flow({
          priority: PRIORITY.ordinary,
          match: { domain, eth_dst: macNumber(mac_address), eth_type },
          steps: fromOutside(leg),
          goto: 'router_leg',
          why: () =>
            `What comes from outside in ${domainName(domain, view)} for ${mac_address} is for ${interfaceName(leg, view)}, which is here alone.`,
        }),
      ),
      ...(hasLinkLocal.has(domain) ? solicitations(leg, domain, linkLocal, view) : []),
    ]),
  }
}

const question = (lease: Row<'ip_lease'>, leg: number, domain: number, view: View): FlowDraft =>
  arrivalTable.flow({
    priority: PRIORITY.high,
    match: { domain, arp_op: ARP_OP.request, arp_tpa: Number(addressOfLease(lease, view)!.address.value) },
    steps: fromOutside(leg),
    goto: 'arp',
    why: () =>
      `Who asks from outside in ${domainName(domain, view)} for ${lease.address} of ${interfaceName(leg, view)} is told.`,
  })

const compileAddress = (lease: Row<'ip_lease'>, view: View): Compiled => {
  const owned = addressOfLease(lease, view)
  if (owned === null || !isOutside(lease.network_id, view)) return {}
  const { address, owner: leg } = owned
  const domain = view.query(domainOfNetwork, lease.network_id)
  return {
    flows:
      address.family === 4
        ? [question(lease, leg, domain, view)]
        : solicitations(leg, domain, address.value, view),
  }
}

/** What other hosts hand over to the routers of the leg; once for each router, whatever the number of its legs here. */
const compileHandedOver = (row: Row<'interface'>, view: View): Compiled => {
  const owner = row.owner_datapath_id ?? 0
  const routers = routersOfLeg(row.id, view).filter((router) => isFirstLeg(row, router, view))
  return {
    flows: routers.flatMap((router) => {
      const eth_dst = handoverMac(owner, router, view)
      if (eth_dst === null) return []
      return arrivalTable.flow({
        priority: PRIORITY.ordinary,
        match: { domain: HANDOVER, eth_dst },
        steps: [...fromOutside(row.id), setSlice('router', router), setSlice('counted', 1)],
        goto: 'router_address',
        why: () =>
          `What other hosts send through legs of ${view.get('route_link', router)?.uuid ?? 'the router'} that are here alone goes on here.`,
      })
    }),
  }
}

export const arrivalRules = [
  rule({ name: 'arrival', entity: 'mac_lease', on: switchOfMac, compile: compileMac }),
  rule({ name: 'question from outside', entity: 'ip_lease', on: switchOfAddress, compile: compileAddress }),
  rule({ name: 'handed over', entity: 'interface', on: switchOfPinnedLeg, compile: compileHandedOver }),
]

export const arrivalStanding = [
  arrivalTable.flow({
    priority: PRIORITY.higher,
    match: { icmpv6_type: NS, ipv6_nd_sll: 0 },
    goto: 'learning',
    why: 'The question has no MAC address to answer to.',
  }),
  arrivalTable.flow({
    priority: PRIORITY.higher,
    match: { icmpv6_type: NA },
    goto: 'learning',
    why: 'What neighbours outside say of themselves is not routed.',
  }),
]
