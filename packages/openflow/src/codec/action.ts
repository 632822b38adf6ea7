/**
 * Actions: type, length (a multiple of 8 that counts everything), body. OpenFlow 1.3.5 §7.2.5.
 * Nicira's are in `nicira-action.ts`; what is in neither stays opaque.
 */
import { OFPAT } from '../constants.ts'
import { EncodeError } from '../encode-error.ts'
import { type Reader, readList } from '../reader.ts'
import type { Action, SetField, UnknownAction } from '../types/action.ts'
import type { Writer } from '../writer.ts'
import { readExperimenterAction, writeNiciraAction } from './nicira-action.ts'
import { readOxm, writeOxm } from './oxm.ts'

const HEADER_BYTES = 4

/** Reads actions up to the reader's limit. */
export function readActions(reader: Reader): Action[] {
  return readList(reader, 'actions', readAction)
}

function readAction(reader: Reader): Action {
  const start = reader.offset
  const type = reader.u16()
  const length = reader.u16()
  if (length < 8 || length % 8 !== 0) reader.fail('length', `an action has ${length} bytes`, start)
  const outer = reader.limit(length - HEADER_BYTES)
  const action = readBody(reader, type)
  reader.leave(outer)
  return action
}

function readBody(reader: Reader, type: number): Action {
  switch (type) {
    case OFPAT.OUTPUT: {
      const port = reader.u32()
      const max_len = reader.u16()
      reader.skip(6)
      return { type: 'output', port, max_len }
    }
    case OFPAT.GROUP:
      return { type: 'group', group_id: reader.u32() }
    case OFPAT.SET_QUEUE:
      return { type: 'set_queue', queue_id: reader.u32() }
    case OFPAT.SET_NW_TTL: {
      const ttl = reader.u8()
      reader.skip(3)
      return { type: 'set_nw_ttl', ttl }
    }
    case OFPAT.DEC_NW_TTL:
      reader.skip(4)
      return { type: 'dec_nw_ttl' }
    case OFPAT.PUSH_VLAN: {
      const ethertype = reader.u16()
      reader.skip(2)
      return { type: 'push_vlan', ethertype }
    }
    case OFPAT.POP_VLAN:
      reader.skip(4)
      return { type: 'pop_vlan' }
    case OFPAT.SET_FIELD:
      return readSetField(reader)
    case OFPAT.EXPERIMENTER:
      return readExperimenterAction(reader)
    default:
      return { type: 'unknown', action_type: type, experimenter: null, data: reader.copyRest() }
  }
}

function readSetField(reader: Reader): SetField {
  const start = reader.offset
  const field = readOxm(reader)
  if (field.field !== 'unknown' && field.mask !== null) {
    reader.fail('value', 'set_field has a mask', start)
  }
  reader.skip(-(HEADER_BYTES + reader.offset - start) & 7)
  return { type: 'set_field', field }
}

export function writeActions(writer: Writer, actions: readonly Action[]): void {
  for (const action of actions) writeAction(writer, action)
}

function writeAction(writer: Writer, action: Action) {
  switch (action.type) {
    case 'output':
      writer.u16(OFPAT.OUTPUT)
      writer.u16(16)
      writer.u32(action.port)
      writer.u16(action.max_len)
      return writer.zeros(6)
    case 'group':
      return writeShort(writer, OFPAT.GROUP, action.group_id)
    case 'set_queue':
      return writeShort(writer, OFPAT.SET_QUEUE, action.queue_id)
    case 'set_nw_ttl':
      writer.u16(OFPAT.SET_NW_TTL)
      writer.u16(8)
      writer.u8(action.ttl)
      return writer.zeros(3)
    case 'dec_nw_ttl':
      return writeShort(writer, OFPAT.DEC_NW_TTL, 0)
    case 'push_vlan':
      writer.u16(OFPAT.PUSH_VLAN)
      writer.u16(8)
      writer.u16(action.ethertype)
      return writer.zeros(2)
    case 'pop_vlan':
      return writeShort(writer, OFPAT.POP_VLAN, 0)
    case 'set_field':
      return writeSetField(writer, action)
    case 'unknown':
      return writeUnknown(writer, action)
    default:
      return writeNiciraAction(writer, action)
  }
}

/** An action of 8 bytes whose body is one 32-bit number. */
function writeShort(writer: Writer, type: number, body: number): void {
  writer.u16(type)
  writer.u16(8)
  writer.u32(body)
}

function writeSetField(writer: Writer, action: SetField): void {
  if (action.field.field !== 'unknown' && action.field.mask !== null) {
    throw new EncodeError(
      `set_field of ${action.field.field} has a mask: OpenFlow 1.3 has none (use reg_load)`,
    )
  }
  const start = writer.offset
  writer.u16(OFPAT.SET_FIELD)
  writer.u16(0)
  writeOxm(writer, action.field)
  writer.pad8(start)
  writer.patchU16(start + 2, writer.offset - start)
}

function writeUnknown(writer: Writer, action: UnknownAction): void {
  const experimenter = action.experimenter
  if ((action.action_type === OFPAT.EXPERIMENTER) !== (experimenter !== null)) {
    throw new EncodeError('an unknown action has an experimenter if and only if its type is 0xffff')
  }
  const length = HEADER_BYTES + (experimenter === null ? 0 : 4) + action.data.length
  if (length < 8 || length % 8 !== 0) throw new EncodeError(`an action cannot have ${length} bytes`)
  writer.u16(action.action_type)
  writer.u16(length)
  if (experimenter !== null) writer.u32(experimenter)
  writer.bytes(action.data)
}
