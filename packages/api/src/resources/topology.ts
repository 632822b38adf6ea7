/** When a topology goes, another one may imply what it did. */
import type { Behaviour } from '../crud/behaviour.ts'
import { implyAgain } from '../rules/topology.ts'

export const topology: Behaviour<'topology'> = { deleted: implyAgain }
