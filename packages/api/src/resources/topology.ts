/** When a topology goes, another one may imply what it did. */
import type { Behaviour } from '../crud/behaviour.ts'
import { cellsOfTopology, settle } from '../rules/topology.ts'

export const topology: Behaviour<'topology'> = {
  deleting: (work, { id }) => {
    const cells = cellsOfTopology(work, id)
    return () => settle(work, cells)
  },
}
