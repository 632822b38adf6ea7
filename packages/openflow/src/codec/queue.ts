/** Queues: OpenFlow 1.3.5 §7.2.2, §7.3.5.8, §7.3.6. */
import { OFPQT } from '../constants.ts'
import { type Reader, readList } from '../reader.ts'
import type {
  Queue,
  QueueGetConfigReply,
  QueueGetConfigRequest,
  QueueProperty,
  QueueStats,
} from '../types/message.ts'
import type { Writer } from '../writer.ts'

const QUEUE_BYTES = 16
const PROPERTY_HEADER_BYTES = 4

export function readQueueConfigRequest(reader: Reader, xid: number): QueueGetConfigRequest {
  const port = reader.u32()
  reader.skip(4)
  return { type: 'queue_get_config_request', xid, port }
}

export function writeQueueConfigRequest(writer: Writer, message: QueueGetConfigRequest): void {
  writer.u32(message.port)
  writer.zeros(4)
}

export function readQueueConfigReply(reader: Reader, xid: number): QueueGetConfigReply {
  const port = reader.u32()
  reader.skip(4)
  return { type: 'queue_get_config_reply', xid, port, queues: readList(reader, 'queues', readQueue) }
}

export function writeQueueConfigReply(writer: Writer, message: QueueGetConfigReply): void {
  writer.u32(message.port)
  writer.zeros(4)
  for (const queue of message.queues) writeQueue(writer, queue)
}

function readQueue(reader: Reader): Queue {
  const queue_id = reader.u32()
  const port = reader.u32()
  const length = reader.u16()
  if (length < QUEUE_BYTES) reader.fail('length', `a queue has ${length} bytes`, reader.offset - 2)
  const outer = reader.limit(length - 10)
  reader.skip(6)
  const queue: Queue = { queue_id, port, properties: readList(reader, 'properties', readProperty) }
  reader.leave(outer)
  return queue
}

function writeQueue(writer: Writer, queue: Queue): void {
  const start = writer.offset
  writer.u32(queue.queue_id)
  writer.u32(queue.port)
  writer.zeros(8)
  for (const property of queue.properties) writeProperty(writer, property)
  writer.patchU16(start + 8, writer.offset - start)
}

/** Unlike other properties, they are not padded. */
function readProperty(reader: Reader): QueueProperty {
  const start = reader.offset
  const type = reader.u16()
  const length = reader.u16()
  if (length < PROPERTY_HEADER_BYTES) reader.fail('length', `a property has ${length} bytes`, start)
  const outer = reader.limit(length - PROPERTY_HEADER_BYTES)
  const property = readPropertyBody(reader, type)
  reader.leave(outer)
  return property
}

function readPropertyBody(reader: Reader, type: number): QueueProperty {
  switch (type) {
    case OFPQT.MIN_RATE:
    case OFPQT.MAX_RATE: {
      reader.skip(4)
      const rate = reader.u16()
      reader.skip(6)
      return { type: type === OFPQT.MIN_RATE ? 'min_rate' : 'max_rate', rate }
    }
    case OFPQT.EXPERIMENTER: {
      reader.skip(4)
      const experimenter = reader.u32()
      reader.skip(4)
      return { type: 'experimenter', experimenter, data: reader.copyRest() }
    }
    default:
      return { type: 'unknown', property_type: type, data: reader.copyRest() }
  }
}

const PROPERTY_TYPES = {
  min_rate: OFPQT.MIN_RATE,
  max_rate: OFPQT.MAX_RATE,
  experimenter: OFPQT.EXPERIMENTER,
} as const

function writeProperty(writer: Writer, property: QueueProperty): void {
  const start = writer.offset
  writer.u16(property.type === 'unknown' ? property.property_type : PROPERTY_TYPES[property.type])
  writer.u16(0)
  writePropertyBody(writer, property)
  writer.patchU16(start + 2, writer.offset - start)
}

function writePropertyBody(writer: Writer, property: QueueProperty) {
  switch (property.type) {
    case 'unknown':
      return writer.bytes(property.data)
    case 'experimenter':
      writer.zeros(4)
      writer.u32(property.experimenter)
      writer.zeros(4)
      return writer.bytes(property.data)
    default:
      writer.zeros(4)
      writer.u16(property.rate)
      return writer.zeros(6)
  }
}

export function readQueueStats(reader: Reader): QueueStats {
  return {
    port_no: reader.u32(),
    queue_id: reader.u32(),
    tx_bytes: reader.u64(),
    tx_packets: reader.u64(),
    tx_errors: reader.u64(),
    duration_sec: reader.u32(),
    duration_nsec: reader.u32(),
  }
}

export function writeQueueStats(writer: Writer, stats: QueueStats): void {
  writer.u32(stats.port_no)
  writer.u32(stats.queue_id)
  writer.u64(stats.tx_bytes)
  writer.u64(stats.tx_packets)
  writer.u64(stats.tx_errors)
  writer.u32(stats.duration_sec)
  writer.u32(stats.duration_nsec)
}
