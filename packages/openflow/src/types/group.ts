/** Groups set, described and counted: OpenFlow 1.3.5 §7.3.4.2, §7.3.5.9-11. */
import type { Action } from './action.ts'
import type { Base } from './base.ts'

export interface Bucket {
  readonly weight: number
  readonly watch_port: number
  readonly watch_group: number
  readonly actions: readonly Action[]
}
/** `command`: 0 add, 1 modify, 2 delete. `group_type`: 0 all, 1 select, 2 indirect, 3 fast failover. */
export interface GroupMod extends Base {
  readonly type: 'group_mod'
  readonly command: number
  readonly group_type: number
  readonly group_id: number
  readonly buckets: readonly Bucket[]
}
export interface GroupDesc {
  readonly group_type: number
  readonly group_id: number
  readonly buckets: readonly Bucket[]
}
export interface GroupStatsRequest {
  readonly type: 'group'
  /** OFPG.ALL for all. */
  readonly group_id: number
}
export interface BucketCounter {
  readonly packet_count: bigint
  readonly byte_count: bigint
}
export interface GroupStats {
  readonly group_id: number
  /** Flows and groups that refer to it. */
  readonly ref_count: number
  readonly packet_count: bigint
  readonly byte_count: bigint
  readonly duration_sec: number
  readonly duration_nsec: number
  readonly bucket_stats: readonly BucketCounter[]
}
/** Numbers for the types all, select, indirect, fast failover. */
type PerGroupType = readonly [all: number, select: number, indirect: number, ff: number]
export interface GroupFeatures {
  readonly type: 'group_features'
  /** Bit N stands for type N. */
  readonly types: number
  /** OFPGFC bits. */
  readonly capabilities: number
  readonly max_groups: PerGroupType
  /** Bit N stands for action type N. */
  readonly actions: PerGroupType
}
