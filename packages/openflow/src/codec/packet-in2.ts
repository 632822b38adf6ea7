/**
 * NXT_PACKET_IN2 and NXT_RESUME: a packet as properties (`lib/ofp-packet.c` of Open vSwitch), and NXT_PACKET_IN, the
 * form before it. Packets are views into the receive buffer.
 */
import { NXPINT } from '../constants.ts'
import { type Reader, readList } from '../reader.ts'
import type { NxtPacketIn, NxtPacketIn2, NxtResume, PacketIn2Property } from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { readOxm, writeOxm } from './oxm.ts'
import { beginProperty, endProperty, readProperties, writeUnknownProperty } from './property.ts'

export const readPacketIn2 = (reader: Reader, xid: number): NxtPacketIn2 => ({
  type: 'nxt_packet_in2',
  xid,
  properties: readProperties(reader, readProperty),
})

export const readResume = (reader: Reader, xid: number): NxtResume => ({
  type: 'nxt_resume',
  xid,
  properties: readProperties(reader, readProperty),
})

function readProperty(reader: Reader, type: number): PacketIn2Property | null {
  switch (type) {
    case NXPINT.PACKET:
      return { type: 'packet', data: reader.rest() }
    case NXPINT.FULL_LEN:
      return { type: 'full_len', full_len: reader.u32() }
    case NXPINT.BUFFER_ID:
      return { type: 'buffer_id', buffer_id: reader.u32() }
    case NXPINT.TABLE_ID:
      return { type: 'table_id', table_id: reader.u8() }
    case NXPINT.COOKIE:
      reader.skip(4)
      return { type: 'cookie', cookie: reader.u64() }
    case NXPINT.REASON:
      return { type: 'reason', reason: reader.u8() }
    case NXPINT.METADATA:
      return { type: 'metadata', metadata: readList(reader, 'metadata', readOxm) }
    case NXPINT.USERDATA:
      return { type: 'userdata', userdata: reader.copyRest() }
    case NXPINT.CONTINUATION:
      return { type: 'continuation', continuation: reader.copyRest() }
    default:
      return null
  }
}

export function writePacketIn2(writer: Writer, message: NxtPacketIn2 | NxtResume): void {
  for (const property of message.properties) {
    if (property.type === 'unknown') {
      writeUnknownProperty(writer, property)
      continue
    }
    const start = beginProperty(writer, CODES[property.type])
    writeProperty(writer, property)
    endProperty(writer, start)
  }
}

type Known = Exclude<PacketIn2Property, { type: 'unknown' }>

const CODES: Readonly<Record<Known['type'], number>> = {
  packet: NXPINT.PACKET,
  full_len: NXPINT.FULL_LEN,
  buffer_id: NXPINT.BUFFER_ID,
  table_id: NXPINT.TABLE_ID,
  cookie: NXPINT.COOKIE,
  reason: NXPINT.REASON,
  metadata: NXPINT.METADATA,
  userdata: NXPINT.USERDATA,
  continuation: NXPINT.CONTINUATION,
}

function writeProperty(writer: Writer, property: Known) {
  switch (property.type) {
    case 'packet':
      return writer.bytes(property.data)
    case 'full_len':
      return writer.u32(property.full_len)
    case 'buffer_id':
      return writer.u32(property.buffer_id)
    case 'table_id':
      return writer.u8(property.table_id)
    case 'cookie':
      writer.zeros(4)
      return writer.u64(property.cookie)
    case 'reason':
      return writer.u8(property.reason)
    case 'metadata':
      for (const field of property.metadata) writeOxm(writer, field)
      return
    case 'userdata':
      return writer.bytes(property.userdata)
    case 'continuation':
      return writer.bytes(property.continuation)
  }
}

/** Its match has no header; it is padded to 8, and two bytes more. */
export function readNxtPacketIn(reader: Reader, xid: number): NxtPacketIn {
  const buffer_id = reader.u32()
  const total_len = reader.u16()
  const reason = reader.u8()
  const table_id = reader.u8()
  const cookie = reader.u64()
  const matchLength = reader.u16()
  reader.skip(6)
  const outer = reader.limit(matchLength)
  const match = readList(reader, 'match', readOxm)
  reader.leave(outer)
  reader.skip((-matchLength & 7) + 2)
  const data = reader.rest()
  return { type: 'nxt_packet_in', xid, buffer_id, total_len, reason, table_id, cookie, match, data }
}

export function writeNxtPacketIn(writer: Writer, message: NxtPacketIn): void {
  writer.u32(message.buffer_id)
  writer.u16(message.total_len)
  writer.u8(message.reason)
  writer.u8(message.table_id)
  writer.u64(message.cookie)
  const length = writer.offset
  writer.zeros(8)
  const start = writer.offset
  for (const field of message.match) writeOxm(writer, field)
  writer.patchU16(length, writer.offset - start)
  writer.pad8(start)
  writer.zeros(2)
  writer.bytes(message.data)
}
