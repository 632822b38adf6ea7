/** A segment may be made in a topology; its networks go with it, and the legs of routers in these. */
import type { Behaviour } from '../crud/behaviour.ts'
import { deleteLegs } from './router_network.ts'
import { followTopologies, joinTopology } from './topology_members.ts'

export const segment: Behaviour<'segment'> = {
  created: (work, row, draft) => joinTopology(work, 'topology_segment', row, draft),
  deleting: (work, row) => {
    for (const { id } of work.where('network', { segment_id: row.id })) deleteLegs(work, id)
  },
  deleted: followTopologies,
}
