/** Actions that copy, load, stack and test bits of fields. `lib/ofp-actions.c` of Open vSwitch. */
import { EXPERIMENTER, NXAST, OFPAT, ONFACT } from '../../constants.ts'
import { EncodeError } from '../../encode-error.ts'
import type { Reader } from '../../reader.ts'
import type {
  CheckPktLarger,
  CopyField,
  DeleteField,
  OutputReg,
  OutputReg2,
  RegLoad,
  RegLoad2,
  RegMove,
  Subfield,
} from '../../types/open-vswitch-action.ts'
import type { Writer } from '../../writer.ts'
import { readOxm, writeOxm } from '../oxm.ts'
import {
  codeOf,
  codeOfField,
  isResized,
  placeOf,
  readFieldCode,
  readPlaced,
  shortHeaderOf,
  subfield,
  subfieldOrNull,
  writeFieldCode,
} from '../subfield.ts'
import { type ActionReader, type ActionWriters, beginAction, endAction, skipPadding } from './frame.ts'

/** The least number that so many bits do not hold: to look it up costs a quarter of a shift of the value. */
const BEYOND: readonly bigint[] = Array.from({ length: 65 }, (_, bits) => 1n << BigInt(bits))

/** Number of bits, both offsets, both headers: what `reg_move` and `copy_field` have in common. */
function readCopy(reader: Reader, gap: number): { src: Subfield; dst: Subfield } | null {
  const bits = reader.u16()
  const srcOffset = reader.u16()
  const dstOffset = reader.u16()
  reader.skip(gap)
  const src = readFieldCode(reader)
  const dst = readFieldCode(reader)
  if (src === undefined || dst === undefined) return null
  skipPadding(reader)
  return { src: subfield(reader, src, srcOffset, bits), dst: subfield(reader, dst, dstOffset, bits) }
}

export function readMove(reader: Reader): RegMove | null {
  const copy = readCopy(reader, 0)
  return copy === null ? null : { type: 'reg_move', src: copy.src, dst: copy.dst }
}

/** Reads what follows the subtype of ONF's copy_field. */
export function readCopyField(reader: Reader): CopyField | null {
  reader.skip(2)
  const copy = readCopy(reader, 2)
  return copy === null ? null : { type: 'copy_field', src: copy.src, dst: copy.dst }
}

export function readLoad(reader: Reader): RegLoad | null {
  const dst = readPlaced(reader)
  if (dst === null) return null
  const value = reader.u64()
  if (value >= (BEYOND[dst.bits] as bigint)) {
    reader.fail('value', `load of ${value} into ${dst.bits} bits`, reader.offset - 8)
  }
  return { type: 'reg_load', dst, value }
}

function readLoad2(reader: Reader): RegLoad2 {
  const field = readOxm(reader)
  skipPadding(reader)
  return { type: 'reg_load2', field }
}

/** The number of bits comes after the header. */
export function readStack(reader: Reader): Subfield | null {
  const offset = reader.u16()
  const code = readFieldCode(reader)
  if (code === undefined) return null
  const bits = reader.u16()
  skipPadding(reader)
  return subfield(reader, code, offset, bits)
}

function readOutputReg(reader: Reader): OutputReg | null {
  const src = readPlaced(reader)
  if (src === null) return null
  const max_len = reader.u16()
  reader.skip(6)
  return { type: 'output_reg', src, max_len }
}

function readOutputReg2(reader: Reader): OutputReg2 | null {
  const place = reader.u16()
  const max_len = reader.u16()
  const src = subfieldOrNull(reader, readFieldCode(reader), place >>> 6, (place & 0x3f) + 1)
  if (src === null) return null
  reader.skip(reader.remaining)
  return { type: 'output_reg2', src, max_len }
}

function readCheckPktLarger(reader: Reader): CheckPktLarger | null {
  const pkt_len = reader.u16()
  const offset = reader.u16()
  const dst = subfieldOrNull(reader, readFieldCode(reader), offset, 1)
  if (dst === null) return null
  reader.skip(reader.remaining)
  return { type: 'check_pkt_larger', pkt_len, dst }
}

function readDeleteField(reader: Reader): DeleteField | null {
  const code = readFieldCode(reader)
  if (code === undefined) return null
  reader.skip(reader.remaining)
  return {
    type: 'delete_field',
    field: code.name,
    ...(code.actionAlias === null ? {} : { alias: code.actionAlias }),
    ...(isResized(code) ? { bytes: code.bytes } : {}),
  }
}

/** Those of a fixed length that says how much is padding: 24 bytes. */
const of24 =
  (read: ActionReader): ActionReader =>
  (reader, depth, readNested) => {
    if (reader.remaining !== 14) reader.fail('length', `${reader.remaining + 10} bytes instead of 24`)
    return read(reader, depth, readNested)
  }

export const REGISTER_READERS: readonly (readonly [number, ActionReader])[] = [
  [NXAST.REG_LOAD2, readLoad2],
  [NXAST.OUTPUT_REG, readOutputReg],
  [NXAST.OUTPUT_REG2, of24(readOutputReg2)],
  [NXAST.CHECK_PKT_LARGER, of24(readCheckPktLarger)],
  [NXAST.DELETE_FIELD, of24(readDeleteField)],
]

function writeMove(writer: Writer, { src, dst }: RegMove): void {
  if (src.bits !== dst.bits) throw new EncodeError(`reg_move of ${src.bits} bits into ${dst.bits}`)
  const start = beginAction(writer, NXAST.REG_MOVE)
  writer.u16(src.bits)
  writer.u16(src.offset)
  writer.u16(dst.offset)
  writeFieldCode(writer, codeOf(src))
  writeFieldCode(writer, codeOf(dst))
  endAction(writer, start)
}

function writeCopyField(writer: Writer, { src, dst }: CopyField): void {
  if (src.bits !== dst.bits) throw new EncodeError(`copy_field of ${src.bits} bits into ${dst.bits}`)
  const start = writer.offset
  writer.u16(OFPAT.EXPERIMENTER)
  writer.u16(0)
  writer.u32(EXPERIMENTER.ONF)
  writer.u16(ONFACT.COPY_FIELD)
  writer.u16(0)
  writer.u16(src.bits)
  writer.u16(src.offset)
  writer.u16(dst.offset)
  writer.u16(0)
  writeFieldCode(writer, codeOf(src))
  writeFieldCode(writer, codeOf(dst))
  endAction(writer, start)
}

function writeLoad(writer: Writer, { dst, value }: RegLoad): void {
  const header = shortHeaderOf(dst)
  if (dst.bits > 64 || value < 0n || value >= (BEYOND[dst.bits] as bigint)) {
    throw new EncodeError(`reg_load of ${value} into ${dst.bits} bits of ${dst.field}`)
  }
  beginAction(writer, NXAST.REG_LOAD, 24)
  writer.u16(placeOf(dst))
  writer.u32(header)
  writer.u64(value)
}

function writeStack(writer: Writer, subtype: number, place: Subfield): void {
  const code = codeOf(place)
  beginAction(writer, subtype, 24)
  writer.u16(place.offset)
  writeFieldCode(writer, code)
  writer.u16(place.bits)
  writer.zeros(code.experimenter === null ? 6 : 2)
}

/** The rest of the 24 bytes after a header. */
function writePadded(writer: Writer, start: number): void {
  writer.zeros(24 - (writer.offset - start))
}

export const REGISTER_WRITERS: ActionWriters<
  | 'reg_move'
  | 'copy_field'
  | 'reg_load'
  | 'reg_load2'
  | 'stack_push'
  | 'stack_pop'
  | 'output_reg'
  | 'output_reg2'
  | 'check_pkt_larger'
  | 'delete_field'
> = {
  reg_move: writeMove,
  copy_field: writeCopyField,
  reg_load: writeLoad,
  reg_load2: (writer, { field }) => {
    const start = beginAction(writer, NXAST.REG_LOAD2)
    writeOxm(writer, field)
    endAction(writer, start)
  },
  stack_push: (writer, { src }) => writeStack(writer, NXAST.STACK_PUSH, src),
  stack_pop: (writer, { dst }) => writeStack(writer, NXAST.STACK_POP, dst),
  output_reg: (writer, { src, max_len }) => {
    beginAction(writer, NXAST.OUTPUT_REG, 24)
    writer.u16(placeOf(src))
    writer.u32(shortHeaderOf(src))
    writer.u16(max_len)
    writer.zeros(6)
  },
  output_reg2: (writer, { src, max_len }) => {
    const start = beginAction(writer, NXAST.OUTPUT_REG2, 24)
    writer.u16(placeOf(src))
    writer.u16(max_len)
    writeFieldCode(writer, codeOf(src))
    writePadded(writer, start)
  },
  check_pkt_larger: (writer, { pkt_len, dst }) => {
    if (dst.bits !== 1) throw new EncodeError(`check_pkt_larger into ${dst.bits} bits`)
    const start = beginAction(writer, NXAST.CHECK_PKT_LARGER, 24)
    writer.u16(pkt_len)
    writer.u16(dst.offset)
    writeFieldCode(writer, codeOf(dst))
    writePadded(writer, start)
  },
  delete_field: (writer, field) => {
    const start = beginAction(writer, NXAST.DELETE_FIELD, 24)
    writeFieldCode(writer, codeOfField(field))
    writePadded(writer, start)
  },
}
