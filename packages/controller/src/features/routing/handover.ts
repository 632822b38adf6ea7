/**
 * The way to a leg that another bridge alone has: this host's part of the router has chosen the route and taken its hop from
 * the TTL, and hands the packet over. The owner chooses the route again, by the same rows, and does the rest. Nothing is handed
 * over twice without a hop in between: that ends in `overlay`.
 */
import { type View, valueQuery } from '../../engine/view.ts'
import { checkMtu, forgetIngressPort, setField, setSlice } from '../../pipeline/actions.ts'
import { HANDOVER } from '../../pipeline/domain.ts'
import { firstRouted, guestMtu, handoverMac, handoverMtu, routedNetworks } from '../presence/queries.ts'
import type { LegRoute } from './connected.ts'

/** Whether packets may come that fit into no tunnel. @param first the network that stands for all that routers join */
const mayBeTooBig = valueQuery<boolean>('larger MTU among networks', (first, view) => {
  const most = view.query(handoverMtu, 0)
  return routedNetworks(first, view).some((network) => view.query(guestMtu, network) > most)
})

/** As in `mtu.ts`: nothing of what follows outlasts the check. */
const check = (mtu: number) => [
  setSlice('further', 0),
  setSlice('mtu_checked', mtu),
  checkMtu('too_big', mtu),
]

/** @param owner row id of the datapath that has the leg */
export const handOver = (route: LegRoute, owner: number, view: View) => [
  // An address that no router has is told to be unreachable, as an owner that nothing leads to.
  setField('eth_dst', handoverMac(owner, route.route_link_id, view) ?? 0),
  forgetIngressPort(),
  setSlice('domain', HANDOVER),
  ...(view.query(mayBeTooBig, view.query(firstRouted, route.network_id))
    ? check(view.query(handoverMtu, 0))
    : []),
]
