/** Groups set, described and counted: OpenFlow 1.3.5 §7.3.4.2, §7.3.5.9-11. */
import type { Action } from './action.ts'
import type { Base } from './base.ts'

/** ofp_bucket (§7.3.4.2). */
export interface Bucket {
  /** 0..65535; the share of a bucket in a `select` group. */
  readonly weight: number
  /** 32 bits; the port whose link decides, `OFPP.ANY` for none. */
  readonly watch_port: number
  /** 32 bits; the group whose state decides, `OFPG.ANY` for none. */
  readonly watch_group: number
  readonly actions: readonly Action[]
}
/** `command`: 0 add, 1 modify, 2 delete. `group_type`: 0 all, 1 select, 2 indirect, 3 fast failover. */
export interface GroupMod extends Base {
  readonly type: 'group_mod'
  /** Of `OFPGC`. */
  readonly command: number
  /** Of `OFPGT`. */
  readonly group_type: number
  /** 32 bits. */
  readonly group_id: number
  readonly buckets: readonly Bucket[]
}
/** An entry of an OFPMP_GROUP_DESC reply (§7.3.5.10): `group_type` is of `OFPGT`. */
export interface GroupDesc {
  /** Of `OFPGT`. */
  readonly group_type: number
  /** 32 bits. */
  readonly group_id: number
  readonly buckets: readonly Bucket[]
}
/** OFPMP_GROUP (§7.3.5.9). */
export interface GroupStatsRequest {
  readonly type: 'group'
  /** OFPG.ALL for all. */
  readonly group_id: number
}
/** Counters of one bucket (§7.3.5.9). */
export interface BucketCounter {
  /** 64 bits; all ones where it is not counted. */
  readonly packet_count: bigint
  /** 64 bits; all ones where it is not counted. */
  readonly byte_count: bigint
}
/** An entry of an OFPMP_GROUP reply (§7.3.5.9). */
export interface GroupStats {
  /** 32 bits. */
  readonly group_id: number
  /** Flows and groups that refer to it. */
  readonly ref_count: number
  /** 64 bits; all ones where it is not counted. */
  readonly packet_count: bigint
  /** 64 bits; all ones where it is not counted. */
  readonly byte_count: bigint
  /** Whole seconds since it was made. */
  readonly duration_sec: number
  /** Nanoseconds beyond `duration_sec`, 0..999999999. */
  readonly duration_nsec: number
  readonly bucket_stats: readonly BucketCounter[]
}
/** Numbers for the types all, select, indirect, fast failover. */
type PerGroupType = readonly [all: number, select: number, indirect: number, ff: number]
/** The body of an OFPMP_GROUP_FEATURES reply (§7.3.5.11). */
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
