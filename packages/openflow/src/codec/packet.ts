/** Packets between switch and controller: OpenFlow 1.3.5 §7.4.1, §7.3.7. Their data are views. */
import type { Reader } from '../reader.ts'
import type { PacketIn, PacketOut } from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { readActions, writeActions } from './action.ts'
import { readMatch, writeMatch } from './match.ts'

export function readPacketIn(reader: Reader, xid: number): PacketIn {
  const buffer_id = reader.u32()
  const total_len = reader.u16()
  const reason = reader.u8()
  const table_id = reader.u8()
  const cookie = reader.u64()
  const match = readMatch(reader)
  // Two bytes that let the IP header begin at a multiple of 4.
  reader.skip(2)
  const data = reader.rest()
  return { type: 'packet_in', xid, buffer_id, total_len, reason, table_id, cookie, match, data }
}

export function writePacketIn(writer: Writer, message: PacketIn): void {
  writer.u32(message.buffer_id)
  writer.u16(message.total_len)
  writer.u8(message.reason)
  writer.u8(message.table_id)
  writer.u64(message.cookie)
  writeMatch(writer, message.match)
  writer.zeros(2)
  writer.bytes(message.data)
}

export function readPacketOut(reader: Reader, xid: number): PacketOut {
  const buffer_id = reader.u32()
  const in_port = reader.u32()
  const actionsLength = reader.u16()
  reader.skip(6)
  const outer = reader.limit(actionsLength)
  const actions = readActions(reader)
  reader.leave(outer)
  return { type: 'packet_out', xid, buffer_id, in_port, actions, data: reader.rest() }
}

export function writePacketOut(writer: Writer, message: PacketOut): void {
  writer.u32(message.buffer_id)
  writer.u32(message.in_port)
  const length = writer.offset
  writer.zeros(8)
  writeActions(writer, message.actions)
  writer.patchU16(length, writer.offset - length - 8)
  writer.bytes(message.data)
}
