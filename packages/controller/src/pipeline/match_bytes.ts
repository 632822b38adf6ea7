/**
 * A match as a byte string (one latin1 character per byte) and back.
 *
 * Equal strings mean that a switch matches the same packets: fields stand in one order, masks of all ones and of
 * zeros are dropped, bits outside of a mask are cleared. Every part has a fixed width or its length in front, so
 * different matches give different strings. This is not the wire format and never leaves the process.
 */
import {
  FIELDS,
  type FieldName,
  type FieldValue,
  type Match,
  type MatchField,
  type OxmField,
} from '@openvnet/openflow'

/** Code of a field that we have no name for; named ones have 2 × index, + 1 when masked. */
const UNKNOWN = 0xffff

const chars = String.fromCharCode
export const u8 = (value: number): string => chars(value & 0xff)
export const u16 = (value: number): string => chars((value >>> 8) & 0xff, value & 0xff)
export const u32 = (value: number): string =>
  chars((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff)
const u48 = (value: number) => u16(Math.floor(value / 0x100000000)) + u32(value % 0x100000000)
export const u64 = (value: bigint): string =>
  u32(Number((value >> 32n) & 0xffffffffn)) + u32(Number(value & 0xffffffffn))
const u128 = (value: bigint) => u64(value >> 64n) + u64(value)
/** @param data at most 65535 bytes */
export const bytes = (data: Uint8Array): string => u16(data.length) + Buffer.from(data).toString('latin1')

interface Layout {
  readonly name: FieldName
  readonly index: number
  /** Width of value and mask; 0 for fields of variable length, which carry their length. */
  readonly width: number
  readonly ones: bigint
}
const LAYOUTS: readonly Layout[] = Object.entries(FIELDS).map(([name, spec], index) => ({
  name: name as FieldName,
  index,
  width: (spec.kind as string) === 'bytes' ? 0 : spec.bytes,
  ones: (1n << BigInt(spec.bits)) - 1n,
}))
const BY_NAME = new Map(LAYOUTS.map((layout) => [layout.name, layout]))
const layoutOf = (name: FieldName): Layout => BY_NAME.get(name)!

/** Position in the field table: two bytes that stand for the name. */
export const fieldCode = (name: FieldName): string => u16(layoutOf(name).index)

function valueBytes(value: FieldValue, width: number): string {
  if (value instanceof Uint8Array) return bytes(value)
  if (width === 16) return u128(BigInt(value))
  if (width === 8) return u64(BigInt(value))
  const number = Number(value)
  if (width === 6) return u48(number)
  if (width === 4) return u32(number)
  if (width === 3) return u8(number >>> 16) + u16(number)
  return width === 2 ? u16(number) : u8(number)
}

function maskedField(layout: Layout, value: FieldValue, mask: FieldValue): string {
  const { index, width, ones } = layout
  if (value instanceof Uint8Array || mask instanceof Uint8Array) {
    return u16(2 * index + 1) + valueBytes(value, width) + valueBytes(mask, width)
  }
  const bits = BigInt(mask) & ones
  if (bits === ones) return u16(2 * index) + valueBytes(value, width)
  return bits === 0n
    ? ''
    : u16(2 * index + 1) + valueBytes(BigInt(value) & bits, width) + valueBytes(bits, width)
}

function namedField({ field, value, mask }: OxmField): string {
  const layout = layoutOf(field)
  return mask === null
    ? u16(2 * layout.index) + valueBytes(value, layout.width)
    : maskedField(layout, value, mask)
}

export function fieldBytes(field: MatchField): string {
  return field.field === 'unknown' ? u16(UNKNOWN) + u32(field.header) + bytes(field.data) : namedField(field)
}

const rank = (field: MatchField) => (field.field === 'unknown' ? UNKNOWN : layoutOf(field.field).index)

/** The canonical byte string of a match, whatever the order and the spelling of its fields. */
export function matchBytes(match: Match): string {
  const inOrder = match.every((field, at) => at === 0 || rank(match[at - 1]!) <= rank(field))
  const fields = inOrder ? match : match.toSorted((a, b) => rank(a) - rank(b))
  let result = ''
  for (const field of fields) result += fieldBytes(field)
  return result
}

/** Takes a byte string of this module apart, from `at` on. */
class ByteString {
  readonly text: string
  at: number

  constructor(text: string, at: number) {
    this.text = text
    this.at = at
  }

  number(width: number): number {
    let value = 0
    for (let end = this.at + width; this.at < end; this.at++)
      value = value * 256 + this.text.charCodeAt(this.at)
    return value
  }

  bytes(): Uint8Array {
    const length = this.number(2)
    this.at += length
    return Buffer.from(this.text.slice(this.at - length, this.at), 'latin1')
  }

  value(width: number): FieldValue {
    if (width === 0) return this.bytes()
    if (width <= 6) return this.number(width)
    let value = 0n
    for (let words = width / 4; words > 0; words--) value = (value << 32n) | BigInt(this.number(4))
    return value
  }
}

function readField(from: ByteString): MatchField {
  const code = from.number(2)
  if (code === UNKNOWN) return { field: 'unknown', header: from.number(4), data: from.bytes() }
  const { name, width } = LAYOUTS[code >>> 1]!
  const value = from.value(width)
  return { field: name, value, mask: code & 1 ? from.value(width) : null }
}

/** The match that `matchBytes` wrote, from character `at` of `text` on. */
export function readMatch(text: string, at: number): Match {
  const from = new ByteString(text, at)
  const match: MatchField[] = []
  while (from.at < text.length) match.push(readField(from))
  return match
}
