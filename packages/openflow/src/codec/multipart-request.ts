/** OFPT_MULTIPART_REQUEST: type, flags, body. OpenFlow 1.3.5 §7.3.5. */
import { OFPMP } from '../constants.ts'
import type { Reader } from '../reader.ts'
import type {
  AggregateStatsRequest,
  FlowStatsRequest,
  MultipartRequest,
  MultipartRequestBody,
} from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { readMatch, writeMatch } from './match.ts'

export function readMultipartRequest(reader: Reader, xid: number): MultipartRequest {
  const type = reader.u16()
  const flags = reader.u16()
  reader.skip(4)
  return { type: 'multipart_request', xid, flags, body: readBody(reader, type) }
}

function readBody(reader: Reader, type: number): MultipartRequestBody {
  switch (type) {
    case OFPMP.DESC:
      return { type: 'desc' }
    case OFPMP.FLOW:
      return readFlowFilter(reader, 'flow')
    case OFPMP.AGGREGATE:
      return readFlowFilter(reader, 'aggregate')
    case OFPMP.TABLE:
      return { type: 'table' }
    case OFPMP.PORT_STATS: {
      const port_no = reader.u32()
      reader.skip(4)
      return { type: 'port_stats', port_no }
    }
    case OFPMP.GROUP_DESC:
      return { type: 'group_desc' }
    case OFPMP.PORT_DESC:
      return { type: 'port_desc' }
    default:
      return { type: 'unknown', multipart_type: type, data: reader.rest() }
  }
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

export function writeMultipartRequest(writer: Writer, message: MultipartRequest): void {
  writer.u16(typeOf(message.body))
  writer.u16(message.flags)
  writer.zeros(4)
  writeBody(writer, message.body)
}

function typeOf(body: MultipartRequestBody): number {
  switch (body.type) {
    case 'desc':
      return OFPMP.DESC
    case 'flow':
      return OFPMP.FLOW
    case 'aggregate':
      return OFPMP.AGGREGATE
    case 'table':
      return OFPMP.TABLE
    case 'port_stats':
      return OFPMP.PORT_STATS
    case 'group_desc':
      return OFPMP.GROUP_DESC
    case 'port_desc':
      return OFPMP.PORT_DESC
    case 'unknown':
      return body.multipart_type
  }
}

function writeBody(writer: Writer, body: MultipartRequestBody) {
  switch (body.type) {
    case 'flow':
    case 'aggregate':
      return writeFlowFilter(writer, body)
    case 'port_stats':
      writer.u32(body.port_no)
      return writer.zeros(4)
    case 'unknown':
      return writer.bytes(body.data)
    default:
      return
  }
}

function writeFlowFilter(writer: Writer, body: FlowStatsRequest | AggregateStatsRequest): void {
  writer.u8(body.table_id)
  writer.zeros(3)
  writer.u32(body.out_port)
  writer.u32(body.out_group)
  writer.zeros(4)
  writer.u64(body.cookie)
  writer.u64(body.cookie_mask)
  writeMatch(writer, body.match)
}
