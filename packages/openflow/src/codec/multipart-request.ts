/** OFPT_MULTIPART_REQUEST: type, flags, body. OpenFlow 1.3.5 §7.3.5. */
import { EXPERIMENTER, OFPMP, ONFMP } from '../constants.ts'
import { type Reader, readList } from '../reader.ts'
import type { FlowFilter, MultipartRequest, MultipartRequestBody } from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { readFlowMonitorRequest, writeFlowMonitorRequest } from './flow-monitor.ts'
import { readMatch, writeMatch } from './match.ts'
import { readTableFeatures, writeTableFeatures } from './table-features.ts'

export function readMultipartRequest(reader: Reader, xid: number): MultipartRequest {
  const type = reader.u16()
  const flags = reader.u16()
  reader.skip(4)
  return { type: 'multipart_request', xid, flags, body: readBody(reader, type) }
}

export function writeMultipartRequest(writer: Writer, message: MultipartRequest): void {
  const { body } = message
  writer.u16(body.type === 'unknown' ? body.multipart_type : TYPES[body.type])
  writer.u16(message.flags)
  writer.zeros(4)
  writeBody(writer, body)
}

function readBody(reader: Reader, type: number): MultipartRequestBody {
  if (type === OFPMP.EXPERIMENTER) return readExperimenter(reader)
  const read = READERS[type]
  if (read === undefined) return { type: 'unknown', multipart_type: type, data: reader.rest() }
  return read(reader)
}

/** By the numbers of OFPMP. */
const READERS: readonly ((reader: Reader) => MultipartRequestBody)[] = [
  () => ({ type: 'desc' }),
  (reader) => readFlowFilter(reader, 'flow'),
  (reader) => readFlowFilter(reader, 'aggregate'),
  () => ({ type: 'table' }),
  (reader) => ({ type: 'port_stats', port_no: readPadded(reader) }),
  (reader) => ({ type: 'queue', port_no: reader.u32(), queue_id: reader.u32() }),
  (reader) => ({ type: 'group', group_id: readPadded(reader) }),
  () => ({ type: 'group_desc' }),
  () => ({ type: 'group_features' }),
  (reader) => ({ type: 'meter', meter_id: readPadded(reader) }),
  (reader) => ({ type: 'meter_config', meter_id: readPadded(reader) }),
  () => ({ type: 'meter_features' }),
  (reader) => ({ type: 'table_features', tables: readList(reader, 'tables', readTableFeatures) }),
  () => ({ type: 'port_desc' }),
]

/** A number of 32 bits with 4 bytes of padding. */
function readPadded(reader: Reader): number {
  const value = reader.u32()
  reader.skip(4)
  return value
}

function writePadded(writer: Writer, value: number): void {
  writer.u32(value)
  writer.zeros(4)
}

function readFlowFilter<T extends 'flow' | 'aggregate'>(reader: Reader, type: T) {
  const table_id = reader.u8()
  reader.skip(3)
  const out_port = reader.u32()
  const out_group = reader.u32()
  reader.skip(4)
  const cookie = reader.u64()
  const cookie_mask = reader.u64()
  return { type, table_id, out_port, out_group, cookie, cookie_mask, match: readMatch(reader) }
}

function readExperimenter(reader: Reader): MultipartRequestBody {
  const experimenter = reader.u32()
  const exp_type = reader.u32()
  if (experimenter === EXPERIMENTER.ONF && exp_type === ONFMP.FLOW_MONITOR)
    return readFlowMonitorRequest(reader)
  return { type: 'experimenter', experimenter, exp_type, data: reader.rest() }
}

const TYPES: Readonly<Record<Exclude<MultipartRequestBody['type'], 'unknown'>, number>> = {
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

function writeBody(writer: Writer, body: MultipartRequestBody) {
  switch (body.type) {
    case 'flow':
    case 'aggregate':
      return writeFlowFilter(writer, body)
    case 'port_stats':
      return writePadded(writer, body.port_no)
    case 'queue':
      writer.u32(body.port_no)
      return writer.u32(body.queue_id)
    case 'group':
      return writePadded(writer, body.group_id)
    case 'meter':
    case 'meter_config':
      return writePadded(writer, body.meter_id)
    case 'table_features':
      for (const table of body.tables) writeTableFeatures(writer, table)
      return
    case 'flow_monitor':
      writer.u32(EXPERIMENTER.ONF)
      writer.u32(ONFMP.FLOW_MONITOR)
      return writeFlowMonitorRequest(writer, body)
    case 'experimenter':
      writer.u32(body.experimenter)
      writer.u32(body.exp_type)
      return writer.bytes(body.data)
    case 'unknown':
      return writer.bytes(body.data)
    default:
      return
  }
}

function writeFlowFilter(writer: Writer, filter: FlowFilter): void {
  writer.u8(filter.table_id)
  writer.zeros(3)
  writer.u32(filter.out_port)
  writer.u32(filter.out_group)
  writer.zeros(4)
  writer.u64(filter.cookie)
  writer.u64(filter.cookie_mask)
  writeMatch(writer, filter.match)
}
