/** Messages of Open vSwitch's own: `include/openflow/nicira-ext.h`, `lib/ofp-packet.c`, `lib/ofp-ct.c`. */
import type { Base } from './base.ts'
import type { Match } from './match.ts'
import type { AsyncMasks } from './switch.ts'
import type { UnknownProperty } from './unknown.ts'

/** `role`: 0 other, 1 primary, 2 secondary: not the numbers of OpenFlow 1.3, whose `role_request` is preferable. */
export interface NxtRoleRequest extends Base {
  readonly type: 'nxt_role_request'
  readonly role: number
}
/** NXT_ROLE_REPLY: `role` as in the request. */
export interface NxtRoleReply extends Base {
  readonly type: 'nxt_role_reply'
  readonly role: number
}
/** `set`: 1 if the upper byte of a flow-mod's command is a table; OpenFlow 1.0's. */
export interface NxtFlowModTableId extends Base {
  readonly type: 'nxt_flow_mod_table_id'
  readonly set: number
}
/** `format`: NXPIF. It has no reply. */
export interface NxtSetPacketInFormat extends Base {
  readonly type: 'nxt_set_packet_in_format'
  readonly format: number
}
/** NXT_PACKET_IN (`include/openflow/nicira-ext.h`): a packet-in with NXM fields, format 1. */
export interface NxtPacketIn extends Base {
  readonly type: 'nxt_packet_in'
  /** 32 bits; `OFP_NO_BUFFER` for none. */
  readonly buffer_id: number
  /** Bytes of the whole packet, 0..65535, of which `data` may be less. */
  readonly total_len: number
  /** Of `OFPR`. */
  readonly reason: number
  /** 0..254. */
  readonly table_id: number
  /** 64 bits. */
  readonly cookie: bigint
  readonly match: Match
  /** A view into the receive buffer. */
  readonly data: Uint8Array
}
/** NXT_FLOW_AGE: nothing is known of it but its number. */
export interface NxtFlowAge extends Base {
  readonly type: 'nxt_flow_age'
}
/** As `set_async`. */
export interface NxtSetAsyncConfig extends Base {
  readonly type: 'nxt_set_async_config'
  /** By the reasons of `OFPR`. */
  readonly packet_in_mask: AsyncMasks
  /** By the reasons of `OFPPR`. */
  readonly port_status_mask: AsyncMasks
  /** By the reasons of `OFPRR`. */
  readonly flow_removed_mask: AsyncMasks
}
/** Packets of `controller` actions with this id come to this connection only. */
export interface NxtSetControllerId extends Base {
  readonly type: 'nxt_set_controller_id'
  /** 16 bits. */
  readonly controller_id: number
}

/** A property of NXT_PACKET_IN2 and NXT_RESUME, in the order of the wire. */
export type PacketIn2Property =
  /** A view into the receive buffer. */
  | { readonly type: 'packet'; readonly data: Uint8Array }
  /** Bytes that the packet had before it was cut. */
  | { readonly type: 'full_len'; readonly full_len: number }
  | { readonly type: 'buffer_id'; readonly buffer_id: number }
  | { readonly type: 'table_id'; readonly table_id: number }
  | { readonly type: 'cookie'; readonly cookie: bigint }
  | { readonly type: 'reason'; readonly reason: number }
  | { readonly type: 'metadata'; readonly metadata: Match }
  /** What the `controller` action carried. */
  | { readonly type: 'userdata'; readonly userdata: Uint8Array }
  /** For NXT_RESUME, as it is: valid once, for this ovs-vswitchd. */
  | { readonly type: 'continuation'; readonly continuation: Uint8Array }
  | UnknownProperty
/** NXT_PACKET_IN2 (`lib/ofp-packet.c`): a packet-in of properties, format 2. */
export interface NxtPacketIn2 extends Base {
  readonly type: 'nxt_packet_in2'
  readonly properties: readonly PacketIn2Property[]
}
/** Takes a paused packet through the rest of the pipeline. */
export interface NxtResume extends Base {
  readonly type: 'nxt_resume'
  readonly properties: readonly PacketIn2Property[]
}

/** A mask of reasons; `target`, an OFPACPT, says of which messages and for which role. What is absent stays. */
export type AsyncConfigProperty =
  | { readonly type: 'mask'; readonly target: number; readonly mask: number }
  | UnknownProperty
/** NXT_SET_ASYNC_CONFIG2: as OFPT_SET_ASYNC of OpenFlow 1.4. It has no reply. */
export interface NxtSetAsyncConfig2 extends Base {
  readonly type: 'nxt_set_async_config2'
  readonly properties: readonly AsyncConfigProperty[]
}

/** A Geneve option that fills the field tun_metadata`index`. */
export interface TlvMap {
  /** Class of the Geneve option, 16 bits. */
  readonly option_class: number
  /** 0..255. */
  readonly option_type: number
  /** Bytes: 4..124, a multiple of 4. */
  readonly option_len: number
  /** 0..63: the N of `tun_metadataN`. */
  readonly index: number
}
/** `command`: NXTTMC. */
export interface NxtTlvTableMod extends Base {
  readonly type: 'nxt_tlv_table_mod'
  /** 0 add, 1 delete, 2 clear. */
  readonly command: number
  readonly maps: readonly TlvMap[]
}
/** NXT_TLV_TABLE_REQUEST: asks which options are mapped to `tun_metadata` fields. */
export interface NxtTlvTableRequest extends Base {
  readonly type: 'nxt_tlv_table_request'
}
/** NXT_TLV_TABLE_REPLY. */
export interface NxtTlvTableReply extends Base {
  readonly type: 'nxt_tlv_table_reply'
  /** Bytes that the options may have together. */
  readonly max_option_space: number
  /** Fields that there are for options: 64. */
  readonly max_fields: number
  readonly maps: readonly TlvMap[]
}

/** Removes the connections of one zone. */
export interface NxtCtFlushZone extends Base {
  readonly type: 'nxt_ct_flush_zone'
  /** Zone of connection tracking, 16 bits. */
  readonly zone_id: number
}
/** Part of a connection's tuple; addresses of IPv4 are mapped (`::ffff:10.0.0.1`). */
export type CtTupleProperty =
  | { readonly type: 'src' | 'dst'; readonly address: bigint }
  | { readonly type: 'src_port' | 'dst_port' | 'icmp_id' | 'icmp_type' | 'icmp_code'; readonly value: number }
  | UnknownProperty
/** Which tracked connections NXT_CT_FLUSH is about. */
export type CtFlushProperty =
  | { readonly type: 'orig_tuple' | 'reply_tuple'; readonly tuple: readonly CtTupleProperty[] }
  | { readonly type: 'zone'; readonly zone_id: number }
  | { readonly type: 'mark' | 'mark_mask'; readonly mark: number }
  | { readonly type: 'labels' | 'labels_mask'; readonly labels: bigint }
  | UnknownProperty
/** Removes the connections that are like this. Open vSwitch 3.1 knows tuples and zone only. */
export interface NxtCtFlush extends Base {
  readonly type: 'nxt_ct_flush'
  /** 0 for any. */
  readonly ip_proto: number
  readonly properties: readonly CtFlushProperty[]
}
