/** What the simulator needs of flows and groups; the controller's `Tables` have it all. */
import type { Bucket, Instruction, Match } from '@openvnet/openflow'

export interface SimulatedFlow {
  readonly table_id: number
  readonly priority: number
  readonly match: Match
  readonly instructions: readonly Instruction[]
  readonly why: string
}

export interface SimulatedGroup {
  readonly group_id: number
  readonly group_type: number
  readonly buckets: readonly Bucket[]
  readonly why: string
}

export interface SimulatedTables {
  readonly flows: ReadonlyMap<string, SimulatedFlow>
  readonly groups: ReadonlyMap<number, SimulatedGroup>
  /** By id; what they say does not matter here. */
  readonly meters?: ReadonlyMap<number, unknown>
}
