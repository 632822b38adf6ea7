/**
 * `learn` and `learn2`: a flow made out of the packet. A spec is a header (where the bits are from, where they go, how
 * many), then source and destination; a header of zero or the end of the action ends the list.
 * `lib/ofp-actions.c`, `lib/learn.c` of Open vSwitch.
 */
import { NX_LEARN_F, NXAST } from '../../constants.ts'
import { EncodeError } from '../../encode-error.ts'
import type { Reader } from '../../reader.ts'
import type { Learn, Learn2, LearnSpec, Subfield } from '../../types/open-vswitch-action.ts'
import type { Writer } from '../../writer.ts'
import { codeOf, readFieldCode, subfield, writeFieldCode } from '../subfield.ts'
import { type ActionReader, type ActionWriters, beginAction, endAction } from './frame.ts'

const BITS = 0x3ff
const IMMEDIATE = 1 << 13
const LOAD = 1 << 11
const OUTPUT = 2 << 11
const DST = 3 << 11
const RESERVED = 0xc000

/** An immediate is a whole number of 16-bit words. */
const immediateBytes = (bits: number): number => 2 * Math.ceil(bits / 16)

function readHead(reader: Reader) {
  const idle_timeout = reader.u16()
  const hard_timeout = reader.u16()
  const priority = reader.u16()
  const cookie = reader.u64()
  const flags = reader.u16()
  const table_id = reader.u8()
  reader.skip(1)
  const fin_idle_timeout = reader.u16()
  const fin_hard_timeout = reader.u16()
  return {
    idle_timeout,
    hard_timeout,
    priority,
    cookie,
    flags,
    table_id,
    fin_idle_timeout,
    fin_hard_timeout,
  }
}

function readLearn(reader: Reader): Learn | null {
  const head = readHead(reader)
  const specs = readSpecs(reader)
  return specs === null ? null : { type: 'learn', ...head, specs }
}

function readLearn2(reader: Reader): Learn2 | null {
  const head = readHead(reader)
  const limit = reader.u32()
  const offset = reader.u16()
  reader.skip(2)
  let result_dst: Subfield | null = null
  if ((head.flags & NX_LEARN_F.WRITE_RESULT) !== 0) {
    const code = readFieldCode(reader)
    if (code === undefined) return null
    result_dst = subfield(reader, code, offset, 1)
  }
  const specs = readSpecs(reader)
  return specs === null ? null : { type: 'learn2', ...head, limit, result_dst, specs }
}

/** Specs up to the end of the action; `null` if one of them is not known. */
function readSpecs(reader: Reader): LearnSpec[] | null {
  const specs: LearnSpec[] = []
  while (reader.remaining >= 2) {
    const header = reader.u16()
    if (header === 0) break
    if ((header & RESERVED) !== 0 || (header & DST) === DST || (header & BITS) === 0) return null
    const spec = readSpec(reader, header)
    if (spec === null) return null
    specs.push(spec)
  }
  if (reader.remaining >= 8) reader.fail('trailing', `${reader.remaining} bytes after the specs`)
  reader.skip(reader.remaining)
  return specs
}

function readSpec(reader: Reader, header: number): LearnSpec | null {
  const bits = header & BITS
  const src =
    (header & IMMEDIATE) === 0 ? readPlace(reader, bits) : reader.bytes(immediateBytes(bits)).slice()
  if (src === null) return null
  if ((header & DST) === OUTPUT) return { bits, src, dst: { type: 'output' } }
  const field = readPlace(reader, bits)
  if (field === null) return null
  return { bits, src, dst: { type: (header & DST) === LOAD ? 'load' : 'match', field } }
}

/** A header and the offset after it. */
function readPlace(reader: Reader, bits: number): Subfield | null {
  const code = readFieldCode(reader)
  const offset = reader.u16()
  return code === undefined ? null : subfield(reader, code, offset, bits)
}

export const LEARN_READERS: readonly (readonly [number, ActionReader])[] = [
  [NXAST.LEARN, readLearn],
  [NXAST.LEARN2, readLearn2],
]

function writeHead(writer: Writer, action: Learn | Learn2): void {
  writer.u16(action.idle_timeout)
  writer.u16(action.hard_timeout)
  writer.u16(action.priority)
  writer.u64(action.cookie)
  writer.u16(action.flags)
  writer.u8(action.table_id)
  writer.zeros(1)
  writer.u16(action.fin_idle_timeout)
  writer.u16(action.fin_hard_timeout)
}

function writeSpec(writer: Writer, { bits, src, dst }: LearnSpec): void {
  if (!Number.isInteger(bits) || bits < 1 || bits > BITS) throw new EncodeError(`learn of ${bits} bits`)
  const from = src instanceof Uint8Array ? IMMEDIATE : 0
  writer.u16(from + codeOfDst(dst) + bits)
  if (!(src instanceof Uint8Array)) writePlace(writer, src, bits)
  else if (src.length === immediateBytes(bits)) writer.bytes(src)
  else throw new EncodeError(`an immediate of ${bits} bits has ${immediateBytes(bits)} bytes`)
  if (dst.type !== 'output') writePlace(writer, dst.field, bits)
}

function codeOfDst({ type }: LearnSpec['dst']): number {
  switch (type) {
    case 'match':
      return 0
    case 'load':
      return LOAD
    case 'output':
      return OUTPUT
    default:
      throw new EncodeError('learn of no such kind')
  }
}

function writePlace(writer: Writer, place: Subfield, bits: number): void {
  if (place.bits !== bits)
    throw new EncodeError(`learn of ${bits} bits names ${place.bits} of ${place.field}`)
  writeFieldCode(writer, codeOf(place))
  writer.u16(place.offset)
}

export const LEARN_WRITERS: ActionWriters<'learn' | 'learn2'> = {
  learn: (writer, action) => {
    const start = beginAction(writer, NXAST.LEARN)
    writeHead(writer, action)
    for (const spec of action.specs) writeSpec(writer, spec)
    endAction(writer, start)
  },
  learn2: (writer, action) => {
    const { result_dst, flags } = action
    if ((result_dst !== null) !== ((flags & NX_LEARN_F.WRITE_RESULT) !== 0)) {
      throw new EncodeError('learn2 has a result_dst if and only if its flags say so')
    }
    if (result_dst !== null && result_dst.bits !== 1) throw new EncodeError('the result of learn2 is one bit')
    const start = beginAction(writer, NXAST.LEARN2)
    writeHead(writer, action)
    writer.u32(action.limit)
    writer.u16(result_dst?.offset ?? 0)
    writer.zeros(2)
    if (result_dst !== null) writeFieldCode(writer, codeOf(result_dst))
    for (const spec of action.specs) writeSpec(writer, spec)
    endAction(writer, start)
  },
}
