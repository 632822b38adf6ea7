/**
 * Answers to pings of who is behind another router: the reply is routed back as any packet, for whoever sent the request
 * is not in a network of this router, or not by the MAC address from which it came.
 */
import type { IpAddress, Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import { decrementTtl } from '../../pipeline/actions.ts'
import { matchAddress } from '../../pipeline/addresses.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import {
  addressOfLease,
  allowedSwitches,
  interfaceName,
  interfaceOfLease,
  networksOfRouter,
  switchesReachingNetwork,
} from '../presence/queries.ts'
import { hasSeveralRouters } from './entry.ts'
import { backToSource, becomesReply, echoRequestTo, laterFragment } from './legs.ts'
import { routerAddressTable } from './tables.ts'

/** Routers for which the interface has a route in a network, and to which others lead. */
const routersBehindOthers = (owner: number, network: number, view: View): readonly number[] => {
  const routes = view.list('route.interface_id', owner).filter(({ network_id }) => network_id === network)
  const routers = [...new Set(routes.map(({ route_link_id }) => route_link_id))]
  return routers.filter((router) =>
    view.query(networksOfRouter, router).some((each) => hasSeveralRouters(each, view)),
  )
}

const switchesOfFarAddress = listQuery<string>('switches of far router address', (id, view) => {
  const lease = view.get('ip_lease', id)
  const owner = lease && interfaceOfLease(lease, view)
  if (lease === undefined || owner?.mode !== 'simulated') return []
  if (routersBehindOthers(owner.id, lease.network_id, view).length === 0) return []
  return allowedSwitches(owner, view.query(switchesReachingNetwork, lease.network_id), view)
})

const answers = (router: number, address: IpAddress, text: string, who: string): FlowDraft[] => {
  const match = { router, further: 1, ...matchAddress('dst', address) }
  return [
    routerAddressTable.flow({
      priority: PRIORITY.highest,
      match: { ...match, ...echoRequestTo(address) },
      steps: [...backToSource(address), ...becomesReply(address)],
      goto: 'route',
      why: () => `${who} answers pings to ${text} from behind another router.`,
    }),
    routerAddressTable.flow({
      priority: PRIORITY.top,
      match: { ...match, ...laterFragment(address) },
      steps: [...backToSource(address), decrementTtl()],
      goto: 'route',
      why: () => `${who} answers large pings to ${text} from behind another router.`,
    }),
  ]
}

const compileFarAddress = (lease: Row<'ip_lease'>, view: View): Compiled => {
  const owned = addressOfLease(lease, view)
  if (owned === null) return {}
  const who = interfaceName(owned.owner, view)
  const routers = routersBehindOthers(owned.owner, lease.network_id, view)
  return { flows: routers.flatMap((router) => answers(router, owned.address, lease.address, who)) }
}

export const beyondRules = [
  rule({ name: 'far address', entity: 'ip_lease', on: switchesOfFarAddress, compile: compileFarAddress }),
]
