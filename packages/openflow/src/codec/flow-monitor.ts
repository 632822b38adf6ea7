/** Flow monitors: ONF extension 187 in OpenFlow 1.3, as `lib/ofp-monitor.c` of Open vSwitch writes it. */
import { EncodeError } from '../encode-error.ts'
import { type Reader, readList } from '../reader.ts'
import type { Match } from '../types/match.ts'
import type {
  FlowMonitor,
  FlowMonitorReply,
  FlowMonitorRequest,
  FlowUpdate,
  FlowUpdateFull,
} from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { readInstructions, writeInstructions } from './instruction.ts'
import { readMatch, writeMatch } from './match.ts'

export function readFlowMonitorRequest(reader: Reader): FlowMonitorRequest {
  return { type: 'flow_monitor', monitors: readList(reader, 'monitors', readMonitor) }
}

export function writeFlowMonitorRequest(writer: Writer, request: FlowMonitorRequest): void {
  for (const monitor of request.monitors) writeMonitor(writer, monitor)
}

function readMonitor(reader: Reader): FlowMonitor {
  const monitor_id = reader.u32()
  const flags = reader.u16()
  const matchLength = reader.u16()
  const out_port = reader.u32()
  const table_id = reader.u8()
  reader.skip(3)
  return { monitor_id, flags, out_port, table_id, match: readSizedMatch(reader, matchLength) }
}

function writeMonitor(writer: Writer, monitor: FlowMonitor): void {
  const start = writer.offset
  writer.u32(monitor.monitor_id)
  writer.u16(monitor.flags)
  writer.u16(0)
  writer.u32(monitor.out_port)
  writer.u8(monitor.table_id)
  writer.zeros(3)
  writer.patchU16(start + 6, writeSizedMatch(writer, monitor.match))
}

/** A match whose length without padding has been said before. */
function readSizedMatch(reader: Reader, length: number): Match {
  const start = reader.offset
  const outer = reader.limit((length + 7) & ~7)
  const match = readMatch(reader)
  if (reader.offset - start !== ((length + 7) & ~7))
    reader.fail('length', `the match has not ${length} bytes`, start)
  reader.leave(outer)
  return match
}

/** Returns the length of the match without its padding. */
function writeSizedMatch(writer: Writer, match: Match): number {
  const start = writer.offset
  return writeMatch(writer, match) - start
}

const EVENTS = ['added', 'deleted', 'modified'] as const
const ABBREV = 3
const HEADER_BYTES = 4

export function readFlowMonitorReply(reader: Reader): FlowMonitorReply {
  return { type: 'flow_monitor', updates: readList(reader, 'updates', readUpdate) }
}

function readUpdate(reader: Reader): FlowUpdate {
  const start = reader.offset
  const length = reader.u16()
  if (length < HEADER_BYTES) reader.fail('length', `an update has ${length} bytes`, start)
  const outer = reader.limit(length - 2)
  const update = readUpdateBody(reader, reader.u16())
  reader.leave(outer)
  return update
}

function readUpdateBody(reader: Reader, event: number): FlowUpdate {
  if (event === ABBREV) return { type: 'abbrev', xid: reader.u32() }
  const type = EVENTS[event]
  if (type === undefined) return { type: 'unknown', event, data: reader.copyRest() }
  const reason = reader.u16()
  const priority = reader.u16()
  const idle_timeout = reader.u16()
  const hard_timeout = reader.u16()
  const matchLength = reader.u16()
  const table_id = reader.u8()
  reader.skip(1)
  const cookie = reader.u64()
  const match = readSizedMatch(reader, matchLength)
  const instructions = readInstructions(reader)
  return { type, reason, priority, idle_timeout, hard_timeout, table_id, cookie, match, instructions }
}

export function writeFlowMonitorReply(writer: Writer, reply: FlowMonitorReply): void {
  for (const update of reply.updates) writeUpdate(writer, update)
}

function writeUpdate(writer: Writer, update: FlowUpdate): void {
  const start = writer.offset
  writer.u16(0)
  switch (update.type) {
    case 'abbrev':
      writer.u16(ABBREV)
      writer.u32(update.xid)
      break
    case 'unknown':
      writer.u16(update.event)
      writer.bytes(update.data)
      break
    default:
      writeFull(writer, update)
  }
  writer.patchU16(start, writer.offset - start)
}

function writeFull(writer: Writer, update: FlowUpdateFull): void {
  const event = EVENTS.indexOf(update.type)
  if (event < 0) throw new EncodeError(`no such flow update: ${update.type}`)
  writer.u16(event)
  writer.u16(update.reason)
  writer.u16(update.priority)
  writer.u16(update.idle_timeout)
  writer.u16(update.hard_timeout)
  const length = writer.offset
  writer.u16(0)
  writer.u8(update.table_id)
  writer.zeros(1)
  writer.u64(update.cookie)
  writer.patchU16(length, writeSizedMatch(writer, update.match))
  writeInstructions(writer, update.instructions)
}
