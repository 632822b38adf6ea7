/** All calls below a row that are no relations. */
import type { Model } from '../crud/model.ts'
import { associationCalls, associationLists } from './associations.ts'
import { describedPartCalls, describedPartLists } from './described_parts.ts'
import { interfacePortCalls, interfacePortList } from './interface_ports.ts'
import { leasingCalls } from './leasing.ts'
import type { NestedCall, NestedList } from './nested.ts'
import { renameCall } from './rename.ts'

export const nestedCalls = (model: Model): NestedCall[] => [
  ...describedPartCalls(model),
  ...associationCalls(model),
  ...interfacePortCalls(model),
  renameCall(model),
  ...leasingCalls(model),
]

export const NESTED_LISTS: readonly NestedList[] = [
  ...describedPartLists,
  ...associationLists,
  interfacePortList,
]
