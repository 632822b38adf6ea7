/** Flows set, removed and counted: OpenFlow 1.3.5 §7.3.4.1, §7.3.5.2-3, §7.4.2. */
import type { Base } from './base.ts'
import type { Instruction } from './instruction.ts'
import type { Match } from './match.ts'

/** `command`: 0 add, 1 modify, 2 modify strict, 3 delete, 4 delete strict. */
export interface FlowMod extends Base {
  readonly type: 'flow_mod'
  /** 64 bits. */
  readonly cookie: bigint
  /** 64 bits; the bits of `cookie` that count, 0 for none. */
  readonly cookie_mask: bigint
  /** 0..254; `OFPTT.ALL` in deletions. */
  readonly table_id: number
  /** Of `OFPFC`. */
  readonly command: number
  /** Seconds, 0..65535; 0 is never. */
  readonly idle_timeout: number
  /** Seconds, 0..65535; 0 is never. */
  readonly hard_timeout: number
  /** 0..65535; the highest matches first. */
  readonly priority: number
  /** 32 bits; `OFP_NO_BUFFER` for none. */
  readonly buffer_id: number
  /** 32 bits; a filter of deletions and requests, `OFPP.ANY` for none. */
  readonly out_port: number
  /** 32 bits; a filter of deletions and requests, `OFPG.ANY` for none. */
  readonly out_group: number
  /** Of `OFPFF`. */
  readonly flags: number
  readonly match: Match
  readonly instructions: readonly Instruction[]
}
/** OFPT_FLOW_REMOVED (§7.4.2): `reason` is of `OFPRR`. */
export interface FlowRemoved extends Base {
  readonly type: 'flow_removed'
  /** 64 bits. */
  readonly cookie: bigint
  /** 0..65535; the highest matches first. */
  readonly priority: number
  /** Of `OFPRR`. */
  readonly reason: number
  /** 0..254. */
  readonly table_id: number
  /** Whole seconds since it was made. */
  readonly duration_sec: number
  /** Nanoseconds beyond `duration_sec`, 0..999999999. */
  readonly duration_nsec: number
  /** Seconds, 0..65535; 0 is never. */
  readonly idle_timeout: number
  /** Seconds, 0..65535; 0 is never. */
  readonly hard_timeout: number
  /** 64 bits; all ones where it is not counted. */
  readonly packet_count: bigint
  /** 64 bits; all ones where it is not counted. */
  readonly byte_count: bigint
  readonly match: Match
}
/** Which flows a request is about: those that all of this is true of. */
export interface FlowFilter {
  /** `OFPTT.ALL` for all. */
  readonly table_id: number
  /** 32 bits; only flows that output to it, `OFPP.ANY` for all. */
  readonly out_port: number
  /** 32 bits; only flows that use it, `OFPG.ANY` for all. */
  readonly out_group: number
  /** 64 bits. */
  readonly cookie: bigint
  /** 64 bits; the bits of `cookie` that count, 0 for none. */
  readonly cookie_mask: bigint
  /** Flows with these fields, and perhaps with more. */
  readonly match: Match
}
/** OFPMP_FLOW (§7.3.5.2). */
export interface FlowStatsRequest extends FlowFilter {
  readonly type: 'flow'
}
/** OFPMP_AGGREGATE (§7.3.5.3). */
export interface AggregateStatsRequest extends FlowFilter {
  readonly type: 'aggregate'
}
/** An entry of an OFPMP_FLOW reply (§7.3.5.2): `flags` are of `OFPFF`. */
export interface FlowStats {
  /** 0..254. */
  readonly table_id: number
  /** Whole seconds since it was made. */
  readonly duration_sec: number
  /** Nanoseconds beyond `duration_sec`, 0..999999999. */
  readonly duration_nsec: number
  /** 0..65535; the highest matches first. */
  readonly priority: number
  /** Seconds, 0..65535; 0 is never. */
  readonly idle_timeout: number
  /** Seconds, 0..65535; 0 is never. */
  readonly hard_timeout: number
  /** Of `OFPFF`. */
  readonly flags: number
  /** 64 bits. */
  readonly cookie: bigint
  /** 64 bits; all ones where it is not counted. */
  readonly packet_count: bigint
  /** 64 bits; all ones where it is not counted. */
  readonly byte_count: bigint
  readonly match: Match
  readonly instructions: readonly Instruction[]
}
