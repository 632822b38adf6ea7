/**
 * Messages as plain data. Every message has a `type` (the name after OFPT_, in lower case) and an `xid`.
 * Multipart messages and experimenter messages that we know have a `type` of their own:
 * `multipart_request`/`multipart_reply` with a `body`, `bundle_control`, `bundle_add_message`.
 */
import type { Action } from './action.ts'
import type { Instruction } from './instruction.ts'
import type { Match } from './match.ts'

interface Base {
  readonly xid: number
}

export interface HelloElement {
  readonly type: 'versionbitmap'
  readonly versions: readonly number[]
}
export interface UnknownHelloElement {
  readonly type: 'unknown'
  readonly element_type: number
  readonly data: Uint8Array
}
/** The only message whose `version` may differ from 4. */
export interface Hello extends Base {
  readonly type: 'hello'
  readonly version: number
  readonly elements: readonly (HelloElement | UnknownHelloElement)[]
}

/** OFPT_ERROR. `version` because a peer that cannot speak 1.3 answers in its own. */
export interface ErrorMessage extends Base {
  readonly type: 'error'
  readonly version: number
  readonly error_type: number
  readonly code: number
  /** Experimenter id when `error_type` is 0xffff, else `null`. */
  readonly experimenter: number | null
  /** The offending message, whole or cut, or text for HELLO_FAILED. */
  readonly data: Uint8Array
}

export interface EchoRequest extends Base {
  readonly type: 'echo_request'
  readonly data: Uint8Array
}
export interface EchoReply extends Base {
  readonly type: 'echo_reply'
  readonly data: Uint8Array
}
export interface Experimenter extends Base {
  readonly type: 'experimenter'
  readonly experimenter: number
  readonly exp_type: number
  readonly data: Uint8Array
}
export interface FeaturesRequest extends Base {
  readonly type: 'features_request'
}
export interface FeaturesReply extends Base {
  readonly type: 'features_reply'
  readonly datapath_id: bigint
  readonly n_buffers: number
  readonly n_tables: number
  readonly auxiliary_id: number
  readonly capabilities: number
  readonly reserved: number
}
export interface GetConfigRequest extends Base {
  readonly type: 'get_config_request'
}
export interface GetConfigReply extends Base {
  readonly type: 'get_config_reply'
  readonly flags: number
  readonly miss_send_len: number
}
export interface SetConfig extends Base {
  readonly type: 'set_config'
  readonly flags: number
  readonly miss_send_len: number
}

export interface PacketIn extends Base {
  readonly type: 'packet_in'
  readonly buffer_id: number
  readonly total_len: number
  readonly reason: number
  readonly table_id: number
  readonly cookie: bigint
  readonly match: Match
  /** A view into the receive buffer: copy what outlives the handler. */
  readonly data: Uint8Array
}
export interface PacketOut extends Base {
  readonly type: 'packet_out'
  readonly buffer_id: number
  readonly in_port: number
  readonly actions: readonly Action[]
  readonly data: Uint8Array
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
export interface Port {
  readonly port_no: number
  /** MAC address as a 48-bit number. */
  readonly hw_addr: number
  readonly name: string
  readonly config: number
  readonly state: number
  readonly curr: number
  readonly advertised: number
  readonly supported: number
  readonly peer: number
  readonly curr_speed: number
  readonly max_speed: number
}
/** `reason`: 0 add, 1 delete, 2 modify. */
export interface PortStatus extends Base {
  readonly type: 'port_status'
  readonly reason: number
  readonly port: Port
}

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
export interface BarrierRequest extends Base {
  readonly type: 'barrier_request'
}
export interface BarrierReply extends Base {
  readonly type: 'barrier_reply'
}
export interface RoleRequest extends Base {
  readonly type: 'role_request'
  readonly role: number
  readonly generation_id: bigint
}
export interface RoleReply extends Base {
  readonly type: 'role_reply'
  readonly role: number
  readonly generation_id: bigint
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
export interface BodylessRequest {
  readonly type: 'desc' | 'table' | 'group_desc' | 'port_desc'
}
export interface PortStatsRequest {
  readonly type: 'port_stats'
  readonly port_no: number
}
export interface UnknownMultipart {
  readonly type: 'unknown'
  readonly multipart_type: number
  readonly data: Uint8Array
}
export type MultipartRequestBody =
  | FlowStatsRequest
  | AggregateStatsRequest
  | BodylessRequest
  | PortStatsRequest
  | UnknownMultipart

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
export interface GroupDesc {
  readonly group_type: number
  readonly group_id: number
  readonly buckets: readonly Bucket[]
}
export interface TableStats {
  readonly table_id: number
  readonly active_count: number
  readonly lookup_count: bigint
  readonly matched_count: bigint
}
export interface PortStats {
  readonly port_no: number
  readonly rx_packets: bigint
  readonly tx_packets: bigint
  readonly rx_bytes: bigint
  readonly tx_bytes: bigint
  readonly rx_dropped: bigint
  readonly tx_dropped: bigint
  readonly rx_errors: bigint
  readonly tx_errors: bigint
  readonly rx_frame_err: bigint
  readonly rx_over_err: bigint
  readonly rx_crc_err: bigint
  readonly collisions: bigint
  readonly duration_sec: number
  readonly duration_nsec: number
}
export type MultipartReplyBody =
  | {
      readonly type: 'desc'
      readonly mfr_desc: string
      readonly hw_desc: string
      readonly sw_desc: string
      readonly serial_num: string
      readonly dp_desc: string
    }
  | { readonly type: 'flow'; readonly flows: readonly FlowStats[] }
  | {
      readonly type: 'aggregate'
      readonly packet_count: bigint
      readonly byte_count: bigint
      readonly flow_count: number
    }
  | { readonly type: 'table'; readonly tables: readonly TableStats[] }
  | { readonly type: 'port_stats'; readonly ports: readonly PortStats[] }
  | { readonly type: 'group_desc'; readonly groups: readonly GroupDesc[] }
  | { readonly type: 'port_desc'; readonly ports: readonly Port[] }
  | UnknownMultipart

/** `flags` bit 0: more messages with this xid follow. */
export interface MultipartRequest extends Base {
  readonly type: 'multipart_request'
  readonly flags: number
  readonly body: MultipartRequestBody
}
export interface MultipartReply extends Base {
  readonly type: 'multipart_reply'
  readonly flags: number
  readonly body: MultipartReplyBody
}

/** ONF extension 230. `control`: 0/1 open request/reply, 2/3 close, 4/5 commit, 6/7 discard. `flags`: 1 atomic, 2 ordered. */
export interface BundleControl extends Base {
  readonly type: 'bundle_control'
  readonly bundle_id: number
  readonly control: number
  readonly flags: number
}
/** The embedded message carries the same xid as this one; encode sets it. */
export interface BundleAddMessage extends Base {
  readonly type: 'bundle_add_message'
  readonly bundle_id: number
  readonly flags: number
  readonly message: FlowMod | GroupMod | PacketOut | UnknownMessage
}

/** A message type that this library does not know. */
export interface UnknownMessage extends Base {
  readonly type: 'unknown'
  readonly message_type: number
  readonly data: Uint8Array
}

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
  | PacketIn
  | PacketOut
  | FlowRemoved
  | PortStatus
  | FlowMod
  | GroupMod
  | MultipartRequest
  | MultipartReply
  | BarrierRequest
  | BarrierReply
  | RoleRequest
  | RoleReply
  | BundleControl
  | BundleAddMessage
  | UnknownMessage
