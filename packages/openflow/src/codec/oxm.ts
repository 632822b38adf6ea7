/**
 * One OXM TLV: header, value and, where the header says so, mask. OpenFlow 1.3.5 §7.2.3.2-4.
 * Refused: a length that is not the field's, a value wider than the field or with bits outside of its mask
 * (OFPBMC_BAD_WILDCARDS), a mask where the field takes none. Prerequisites are not asked for here: a packet-in has
 * fields without them; see `prerequisites.ts`.
 */
import { EncodeError } from '../encode-error.ts'
import type { Reader } from '../reader.ts'
import type { FieldValue, MatchField, OxmField, UnknownOxm } from '../types/match.ts'
import type { Writer } from '../writer.ts'
import {
  type FieldCode,
  fieldByExperimenter,
  fieldByHeader,
  fieldByName,
  isExperimenterHeader,
} from './field-codes.ts'
import { MAX_VARIABLE_BYTES, problem, readValue, writeValue } from './oxm-value.ts'

const HAS_MASK = 0x100

export function readOxm(reader: Reader): MatchField {
  const header = reader.u32()
  const length = header & 0xff
  if (isExperimenterHeader(header)) return readExperimenter(reader, header, length)
  const code = fieldByHeader(header)
  if (code === undefined) return { field: 'unknown', header, data: reader.bytes(length).slice() }
  return readPayload(reader, code, header, length)
}

/** The length counts the experimenter, also where it counts a mask. */
function readExperimenter(reader: Reader, header: number, length: number): MatchField {
  const start = reader.offset
  if (length < 4) reader.fail('length', `an experimenter field has ${length} bytes`, start - 4)
  const code = fieldByExperimenter(header, reader.u32())
  if (code !== undefined) return readPayload(reader, code, header, length - 4)
  reader.offset = start
  return { field: 'unknown', header, data: reader.bytes(length).slice() }
}

function readPayload(reader: Reader, code: FieldCode, header: number, length: number): OxmField {
  const hasMask = (header & HAS_MASK) !== 0
  const at = reader.offset
  const bytes = valueBytes(reader, code, length, hasMask)
  const value = readValue(reader, code, bytes)
  const mask = hasMask ? readValue(reader, code, bytes) : null
  const wrong = mask === null && code.full ? null : problem(code, value, mask)
  if (wrong !== null) reader.fail('value', `${code.name}: ${wrong}`, at)
  if (code.alias === null) return { field: code.name, value, mask }
  return { field: code.name, value, mask, alias: code.alias }
}

/** Bytes of the value, of which a mask has as many. */
function valueBytes(reader: Reader, code: FieldCode, length: number, hasMask: boolean): number {
  const bytes = hasMask ? length / 2 : length
  const isRight = code.variable
    ? bytes >= 1 && bytes <= MAX_VARIABLE_BYTES && Number.isInteger(bytes)
    : bytes === code.bytes
  if (!isRight) {
    const expected = code.variable ? '1 to 124' : String(hasMask ? code.bytes * 2 : code.bytes)
    reader.fail('length', `${code.name} has ${length} bytes instead of ${expected}`, reader.offset - 4)
  }
  return bytes
}

export function writeOxm(writer: Writer, field: MatchField) {
  if (field.field === 'unknown') return writeUnknown(writer, field)
  const code = fieldByName(field.field, field.alias)
  if (code === undefined) throw new EncodeError(`no such field: ${field.alias ?? field.field}`)
  const { value, mask } = field
  const wrong = problem(code, value, mask)
  if (wrong !== null) throw new EncodeError(`${code.name}: ${wrong}`)
  writer.u32(headerFor(code, value, mask !== null))
  if (code.experimenter !== null) writer.u32(code.experimenter)
  writeValue(writer, code.bytes, value)
  if (mask !== null) writeValue(writer, code.bytes, mask)
}

/** A masked header has its mask bit set and the length of the value twice. */
function headerFor(code: FieldCode, value: FieldValue, isMasked: boolean): number {
  if (!code.variable) return isMasked ? code.header + HAS_MASK + code.bytes : code.header
  const bytes = (value as Uint8Array).length
  return code.header - code.bytes + bytes + (isMasked ? HAS_MASK + bytes : 0)
}

function writeUnknown(writer: Writer, { header, data }: UnknownOxm): void {
  if ((header & 0xff) !== data.length) {
    throw new EncodeError(`OXM header says ${header & 0xff} bytes, data has ${data.length}`)
  }
  writer.u32(header)
  writer.bytes(data)
}
