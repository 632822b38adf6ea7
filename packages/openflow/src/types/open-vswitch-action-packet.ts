/**
 * Open vSwitch's actions on the packet, its tunnel, its queue and its headers, and those that only say something.
 * `lib/ofp-actions.c`; `ct` and `clone`, which hold actions, are in `action.ts`.
 */
/** NXAST_SET_TUNNEL. */
export interface SetTunnel {
  readonly type: 'set_tunnel'
  /** 32 bits. */
  readonly tun_id: number
}
/** NXAST_SET_TUNNEL64: 64 bits. */
export interface SetTunnel64 {
  readonly type: 'set_tunnel64'
  readonly tun_id: bigint
}
/** NXAST_POP_QUEUE: the queue as before `set_queue`. */
export interface PopQueue {
  readonly type: 'pop_queue'
}
/** NXAST_NOTE: bytes without effect, 6 or 8 more than that, and so on. */
export interface Note {
  readonly type: 'note'
  readonly note: Uint8Array
}
/** NXAST_EXIT: no more actions for this packet. */
export interface Exit {
  readonly type: 'exit'
}
/** NXAST_DEC_TTL_CNT_IDS: packets whose time is over go to the controllers with these ids. */
export interface DecTtlCntIds {
  readonly type: 'dec_ttl_cnt_ids'
  readonly controller_ids: readonly number[]
}
/** NXAST_CT_CLEAR: forgets what connection tracking said. */
export interface CtClear {
  readonly type: 'ct_clear'
}
/** NXAST_NAT, within `ct`; what is `null` is left to the switch. */
export interface Nat {
  readonly type: 'nat'
  /** `NX_NAT_F`. */
  readonly flags: number
  readonly range_ipv4_min: number | null
  readonly range_ipv4_max: number | null
  readonly range_ipv6_min: bigint | null
  readonly range_ipv6_max: bigint | null
  readonly range_proto_min: number | null
  readonly range_proto_max: number | null
}
/** NXAST_ENCAP: puts a header of the packet type in front. */
export interface Encap {
  readonly type: 'encap'
  readonly hdr_size: number
  /** Name space in the upper, type in the lower 16 bits. */
  readonly new_pkt_type: number
  readonly properties: readonly EncapProperty[]
}
/** `struct ofp_ed_prop_header` of Open vSwitch. */
export interface EncapProperty {
  /** 16 bits; 4 for NSH. */
  readonly class: number
  /** 8 bits. */
  readonly type: number
  readonly data: Uint8Array
}
/** NXAST_DECAP: takes the outermost header away. */
export interface Decap {
  readonly type: 'decap'
  readonly new_pkt_type: number
}
/** NXAST_DEC_NSH_TTL. */
export interface DecNshTtl {
  readonly type: 'dec_nsh_ttl'
}
