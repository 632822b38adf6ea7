/**
 * Open vSwitch's own actions: experimenter 0x2320, subtype, body. `lib/ofp-actions.c` of Open vSwitch.
 * One that we do not know, or that names a field which we do not know, stays opaque as a whole.
 */
import { EXPERIMENTER, NXAST, OFPAT } from '../constants.ts'
import { EncodeError } from '../encode-error.ts'
import type { Reader } from '../reader.ts'
import type {
  Action,
  RegLoad,
  RegMove,
  ResubmitTable,
  StackPop,
  StackPush,
  Subfield,
  UnknownAction,
} from '../types/action.ts'
import type { Writer } from '../writer.ts'
import { type FieldCode, fieldByActionHeader, fieldByName } from './field-codes.ts'

type NiciraAction = RegMove | RegLoad | ResubmitTable | StackPush | StackPop

/** Reads what follows the type and length of an experimenter action, up to the reader's limit. */
export function readExperimenterAction(reader: Reader): Action {
  const experimenter = reader.u32()
  const start = reader.offset
  if (experimenter === EXPERIMENTER.NICIRA) {
    const action = readNicira(reader)
    if (action !== null) return action
    reader.offset = start
  }
  return readOpaque(reader, experimenter)
}

function readOpaque(reader: Reader, experimenter: number): UnknownAction {
  return { type: 'unknown', action_type: OFPAT.EXPERIMENTER, experimenter, data: reader.copyRest() }
}

/** `null` for an action that is to stay opaque. */
function readNicira(reader: Reader): NiciraAction | null {
  // The least Nicira action has 16 bytes: without these there is no subtype to look at.
  if (reader.remaining < 2) return null
  switch (reader.u16()) {
    case NXAST.REG_MOVE:
      return readMove(reader)
    case NXAST.REG_LOAD:
      return readLoad(reader)
    case NXAST.RESUBMIT_TABLE:
      return readResubmit(reader)
    case NXAST.STACK_PUSH: {
      const src = readStack(reader)
      return src === null ? null : { type: 'stack_push', src }
    }
    case NXAST.STACK_POP: {
      const dst = readStack(reader)
      return dst === null ? null : { type: 'stack_pop', dst }
    }
    default:
      return null
  }
}

function readMove(reader: Reader): RegMove | null {
  const bits = reader.u16()
  const srcOffset = reader.u16()
  const dstOffset = reader.u16()
  const src = fieldByActionHeader(reader.u32())
  const dst = fieldByActionHeader(reader.u32())
  if (src === undefined || dst === undefined) return null
  return {
    type: 'reg_move',
    src: subfield(reader, src, srcOffset, bits),
    dst: subfield(reader, dst, dstOffset, bits),
  }
}

function readLoad(reader: Reader): RegLoad | null {
  const place = reader.u16()
  const field = fieldByActionHeader(reader.u32())
  const value = reader.u64()
  if (field === undefined) return null
  const dst = subfield(reader, field, place >>> 6, (place & 0x3f) + 1)
  if (value >> BigInt(dst.bits) !== 0n)
    reader.fail('value', `load of ${value} into ${dst.bits} bits`, reader.offset - 8)
  return { type: 'reg_load', dst, value }
}

function readResubmit(reader: Reader): ResubmitTable {
  const in_port = reader.u16()
  const table = reader.u8()
  reader.skip(3)
  return { type: 'resubmit_table', in_port, table }
}

function readStack(reader: Reader): Subfield | null {
  const offset = reader.u16()
  const field = fieldByActionHeader(reader.u32())
  const bits = reader.u16()
  reader.skip(6)
  return field === undefined ? null : subfield(reader, field, offset, bits)
}

function subfield(reader: Reader, code: FieldCode, offset: number, bits: number): Subfield {
  if (!isWithin(code, offset, bits)) {
    reader.fail('value', `${code.name} has no bits ${offset}..${offset + bits - 1}`)
  }
  return { field: code.name, offset, bits }
}

const isWithin = (code: FieldCode, offset: number, bits: number): boolean =>
  offset >= 0 && bits >= 1 && offset + bits <= code.bits

export function writeNiciraAction(writer: Writer, action: NiciraAction) {
  switch (action.type) {
    case 'reg_move':
      return writeMove(writer, action)
    case 'reg_load':
      return writeLoad(writer, action)
    case 'resubmit_table':
      writeHeader(writer, NXAST.RESUBMIT_TABLE, 16)
      writer.u16(action.in_port)
      writer.u8(action.table)
      return writer.zeros(3)
    case 'stack_push':
      return writeStack(writer, NXAST.STACK_PUSH, action.src)
    case 'stack_pop':
      return writeStack(writer, NXAST.STACK_POP, action.dst)
    default: {
      const unknown: never = action
      throw new EncodeError(`no such action: ${(unknown as { type: string }).type}`)
    }
  }
}

function writeHeader(writer: Writer, subtype: number, length: number): void {
  writer.u16(OFPAT.EXPERIMENTER)
  writer.u16(length)
  writer.u32(EXPERIMENTER.NICIRA)
  writer.u16(subtype)
}

function writeMove(writer: Writer, { src, dst }: RegMove): void {
  if (src.bits !== dst.bits) throw new EncodeError(`reg_move of ${src.bits} bits into ${dst.bits}`)
  writeHeader(writer, NXAST.REG_MOVE, 24)
  writer.u16(src.bits)
  writer.u16(src.offset)
  writer.u16(dst.offset)
  writer.u32(headerOf(src))
  writer.u32(headerOf(dst))
}

function writeLoad(writer: Writer, { dst, value }: RegLoad): void {
  const header = headerOf(dst)
  if (dst.bits > 64 || value < 0n || value >> BigInt(dst.bits) !== 0n) {
    throw new EncodeError(`reg_load of ${value} into ${dst.bits} bits of ${dst.field}`)
  }
  writeHeader(writer, NXAST.REG_LOAD, 24)
  writer.u16((dst.offset << 6) | (dst.bits - 1))
  writer.u32(header)
  writer.u64(value)
}

function writeStack(writer: Writer, subtype: number, place: Subfield): void {
  writeHeader(writer, subtype, 24)
  writer.u16(place.offset)
  writer.u32(headerOf(place))
  writer.u16(place.bits)
  writer.zeros(6)
}

/** The header of a subfield's field; refuses bits that the field does not have. */
function headerOf({ field, offset, bits }: Subfield): number {
  const code = fieldByName(field)
  if (!isWithin(code, offset, bits))
    throw new EncodeError(`${field} has no bits ${offset}..${offset + bits - 1}`)
  return code.actionHeader
}
