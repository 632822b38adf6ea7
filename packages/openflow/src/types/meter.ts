/** Meters: OpenFlow 1.3.5 §7.3.4.4, §7.3.5.12-14. */
import type { Base } from './base.ts'

interface BandBase {
  /** In kb/s, or packets/s with OFPMF.PKTPS. */
  readonly rate: number
  /** In kilobits, or packets with OFPMF.PKTPS. Counts with OFPMF.BURST. */
  readonly burst_size: number
}
/** Packets above the rate are dropped (§7.3.4.4.1). */
export interface DropBand extends BandBase {
  readonly type: 'drop'
}
/** Packets above the rate get a higher drop precedence in their DSCP (§7.3.4.4.2). */
export interface DscpRemarkBand extends BandBase {
  readonly type: 'dscp_remark'
  /** By how many drop precedence levels. */
  readonly prec_level: number
}
/** A band of an experimenter (§7.3.4.4.3). */
export interface ExperimenterBand extends BandBase {
  readonly type: 'experimenter'
  /** 32 bits: who gives the rest its meaning. */
  readonly experimenter: number
  readonly data: Uint8Array
}
/** A band of a type that this library does not know. */
export interface UnknownBand extends BandBase {
  readonly type: 'unknown'
  /** 16 bits. */
  readonly band_type: number
  readonly data: Uint8Array
}
/** What a meter does beyond a rate: OpenFlow 1.3.5 §7.3.4.5. */
export type MeterBand = DropBand | DscpRemarkBand | ExperimenterBand | UnknownBand

/** `command`: OFPMC. `flags`: OFPMF. */
export interface MeterMod extends Base {
  readonly type: 'meter_mod'
  /** Of `OFPMC`. */
  readonly command: number
  /** Of `OFPMF`. */
  readonly flags: number
  /** 32 bits. */
  readonly meter_id: number
  readonly bands: readonly MeterBand[]
}
/** OFPMP_METER (§7.3.5.12). */
export interface MeterStatsRequest {
  readonly type: 'meter'
  /** OFPM.ALL for all. */
  readonly meter_id: number
}
/** OFPMP_METER_CONFIG (§7.3.5.13). */
export interface MeterConfigRequest {
  readonly type: 'meter_config'
  /** OFPM.ALL for all. */
  readonly meter_id: number
}
/** Counters of one band, 64 bits each. */
export interface MeterBandStats {
  /** 64 bits: packets that the band was applied to. */
  readonly packet_band_count: bigint
  /** 64 bits. */
  readonly byte_band_count: bigint
}
/** An entry of an OFPMP_METER reply (§7.3.5.12). */
export interface MeterStats {
  /** 32 bits. */
  readonly meter_id: number
  /** Flows that use it, 32 bits. */
  readonly flow_count: number
  /** 64 bits: packets that came to it. */
  readonly packet_in_count: bigint
  /** 64 bits. */
  readonly byte_in_count: bigint
  /** Whole seconds since it was made. */
  readonly duration_sec: number
  /** Nanoseconds beyond `duration_sec`, 0..999999999. */
  readonly duration_nsec: number
  /** In the order of the bands. */
  readonly band_stats: readonly MeterBandStats[]
}
/** An entry of an OFPMP_METER_CONFIG reply (§7.3.5.13): a meter as it was set. */
export interface MeterConfig {
  /** Of `OFPMF`. */
  readonly flags: number
  /** 32 bits. */
  readonly meter_id: number
  readonly bands: readonly MeterBand[]
}
/** The body of an OFPMP_METER_FEATURES reply (§7.3.5.14). */
export interface MeterFeatures {
  readonly type: 'meter_features'
  /** How many there may be, 32 bits. */
  readonly max_meter: number
  /** Bit N stands for band type N. */
  readonly band_types: number
  /** OFPMF bits. */
  readonly capabilities: number
  /** Bands of a meter, 0..255. */
  readonly max_bands: number
  /** 0..255; colours that a band can give a packet. */
  readonly max_color: number
}
