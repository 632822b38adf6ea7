/** Ports: OpenFlow 1.3.5 §7.2.1, §7.3.4.3, §7.3.5.6, §7.4.3. */
import type { Base } from './base.ts'

/** ofp_port (§7.2.1): bits of `OFPPC` and `OFPPS`, speeds in kbit/s. */
export interface Port {
  /** 32 bits; `OFPP.LOCAL` for that of the bridge. */
  readonly port_no: number
  /** MAC address as a 48-bit number. */
  readonly hw_addr: number
  /** Up to 15 bytes. A byte that is not UTF-8 is a lone surrogate U+DC80..U+DCFF, and encodes to it again. */
  readonly name: string
  /** Of `OFPPC`. */
  readonly config: number
  /** Of `OFPPS`. */
  readonly state: number
  /** Bits of what the link is: OFPPF (§7.2.1). */
  readonly curr: number
  /** OFPPF bits that it advertises. */
  readonly advertised: number
  /** OFPPF bits that it could be. */
  readonly supported: number
  /** OFPPF bits that the other end advertises. */
  readonly peer: number
  /** Present speed in kbit/s. */
  readonly curr_speed: number
  /** Highest speed in kbit/s. */
  readonly max_speed: number
}
/** `reason`: 0 add, 1 delete, 2 modify. */
export interface PortStatus extends Base {
  readonly type: 'port_status'
  /** Of `OFPPR`. */
  readonly reason: number
  readonly port: Port
}
/** OFPT_PORT_MOD. Bits of `config` count where `mask` has them. */
export interface PortMod extends Base {
  readonly type: 'port_mod'
  /** 32 bits. */
  readonly port_no: number
  /** The port's own address: another one is refused (OFPPMFC_BAD_HW_ADDR). */
  readonly hw_addr: number
  /** Of `OFPPC`. */
  readonly config: number
  /** Of `OFPPC`: those that are to change. */
  readonly mask: number
  /** OFPPF bits to advertise; 0 changes nothing. */
  readonly advertise: number
}
/** OFPMP_PORT_STATS (§7.3.5.6). */
export interface PortStatsRequest {
  readonly type: 'port_stats'
  /** `OFPP.ANY` for all. */
  readonly port_no: number
}
/** An entry of an OFPMP_PORT_STATS reply (§7.3.5.6). */
export interface PortStats {
  /** 32 bits. */
  readonly port_no: number
  /** 64 bits, as all counters here; all ones where it is not counted. */
  readonly rx_packets: bigint
  /** 64 bits; all ones where it is not counted. */
  readonly tx_packets: bigint
  readonly rx_bytes: bigint
  /** 64 bits; all ones where it is not counted. */
  readonly tx_bytes: bigint
  readonly rx_dropped: bigint
  readonly tx_dropped: bigint
  readonly rx_errors: bigint
  /** 64 bits; all ones where it is not counted. */
  readonly tx_errors: bigint
  readonly rx_frame_err: bigint
  readonly rx_over_err: bigint
  readonly rx_crc_err: bigint
  readonly collisions: bigint
  /** Whole seconds since it was made. */
  readonly duration_sec: number
  /** Nanoseconds beyond `duration_sec`, 0..999999999. */
  readonly duration_nsec: number
}
