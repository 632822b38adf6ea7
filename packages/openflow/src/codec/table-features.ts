/** OFPMP_TABLE_FEATURES: OpenFlow 1.3.5 §7.3.5.5. Ids are kept as they are: their meaning is in `fields.ts` and text. */
import { OFPTFPT } from '../constants.ts'
import { EncodeError } from '../encode-error.ts'
import { type Reader, readList } from '../reader.ts'
import type { FeatureId, OxmId, TableFeatureProperty, TableFeatures } from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { beginProperty, endProperty, readProperties } from './property.ts'
import { readText, writeText } from './text-field.ts'

const TABLE_FEATURES_BYTES = 64
const NAME_BYTES = 32
const EXPERIMENTER_CLASS = 0xffff

export function readTableFeatures(reader: Reader): TableFeatures {
  const start = reader.offset
  const length = reader.u16()
  if (length < TABLE_FEATURES_BYTES) reader.fail('length', `a table has ${length} bytes`, start)
  const outer = reader.limit(length - 2)
  const table_id = reader.u8()
  reader.skip(5)
  const features: TableFeatures = {
    table_id,
    name: readText(reader, NAME_BYTES),
    metadata_match: reader.u64(),
    metadata_write: reader.u64(),
    config: reader.u32(),
    max_entries: reader.u32(),
    properties: readProperties(reader, readProperty),
  }
  reader.leave(outer)
  return features
}

function readProperty(reader: Reader, property_type: number): TableFeatureProperty | null {
  const type = TYPES.get(property_type)
  switch (type) {
    case undefined:
      return null
    case 'instructions':
    case 'instructions_miss':
      return { type, instruction_ids: readList(reader, 'instruction_ids', readFeatureId) }
    case 'next_tables':
    case 'next_tables_miss':
      return { type, next_table_ids: [...reader.rest()] }
    case 'write_actions':
    case 'write_actions_miss':
    case 'apply_actions':
    case 'apply_actions_miss':
      return { type, action_ids: readList(reader, 'action_ids', readFeatureId) }
    case 'experimenter':
    case 'experimenter_miss':
      return { type, experimenter: reader.u32(), exp_type: reader.u32(), data: reader.copyRest() }
    default:
      return { type, oxm_ids: readList(reader, 'oxm_ids', readOxmId) }
  }
}

type KnownType = Exclude<TableFeatureProperty['type'], 'unknown'>
const TYPES: ReadonlyMap<number, KnownType> = new Map(
  Object.entries(OFPTFPT).map(([name, type]) => [type, name.toLowerCase() as KnownType]),
)
const CODES: ReadonlyMap<string, number> = new Map([...TYPES].map(([code, type]) => [type, code]))

function readFeatureId(reader: Reader): FeatureId {
  const start = reader.offset
  const id = reader.u16()
  const length = reader.u16()
  if (length < 4) reader.fail('length', `an id has ${length} bytes`, start)
  const outer = reader.limit(length - 4)
  const data = reader.copyRest()
  reader.leave(outer)
  return { id, data }
}

function readOxmId(reader: Reader): OxmId {
  const header = reader.u32()
  return { header, experimenter: header >>> 16 === EXPERIMENTER_CLASS ? reader.u32() : null }
}

export function writeTableFeatures(writer: Writer, features: TableFeatures): void {
  const start = writer.offset
  writer.u16(0)
  writer.u8(features.table_id)
  writer.zeros(5)
  writeText(writer, features.name, NAME_BYTES)
  writer.u64(features.metadata_match)
  writer.u64(features.metadata_write)
  writer.u32(features.config)
  writer.u32(features.max_entries)
  for (const property of features.properties) writeProperty(writer, property)
  writer.patchU16(start, writer.offset - start)
}

function writeProperty(writer: Writer, property: TableFeatureProperty): void {
  const code = property.type === 'unknown' ? property.property_type : CODES.get(property.type)
  const start = beginProperty(writer, code as number)
  writePropertyBody(writer, property)
  endProperty(writer, start)
}

function writePropertyBody(writer: Writer, property: TableFeatureProperty): void {
  if ('instruction_ids' in property) for (const id of property.instruction_ids) writeFeatureId(writer, id)
  else if ('action_ids' in property) for (const id of property.action_ids) writeFeatureId(writer, id)
  else if ('oxm_ids' in property) for (const id of property.oxm_ids) writeOxmId(writer, id)
  else if ('next_table_ids' in property) for (const table of property.next_table_ids) writer.u8(table)
  else {
    if (property.type !== 'unknown') {
      writer.u32(property.experimenter)
      writer.u32(property.exp_type)
    }
    writer.bytes(property.data)
  }
}

function writeFeatureId(writer: Writer, { id, data }: FeatureId): void {
  writer.u16(id)
  writer.u16(4 + data.length)
  writer.bytes(data)
}

function writeOxmId(writer: Writer, { header, experimenter }: OxmId): void {
  if ((header >>> 16 === EXPERIMENTER_CLASS) !== (experimenter !== null)) {
    throw new EncodeError('an OXM id has an experimenter if and only if its class is 0xffff')
  }
  writer.u32(header)
  if (experimenter !== null) writer.u32(experimenter)
}
