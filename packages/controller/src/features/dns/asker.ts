/**
 * Who asks, and whose names it may learn: those of the networks that it is in, and of networks that routers join to these,
 * over any number of hops. Names of others do not exist for it.
 */
import type { View } from '../../engine/view.ts'

export interface Asker {
  readonly view: View
  /** Id of the simulated interface that is asked. */
  readonly service: number
  /** Ids of the networks that the asker is in. */
  readonly own: ReadonlySet<number>
  /** Of those and of all that are joined to them; worked out when first asked for. */
  readonly reachable: () => ReadonlySet<number>
}

/** Each router is looked at once: a thousand networks at one cost a thousand steps. */
const reachableFrom = (own: Iterable<number>, view: View): ReadonlySet<number> => {
  const networks = new Set(own)
  const routers = new Set<number>()
  for (const network of networks) {
    for (const { route_link_id } of view.list('route.network_id', network)) {
      if (routers.has(route_link_id)) continue
      routers.add(route_link_id)
      for (const { network_id } of view.list('route.route_link_id', route_link_id)) {
        if (network_id !== null) networks.add(network_id)
      }
    }
  }
  return networks
}

/** @param guest id of its interface @param network id of that in which it is where it has no lease */
export const askerOf = (guest: number, network: number, service: number, view: View): Asker => {
  const leases = view.list('ip_lease.interface_id', guest)
  // On a path over several routers the question was met in a network on the way: that is no place of the asker.
  const own = new Set(leases.length > 0 ? leases.map(({ network_id }) => network_id) : [network])
  let reachable: ReadonlySet<number> | undefined
  return {
    ...{ view, service, own },
    reachable: () => {
      reachable ??= reachableFrom(own, view)
      return reachable
    },
  }
}

export const mayLearnOf = (network: number, { own, reachable }: Asker): boolean =>
  own.has(network) || reachable().has(network)
