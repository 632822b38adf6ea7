/** NXT_CT_FLUSH: which tracked connections to forget. `include/openflow/nicira-ext.h`, `lib/ofp-ct.c` of Open vSwitch. */
import { NXT_CT, NXT_CT_TUPLE } from '../constants.ts'
import type { Reader } from '../reader.ts'
import type { CtFlushProperty, CtTupleProperty, NxtCtFlush } from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { beginProperty, endProperty, readProperties, writeUnknownProperty } from './property.ts'

/** Bytes of 128 bits. */
const LABELS_BYTES = 16

export function readCtFlush(reader: Reader, xid: number): NxtCtFlush {
  const ip_proto = reader.u8()
  reader.skip(7)
  return { type: 'nxt_ct_flush', xid, ip_proto, properties: readProperties(reader, readProperty) }
}

function readProperty(reader: Reader, type: number): CtFlushProperty | null {
  switch (type) {
    case NXT_CT.ORIG_TUPLE:
    case NXT_CT.REPLY_TUPLE: {
      reader.skip(4)
      const tuple = readProperties(reader, readTupleProperty)
      return { type: type === NXT_CT.ORIG_TUPLE ? 'orig_tuple' : 'reply_tuple', tuple }
    }
    case NXT_CT.ZONE_ID:
      return { type: 'zone', zone_id: readU16(reader) }
    case NXT_CT.MARK:
      return { type: 'mark', mark: reader.u32() }
    case NXT_CT.MARK_MASK:
      return { type: 'mark_mask', mark: reader.u32() }
    case NXT_CT.LABELS:
    case NXT_CT.LABELS_MASK:
      if (reader.remaining !== LABELS_BYTES) return null
      return { type: type === NXT_CT.LABELS ? 'labels' : 'labels_mask', labels: reader.u128() }
    default:
      return null
  }
}

/** 16 bits with their padding within the property. */
function readU16(reader: Reader): number {
  const value = reader.u16()
  reader.skip(2)
  return value
}

function readTupleProperty(reader: Reader, type: number): CtTupleProperty | null {
  switch (type) {
    case NXT_CT_TUPLE.SRC:
      return { type: 'src', address: reader.u128() }
    case NXT_CT_TUPLE.DST:
      return { type: 'dst', address: reader.u128() }
    case NXT_CT_TUPLE.SRC_PORT:
      return { type: 'src_port', value: readU16(reader) }
    case NXT_CT_TUPLE.DST_PORT:
      return { type: 'dst_port', value: readU16(reader) }
    case NXT_CT_TUPLE.ICMP_ID:
      return { type: 'icmp_id', value: readU16(reader) }
    case NXT_CT_TUPLE.ICMP_TYPE:
      return { type: 'icmp_type', value: reader.u8() }
    case NXT_CT_TUPLE.ICMP_CODE:
      return { type: 'icmp_code', value: reader.u8() }
    default:
      return null
  }
}

type Known = Exclude<CtFlushProperty, { type: 'unknown' }>
type KnownTuple = Exclude<CtTupleProperty, { type: 'unknown' }>

const CODES: Readonly<Record<Known['type'], number>> = {
  orig_tuple: NXT_CT.ORIG_TUPLE,
  reply_tuple: NXT_CT.REPLY_TUPLE,
  zone: NXT_CT.ZONE_ID,
  mark: NXT_CT.MARK,
  mark_mask: NXT_CT.MARK_MASK,
  labels: NXT_CT.LABELS,
  labels_mask: NXT_CT.LABELS_MASK,
}
const TUPLE_CODES: Readonly<Record<KnownTuple['type'], number>> = {
  src: NXT_CT_TUPLE.SRC,
  dst: NXT_CT_TUPLE.DST,
  src_port: NXT_CT_TUPLE.SRC_PORT,
  dst_port: NXT_CT_TUPLE.DST_PORT,
  icmp_id: NXT_CT_TUPLE.ICMP_ID,
  icmp_type: NXT_CT_TUPLE.ICMP_TYPE,
  icmp_code: NXT_CT_TUPLE.ICMP_CODE,
}

export function writeCtFlush(writer: Writer, message: NxtCtFlush): void {
  writer.u8(message.ip_proto)
  writer.zeros(7)
  for (const property of message.properties) {
    if (property.type === 'unknown') {
      writeUnknownProperty(writer, property)
      continue
    }
    const start = beginProperty(writer, CODES[property.type])
    writeProperty(writer, property)
    endProperty(writer, start)
  }
}

function writeProperty(writer: Writer, property: Known) {
  switch (property.type) {
    case 'orig_tuple':
    case 'reply_tuple':
      writer.zeros(4)
      return writeTuple(writer, property.tuple)
    case 'zone':
      writer.u16(property.zone_id)
      return writer.zeros(2)
    case 'mark':
    case 'mark_mask':
      return writer.u32(property.mark)
    case 'labels':
    case 'labels_mask':
      return writer.u128(property.labels)
  }
}

function writeTuple(writer: Writer, tuple: readonly CtTupleProperty[]): void {
  for (const property of tuple) {
    if (property.type === 'unknown') {
      writeUnknownProperty(writer, property)
      continue
    }
    const start = beginProperty(writer, TUPLE_CODES[property.type])
    writeTupleProperty(writer, property)
    endProperty(writer, start)
  }
}

function writeTupleProperty(writer: Writer, property: KnownTuple) {
  switch (property.type) {
    case 'src':
    case 'dst':
      return writer.u128(property.address)
    case 'icmp_type':
    case 'icmp_code':
      return writer.u8(property.value)
    default:
      writer.u16(property.value)
      return writer.zeros(2)
  }
}
