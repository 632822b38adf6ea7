/** Table and port statistics: OpenFlow 1.3.5 §7.3.5.4, §7.3.5.6. All-ones counters are unsupported ones. */
import type { Reader } from '../reader.ts'
import type { PortStats, TableStats } from '../types/message.ts'
import type { Writer } from '../writer.ts'

export function readTableStats(reader: Reader): TableStats {
  const table_id = reader.u8()
  reader.skip(3)
  return {
    table_id,
    active_count: reader.u32(),
    lookup_count: reader.u64(),
    matched_count: reader.u64(),
  }
}

export function writeTableStats(writer: Writer, stats: TableStats): void {
  writer.u8(stats.table_id)
  writer.zeros(3)
  writer.u32(stats.active_count)
  writer.u64(stats.lookup_count)
  writer.u64(stats.matched_count)
}

export function readPortStats(reader: Reader): PortStats {
  const port_no = reader.u32()
  reader.skip(4)
  return {
    port_no,
    rx_packets: reader.u64(),
    tx_packets: reader.u64(),
    rx_bytes: reader.u64(),
    tx_bytes: reader.u64(),
    rx_dropped: reader.u64(),
    tx_dropped: reader.u64(),
    rx_errors: reader.u64(),
    tx_errors: reader.u64(),
    rx_frame_err: reader.u64(),
    rx_over_err: reader.u64(),
    rx_crc_err: reader.u64(),
    collisions: reader.u64(),
    duration_sec: reader.u32(),
    duration_nsec: reader.u32(),
  }
}

export function writePortStats(writer: Writer, stats: PortStats): void {
  writer.u32(stats.port_no)
  writer.zeros(4)
  writer.u64(stats.rx_packets)
  writer.u64(stats.tx_packets)
  writer.u64(stats.rx_bytes)
  writer.u64(stats.tx_bytes)
  writer.u64(stats.rx_dropped)
  writer.u64(stats.tx_dropped)
  writer.u64(stats.rx_errors)
  writer.u64(stats.tx_errors)
  writer.u64(stats.rx_frame_err)
  writer.u64(stats.rx_over_err)
  writer.u64(stats.rx_crc_err)
  writer.u64(stats.collisions)
  writer.u32(stats.duration_sec)
  writer.u32(stats.duration_nsec)
}
