/** Flow monitors: ONF extension 187, as Open vSwitch has it in OpenFlow 1.3 (`lib/ofp-monitor.c`). */
import type { Base } from './base.ts'
import type { Instruction } from './instruction.ts'
import type { Match } from './match.ts'

/** Which changes of which flows are to be told. */
export interface FlowMonitor {
  /** 32 bits; its own number on each connection. */
  readonly monitor_id: number
  /** OFPFMF bits. */
  readonly flags: number
  /** 32 bits; a filter of deletions and requests, `OFPP.ANY` for none. */
  readonly out_port: number
  /** `OFPTT.ALL` for all. */
  readonly table_id: number
  readonly match: Match
}
/** A flow that was added, deleted or modified. */
export interface FlowUpdateFull {
  readonly type: 'added' | 'deleted' | 'modified'
  /** Why it was deleted: OFPRR; else 0. */
  readonly reason: number
  /** 0..65535; the highest matches first. */
  readonly priority: number
  /** Seconds, 0..65535; 0 is never. */
  readonly idle_timeout: number
  /** Seconds, 0..65535; 0 is never. */
  readonly hard_timeout: number
  readonly table_id: number
  /** 64 bits. */
  readonly cookie: bigint
  readonly match: Match
  /** Empty unless the monitor asked for them. */
  readonly instructions: readonly Instruction[]
}
/** A change that this controller made itself, with the xid of its flow-mod. */
export interface FlowUpdateAbbreviated {
  readonly type: 'abbrev'
  readonly xid: number
}
/** An event that this library does not know. */
export interface UnknownFlowUpdate {
  readonly type: 'unknown'
  /** 16 bits. */
  readonly event: number
  readonly data: Uint8Array
}
/** What a flow monitor tells. */
export type FlowUpdate = FlowUpdateFull | FlowUpdateAbbreviated | UnknownFlowUpdate

/** Multipart: makes monitors. */
export interface FlowMonitorRequest {
  readonly type: 'flow_monitor'
  readonly monitors: readonly FlowMonitor[]
}
/** The flows at first; later updates have xid 0. */
export interface FlowMonitorReply {
  readonly type: 'flow_monitor'
  readonly updates: readonly FlowUpdate[]
}
/** ONF_FLOW_MONITOR_CANCEL (extension 187, 1870): it has no reply. */
export interface FlowMonitorCancel extends Base {
  readonly type: 'flow_monitor_cancel'
  /** 32 bits; its own number on each connection. */
  readonly monitor_id: number
}
/** Too much was queued: only deletes are sent until `flow_monitor_resumed`. */
export interface FlowMonitorPaused extends Base {
  readonly type: 'flow_monitor_paused'
}
/** ONF_FLOW_MONITOR_RESUMED (1872): all changes are told again. */
export interface FlowMonitorResumed extends Base {
  readonly type: 'flow_monitor_resumed'
}
