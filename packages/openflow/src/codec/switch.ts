/**
 * What a switch is and how it is set: features, configuration, role, tables.
 * OpenFlow 1.3.5 §7.3.1, §7.3.2, §7.3.3, §7.3.9.
 */
import type { Reader } from '../reader.ts'
import type {
  FeaturesReply,
  GetConfigReply,
  RoleReply,
  RoleRequest,
  SetConfig,
  TableMod,
} from '../types/message.ts'
import type { Writer } from '../writer.ts'

export function readFeaturesReply(reader: Reader, xid: number): FeaturesReply {
  const datapath_id = reader.u64()
  const n_buffers = reader.u32()
  const n_tables = reader.u8()
  const auxiliary_id = reader.u8()
  reader.skip(2)
  const capabilities = reader.u32()
  const reserved = reader.u32()
  return {
    type: 'features_reply',
    xid,
    datapath_id,
    n_buffers,
    n_tables,
    auxiliary_id,
    capabilities,
    reserved,
  }
}

export function writeFeaturesReply(writer: Writer, message: FeaturesReply): void {
  writer.u64(message.datapath_id)
  writer.u32(message.n_buffers)
  writer.u8(message.n_tables)
  writer.u8(message.auxiliary_id)
  writer.zeros(2)
  writer.u32(message.capabilities)
  writer.u32(message.reserved)
}

export function readGetConfigReply(reader: Reader, xid: number): GetConfigReply {
  return { type: 'get_config_reply', xid, flags: reader.u16(), miss_send_len: reader.u16() }
}

export function readSetConfig(reader: Reader, xid: number): SetConfig {
  return { type: 'set_config', xid, flags: reader.u16(), miss_send_len: reader.u16() }
}

export function writeConfig(writer: Writer, message: GetConfigReply | SetConfig): void {
  writer.u16(message.flags)
  writer.u16(message.miss_send_len)
}

export function readRoleRequest(reader: Reader, xid: number): RoleRequest {
  const role = reader.u32()
  reader.skip(4)
  return { type: 'role_request', xid, role, generation_id: reader.u64() }
}

export function readRoleReply(reader: Reader, xid: number): RoleReply {
  const role = reader.u32()
  reader.skip(4)
  return { type: 'role_reply', xid, role, generation_id: reader.u64() }
}

export function writeRole(writer: Writer, message: RoleRequest | RoleReply): void {
  writer.u32(message.role)
  writer.zeros(4)
  writer.u64(message.generation_id)
}

export function readTableMod(reader: Reader, xid: number): TableMod {
  const table_id = reader.u8()
  reader.skip(3)
  return { type: 'table_mod', xid, table_id, config: reader.u32() }
}

export function writeTableMod(writer: Writer, message: TableMod): void {
  writer.u8(message.table_id)
  writer.zeros(3)
  writer.u32(message.config)
}
