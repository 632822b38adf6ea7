/**
 * Properties: type, length without the padding, data, zeros up to a multiple of 8. OpenFlow 1.3.5 §7.3.5.5.2 and
 * `lib/ofp-prop.c` of Open vSwitch. What is not known stays opaque.
 */
import { EncodeError } from '../encode-error.ts'
import { type Reader, readList } from '../reader.ts'
import type { ExperimenterProperty, UnknownProperty } from '../types/unknown.ts'
import type { Writer } from '../writer.ts'

const HEADER_BYTES = 4
/** The type of a property of an experimenter, in all lists of properties but those of table features. */
const EXPERIMENTER_TYPE = 0xffff

/**
 * Reads properties up to the reader's limit.
 * @param readBody reads one of this type up to the limit; `null` if it does not know it
 */
export function readProperties<P>(
  reader: Reader,
  readBody: (reader: Reader, type: number) => P | null,
): (P | UnknownProperty)[] {
  return readList(reader, 'properties', () => readProperty(reader, readBody))
}

function readProperty<P>(
  reader: Reader,
  readBody: (reader: Reader, type: number) => P | null,
): P | UnknownProperty {
  const start = reader.offset
  const type = reader.u16()
  const length = reader.u16()
  if (length < HEADER_BYTES) reader.fail('length', `a property has ${length} bytes`, start)
  const outer = reader.limit(length - HEADER_BYTES)
  const property = readBody(reader, type) ?? unknownProperty(reader, type)
  reader.leave(outer)
  reader.skip(-length & 7)
  return property
}

const unknownProperty = (reader: Reader, property_type: number): UnknownProperty => ({
  type: 'unknown',
  property_type,
  data: reader.copyRest(),
})

/** Reads properties of which only those of experimenters have a meaning in OpenFlow 1.3: of bundles, of roles. */
export const readExperimenterProperties = (reader: Reader): (ExperimenterProperty | UnknownProperty)[] =>
  readProperties(reader, (reader, type) => {
    if (type !== EXPERIMENTER_TYPE) return null
    return {
      type: 'experimenter',
      experimenter: reader.u32(),
      exp_type: reader.u32(),
      data: reader.copyRest(),
    }
  })

export function writeExperimenterProperties(
  writer: Writer,
  properties: readonly (ExperimenterProperty | UnknownProperty)[],
): void {
  for (const property of properties) {
    const isUnknown = property.type === 'unknown'
    if (!isUnknown && property.type !== 'experimenter') throw new EncodeError('no such property')
    const start = beginProperty(writer, isUnknown ? property.property_type : EXPERIMENTER_TYPE)
    if (!isUnknown) {
      writer.u32(property.experimenter)
      writer.u32(property.exp_type)
    }
    writer.bytes(property.data)
    endProperty(writer, start)
  }
}

/** Returns what `endProperty` needs. */
export function beginProperty(writer: Writer, type: number): number {
  const start = writer.offset
  writer.u16(type)
  writer.u16(0)
  return start
}

export function endProperty(writer: Writer, start: number): void {
  writer.patchU16(start + 2, writer.offset - start)
  writer.pad8(start)
}

export function writeUnknownProperty(writer: Writer, property: UnknownProperty): void {
  const start = beginProperty(writer, property.property_type)
  writer.bytes(property.data)
  endProperty(writer, start)
}
