/** Queues: OpenFlow 1.3.5 §7.2.2, §7.3.5.8, §7.3.6. */
import type { Base } from './base.ts'

export interface QueueRate {
  readonly type: 'min_rate' | 'max_rate'
  /** In tenths of a percent; above 1000: not set. */
  readonly rate: number
}
export interface QueueExperimenter {
  readonly type: 'experimenter'
  readonly experimenter: number
  readonly data: Uint8Array
}
export interface UnknownQueueProperty {
  readonly type: 'unknown'
  readonly property_type: number
  /** What follows type and length. */
  readonly data: Uint8Array
}
export type QueueProperty = QueueRate | QueueExperimenter | UnknownQueueProperty
export interface Queue {
  /** 32 bits. */
  readonly queue_id: number
  readonly port: number
  readonly properties: readonly QueueProperty[]
}
export interface QueueGetConfigRequest extends Base {
  readonly type: 'queue_get_config_request'
  /** OFPP.ANY for all. */
  readonly port: number
}
export interface QueueGetConfigReply extends Base {
  readonly type: 'queue_get_config_reply'
  readonly port: number
  readonly queues: readonly Queue[]
}
export interface QueueStatsRequest {
  readonly type: 'queue'
  /** OFPP.ANY for all. */
  readonly port_no: number
  /** OFPQ_ALL for all. */
  readonly queue_id: number
}
/** An entry of an OFPMP_QUEUE reply (§7.3.5.8). */
export interface QueueStats {
  readonly port_no: number
  /** 32 bits. */
  readonly queue_id: number
  readonly tx_bytes: bigint
  readonly tx_packets: bigint
  readonly tx_errors: bigint
  /** Whole seconds since it was made. */
  readonly duration_sec: number
  /** Nanoseconds beyond `duration_sec`, 0..999999999. */
  readonly duration_nsec: number
}
