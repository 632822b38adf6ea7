/** What a switch is and how it is set: OpenFlow 1.3.5 §7.3.1, §7.3.2, §7.3.3, §7.3.8-10. */
import type { Base } from './base.ts'

/** OFPT_FEATURES_REQUEST (§7.3.1). */
export interface FeaturesRequest extends Base {
  readonly type: 'features_request'
}
/** OFPT_FEATURES_REPLY (§7.3.1): `capabilities` are of `OFPC`. */
export interface FeaturesReply extends Base {
  readonly type: 'features_reply'
  /** 64 bits. */
  readonly datapath_id: bigint
  /** Packets that it can keep for the controller; Open vSwitch: 0. */
  readonly n_buffers: number
  /** 0..254. */
  readonly n_tables: number
  /** 0 for the main connection. */
  readonly auxiliary_id: number
  /** Of `OFPC`. */
  readonly capabilities: number
  /** 32 bits without a meaning. */
  readonly reserved: number
}
/** OFPT_GET_CONFIG_REQUEST (§7.3.2). */
export interface GetConfigRequest extends Base {
  readonly type: 'get_config_request'
}
/** OFPT_GET_CONFIG_REPLY (§7.3.2). */
export interface GetConfigReply extends Base {
  readonly type: 'get_config_reply'
  /** 0 normal, 1 drop or 2 reassemble fragments. */
  readonly flags: number
  /** Bytes of a packet to the controller, 0..65535. */
  readonly miss_send_len: number
}
/** OFPT_SET_CONFIG (§7.3.2). */
export interface SetConfig extends Base {
  readonly type: 'set_config'
  /** 0 normal, 1 drop or 2 reassemble fragments. */
  readonly flags: number
  /** Bytes of a packet to the controller, 0..65535. */
  readonly miss_send_len: number
}
/** OFPT_BARRIER_REQUEST (§7.3.8). */
export interface BarrierRequest extends Base {
  readonly type: 'barrier_request'
}
/** OFPT_BARRIER_REPLY (§7.3.8). */
export interface BarrierReply extends Base {
  readonly type: 'barrier_reply'
}
/** OFPT_ROLE_REQUEST (§7.3.9): `role` is of `OFPCR`, `generation_id` has 64 bits. */
export interface RoleRequest extends Base {
  readonly type: 'role_request'
  /** Of `OFPCR`. */
  readonly role: number
  /** 64 bits; a role request with an older one is refused (OFPRRFC_STALE). */
  readonly generation_id: bigint
}
/** OFPT_ROLE_REPLY (§7.3.9). */
export interface RoleReply extends Base {
  readonly type: 'role_reply'
  /** Of `OFPCR`. */
  readonly role: number
  /** 64 bits; a role request with an older one is refused (OFPRRFC_STALE). */
  readonly generation_id: bigint
}
/** OFPT_TABLE_MOD. `config` has no bits in 1.3 (OFPTC_DEPRECATED_MASK 3). */
export interface TableMod extends Base {
  readonly type: 'table_mod'
  /** `OFPTT.ALL` for all. */
  readonly table_id: number
  /** 32 bits. */
  readonly config: number
}

/** Two masks: one for a primary or equal controller, one for a secondary. Bit N stands for reason N. */
export type AsyncMasks = readonly [primary: number, secondary: number]
/** OFPT_GET_ASYNC_REQUEST (§7.3.10). */
export interface GetAsyncRequest extends Base {
  readonly type: 'get_async_request'
}
/** OFPT_GET_ASYNC_REPLY (§7.3.10): what the switch sends unasked on this connection. */
export interface GetAsyncReply extends Base {
  readonly type: 'get_async_reply'
  /** By the reasons of `OFPR`. */
  readonly packet_in_mask: AsyncMasks
  /** By the reasons of `OFPPR`. */
  readonly port_status_mask: AsyncMasks
  /** By the reasons of `OFPRR`. */
  readonly flow_removed_mask: AsyncMasks
}
/** OFPT_SET_ASYNC (§7.3.10): what it is to send. It has no reply. */
export interface SetAsync extends Base {
  readonly type: 'set_async'
  /** By the reasons of `OFPR`. */
  readonly packet_in_mask: AsyncMasks
  /** By the reasons of `OFPPR`. */
  readonly port_status_mask: AsyncMasks
  /** By the reasons of `OFPRR`. */
  readonly flow_removed_mask: AsyncMasks
}
