/**
 * Actions: type, length (a multiple of 8 that counts everything), body. OpenFlow 1.3.5 §7.2.5.
 * Those of experimenters are in `experimenter-action.ts`; what is in neither stays opaque. Actions within actions are
 * 16 levels deep at most.
 */
import { OFPAT } from '../constants.ts'
import { EncodeError } from '../encode-error.ts'
import { countTlvs, Reader, readCounted } from '../reader.ts'
import type { Action, SetField, UnknownAction } from '../types/action.ts'
import { Writer } from '../writer.ts'
import { encodeFailure } from './encode-failure.ts'
import { readExperimenterAction, writeExperimenterAction } from './experimenter-action.ts'
import { readLeftover } from './open-vswitch/leftover.ts'
import { readOxm, writeOxm } from './oxm.ts'

const HEADER_BYTES = 4

/** Actions within actions within … */
const MAX_DEPTH = 16

/** Reads actions up to the reader's limit. */
export function readActions(reader: Reader): Action[] {
  return readCounted(reader, 'actions', countTlvs(reader), readAction)
}

/** The same within an action, `depth` levels deep. */
function readNested(reader: Reader, depth: number): Action[] {
  if (depth > MAX_DEPTH) reader.fail('value', `actions nested deeper than ${MAX_DEPTH}`)
  return readCounted(reader, 'actions', countTlvs(reader), (each) => readActionAt(each, depth))
}

function readAction(reader: Reader): Action {
  return readActionAt(reader, 0)
}

function readActionAt(reader: Reader, depth: number): Action {
  const start = reader.offset
  const type = reader.u16()
  const length = reader.u16()
  if (length < 8 || length % 8 !== 0) reader.fail('length', `an action has ${length} bytes`, start)
  const outer = reader.limit(length - HEADER_BYTES)
  const action = readBody(reader, type, depth)
  reader.leave(outer)
  return action
}

function readBody(reader: Reader, type: number, depth: number): Action {
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
    case OFPAT.SET_FIELD:
      return readSetField(reader)
    case OFPAT.EXPERIMENTER:
      return readExperimenterAction(reader, depth, readNested)
    default:
      return readTagAction(reader, type)
  }
}

/** What adds, changes and takes away tags. */
function readTagAction(reader: Reader, type: number): Action {
  switch (type) {
    case OFPAT.PUSH_VLAN:
      return { type: 'push_vlan', ethertype: readPadded16(reader) }
    case OFPAT.PUSH_MPLS:
      return { type: 'push_mpls', ethertype: readPadded16(reader) }
    case OFPAT.POP_MPLS:
      return { type: 'pop_mpls', ethertype: readPadded16(reader) }
    case OFPAT.PUSH_PBB:
      return { type: 'push_pbb', ethertype: readPadded16(reader) }
    case OFPAT.SET_MPLS_TTL: {
      const ttl = reader.u8()
      reader.skip(3)
      return { type: 'set_mpls_ttl', ttl }
    }
    default: {
      const name = EMPTY_BODIES.get(type)
      if (name === undefined) return readLeftover(reader, type) ?? readUnknown(reader, type)
      reader.skip(4)
      return { type: name }
    }
  }
}

const readUnknown = (reader: Reader, type: number): UnknownAction => ({
  type: 'unknown',
  action_type: type,
  experimenter: null,
  data: reader.copyRest(),
})

type Empty = 'pop_vlan' | 'dec_mpls_ttl' | 'pop_pbb' | 'copy_ttl_out' | 'copy_ttl_in'
const EMPTY_BODIES: ReadonlyMap<number, Empty> = new Map([
  [OFPAT.POP_VLAN, 'pop_vlan'],
  [OFPAT.DEC_MPLS_TTL, 'dec_mpls_ttl'],
  [OFPAT.POP_PBB, 'pop_pbb'],
  [OFPAT.COPY_TTL_OUT, 'copy_ttl_out'],
  [OFPAT.COPY_TTL_IN, 'copy_ttl_in'],
])

function readPadded16(reader: Reader): number {
  const value = reader.u16()
  reader.skip(2)
  return value
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

/** The bytes of a list of actions. @throws EncodeError for values that do not fit */
export function encodeActions(actions: readonly Action[]): Uint8Array {
  const writer = new Writer()
  try {
    writeActions(writer, actions)
  } catch (error) {
    throw encodeFailure(error, 'actions', actions, (again) => writeActions(new Writer(), again))
  }
  return writer.take()
}

/**
 * Actions from their bytes alone, as `encodeActions` gives them.
 * @throws DecodeError
 */
export function decodeActions(bytes: Uint8Array): Action[] {
  return readActions(new Reader(bytes))
}

export function writeActions(writer: Writer, actions: readonly Action[]): void {
  writeNested(writer, actions, 0)
}

function writeNested(writer: Writer, actions: readonly Action[], depth: number): void {
  if (depth > MAX_DEPTH) throw new EncodeError(`actions nested deeper than ${MAX_DEPTH}`)
  for (const action of actions) writeAction(writer, action, depth)
}

function writeAction(writer: Writer, action: Action, depth: number) {
  switch (action.type) {
    case 'output':
      writer.tlv(OFPAT.OUTPUT, 16)
      writer.u32(action.port)
      writer.u16(action.max_len)
      return writer.zeros(6)
    case 'group':
      return writeShort(writer, OFPAT.GROUP, action.group_id)
    case 'set_queue':
      return writeShort(writer, OFPAT.SET_QUEUE, action.queue_id)
    case 'set_nw_ttl':
      return writeTtl(writer, OFPAT.SET_NW_TTL, action.ttl)
    case 'dec_nw_ttl':
      return writeShort(writer, OFPAT.DEC_NW_TTL, 0)
    case 'set_field':
      return writeSetField(writer, action)
    case 'unknown':
      return writeUnknown(writer, action)
    case 'push_vlan':
    case 'push_mpls':
    case 'pop_mpls':
    case 'push_pbb':
    case 'set_mpls_ttl':
    case 'pop_vlan':
    case 'dec_mpls_ttl':
    case 'pop_pbb':
    case 'copy_ttl_out':
    case 'copy_ttl_in':
      return writeTagAction(writer, action)
    default:
      return writeExperimenterAction(writer, action, depth, writeNested)
  }
}

type TagAction = Extract<
  Action,
  { readonly type: 'push_vlan' | 'push_mpls' | 'pop_mpls' | 'push_pbb' | 'set_mpls_ttl' | Empty }
>

function writeTagAction(writer: Writer, action: TagAction) {
  switch (action.type) {
    case 'push_vlan':
      return writeEthertype(writer, OFPAT.PUSH_VLAN, action.ethertype)
    case 'push_mpls':
      return writeEthertype(writer, OFPAT.PUSH_MPLS, action.ethertype)
    case 'pop_mpls':
      return writeEthertype(writer, OFPAT.POP_MPLS, action.ethertype)
    case 'push_pbb':
      return writeEthertype(writer, OFPAT.PUSH_PBB, action.ethertype)
    case 'set_mpls_ttl':
      return writeTtl(writer, OFPAT.SET_MPLS_TTL, action.ttl)
    case 'pop_vlan':
      return writeShort(writer, OFPAT.POP_VLAN, 0)
    case 'dec_mpls_ttl':
      return writeShort(writer, OFPAT.DEC_MPLS_TTL, 0)
    case 'pop_pbb':
      return writeShort(writer, OFPAT.POP_PBB, 0)
    case 'copy_ttl_out':
      return writeShort(writer, OFPAT.COPY_TTL_OUT, 0)
    case 'copy_ttl_in':
      return writeShort(writer, OFPAT.COPY_TTL_IN, 0)
  }
}

function writeEthertype(writer: Writer, type: number, ethertype: number): void {
  writer.tlv(type, 8)
  writer.u16(ethertype)
  writer.zeros(2)
}

function writeTtl(writer: Writer, type: number, ttl: number): void {
  writer.tlv(type, 8)
  writer.u8(ttl)
  writer.zeros(3)
}

/** An action of 8 bytes whose body is one 32-bit number. */
function writeShort(writer: Writer, type: number, body: number): void {
  writer.tlv(type, 8)
  writer.u32(body)
}

function writeSetField(writer: Writer, action: SetField): void {
  if (action.field.field !== 'unknown' && action.field.mask !== null) {
    throw new EncodeError(
      `set_field of ${action.field.field} has a mask: OpenFlow 1.3 has none (use reg_load)`,
    )
  }
  const start = writer.offset
  writer.tlv(OFPAT.SET_FIELD, 0)
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
  writer.tlv(action.action_type, length)
  if (experimenter !== null) writer.u32(experimenter)
  writer.bytes(action.data)
}
