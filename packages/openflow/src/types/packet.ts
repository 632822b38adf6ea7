/** Packets between switch and controller: OpenFlow 1.3.5 §7.3.7, §7.4.1. */
import type { Action } from './action.ts'
import type { Base } from './base.ts'
import type { Match } from './match.ts'

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
