/**
 * A match as bytes and back.
 *
 * Equal bytes mean that a switch matches the same packets: fields stand in one order, masks of all ones and of
 * zeros are dropped, bits outside of a mask are cleared. Every part has a fixed width or its length in front, so
 * different matches give different bytes. This is not the wire format and never leaves the process.
 */
import {
  FIELDS,
  type FieldName,
  type FieldValue,
  type Match,
  type MatchField,
  type OxmField,
} from '@openvnet/openflow'
import type { ByteStringReader, ByteStringWriter } from './byte_string.ts'

/** Code of a field that we have no name for; named ones have 2 × index, + 1 when masked. */
const UNKNOWN = 0xffff

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

/** Position in the field table: a number of two bytes that stands for the name. */
export const fieldCode = (name: FieldName): number => layoutOf(name).index

/** The name that a code stands for. */
export const fieldOfCode = (code: number): FieldName => LAYOUTS[code]!.name

function writeValue(writer: ByteStringWriter, value: FieldValue, width: number): void {
  if (value instanceof Uint8Array) writer.counted(value)
  else if (width === 16) writer.u128(BigInt(value))
  else if (width === 8) writer.u64(BigInt(value))
  else writeNumber(writer, Number(value), width)
}

function writeNumber(writer: ByteStringWriter, value: number, width: number): void {
  if (width === 6) writer.u48(value)
  else if (width === 4) writer.u32(value)
  else if (width === 2) writer.u16(value)
  else if (width === 1) writer.u8(value)
  else {
    writer.u8(value >>> 16)
    writer.u16(value)
  }
}

function writeMasked(writer: ByteStringWriter, layout: Layout, value: FieldValue, mask: FieldValue): void {
  const { index, width, ones } = layout
  if (value instanceof Uint8Array || mask instanceof Uint8Array) {
    writer.u16(2 * index + 1)
    writeValue(writer, value, width)
    writeValue(writer, mask, width)
    return
  }
  const bits = BigInt(mask) & ones
  if (bits === 0n) return
  const masked = bits !== ones
  writer.u16(2 * index + (masked ? 1 : 0))
  writeValue(writer, masked ? BigInt(value) & bits : value, width)
  if (masked) writeValue(writer, bits, width)
}

function writeNamed(writer: ByteStringWriter, { field, value, mask }: OxmField): void {
  const layout = layoutOf(field)
  if (mask !== null) {
    writeMasked(writer, layout, value, mask)
    return
  }
  writer.u16(2 * layout.index)
  writeValue(writer, value, layout.width)
}

/** One field; nothing for a mask of zeros. */
export function writeField(writer: ByteStringWriter, field: MatchField): void {
  if (field.field !== 'unknown') {
    writeNamed(writer, field)
    return
  }
  writer.u16(UNKNOWN)
  writer.u32(field.header)
  writer.counted(field.data)
}

const rank = (field: MatchField) => (field.field === 'unknown' ? UNKNOWN : layoutOf(field.field).index)

/** The canonical bytes of a match, whatever the order and the spelling of its fields. */
export function writeMatch(writer: ByteStringWriter, match: Match): void {
  const inOrder = match.every((field, at) => at === 0 || rank(match[at - 1]!) <= rank(field))
  const fields = inOrder ? match : match.toSorted((a, b) => rank(a) - rank(b))
  for (const field of fields) writeField(writer, field)
}

function readValue(reader: ByteStringReader, width: number): FieldValue {
  if (width === 0) return reader.counted()
  return width <= 6 ? reader.number(width) : reader.bigint(width)
}

/** The field that `writeField` wrote. */
export function readField(reader: ByteStringReader): MatchField {
  const code = reader.number(2)
  if (code === UNKNOWN) return { field: 'unknown', header: reader.number(4), data: reader.counted() }
  const { name, width } = LAYOUTS[code >>> 1]!
  const value = readValue(reader, width)
  return { field: name, value, mask: code & 1 ? readValue(reader, width) : null }
}

/** The match that `writeMatch` wrote, up to the end. */
export function readMatch(reader: ByteStringReader): Match {
  const match: MatchField[] = []
  while (!reader.isAtEnd) match.push(readField(reader))
  return match
}
