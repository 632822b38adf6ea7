/** Rows of datapaths that follow from a topology go with it and not by themselves; one that was asked for may give way to such. */

import type { Work } from '../crud/behaviour.ts'
import { uuidOf } from '../crud/reference.ts'
import { ApiError } from '../errors.ts'
import { IMPLIED, settle } from './topology.ts'

interface Relation {
  readonly topology_id: number | null
  readonly datapath_id: number
}

/** @param relations the resource of the rows */
export const keptByTopologies = (relations: (typeof IMPLIED)[number]['relations']) => {
  const kind = IMPLIED.find((one) => one.relations === relations) as (typeof IMPLIED)[number]
  return {
    /** @throws ApiError DeleteRestrictionError */
    deleting: (work: Work, row: Relation) => {
      if (row.topology_id !== null) {
        const topology = uuidOf(work, 'topology', row.topology_id)
        throw new ApiError(
          'DeleteRestrictionError',
          `it follows from ${topology}: change the members of that`,
        )
      }
      const member = (row as unknown as Record<string, number>)[kind.column] as number
      return () => settle(work, [{ kind, datapath: row.datapath_id, member }])
    },
  }
}
