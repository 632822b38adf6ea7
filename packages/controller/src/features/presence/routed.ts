/**
 * Networks that routers join, over any number of hops. All that are joined have one of them that stands for all: what is true of
 * all is asked of that one, so that one more network costs a look at each other, and not each a look at all.
 */
import { listQuery, type Query, type View, valueQuery } from '../../engine/view.ts'
import { sortedSet } from './members.ts'

/** Route links that have a route in the network. */
export const routersOfNetwork = listQuery<number>('routers of network', (id, view) =>
  sortedSet(view.list('route.network_id', id).map((route) => route.route_link_id)),
)

/** Networks that a router joins. */
export const networksOfRouter = listQuery<number>('networks of router', (id, view) =>
  sortedSet(view.list('route.route_link_id', id).flatMap((route) => route.network_id ?? [])),
)

/** Whether packets of one router may come to another in the network. */
export const hasSeveralRouters = valueQuery<boolean>(
  'several routers in network',
  (id, view) => view.query(routersOfNetwork, id).length > 1,
)

/** The router of a network with the lowest id; 0: it has none. */
const lowestRouter = valueQuery<number>(
  'lowest router of network',
  (id, view) => view.query(routersOfNetwork, id)[0] ?? 0,
)

/**
 * Of all routers that networks join to a router the one with the lowest id. Who meets a lower one asks that: the lowest alone looks
 * at all.
 */
const lowestJoined: Query<number> = valueQuery<number>('lowest joined router', (id, view): number => {
  const found = new Set([id])
  for (const router of found) {
    for (const network of view.query(networksOfRouter, router)) {
      const lowest = view.query(lowestRouter, network)
      if (lowest < id) return view.query(lowestJoined, lowest)
      for (const other of view.query(routersOfNetwork, network)) found.add(other)
    }
  }
  return id
})

/** Networks of all routers that are joined to the lowest of them. */
const networksJoined = listQuery<number>('networks of joined routers', (lowest, view) => {
  const routers = new Set([lowest])
  const found = new Set<number>()
  for (const router of routers) {
    for (const network of view.query(networksOfRouter, router)) {
      if (found.has(network)) continue
      found.add(network)
      for (const other of view.query(routersOfNetwork, network)) routers.add(other)
    }
  }
  return sortedSet(found)
})

const firstJoined = valueQuery<number>(
  'first network of joined routers',
  (lowest, view) => view.query(networksJoined, lowest)[0]!,
)

/** The network that stands for all that routers join to it; itself where there is no router. */
export const firstRouted = valueQuery<number>('first network routed with network', (id, view) => {
  const lowest = view.query(lowestRouter, id)
  return lowest === 0 ? id : view.query(firstJoined, view.query(lowestJoined, lowest))
})

/** All networks that routers join to the network, and itself. */
export const routedNetworks = (network: number, view: View): readonly number[] => {
  const lowest = view.query(lowestRouter, network)
  return lowest === 0 ? [network] : view.query(networksJoined, view.query(lowestJoined, lowest))
}
