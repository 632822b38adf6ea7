/**
 * Messages as plain data. Every message has a `type` (the name after OFPT_, in lower case; Open vSwitch's own keep
 * their `nxt_`) and an `xid`. Multipart messages are `multipart_request` and `multipart_reply` with a `body`.
 */
import type { FlowMod, FlowRemoved } from './flow.ts'
import type { FlowMonitorCancel, FlowMonitorPaused, FlowMonitorResumed } from './flow-monitor.ts'
import type { GroupMod } from './group.ts'
import type { MeterMod } from './meter.ts'
import type { MultipartReply, MultipartRequest } from './multipart.ts'
import type {
  NxtCtFlush,
  NxtCtFlushZone,
  NxtFlowAge,
  NxtFlowModTableId,
  NxtPacketIn,
  NxtPacketIn2,
  NxtResume,
  NxtRoleReply,
  NxtRoleRequest,
  NxtSetAsyncConfig,
  NxtSetAsyncConfig2,
  NxtSetControllerId,
  NxtSetPacketInFormat,
  NxtTlvTableMod,
  NxtTlvTableReply,
  NxtTlvTableRequest,
} from './nicira.ts'
import type { BundleAddMessage, BundleControl, RequestForward, RoleStatus } from './onf.ts'
import type { PacketIn, PacketOut } from './packet.ts'
import type { PortMod, PortStatus } from './port.ts'
import type { QueueGetConfigReply, QueueGetConfigRequest } from './queue.ts'
import type {
  BarrierReply,
  BarrierRequest,
  FeaturesReply,
  FeaturesRequest,
  GetAsyncReply,
  GetAsyncRequest,
  GetConfigReply,
  GetConfigRequest,
  RoleReply,
  RoleRequest,
  SetAsync,
  SetConfig,
  TableMod,
} from './switch.ts'
import type { EchoReply, EchoRequest, ErrorMessage, Experimenter, Hello } from './symmetric.ts'
import type { UnknownMessage } from './unknown.ts'

export type * from './flow.ts'
export type * from './flow-monitor.ts'
export type * from './group.ts'
export type * from './meter.ts'
export type * from './multipart.ts'
export type * from './nicira.ts'
export type * from './onf.ts'
export type * from './packet.ts'
export type * from './port.ts'
export type * from './queue.ts'
export type * from './switch.ts'
export type * from './symmetric.ts'
export type * from './table-features.ts'
export type * from './unknown.ts'

/** Every message; `unknown` for what is none of them. */
export type Message =
  | Hello
  | ErrorMessage
  | EchoRequest
  | EchoReply
  | Experimenter
  | FeaturesRequest
  | FeaturesReply
  | GetConfigRequest
  | GetConfigReply
  | SetConfig
  | BarrierRequest
  | BarrierReply
  | RoleRequest
  | RoleReply
  | TableMod
  | GetAsyncRequest
  | GetAsyncReply
  | SetAsync
  | PacketIn
  | PacketOut
  | FlowMod
  | FlowRemoved
  | PortStatus
  | PortMod
  | GroupMod
  | MeterMod
  | QueueGetConfigRequest
  | QueueGetConfigReply
  | MultipartRequest
  | MultipartReply
  | BundleControl
  | BundleAddMessage
  | RoleStatus
  | RequestForward
  | FlowMonitorCancel
  | FlowMonitorPaused
  | FlowMonitorResumed
  | NxtRoleRequest
  | NxtRoleReply
  | NxtFlowModTableId
  | NxtSetPacketInFormat
  | NxtPacketIn
  | NxtFlowAge
  | NxtSetAsyncConfig
  | NxtSetControllerId
  | NxtPacketIn2
  | NxtResume
  | NxtSetAsyncConfig2
  | NxtTlvTableMod
  | NxtTlvTableRequest
  | NxtTlvTableReply
  | NxtCtFlushZone
  | NxtCtFlush
  | UnknownMessage
