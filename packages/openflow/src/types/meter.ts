/** Meters: OpenFlow 1.3.5 §7.3.4.4, §7.3.5.12-14. */
import type { Base } from './base.ts'

interface BandBase {
  /** In kb/s, or packets/s with OFPMF.PKTPS. */
  readonly rate: number
  /** In kilobits, or packets with OFPMF.PKTPS. Counts with OFPMF.BURST. */
  readonly burst_size: number
}
export interface DropBand extends BandBase {
  readonly type: 'drop'
}
export interface DscpRemarkBand extends BandBase {
  readonly type: 'dscp_remark'
  /** By how many drop precedence levels. */
  readonly prec_level: number
}
export interface ExperimenterBand extends BandBase {
  readonly type: 'experimenter'
  readonly experimenter: number
  readonly data: Uint8Array
}
export interface UnknownBand extends BandBase {
  readonly type: 'unknown'
  readonly band_type: number
  readonly data: Uint8Array
}
export type MeterBand = DropBand | DscpRemarkBand | ExperimenterBand | UnknownBand

/** `command`: OFPMC. `flags`: OFPMF. */
export interface MeterMod extends Base {
  readonly type: 'meter_mod'
  readonly command: number
  readonly flags: number
  /** 32 bits. */
  readonly meter_id: number
  readonly bands: readonly MeterBand[]
}
/** OFPMP_METER and OFPMP_METER_CONFIG. */
export interface MeterStatsRequest {
  readonly type: 'meter'
  /** OFPM.ALL for all. */
  readonly meter_id: number
}
export interface MeterConfigRequest {
  readonly type: 'meter_config'
  /** OFPM.ALL for all. */
  readonly meter_id: number
}
/** Counters of one band, 64 bits each. */
export interface MeterBandStats {
  readonly packet_band_count: bigint
  readonly byte_band_count: bigint
}
export interface MeterStats {
  /** 32 bits. */
  readonly meter_id: number
  readonly flow_count: number
  readonly packet_in_count: bigint
  readonly byte_in_count: bigint
  /** Whole seconds since it was made. */
  readonly duration_sec: number
  /** Nanoseconds beyond `duration_sec`, 0..999999999. */
  readonly duration_nsec: number
  readonly band_stats: readonly MeterBandStats[]
}
export interface MeterConfig {
  readonly flags: number
  /** 32 bits. */
  readonly meter_id: number
  readonly bands: readonly MeterBand[]
}
export interface MeterFeatures {
  readonly type: 'meter_features'
  readonly max_meter: number
  /** Bit N stands for band type N. */
  readonly band_types: number
  /** OFPMF bits. */
  readonly capabilities: number
  readonly max_bands: number
  readonly max_color: number
}
