/** A segment may be made in a topology; its networks go with it, and the legs of routers in these. */
import type { Row } from '@openvnet/schema'
import type { Behaviour } from '../crud/behaviour.ts'
import { beforeLeasesGo } from '../rules/topology.ts'
import type { Reader } from '../store/rows.ts'
import { deleteLegs } from './router_network.ts'
import { joinTopology } from './topology_members.ts'

/** Those of its networks and those of its MAC leases. */
const leasesOf = (reader: Reader, id: number, networks: readonly Row<'network'>[]): number[] => {
  const owners = reader.where('mac_lease', { segment_id: id }).map((lease) => lease.id)
  return [
    ...networks.flatMap(({ id }) => reader.cells('ip_lease', 'id', { network_id: id }) as number[]),
    ...reader.whereIn('ip_lease', 'mac_lease_id', owners).map((lease) => lease.id),
  ]
}

export const segment: Behaviour<'segment'> = {
  created: (work, row, draft) => joinTopology(work, 'topology_segment', row, draft),
  deleting: (work, row) => {
    const networks = work.where('network', { segment_id: row.id })
    const follow = beforeLeasesGo(work, () => leasesOf(work, row.id, networks))
    for (const { id } of networks) deleteLegs(work, id)
    return follow
  },
}
