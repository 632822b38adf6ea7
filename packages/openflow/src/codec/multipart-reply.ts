/** OFPT_MULTIPART_REPLY: type, flags, body. OpenFlow 1.3.5 §7.3.5. */
import { OFPMP } from '../constants.ts'
import { type Reader, readList } from '../reader.ts'
import type { MultipartReply, MultipartReplyBody } from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { readFlowStats, writeFlowStats } from './flow.ts'
import { readGroupDesc, writeGroupDesc } from './group.ts'
import { readPort, writePort } from './port.ts'
import { readPortStats, readTableStats, writePortStats, writeTableStats } from './statistics.ts'

/** Bytes of ofp_desc's texts: §7.3.5.1. */
const DESC_STR_LEN = 256
const SERIAL_NUM_LEN = 32

type Desc = Extract<MultipartReplyBody, { type: 'desc' }>

export function readMultipartReply(reader: Reader, xid: number): MultipartReply {
  const type = reader.u16()
  const flags = reader.u16()
  reader.skip(4)
  return { type: 'multipart_reply', xid, flags, body: readBody(reader, type) }
}

function readBody(reader: Reader, type: number): MultipartReplyBody {
  switch (type) {
    case OFPMP.DESC:
      return readDesc(reader)
    case OFPMP.FLOW:
      return { type: 'flow', flows: readList(reader, 'flows', readFlowStats) }
    case OFPMP.AGGREGATE: {
      const packet_count = reader.u64()
      const byte_count = reader.u64()
      const flow_count = reader.u32()
      reader.skip(4)
      return { type: 'aggregate', packet_count, byte_count, flow_count }
    }
    case OFPMP.TABLE:
      return { type: 'table', tables: readList(reader, 'tables', readTableStats) }
    case OFPMP.PORT_STATS:
      return { type: 'port_stats', ports: readList(reader, 'ports', readPortStats) }
    case OFPMP.GROUP_DESC:
      return { type: 'group_desc', groups: readList(reader, 'groups', readGroupDesc) }
    case OFPMP.PORT_DESC:
      return { type: 'port_desc', ports: readList(reader, 'ports', readPort) }
    default:
      return { type: 'unknown', multipart_type: type, data: reader.rest() }
  }
}

function readDesc(reader: Reader): Desc {
  return {
    type: 'desc',
    mfr_desc: reader.text(DESC_STR_LEN),
    hw_desc: reader.text(DESC_STR_LEN),
    sw_desc: reader.text(DESC_STR_LEN),
    serial_num: reader.text(SERIAL_NUM_LEN),
    dp_desc: reader.text(DESC_STR_LEN),
  }
}

export function writeMultipartReply(writer: Writer, message: MultipartReply): void {
  const start = writer.offset
  writer.u16(0)
  writer.u16(message.flags)
  writer.zeros(4)
  writer.patchU16(start, writeBody(writer, message.body))
}

/** Writes the body and returns its multipart type. */
function writeBody(writer: Writer, body: MultipartReplyBody): number {
  switch (body.type) {
    case 'desc':
      writeDesc(writer, body)
      return OFPMP.DESC
    case 'flow':
      for (const flow of body.flows) writeFlowStats(writer, flow)
      return OFPMP.FLOW
    case 'aggregate':
      writer.u64(body.packet_count)
      writer.u64(body.byte_count)
      writer.u32(body.flow_count)
      writer.zeros(4)
      return OFPMP.AGGREGATE
    case 'table':
      for (const table of body.tables) writeTableStats(writer, table)
      return OFPMP.TABLE
    case 'port_stats':
      for (const port of body.ports) writePortStats(writer, port)
      return OFPMP.PORT_STATS
    case 'group_desc':
      for (const group of body.groups) writeGroupDesc(writer, group)
      return OFPMP.GROUP_DESC
    case 'port_desc':
      for (const port of body.ports) writePort(writer, port)
      return OFPMP.PORT_DESC
    case 'unknown':
      writer.bytes(body.data)
      return body.multipart_type
  }
}

function writeDesc(writer: Writer, body: Desc): void {
  writer.text(body.mfr_desc, DESC_STR_LEN)
  writer.text(body.hw_desc, DESC_STR_LEN)
  writer.text(body.sw_desc, DESC_STR_LEN)
  writer.text(body.serial_num, SERIAL_NUM_LEN)
  writer.text(body.dp_desc, DESC_STR_LEN)
}
