/** What a switch is and how it is set: OpenFlow 1.3.5 §7.3.1, §7.3.2, §7.3.3, §7.3.8-10. */
import type { Base } from './base.ts'

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
/** OFPT_TABLE_MOD. `config` has no bits in 1.3 (OFPTC_DEPRECATED_MASK 3). */
export interface TableMod extends Base {
  readonly type: 'table_mod'
  readonly table_id: number
  readonly config: number
}

/** Two masks: one for a primary or equal controller, one for a secondary. Bit N stands for reason N. */
export type AsyncMasks = readonly [primary: number, secondary: number]
export interface GetAsyncRequest extends Base {
  readonly type: 'get_async_request'
}
export interface GetAsyncReply extends Base {
  readonly type: 'get_async_reply'
  readonly packet_in_mask: AsyncMasks
  readonly port_status_mask: AsyncMasks
  readonly flow_removed_mask: AsyncMasks
}
export interface SetAsync extends Base {
  readonly type: 'set_async'
  readonly packet_in_mask: AsyncMasks
  readonly port_status_mask: AsyncMasks
  readonly flow_removed_mask: AsyncMasks
}
