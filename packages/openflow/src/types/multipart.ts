/** Multipart requests and replies, by their bodies: OpenFlow 1.3.5 §7.3.5. */
import type { Base } from './base.ts'
import type { AggregateStatsRequest, FlowStats, FlowStatsRequest } from './flow.ts'
import type { FlowMonitorReply, FlowMonitorRequest } from './flow-monitor.ts'
import type { GroupDesc, GroupFeatures, GroupStats, GroupStatsRequest } from './group.ts'
import type {
  MeterConfig,
  MeterConfigRequest,
  MeterFeatures,
  MeterStats,
  MeterStatsRequest,
} from './meter.ts'
import type { Port, PortStats, PortStatsRequest } from './port.ts'
import type { QueueStats, QueueStatsRequest } from './queue.ts'
import type { TableFeatures } from './table-features.ts'

/** Requests that say no more than what they ask for (§7.3.5). */
export interface BodylessRequest {
  readonly type: 'desc' | 'table' | 'group_desc' | 'group_features' | 'meter_features' | 'port_desc'
}
/** The same in a request, where tables are to be set, and in a reply. A request without tables only asks. */
export interface TableFeaturesBody {
  readonly type: 'table_features'
  readonly tables: readonly TableFeatures[]
}
/** OFPMP_EXPERIMENTER of an experimenter, or of a type, that this library does not know. */
export interface ExperimenterMultipart {
  readonly type: 'experimenter'
  /** 32 bits: who gives the rest its meaning. */
  readonly experimenter: number
  /** 32 bits: the type among those of the experimenter. */
  readonly exp_type: number
  /** A view into the receive buffer. */
  readonly data: Uint8Array
}
/** A multipart type that this library does not know: its body is a view into the receive buffer. */
export interface UnknownMultipart {
  readonly type: 'unknown'
  /** 16 bits. */
  readonly multipart_type: number
  readonly data: Uint8Array
}
/** What a multipart request asks: OpenFlow 1.3.5 §7.3.5. */
export type MultipartRequestBody =
  | FlowStatsRequest
  | AggregateStatsRequest
  | BodylessRequest
  | PortStatsRequest
  | QueueStatsRequest
  | GroupStatsRequest
  | MeterStatsRequest
  | MeterConfigRequest
  | TableFeaturesBody
  | FlowMonitorRequest
  | ExperimenterMultipart
  | UnknownMultipart

/** OFPMP_DESC: texts of up to 255 bytes, `serial_num` of up to 31. */
export interface Desc {
  readonly type: 'desc'
  readonly mfr_desc: string
  readonly hw_desc: string
  readonly sw_desc: string
  readonly serial_num: string
  readonly dp_desc: string
}
/** The body of an OFPMP_AGGREGATE reply (§7.3.5.3): sums over the flows. */
export interface AggregateStats {
  readonly type: 'aggregate'
  /** 64 bits; all ones where it is not counted. */
  readonly packet_count: bigint
  /** 64 bits; all ones where it is not counted. */
  readonly byte_count: bigint
  /** 32 bits. */
  readonly flow_count: number
}
/** An entry of an OFPMP_TABLE reply (§7.3.5.4). */
export interface TableStats {
  /** 0..254. */
  readonly table_id: number
  /** Flows in it. */
  readonly active_count: number
  /** 64 bits: packets that were looked up. */
  readonly lookup_count: bigint
  /** 64 bits: packets that hit a flow. */
  readonly matched_count: bigint
}
/** What a multipart reply tells; of several messages their entries together. */
export type MultipartReplyBody =
  | Desc
  | { readonly type: 'flow'; readonly flows: readonly FlowStats[] }
  | AggregateStats
  | { readonly type: 'table'; readonly tables: readonly TableStats[] }
  | { readonly type: 'port_stats'; readonly ports: readonly PortStats[] }
  | { readonly type: 'queue'; readonly queues: readonly QueueStats[] }
  | { readonly type: 'group'; readonly groups: readonly GroupStats[] }
  | { readonly type: 'group_desc'; readonly groups: readonly GroupDesc[] }
  | GroupFeatures
  | { readonly type: 'meter'; readonly meters: readonly MeterStats[] }
  | { readonly type: 'meter_config'; readonly meters: readonly MeterConfig[] }
  | MeterFeatures
  | TableFeaturesBody
  | { readonly type: 'port_desc'; readonly ports: readonly Port[] }
  | FlowMonitorReply
  | ExperimenterMultipart
  | UnknownMultipart

/** `flags` bit 0: more messages with this xid follow. */
export interface MultipartRequest extends Base {
  readonly type: 'multipart_request'
  /** `OFPMPF_MORE`, or 0. */
  readonly flags: number
  readonly body: MultipartRequestBody
}
/** OFPT_MULTIPART_REPLY (§7.3.5): one part of a reply, or all of it. */
export interface MultipartReply extends Base {
  readonly type: 'multipart_reply'
  /** `OFPMPF_MORE`, or 0. */
  readonly flags: number
  readonly body: MultipartReplyBody
}
