/** Groups set, described and counted: OpenFlow 1.3.5 §7.3.4.2, §7.3.5.9-11. */
import { type Reader, readList } from '../reader.ts'
import type { BucketCounter, GroupDesc, GroupFeatures, GroupMod, GroupStats } from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { readBuckets, writeBuckets } from './bucket.ts'

export function readGroupMod(reader: Reader, xid: number): GroupMod {
  const command = reader.u16()
  const group_type = reader.u8()
  reader.skip(1)
  const group_id = reader.u32()
  return { type: 'group_mod', xid, command, group_type, group_id, buckets: readBuckets(reader) }
}

export function writeGroupMod(writer: Writer, message: GroupMod): void {
  writer.u16(message.command)
  writer.u8(message.group_type)
  writer.zeros(1)
  writer.u32(message.group_id)
  writeBuckets(writer, message.buckets)
}

const GROUP_DESC_BYTES = 8

export function readGroupDesc(reader: Reader): GroupDesc {
  const start = reader.offset
  const length = reader.u16()
  if (length < GROUP_DESC_BYTES) reader.fail('length', `a group has ${length} bytes`, start)
  const outer = reader.limit(length - 2)
  const group_type = reader.u8()
  reader.skip(1)
  const group: GroupDesc = { group_type, group_id: reader.u32(), buckets: readBuckets(reader) }
  reader.leave(outer)
  return group
}

export function writeGroupDesc(writer: Writer, group: GroupDesc): void {
  const start = writer.offset
  writer.u16(0)
  writer.u8(group.group_type)
  writer.zeros(1)
  writer.u32(group.group_id)
  writeBuckets(writer, group.buckets)
  writer.patchU16(start, writer.offset - start)
}

const GROUP_STATS_BYTES = 40

export function readGroupStats(reader: Reader): GroupStats {
  const start = reader.offset
  const length = reader.u16()
  if (length < GROUP_STATS_BYTES) reader.fail('length', `a group has ${length} bytes`, start)
  const outer = reader.limit(length - 2)
  reader.skip(2)
  const group_id = reader.u32()
  const ref_count = reader.u32()
  reader.skip(4)
  const stats: GroupStats = {
    group_id,
    ref_count,
    packet_count: reader.u64(),
    byte_count: reader.u64(),
    duration_sec: reader.u32(),
    duration_nsec: reader.u32(),
    bucket_stats: readList(reader, 'bucket_stats', readBucketCounter),
  }
  reader.leave(outer)
  return stats
}

const readBucketCounter = (reader: Reader): BucketCounter => ({
  packet_count: reader.u64(),
  byte_count: reader.u64(),
})

export function writeGroupStats(writer: Writer, stats: GroupStats): void {
  const start = writer.offset
  writer.zeros(4)
  writer.u32(stats.group_id)
  writer.u32(stats.ref_count)
  writer.zeros(4)
  writer.u64(stats.packet_count)
  writer.u64(stats.byte_count)
  writer.u32(stats.duration_sec)
  writer.u32(stats.duration_nsec)
  for (const bucket of stats.bucket_stats) {
    writer.u64(bucket.packet_count)
    writer.u64(bucket.byte_count)
  }
  writer.patchU16(start, writer.offset - start)
}

export const readGroupFeatures = (reader: Reader): GroupFeatures => ({
  type: 'group_features',
  types: reader.u32(),
  capabilities: reader.u32(),
  max_groups: [reader.u32(), reader.u32(), reader.u32(), reader.u32()],
  actions: [reader.u32(), reader.u32(), reader.u32(), reader.u32()],
})

export function writeGroupFeatures(writer: Writer, features: GroupFeatures): void {
  writer.u32(features.types)
  writer.u32(features.capabilities)
  writer.u32s(features.max_groups, 4)
  writer.u32s(features.actions, 4)
}
