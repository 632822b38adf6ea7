/** Meters set, described and counted: OpenFlow 1.3.5 §7.3.4.4, §7.3.5.12-14. */
import { OFPMBT } from '../constants.ts'
import { type Reader, readList } from '../reader.ts'
import type {
  MeterBand,
  MeterBandStats,
  MeterConfig,
  MeterFeatures,
  MeterMod,
  MeterStats,
} from '../types/message.ts'
import type { Writer } from '../writer.ts'

const BAND_HEADER_BYTES = 12

export function readMeterMod(reader: Reader, xid: number): MeterMod {
  const command = reader.u16()
  const flags = reader.u16()
  const meter_id = reader.u32()
  return { type: 'meter_mod', xid, command, flags, meter_id, bands: readList(reader, 'bands', readBand) }
}

export function writeMeterMod(writer: Writer, message: MeterMod): void {
  writer.u16(message.command)
  writer.u16(message.flags)
  writer.u32(message.meter_id)
  for (const band of message.bands) writeBand(writer, band)
}

function readBand(reader: Reader): MeterBand {
  const start = reader.offset
  const type = reader.u16()
  const length = reader.u16()
  if (length < BAND_HEADER_BYTES) reader.fail('length', `a band has ${length} bytes`, start)
  const outer = reader.limit(length - 4)
  const band = readBandBody(reader, type)
  reader.leave(outer)
  return band
}

function readBandBody(reader: Reader, type: number): MeterBand {
  const rate = reader.u32()
  const burst_size = reader.u32()
  switch (type) {
    case OFPMBT.DROP:
      reader.skip(4)
      return { type: 'drop', rate, burst_size }
    case OFPMBT.DSCP_REMARK: {
      const prec_level = reader.u8()
      reader.skip(3)
      return { type: 'dscp_remark', rate, burst_size, prec_level }
    }
    case OFPMBT.EXPERIMENTER:
      return { type: 'experimenter', rate, burst_size, experimenter: reader.u32(), data: reader.copyRest() }
    default:
      return { type: 'unknown', band_type: type, rate, burst_size, data: reader.copyRest() }
  }
}

const BAND_TYPES = {
  drop: OFPMBT.DROP,
  dscp_remark: OFPMBT.DSCP_REMARK,
  experimenter: OFPMBT.EXPERIMENTER,
} as const

function writeBand(writer: Writer, band: MeterBand): void {
  const start = writer.offset
  writer.u16(band.type === 'unknown' ? band.band_type : BAND_TYPES[band.type])
  writer.u16(0)
  writer.u32(band.rate)
  writer.u32(band.burst_size)
  writeBandBody(writer, band)
  writer.patchU16(start + 2, writer.offset - start)
}

function writeBandBody(writer: Writer, band: MeterBand) {
  switch (band.type) {
    case 'drop':
      return writer.zeros(4)
    case 'dscp_remark':
      writer.u8(band.prec_level)
      return writer.zeros(3)
    case 'experimenter':
      writer.u32(band.experimenter)
      return writer.bytes(band.data)
    case 'unknown':
      return writer.bytes(band.data)
  }
}

const METER_STATS_BYTES = 40

export function readMeterStats(reader: Reader): MeterStats {
  const meter_id = reader.u32()
  const length = reader.u16()
  if (length < METER_STATS_BYTES) reader.fail('length', `a meter has ${length} bytes`, reader.offset - 2)
  const outer = reader.limit(length - 6)
  reader.skip(6)
  const stats: MeterStats = {
    meter_id,
    flow_count: reader.u32(),
    packet_in_count: reader.u64(),
    byte_in_count: reader.u64(),
    duration_sec: reader.u32(),
    duration_nsec: reader.u32(),
    band_stats: readList(reader, 'band_stats', readBandStats),
  }
  reader.leave(outer)
  return stats
}

const readBandStats = (reader: Reader): MeterBandStats => ({
  packet_band_count: reader.u64(),
  byte_band_count: reader.u64(),
})

export function writeMeterStats(writer: Writer, stats: MeterStats): void {
  const start = writer.offset
  writer.u32(stats.meter_id)
  writer.zeros(8)
  writer.u32(stats.flow_count)
  writer.u64(stats.packet_in_count)
  writer.u64(stats.byte_in_count)
  writer.u32(stats.duration_sec)
  writer.u32(stats.duration_nsec)
  for (const band of stats.band_stats) {
    writer.u64(band.packet_band_count)
    writer.u64(band.byte_band_count)
  }
  writer.patchU16(start + 4, writer.offset - start)
}

const METER_CONFIG_BYTES = 8

export function readMeterConfig(reader: Reader): MeterConfig {
  const start = reader.offset
  const length = reader.u16()
  if (length < METER_CONFIG_BYTES) reader.fail('length', `a meter has ${length} bytes`, start)
  const outer = reader.limit(length - 2)
  const flags = reader.u16()
  const meter_id = reader.u32()
  const config: MeterConfig = { flags, meter_id, bands: readList(reader, 'bands', readBand) }
  reader.leave(outer)
  return config
}

export function writeMeterConfig(writer: Writer, config: MeterConfig): void {
  const start = writer.offset
  writer.u16(0)
  writer.u16(config.flags)
  writer.u32(config.meter_id)
  for (const band of config.bands) writeBand(writer, band)
  writer.patchU16(start, writer.offset - start)
}

export function readMeterFeatures(reader: Reader): MeterFeatures {
  const max_meter = reader.u32()
  const band_types = reader.u32()
  const capabilities = reader.u32()
  const max_bands = reader.u8()
  const max_color = reader.u8()
  reader.skip(2)
  return { type: 'meter_features', max_meter, band_types, capabilities, max_bands, max_color }
}

export function writeMeterFeatures(writer: Writer, features: MeterFeatures): void {
  writer.u32(features.max_meter)
  writer.u32(features.band_types)
  writer.u32(features.capabilities)
  writer.u8(features.max_bands)
  writer.u8(features.max_color)
  writer.zeros(2)
}
