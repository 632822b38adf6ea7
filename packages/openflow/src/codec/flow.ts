/** Flows set, removed and counted: OpenFlow 1.3.5 §7.3.4.1, §7.4.2, §7.3.5.2. */
import type { Reader } from '../reader.ts'
import type { FlowMod, FlowRemoved, FlowStats } from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { readInstructions, writeInstructions } from './instruction.ts'
import { readMatch, writeMatch } from './match.ts'

export function readFlowMod(reader: Reader, xid: number): FlowMod {
  const cookie = reader.u64()
  const cookie_mask = reader.u64()
  const table_id = reader.u8()
  const command = reader.u8()
  const idle_timeout = reader.u16()
  const hard_timeout = reader.u16()
  const priority = reader.u16()
  const buffer_id = reader.u32()
  const out_port = reader.u32()
  const out_group = reader.u32()
  const flags = reader.u16()
  reader.skip(2)
  return {
    type: 'flow_mod',
    xid,
    cookie,
    cookie_mask,
    table_id,
    command,
    idle_timeout,
    hard_timeout,
    priority,
    buffer_id,
    out_port,
    out_group,
    flags,
    match: readMatch(reader),
    instructions: readInstructions(reader),
  }
}

export function writeFlowMod(writer: Writer, message: FlowMod): void {
  writer.u64(message.cookie)
  writer.u64(message.cookie_mask)
  writer.u8(message.table_id)
  writer.u8(message.command)
  writer.u16(message.idle_timeout)
  writer.u16(message.hard_timeout)
  writer.u16(message.priority)
  writer.u32(message.buffer_id)
  writer.u32(message.out_port)
  writer.u32(message.out_group)
  writer.u16(message.flags)
  writer.zeros(2)
  writeMatch(writer, message.match)
  writeInstructions(writer, message.instructions)
}

export function readFlowRemoved(reader: Reader, xid: number): FlowRemoved {
  return {
    type: 'flow_removed',
    xid,
    cookie: reader.u64(),
    priority: reader.u16(),
    reason: reader.u8(),
    table_id: reader.u8(),
    duration_sec: reader.u32(),
    duration_nsec: reader.u32(),
    idle_timeout: reader.u16(),
    hard_timeout: reader.u16(),
    packet_count: reader.u64(),
    byte_count: reader.u64(),
    match: readMatch(reader),
  }
}

export function writeFlowRemoved(writer: Writer, message: FlowRemoved): void {
  writer.u64(message.cookie)
  writer.u16(message.priority)
  writer.u8(message.reason)
  writer.u8(message.table_id)
  writer.u32(message.duration_sec)
  writer.u32(message.duration_nsec)
  writer.u16(message.idle_timeout)
  writer.u16(message.hard_timeout)
  writer.u64(message.packet_count)
  writer.u64(message.byte_count)
  writeMatch(writer, message.match)
}

const FLOW_STATS_BYTES = 56

export function readFlowStats(reader: Reader): FlowStats {
  const start = reader.offset
  const length = reader.u16()
  if (length < FLOW_STATS_BYTES) reader.fail('length', `a flow has ${length} bytes`, start)
  const outer = reader.limit(length - 2)
  const table_id = reader.u8()
  reader.skip(1)
  const duration_sec = reader.u32()
  const duration_nsec = reader.u32()
  const priority = reader.u16()
  const idle_timeout = reader.u16()
  const hard_timeout = reader.u16()
  const flags = reader.u16()
  reader.skip(4)
  const flow: FlowStats = {
    table_id,
    duration_sec,
    duration_nsec,
    priority,
    idle_timeout,
    hard_timeout,
    flags,
    cookie: reader.u64(),
    packet_count: reader.u64(),
    byte_count: reader.u64(),
    match: readMatch(reader),
    instructions: readInstructions(reader),
  }
  reader.leave(outer)
  return flow
}

export function writeFlowStats(writer: Writer, flow: FlowStats): void {
  const start = writer.offset
  writer.u16(0)
  writer.u8(flow.table_id)
  writer.zeros(1)
  writer.u32(flow.duration_sec)
  writer.u32(flow.duration_nsec)
  writer.u16(flow.priority)
  writer.u16(flow.idle_timeout)
  writer.u16(flow.hard_timeout)
  writer.u16(flow.flags)
  writer.zeros(4)
  writer.u64(flow.cookie)
  writer.u64(flow.packet_count)
  writer.u64(flow.byte_count)
  writeMatch(writer, flow.match)
  writeInstructions(writer, flow.instructions)
  writer.patchU16(start, writer.offset - start)
}
