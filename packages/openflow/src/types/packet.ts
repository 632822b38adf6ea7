/** Packets between switch and controller: OpenFlow 1.3.5 §7.3.7, §7.4.1. */
import type { Action } from './action.ts'
import type { Base } from './base.ts'
import type { Match } from './match.ts'

/** OFPT_PACKET_IN (§7.4.1): `reason` is of `OFPR`. */
export interface PacketIn extends Base {
  readonly type: 'packet_in'
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
  /** A view into the receive buffer: copy what outlives the handler. */
  readonly data: Uint8Array
}
/** OFPT_PACKET_OUT (§7.3.7): `data` counts without a buffer only. */
export interface PacketOut extends Base {
  readonly type: 'packet_out'
  /** 32 bits; `OFP_NO_BUFFER` for none. */
  readonly buffer_id: number
  /** 32 bits. */
  readonly in_port: number
  readonly actions: readonly Action[]
  readonly data: Uint8Array
}
