/** Buckets of a group: OpenFlow 1.3.5 §7.3.4.2. */
import { type Reader, readList } from '../reader.ts'
import type { Bucket } from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { readActions, writeActions } from './action.ts'

const HEADER_BYTES = 16

/** Reads buckets up to the reader's limit. */
export function readBuckets(reader: Reader): Bucket[] {
  return readList(reader, 'buckets', readBucket)
}

function readBucket(reader: Reader): Bucket {
  const start = reader.offset
  const length = reader.u16()
  if (length < HEADER_BYTES || length % 8 !== 0) reader.fail('length', `a bucket has ${length} bytes`, start)
  const outer = reader.limit(length - 2)
  const weight = reader.u16()
  const watch_port = reader.u32()
  const watch_group = reader.u32()
  reader.skip(4)
  const bucket: Bucket = { weight, watch_port, watch_group, actions: readActions(reader) }
  reader.leave(outer)
  return bucket
}

export function writeBuckets(writer: Writer, buckets: readonly Bucket[]): void {
  for (const bucket of buckets) writeBucket(writer, bucket)
}

function writeBucket(writer: Writer, bucket: Bucket): void {
  const start = writer.offset
  writer.u16(0)
  writer.u16(bucket.weight)
  writer.u32(bucket.watch_port)
  writer.u32(bucket.watch_group)
  writer.zeros(4)
  writeActions(writer, bucket.actions)
  writer.patchU16(start, writer.offset - start)
}
