/** Rows of datapaths that follow from a topology go with it and not by themselves; one that was asked for may give way to such. */

import type { Work } from '../crud/behaviour.ts'
import { uuidOf } from '../crud/reference.ts'
import { ApiError } from '../errors.ts'
import { implyAgain } from './topology.ts'

interface Implied {
  readonly topology_id: number | null
}

export const keptByTopologies = {
  /** @throws ApiError DeleteRestrictionError */
  deleting: (work: Work, { topology_id }: Implied): void => {
    if (topology_id === null) return
    const topology = uuidOf(work, 'topology', topology_id)
    throw new ApiError('DeleteRestrictionError', `it follows from ${topology}: change the members of that`)
  },
  deleted: implyAgain,
}
