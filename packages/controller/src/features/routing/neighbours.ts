/** Who the next hop is: a guest at its MAC address, or another router in the network, where the packet goes on. */
import type { Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import { resubmit, type Step, setField, setSlice } from '../../pipeline/actions.ts'
import { ETH_TYPE, macNumber } from '../../pipeline/addresses.ts'
import { HANDOVER } from '../../pipeline/domain.ts'
import { matchNextHop } from '../../pipeline/next_hop.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { punt } from '../../pipeline/punts.ts'
import { asksForNeighbours } from '../neighbour/queries.ts'
import {
  addressOfLease,
  allowedSwitches,
  hasSeveralRouters,
  interfaceName,
  interfaceOfLease,
  isOutside,
  networkName,
  routersOfNetwork,
  switchesReachingNetwork,
} from '../presence/queries.ts'
import { neighbourTable, nextRouterTable, routerHopsTable, routerHopTable } from './tables.ts'

/** Of guests also while there is no router: the first one then costs its own flows, and not one for each guest. */
const switchesOfNeighbour = listQuery<string>('switches of neighbour', (id, view) => {
  const lease = view.get('ip_lease', id)
  const owner = lease && interfaceOfLease(lease, view)
  if (lease === undefined || owner === undefined) return []
  if (owner.mode === 'vif') return view.query(switchesReachingNetwork, lease.network_id)
  if (owner.mode !== 'simulated' || !view.query(hasSeveralRouters, lease.network_id)) return []
  const dpids = view.query(switchesReachingNetwork, lease.network_id)
  return isOutside(lease.network_id, view) ? dpids : allowedSwitches(owner, dpids, view)
})

/** A leg outside that another bridge alone has is reached through the network, as anybody there. */
const compileNeighbour = (lease: Row<'ip_lease'>, view: View, dpid: string): Compiled => {
  const owned = addressOfLease(lease, view)
  if (owned === null) return {}
  const owner = view.get('interface', owned.owner)
  const isLeg = owner?.mode === 'simulated' && allowedSwitches(owner, [dpid], view).length > 0
  const at = () => `${lease.address} in ${networkName(lease.network_id, view)}`
  const common = {
    priority: PRIORITY.ordinary,
    match: { domain: lease.network_id, ...matchNextHop(owned.address) },
  }
  const toMac = setField('eth_dst', macNumber(owned.mac))
  const flow = isLeg
    ? neighbourTable.flow({
        ...common,
        steps: [toMac, setSlice('onward', 1)],
        goto: 'mtu',
        why: () => `At ${at()} is the leg ${interfaceName(owned.owner, view)} of another router.`,
      })
    : neighbourTable.flow({
        ...common,
        steps: [toMac],
        goto: 'mtu',
        why: () => `Routers reach ${at()} at the MAC of ${interfaceName(owned.owner, view)}.`,
      })
  return { flows: [flow] }
}

/** In a virtual network everybody is known; elsewhere somebody may be there all the same, and is asked for. */
const compileNobody = (network: Row<'network'>, view: View): Compiled => {
  if (view.query(routersOfNetwork, network.id).length === 0) return {}
  if (view.query(asksForNeighbours, network.id)) return {}
  return {
    flows: [ETH_TYPE.ipv4, ETH_TYPE.ipv6].map((eth_type) =>
      neighbourTable.flow({
        priority: PRIORITY.low,
        match: { domain: network.id, eth_type },
        steps: [punt('address_unreachable')],
        goto: 'punt',
        why: () => `Who sends to an address that nobody has in ${network.uuid} is told so.`,
      }),
    ),
  }
}

export const neighbourRules = [
  rule({ name: 'neighbour', entity: 'ip_lease', on: switchesOfNeighbour, compile: compileNeighbour }),
  rule({ name: 'nobody', entity: 'network', on: switchesReachingNetwork, compile: compileNobody }),
]

const times = <T extends string>(count: number, step: Step<T>): Step<T>[] =>
  Array.from({ length: count }, () => step)

/** Sixteen times sixteen hops: more than any TTL. */
const SIXTEEN = 16

/**
 * From the second router of a path on, hops are taken one after the other instead of one within the other: each comes back
 * here, with `again` when there is one more. Nested, a path would end at Open vSwitch's 64, not by its TTL.
 */
export const hopStanding = [
  neighbourTable.flow({
    priority: PRIORITY.ordinary,
    match: { domain: HANDOVER },
    goto: 'too_big',
    why: 'The bridge that alone has the leg looks for the next hop.',
  }),
  nextRouterTable.flow({
    priority: PRIORITY.ordinary,
    match: { further: 0 },
    steps: [setSlice('further', 1), ...times(SIXTEEN, resubmit('router_hops'))],
    why: 'The packet goes on at the next router on its path.',
  }),
  routerHopsTable.flow({
    priority: PRIORITY.ordinary,
    match: { again: 1 },
    steps: times(SIXTEEN, resubmit('router_hop')),
    why: 'There is another router on the path.',
  }),
  routerHopTable.flow({
    priority: PRIORITY.ordinary,
    match: { again: 1 },
    steps: [setSlice('again', 0), setSlice('router', 0)],
    goto: 'router_leg',
    why: 'The packet has come to the leg of another router.',
  }),
]
