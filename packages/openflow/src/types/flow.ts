/** Flows set, removed and counted: OpenFlow 1.3.5 §7.3.4.1, §7.3.5.2-3, §7.4.2. */
import type { Base } from './base.ts'
import type { Instruction } from './instruction.ts'
import type { Match } from './match.ts'

/** `command`: 0 add, 1 modify, 2 modify strict, 3 delete, 4 delete strict. */
export interface FlowMod extends Base {
  readonly type: 'flow_mod'
  readonly cookie: bigint
  readonly cookie_mask: bigint
  readonly table_id: number
  readonly command: number
  readonly idle_timeout: number
  readonly hard_timeout: number
  readonly priority: number
  readonly buffer_id: number
  readonly out_port: number
  readonly out_group: number
  readonly flags: number
  readonly match: Match
  readonly instructions: readonly Instruction[]
}
export interface FlowRemoved extends Base {
  readonly type: 'flow_removed'
  readonly cookie: bigint
  readonly priority: number
  readonly reason: number
  readonly table_id: number
  readonly duration_sec: number
  readonly duration_nsec: number
  readonly idle_timeout: number
  readonly hard_timeout: number
  readonly packet_count: bigint
  readonly byte_count: bigint
  readonly match: Match
}
export interface FlowStatsRequest {
  readonly type: 'flow'
  readonly table_id: number
  readonly out_port: number
  readonly out_group: number
  readonly cookie: bigint
  readonly cookie_mask: bigint
  readonly match: Match
}
export interface AggregateStatsRequest {
  readonly type: 'aggregate'
  readonly table_id: number
  readonly out_port: number
  readonly out_group: number
  readonly cookie: bigint
  readonly cookie_mask: bigint
  readonly match: Match
}
export interface FlowStats {
  readonly table_id: number
  readonly duration_sec: number
  readonly duration_nsec: number
  readonly priority: number
  readonly idle_timeout: number
  readonly hard_timeout: number
  readonly flags: number
  readonly cookie: bigint
  readonly packet_count: bigint
  readonly byte_count: bigint
  readonly match: Match
  readonly instructions: readonly Instruction[]
}
