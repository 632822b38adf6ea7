/** `controller` and `controller2`: packets to the controller, with what it is to know. `lib/ofp-actions.c` of Open vSwitch. */
import { NXAST } from '../../constants.ts'
import { EncodeError } from '../../encode-error.ts'
import { type Reader, readList } from '../../reader.ts'
import type { Controller2, ControllerAction, ControllerProperty } from '../../types/open-vswitch-action.ts'
import type { Writer } from '../../writer.ts'
import { type ActionReader, type ActionWriters, beginAction, endAction } from './frame.ts'

/** NXAC2PT_*. */
const PROPERTY = { MAX_LEN: 0, CONTROLLER_ID: 1, REASON: 2, USERDATA: 3, PAUSE: 4, METER_ID: 5 } as const
const HEADER_BYTES = 4

function readController(reader: Reader): ControllerAction {
  const max_len = reader.u16()
  const controller_id = reader.u16()
  const reason = reader.u8()
  reader.skip(1)
  return { type: 'controller', max_len, controller_id, reason }
}

function readController2(reader: Reader): Controller2 {
  reader.skip(6)
  return { type: 'controller2', properties: readList(reader, 'properties', readProperty) }
}

/** The length counts no padding, but 16-bit values have two bytes of it within. */
function readProperty(reader: Reader): ControllerProperty {
  const start = reader.offset
  const type = reader.u16()
  const length = reader.u16()
  const outer = reader.limit(length - HEADER_BYTES)
  const property = readPropertyBody(reader, type)
  reader.leave(outer)
  reader.skip(Math.min(-(reader.offset - start) & 7, reader.remaining))
  return property
}

function readPropertyBody(reader: Reader, type: number): ControllerProperty {
  switch (type) {
    case PROPERTY.MAX_LEN:
      return { type: 'max_len', max_len: readPadded16(reader) }
    case PROPERTY.CONTROLLER_ID:
      return { type: 'controller_id', controller_id: readPadded16(reader) }
    case PROPERTY.REASON:
      return { type: 'reason', reason: reader.u8() }
    case PROPERTY.USERDATA:
      return { type: 'userdata', userdata: reader.copyRest() }
    case PROPERTY.PAUSE:
      return { type: 'pause' }
    case PROPERTY.METER_ID:
      return { type: 'meter_id', meter_id: reader.u32() }
    default:
      return { type: 'unknown', property_type: type, data: reader.copyRest() }
  }
}

function readPadded16(reader: Reader): number {
  const value = reader.u16()
  reader.skip(2)
  return value
}

export const CONTROLLER_READERS: readonly (readonly [number, ActionReader])[] = [
  [NXAST.CONTROLLER, readController],
  [NXAST.CONTROLLER2, readController2],
]

function writeProperty(writer: Writer, property: ControllerProperty): void {
  const start = writer.offset
  writer.u16(propertyType(property))
  writer.u16(0)
  writePropertyBody(writer, property)
  writer.patchU16(start + 2, writer.offset - start)
  writer.pad8(start)
}

function propertyType(property: ControllerProperty): number {
  if (property.type !== 'unknown') {
    const key = property.type.toUpperCase() as keyof typeof PROPERTY
    if (PROPERTY[key] === undefined) throw new EncodeError(`no such property: ${property.type}`)
    return PROPERTY[key]
  }
  if (property.property_type <= PROPERTY.METER_ID) {
    throw new EncodeError(`property ${property.property_type} is known`)
  }
  return property.property_type
}

function writePropertyBody(writer: Writer, property: ControllerProperty) {
  switch (property.type) {
    case 'max_len':
      writer.u16(property.max_len)
      return writer.zeros(2)
    case 'controller_id':
      writer.u16(property.controller_id)
      return writer.zeros(2)
    case 'reason':
      return writer.u8(property.reason)
    case 'userdata':
      return writer.bytes(property.userdata)
    case 'pause':
      return
    case 'meter_id':
      return writer.u32(property.meter_id)
    case 'unknown':
      return writer.bytes(property.data)
  }
}

export const CONTROLLER_WRITERS: ActionWriters<'controller' | 'controller2'> = {
  controller: (writer, { max_len, controller_id, reason }) => {
    beginAction(writer, NXAST.CONTROLLER, 16)
    writer.u16(max_len)
    writer.u16(controller_id)
    writer.u8(reason)
    writer.zeros(1)
  },
  controller2: (writer, { properties }) => {
    const start = beginAction(writer, NXAST.CONTROLLER2)
    writer.zeros(6)
    for (const property of properties) writeProperty(writer, property)
    endAction(writer, start)
  },
}
