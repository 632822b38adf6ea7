/**
 * Answers to pings of who is behind another router: the reply is routed back as any packet, for whoever sent the request
 * is not in a network of this router, or not by the MAC address from which it came.
 */
import type { IpAddress, Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View, valueQuery } from '../../engine/view.ts'
import { setSlice } from '../../pipeline/actions.ts'
import { matchAddress } from '../../pipeline/addresses.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import {
  addressOfLease,
  allowedSwitches,
  hasSeveralRouters,
  homeOfLeg,
  interfaceName,
  interfaceOfLease,
  networksOfRouter,
  routersOfLeg,
  switchesReachingNetwork,
} from '../presence/queries.ts'
import { backToSource, becomesReply, echoRequestTo, laterFragment } from './legs.ts'
import { routerAddressTable } from './tables.ts'

/** Whether other routers lead to it. */
const isBehindOthers = valueQuery<boolean>('router behind others', (id, view) =>
  view.query(networksOfRouter, id).some((network) => view.query(hasSeveralRouters, network)),
)

/** Routers for which the interface has a route in a network, and to which others lead. */
const routersBehindOthers = (owner: number, network: number, view: View): readonly number[] => {
  const routes = view.list('route.interface_id', owner).filter(({ network_id }) => network_id === network)
  const routers = [...new Set(routes.map(({ route_link_id }) => route_link_id))]
  return routers.filter((router) => view.query(isBehindOthers, router))
}

const switchesOfFarAddress = listQuery<string>('switches of far router address', (id, view) => {
  const lease = view.get('ip_lease', id)
  const owner = lease && interfaceOfLease(lease, view)
  if (lease === undefined || owner?.mode !== 'simulated') return []
  const isPinned = homeOfLeg(owner.id, view).length > 0
  if (!isPinned && routersBehindOthers(owner.id, lease.network_id, view).length === 0) return []
  return allowedSwitches(owner, view.query(switchesReachingNetwork, lease.network_id), view)
})

/** From behind another router, or from another host that has handed it over. */
type Origin = { readonly further: 1 } | { readonly from_tunnel: 1 }

const answers = (
  router: number,
  origin: Origin,
  address: IpAddress,
  text: string,
  who: string,
): FlowDraft[] => {
  const match = { router, ...origin, ...matchAddress('dst', address) }
  const from = 'from_tunnel' in origin ? 'another host' : 'behind another router'
  return [
    routerAddressTable.flow({
      priority: PRIORITY.highest,
      match: { ...match, ...echoRequestTo(address) },
      steps: [...backToSource(address), ...becomesReply(address), setSlice('counted', 1)],
      goto: 'route',
      why: () => `${who} answers pings to ${text} from ${from}.`,
    }),
    routerAddressTable.flow({
      priority: PRIORITY.top,
      match: { ...match, ...laterFragment(address) },
      steps: backToSource(address),
      goto: 'route',
      why: () => `${who} answers large pings to ${text} from ${from}.`,
    }),
  ]
}

const compileFarAddress = (lease: Row<'ip_lease'>, view: View): Compiled => {
  const owned = addressOfLease(lease, view)
  if (owned === null) return {}
  const who = interfaceName(owned.owner, view)
  const behind = routersBehindOthers(owned.owner, lease.network_id, view)
  const handed = homeOfLeg(owned.owner, view).length === 0 ? [] : routersOfLeg(owned.owner, view)
  const flows = (routers: readonly number[], origin: Origin) =>
    routers.flatMap((router) => answers(router, origin, owned.address, lease.address, who))
  return { flows: [...flows(behind, { further: 1 }), ...flows(handed, { from_tunnel: 1 })] }
}

export const beyondRules = [
  rule({ name: 'far address', entity: 'ip_lease', on: switchesOfFarAddress, compile: compileFarAddress }),
]
