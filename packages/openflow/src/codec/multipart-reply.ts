/** OFPT_MULTIPART_REPLY: type, flags, body. OpenFlow 1.3.5 §7.3.5. */
import { EXPERIMENTER, OFPMP, ONFMP } from '../constants.ts'
import { type Reader, readList } from '../reader.ts'
import type { AggregateStats, Desc, MultipartReply, MultipartReplyBody } from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { readFlowStats, writeFlowStats } from './flow.ts'
import { readFlowMonitorReply, writeFlowMonitorReply } from './flow-monitor.ts'
import {
  readGroupDesc,
  readGroupFeatures,
  readGroupStats,
  writeGroupDesc,
  writeGroupFeatures,
  writeGroupStats,
} from './group.ts'
import {
  readMeterConfig,
  readMeterFeatures,
  readMeterStats,
  writeMeterConfig,
  writeMeterFeatures,
  writeMeterStats,
} from './meter.ts'
import { readPort, writePort } from './port.ts'
import { readQueueStats, writeQueueStats } from './queue.ts'
import { readPortStats, readTableStats, writePortStats, writeTableStats } from './statistics.ts'
import { readTableFeatures, writeTableFeatures } from './table-features.ts'
import { readText, writeText } from './text-field.ts'

/** Bytes of ofp_desc's texts: §7.3.5.1. */
const DESC_STR_LEN = 256
const SERIAL_NUM_LEN = 32

export function readMultipartReply(reader: Reader, xid: number): MultipartReply {
  const type = reader.u16()
  const flags = reader.u16()
  reader.skip(4)
  return { type: 'multipart_reply', xid, flags, body: readBody(reader, type) }
}

export function writeMultipartReply(writer: Writer, message: MultipartReply): void {
  writer.u16(typeOf(message.body))
  writer.u16(message.flags)
  writer.zeros(4)
  writeBody(writer, message.body)
}

function readBody(reader: Reader, type: number): MultipartReplyBody {
  if (type === OFPMP.EXPERIMENTER) return readExperimenter(reader)
  const read = READERS[type]
  if (read === undefined) return { type: 'unknown', multipart_type: type, data: reader.rest() }
  return read(reader)
}

/** By the numbers of OFPMP. */
const READERS: readonly ((reader: Reader) => MultipartReplyBody)[] = [
  readDesc,
  (reader) => ({ type: 'flow', flows: readList(reader, 'flows', readFlowStats) }),
  readAggregate,
  (reader) => ({ type: 'table', tables: readList(reader, 'tables', readTableStats) }),
  (reader) => ({ type: 'port_stats', ports: readList(reader, 'ports', readPortStats) }),
  (reader) => ({ type: 'queue', queues: readList(reader, 'queues', readQueueStats) }),
  (reader) => ({ type: 'group', groups: readList(reader, 'groups', readGroupStats) }),
  (reader) => ({ type: 'group_desc', groups: readList(reader, 'groups', readGroupDesc) }),
  readGroupFeatures,
  (reader) => ({ type: 'meter', meters: readList(reader, 'meters', readMeterStats) }),
  (reader) => ({ type: 'meter_config', meters: readList(reader, 'meters', readMeterConfig) }),
  readMeterFeatures,
  (reader) => ({ type: 'table_features', tables: readList(reader, 'tables', readTableFeatures) }),
  (reader) => ({ type: 'port_desc', ports: readList(reader, 'ports', readPort) }),
]

function readExperimenter(reader: Reader): MultipartReplyBody {
  const experimenter = reader.u32()
  const exp_type = reader.u32()
  if (experimenter === EXPERIMENTER.ONF && exp_type === ONFMP.FLOW_MONITOR)
    return readFlowMonitorReply(reader)
  return { type: 'experimenter', experimenter, exp_type, data: reader.rest() }
}

type Type = Exclude<MultipartReplyBody['type'], 'unknown'>
type Body<T extends Type> = Extract<MultipartReplyBody, { readonly type: T }>

const TYPES: Readonly<Record<Type, number>> = {
  desc: OFPMP.DESC,
  flow: OFPMP.FLOW,
  aggregate: OFPMP.AGGREGATE,
  table: OFPMP.TABLE,
  port_stats: OFPMP.PORT_STATS,
  queue: OFPMP.QUEUE,
  group: OFPMP.GROUP,
  group_desc: OFPMP.GROUP_DESC,
  group_features: OFPMP.GROUP_FEATURES,
  meter: OFPMP.METER,
  meter_config: OFPMP.METER_CONFIG,
  meter_features: OFPMP.METER_FEATURES,
  table_features: OFPMP.TABLE_FEATURES,
  port_desc: OFPMP.PORT_DESC,
  flow_monitor: OFPMP.EXPERIMENTER,
  experimenter: OFPMP.EXPERIMENTER,
}

const typeOf = (body: MultipartReplyBody): number =>
  body.type === 'unknown' ? body.multipart_type : TYPES[body.type]

const all = <T>(writer: Writer, items: readonly T[], write: (writer: Writer, item: T) => void): void => {
  for (const item of items) write(writer, item)
}

const WRITERS: { readonly [T in Type]: (writer: Writer, body: Body<T>) => void } = {
  desc: writeDesc,
  flow: (writer, body) => all(writer, body.flows, writeFlowStats),
  aggregate: writeAggregate,
  table: (writer, body) => all(writer, body.tables, writeTableStats),
  port_stats: (writer, body) => all(writer, body.ports, writePortStats),
  queue: (writer, body) => all(writer, body.queues, writeQueueStats),
  group: (writer, body) => all(writer, body.groups, writeGroupStats),
  group_desc: (writer, body) => all(writer, body.groups, writeGroupDesc),
  group_features: writeGroupFeatures,
  meter: (writer, body) => all(writer, body.meters, writeMeterStats),
  meter_config: (writer, body) => all(writer, body.meters, writeMeterConfig),
  meter_features: writeMeterFeatures,
  table_features: (writer, body) => all(writer, body.tables, writeTableFeatures),
  port_desc: (writer, body) => all(writer, body.ports, writePort),
  flow_monitor: (writer, body) => {
    writer.u32(EXPERIMENTER.ONF)
    writer.u32(ONFMP.FLOW_MONITOR)
    writeFlowMonitorReply(writer, body)
  },
  experimenter: (writer, body) => {
    writer.u32(body.experimenter)
    writer.u32(body.exp_type)
    writer.bytes(body.data)
  },
}

function writeBody<T extends Type>(writer: Writer, body: MultipartReplyBody): void {
  if (body.type === 'unknown') writer.bytes(body.data)
  else WRITERS[body.type as T](writer, body as Body<T>)
}

function readDesc(reader: Reader): Desc {
  return {
    type: 'desc',
    mfr_desc: readText(reader, DESC_STR_LEN),
    hw_desc: readText(reader, DESC_STR_LEN),
    sw_desc: readText(reader, DESC_STR_LEN),
    serial_num: readText(reader, SERIAL_NUM_LEN),
    dp_desc: readText(reader, DESC_STR_LEN),
  }
}

function writeDesc(writer: Writer, body: Desc): void {
  writeText(writer, body.mfr_desc, DESC_STR_LEN)
  writeText(writer, body.hw_desc, DESC_STR_LEN)
  writeText(writer, body.sw_desc, DESC_STR_LEN)
  writeText(writer, body.serial_num, SERIAL_NUM_LEN)
  writeText(writer, body.dp_desc, DESC_STR_LEN)
}

function readAggregate(reader: Reader): AggregateStats {
  const packet_count = reader.u64()
  const byte_count = reader.u64()
  const flow_count = reader.u32()
  reader.skip(4)
  return { type: 'aggregate', packet_count, byte_count, flow_count }
}

function writeAggregate(writer: Writer, body: AggregateStats): void {
  writer.u64(body.packet_count)
  writer.u64(body.byte_count)
  writer.u32(body.flow_count)
  writer.zeros(4)
}
