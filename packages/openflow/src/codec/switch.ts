/**
 * What a switch is and how it is set: features, configuration, role, ports that change.
 * OpenFlow 1.3.5 §7.3.1, §7.3.2, §7.3.9, §7.4.3.
 */
import type { Reader } from '../reader.ts'
import type {
  FeaturesReply,
  GetConfigReply,
  PortStatus,
  RoleReply,
  RoleRequest,
  SetConfig,
} from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { readPort, writePort } from './port.ts'

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

export function readPortStatus(reader: Reader, xid: number): PortStatus {
  const reason = reader.u8()
  reader.skip(7)
  return { type: 'port_status', xid, reason, port: readPort(reader) }
}

export function writePortStatus(writer: Writer, message: PortStatus): void {
  writer.u8(message.reason)
  writer.zeros(7)
  writePort(writer, message.port)
}
