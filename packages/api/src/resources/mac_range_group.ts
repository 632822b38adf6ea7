/** What topologies took from a MAC range group they take from another when it goes. */
import type { Behaviour } from '../crud/behaviour.ts'
import { beforeMacsGo } from '../rules/topology.ts'

export const macRangeGroup: Behaviour<'mac_range_group'> = {
  deleting: (work, { id }) => {
    const members = work.where('topology_mac_range_group', { mac_range_group_id: id })
    return beforeMacsGo(
      work,
      members.map((member) => member.id),
    )
  },
}
