/** Values of OXM fields: how they are read and written, and what may be wrong with one. OpenFlow 1.3.5 §7.2.3.3-4. */
import type { Reader } from '../reader.ts'
import type { FieldValue } from '../types/match.ts'
import type { Writer } from '../writer.ts'
import type { FieldCode } from './field-codes.ts'

const TWO_32 = 0x1_0000_0000
/** The longest option that a tun_metadata field can hold. */
export const MAX_VARIABLE_BYTES = 124

/** Reads a value of `bytes` bytes; of a field of variable length a copy. */
export function readValue(reader: Reader, code: FieldCode, bytes: number): FieldValue {
  if (code.variable) return reader.bytes(bytes).slice()
  switch (bytes) {
    case 1:
      return reader.u8()
    case 2:
      return reader.u16()
    case 3:
      return reader.u16() * 0x100 + reader.u8()
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
export function writeValue(writer: Writer, bytes: number, value: FieldValue) {
  if (value instanceof Uint8Array) return writer.bytes(value)
  switch (bytes) {
    case 1:
      return writer.u8(value as number)
    case 2:
      return writer.u16(value as number)
    case 3:
      writer.u16((value as number) >>> 8)
      return writer.u8((value as number) & 0xff)
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
export function problem(code: FieldCode, value: FieldValue, mask: FieldValue | null): string | null {
  if (code.variable) return variableProblem(value, mask)
  const max = code.max
  if (!fits(value, max)) return `value ${String(value)} is not an unsigned number of ${code.bits} bits`
  if (mask === null) return null
  if (!fits(mask, code.maskMax))
    return `mask ${String(mask)} is not an unsigned number of ${code.bytes * 8} bits`
  if (!covers(mask, value)) return `value has bits outside of its mask`
  return code.maskable || isTrivial(mask, max) ? null : 'this field takes no mask'
}

/** All or none: what Open vSwitch lets pass as the mask of any field. */
function isTrivial(mask: FieldValue, max: number | bigint): boolean {
  return mask === 0 || mask === 0n || covers(mask, max)
}

function variableProblem(value: FieldValue, mask: FieldValue | null): string | null {
  if (!(value instanceof Uint8Array)) return 'value is not bytes'
  if (value.length < 1 || value.length > MAX_VARIABLE_BYTES) return `value has ${value.length} bytes`
  if (mask === null) return null
  if (!(mask instanceof Uint8Array) || mask.length !== value.length)
    return 'mask is not bytes as many as the value'
  return value.every((byte, index) => (byte & ~(mask[index] as number)) === 0)
    ? null
    : 'value has bits outside of its mask'
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
