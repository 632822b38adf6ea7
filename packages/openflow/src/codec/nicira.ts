/** The small messages of Open vSwitch's own: `include/openflow/nicira-ext.h`. */
import { type Reader, readList } from '../reader.ts'
import type {
  NxtCtFlushZone,
  NxtFlowModTableId,
  NxtRoleReply,
  NxtRoleRequest,
  NxtSetControllerId,
  NxtSetPacketInFormat,
  NxtTlvTableMod,
  NxtTlvTableReply,
  TlvMap,
} from '../types/message.ts'
import type { Writer } from '../writer.ts'

export const readNxtRoleRequest = (reader: Reader, xid: number): NxtRoleRequest => ({
  type: 'nxt_role_request',
  xid,
  role: reader.u32(),
})
export const readNxtRoleReply = (reader: Reader, xid: number): NxtRoleReply => ({
  type: 'nxt_role_reply',
  xid,
  role: reader.u32(),
})
export const writeNxtRole = (writer: Writer, message: NxtRoleRequest | NxtRoleReply): void =>
  writer.u32(message.role)

export function readFlowModTableId(reader: Reader, xid: number): NxtFlowModTableId {
  const set = reader.u8()
  reader.skip(7)
  return { type: 'nxt_flow_mod_table_id', xid, set }
}
export function writeFlowModTableId(writer: Writer, message: NxtFlowModTableId): void {
  writer.u8(message.set)
  writer.zeros(7)
}

export const readSetPacketInFormat = (reader: Reader, xid: number): NxtSetPacketInFormat => ({
  type: 'nxt_set_packet_in_format',
  xid,
  format: reader.u32(),
})
export const writeSetPacketInFormat = (writer: Writer, message: NxtSetPacketInFormat): void =>
  writer.u32(message.format)

export function readSetControllerId(reader: Reader, xid: number): NxtSetControllerId {
  reader.skip(6)
  return { type: 'nxt_set_controller_id', xid, controller_id: reader.u16() }
}
export function writeSetControllerId(writer: Writer, message: NxtSetControllerId): void {
  writer.zeros(6)
  writer.u16(message.controller_id)
}

export function readCtFlushZone(reader: Reader, xid: number): NxtCtFlushZone {
  reader.skip(6)
  return { type: 'nxt_ct_flush_zone', xid, zone_id: reader.u16() }
}
export function writeCtFlushZone(writer: Writer, message: NxtCtFlushZone): void {
  writer.zeros(6)
  writer.u16(message.zone_id)
}

export function readTlvTableMod(reader: Reader, xid: number): NxtTlvTableMod {
  const command = reader.u16()
  reader.skip(6)
  return { type: 'nxt_tlv_table_mod', xid, command, maps: readList(reader, 'maps', readTlvMap) }
}
export function writeTlvTableMod(writer: Writer, message: NxtTlvTableMod): void {
  writer.u16(message.command)
  writer.zeros(6)
  for (const map of message.maps) writeTlvMap(writer, map)
}

export function readTlvTableReply(reader: Reader, xid: number): NxtTlvTableReply {
  const max_option_space = reader.u32()
  const max_fields = reader.u16()
  reader.skip(10)
  const maps = readList(reader, 'maps', readTlvMap)
  return { type: 'nxt_tlv_table_reply', xid, max_option_space, max_fields, maps }
}
export function writeTlvTableReply(writer: Writer, message: NxtTlvTableReply): void {
  writer.u32(message.max_option_space)
  writer.u16(message.max_fields)
  writer.zeros(10)
  for (const map of message.maps) writeTlvMap(writer, map)
}

function readTlvMap(reader: Reader): TlvMap {
  const option_class = reader.u16()
  const option_type = reader.u8()
  const option_len = reader.u8()
  const index = reader.u16()
  reader.skip(2)
  return { option_class, option_type, option_len, index }
}
function writeTlvMap(writer: Writer, map: TlvMap): void {
  writer.u16(map.option_class)
  writer.u8(map.option_type)
  writer.u8(map.option_len)
  writer.u16(map.index)
  writer.zeros(2)
}
