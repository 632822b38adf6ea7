/** Ports: OpenFlow 1.3.5 §7.2.1, §7.3.4.3, §7.3.5.6, §7.4.3. */
import type { Base } from './base.ts'

/** ofp_port (§7.2.1): bits of `OFPPC` and `OFPPS`, speeds in kbit/s. */
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
/** OFPT_PORT_MOD. Bits of `config` count where `mask` has them. */
export interface PortMod extends Base {
  readonly type: 'port_mod'
  readonly port_no: number
  /** The port's own address: another one is refused (OFPPMFC_BAD_HW_ADDR). */
  readonly hw_addr: number
  readonly config: number
  readonly mask: number
  /** OFPPF bits to advertise; 0 changes nothing. */
  readonly advertise: number
}
export interface PortStatsRequest {
  readonly type: 'port_stats'
  readonly port_no: number
}
/** An entry of an OFPMP_PORT_STATS reply (§7.3.5.6). */
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
  /** Whole seconds since it was made. */
  readonly duration_sec: number
  /** Nanoseconds beyond `duration_sec`, 0..999999999. */
  readonly duration_nsec: number
}
