/**
 * Fields as actions name them: an OXM header of 4 bytes, of 8 with the experimenter id of class 0xffff, and bits of
 * the field. `lib/nx-match.c` of Open vSwitch. A field that is not known makes its action opaque; bits that a field
 * does not have are an error.
 */
import { EncodeError } from '../encode-error.ts'
import type { Reader } from '../reader.ts'
import type { Subfield } from '../types/open-vswitch-action.ts'
import type { Writer } from '../writer.ts'
import {
  actionFieldByName,
  type FieldCode,
  fieldByExperimenter,
  fieldByHeader,
  isExperimenterHeader,
} from './field-codes.ts'
import { MAX_VARIABLE_BYTES } from './oxm-value.ts'

/** Reads a header; `undefined` for a field, or a length, that is not known. */
export function readFieldCode(reader: Reader): FieldCode | undefined {
  const header = reader.u32()
  const code = isExperimenterHeader(header)
    ? fieldByExperimenter(header, reader.u32())
    : fieldByHeader(header)
  if (code === undefined || code.header === header) return code
  return code.variable && (header & 0x100) === 0 ? resized(code, header & 0xff) : undefined
}

/** The code of a field of variable length with another length than the longest. */
function resized(code: FieldCode, bytes: number): FieldCode | undefined {
  if (bytes < 1 || bytes > MAX_VARIABLE_BYTES) return undefined
  return { ...code, bytes, bits: bytes * 8, header: code.header - code.bytes + bytes }
}

/** @throws DecodeError `value` for bits that the field does not have */
export function subfield(reader: Reader, code: FieldCode, offset: number, bits: number): Subfield {
  if (!isWithin(code, offset, bits)) {
    reader.fail('value', `${code.name} has no bits ${offset}..${offset + bits - 1}`)
  }
  if (code.actionAlias === null && !isResized(code)) return { field: code.name, offset, bits }
  return {
    field: code.name,
    offset,
    bits,
    ...(code.actionAlias === null ? {} : { alias: code.actionAlias }),
    ...(isResized(code) ? { bytes: code.bytes } : {}),
  }
}

export const isResized = (code: FieldCode): boolean => code.variable && code.bytes !== MAX_VARIABLE_BYTES

/** Offset << 6 | bits - 1, then a header of 4 or 8 bytes: the subfield, or `null` to leave the action opaque. */
export function readPlaced(reader: Reader): Subfield | null {
  const place = reader.u16()
  return subfieldOrNull(reader, readFieldCode(reader), place >>> 6, (place & 0x3f) + 1)
}

export function subfieldOrNull(
  reader: Reader,
  code: FieldCode | undefined,
  offset: number,
  bits: number,
): Subfield | null {
  return code === undefined ? null : subfield(reader, code, offset, bits)
}

const isWithin = (code: FieldCode, offset: number, bits: number): boolean =>
  Number.isInteger(offset) &&
  Number.isInteger(bits) &&
  offset >= 0 &&
  bits >= 1 &&
  offset + bits <= (code.variable ? code.bytes * 8 : code.bits)

/** What names a field in an action. */
interface Named {
  readonly field: Subfield['field']
  readonly alias?: string
  readonly bytes?: number
}

/** @throws EncodeError for a field, alias or length that there is not */
export function codeOfField({ field, alias, bytes }: Named): FieldCode {
  const code = actionFieldByName(field, alias)
  if (code === undefined) throw new EncodeError(`no such field: ${alias ?? field}`)
  if (bytes === undefined) return code
  const sized = code.variable ? resized(code, bytes) : undefined
  if (sized === undefined) throw new EncodeError(`${field} cannot have ${bytes} bytes`)
  return sized
}

/** @throws EncodeError for bits that the field does not have */
export function codeOf(place: Subfield): FieldCode {
  const code = codeOfField(place)
  if (!isWithin(code, place.offset, place.bits)) {
    throw new EncodeError(`${place.field} has no bits ${place.offset}..${place.offset + place.bits - 1}`)
  }
  return code
}

/** The header of 4 bytes, in actions that have no room for an experimenter. */
export function shortHeaderOf(place: Subfield): number {
  const code = codeOf(place)
  if (code.experimenter !== null) throw new EncodeError(`this action has no room for ${place.field}`)
  return code.header
}

export function writeFieldCode(writer: Writer, code: FieldCode): void {
  writer.u32(code.header)
  if (code.experimenter !== null) writer.u32(code.experimenter)
}

/** Offset << 6 | bits - 1: of up to 64 bits. */
export function placeOf({ field, offset, bits }: Subfield): number {
  if (bits > 64) throw new EncodeError(`${bits} bits of ${field} where 64 are the most`)
  return offset * 64 + bits - 1
}
