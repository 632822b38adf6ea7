/** Groups set and described: OpenFlow 1.3.5 §7.3.4.2, §7.3.5.10. */
import type { Reader } from '../reader.ts'
import type { GroupDesc, GroupMod } from '../types/message.ts'
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
