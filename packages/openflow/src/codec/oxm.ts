/**
 * One OXM TLV: header, value and, where the header says so, mask. OpenFlow 1.3.5 §7.2.3.2-4.
 * Value bits outside of the mask must be zero (OFPBMC_BAD_WILDCARDS), values must be within the field's bits.
 */
import { EncodeError } from '../encode-error.ts'
import type { Reader } from '../reader.ts'
import type { FieldValue, MatchField } from '../types/match.ts'
import type { Writer } from '../writer.ts'
import { type FieldCode, fieldByHeader, fieldByName } from './field-codes.ts'

const TWO_32 = 0x1_0000_0000

export function readOxm(reader: Reader): MatchField {
  const header = reader.u32()
  const length = header & 0xff
  const code = fieldByHeader(header)
  if (code === undefined) return { field: 'unknown', header, data: reader.bytes(length).slice() }
  const hasMask = (header & 0x100) !== 0
  const expected = hasMask ? code.bytes * 2 : code.bytes
  if (length !== expected) {
    reader.fail('length', `${code.name} has ${length} bytes instead of ${expected}`, reader.offset - 4)
  }
  const at = reader.offset
  const value = readValue(reader, code.bytes)
  const mask = hasMask ? readValue(reader, code.bytes) : null
  const wrong = problem(code, value, mask)
  if (wrong !== null) reader.fail('value', `${code.name}: ${wrong}`, at)
  return { field: code.name, value, mask }
}

export function writeOxm(writer: Writer, field: MatchField): void {
  if (field.field === 'unknown') {
    if ((field.header & 0xff) !== field.data.length) {
      throw new EncodeError(`OXM header says ${field.header & 0xff} bytes, data has ${field.data.length}`)
    }
    writer.u32(field.header)
    writer.bytes(field.data)
    return
  }
  const code = fieldByName(field.field)
  const wrong = problem(code, field.value, field.mask)
  if (wrong !== null) throw new EncodeError(`${code.name}: ${wrong}`)
  // A masked header has its mask bit set and the length twice.
  writer.u32(field.mask === null ? code.header : code.header + 0x100 + code.bytes)
  writeValue(writer, code.bytes, field.value)
  if (field.mask !== null) writeValue(writer, code.bytes, field.mask)
}

function readValue(reader: Reader, bytes: number): FieldValue {
  switch (bytes) {
    case 1:
      return reader.u8()
    case 2:
      return reader.u16()
    case 4:
      return reader.u32()
    case 6:
      return reader.u48()
    case 8:
      return reader.u64()
    default:
      return reader.u128()
  }
}

/** `value` has been through `problem`: it is of the field's type. */
function writeValue(writer: Writer, bytes: number, value: FieldValue) {
  switch (bytes) {
    case 1:
      return writer.u8(value as number)
    case 2:
      return writer.u16(value as number)
    case 4:
      return writer.u32(value as number)
    case 6:
      return writer.u48(value as number)
    case 8:
      return writer.u64(value as bigint)
    default:
      return writer.u128(value as bigint)
  }
}

/** What is wrong with a value and its mask, or `null`. */
function problem(code: FieldCode, value: FieldValue, mask: FieldValue | null): string | null {
  const max = code.max
  if (!fits(value, max)) return `value ${String(value)} is not an unsigned number of ${code.bits} bits`
  if (mask === null) return null
  // The bits above the field's own may be set in a mask: they say nothing.
  const maskMax = typeof max === 'bigint' ? (1n << BigInt(code.bytes * 8)) - 1n : 2 ** (code.bytes * 8) - 1
  if (!fits(mask, maskMax)) return `mask ${String(mask)} is not an unsigned number of ${code.bytes * 8} bits`
  return covers(mask, value) ? null : `value has bits outside of its mask`
}

function fits(value: FieldValue, max: number | bigint): boolean {
  if (typeof max === 'bigint') return typeof value === 'bigint' && value >= 0n && value <= max
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max
}

/** True if every bit of `value` is in `mask`. */
function covers(mask: FieldValue, value: FieldValue): boolean {
  if (typeof mask === 'bigint') return (mask | (value as bigint)) === mask
  return andNumber(mask as number, value as number) === value
}

/** Bitwise and of numbers of up to 48 bits: JavaScript's own has 32. */
export function andNumber(a: number, b: number): number {
  const low = (a & b) >>> 0
  return a < TWO_32 || b < TWO_32 ? low : Math.floor((a / TWO_32) & (b / TWO_32)) * TWO_32 + low
}
