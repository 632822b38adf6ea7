/** Queues: OpenFlow 1.3.5 §7.2.2, §7.3.5.8, §7.3.6. */
import type { Base } from './base.ts'

/** OFPQT_MIN_RATE, OFPQT_MAX_RATE (§7.2.2). */
export interface QueueRate {
  readonly type: 'min_rate' | 'max_rate'
  /** In tenths of a percent; above 1000: not set. */
  readonly rate: number
}
/** OFPQT_EXPERIMENTER (§7.2.2). */
export interface QueueExperimenter {
  readonly type: 'experimenter'
  /** 32 bits: who gives the rest its meaning. */
  readonly experimenter: number
  readonly data: Uint8Array
}
/** A property of a type that this library does not know. */
export interface UnknownQueueProperty {
  readonly type: 'unknown'
  /** 16 bits. */
  readonly property_type: number
  /** What follows type and length. */
  readonly data: Uint8Array
}
/** What is set for a queue: OpenFlow 1.3.5 §7.2.2. */
export type QueueProperty = QueueRate | QueueExperimenter | UnknownQueueProperty
/** A queue of a port, as it is configured (§7.2.2). Open vSwitch keeps queues in its database. */
export interface Queue {
  /** 32 bits. */
  readonly queue_id: number
  /** 32 bits. */
  readonly port: number
  readonly properties: readonly QueueProperty[]
}
/** OFPT_QUEUE_GET_CONFIG_REQUEST (§7.3.6). */
export interface QueueGetConfigRequest extends Base {
  readonly type: 'queue_get_config_request'
  /** OFPP.ANY for all. */
  readonly port: number
}
/** OFPT_QUEUE_GET_CONFIG_REPLY (§7.3.6). */
export interface QueueGetConfigReply extends Base {
  readonly type: 'queue_get_config_reply'
  /** As in the request. */
  readonly port: number
  readonly queues: readonly Queue[]
}
/** OFPMP_QUEUE (§7.3.5.8). */
export interface QueueStatsRequest {
  readonly type: 'queue'
  /** OFPP.ANY for all. */
  readonly port_no: number
  /** OFPQ_ALL for all. */
  readonly queue_id: number
}
/** An entry of an OFPMP_QUEUE reply (§7.3.5.8). */
export interface QueueStats {
  /** 32 bits. */
  readonly port_no: number
  /** 32 bits. */
  readonly queue_id: number
  /** 64 bits; all ones where it is not counted. */
  readonly tx_bytes: bigint
  /** 64 bits; all ones where it is not counted. */
  readonly tx_packets: bigint
  /** 64 bits; all ones where it is not counted. */
  readonly tx_errors: bigint
  /** Whole seconds since it was made. */
  readonly duration_sec: number
  /** Nanoseconds beyond `duration_sec`, 0..999999999. */
  readonly duration_nsec: number
}
