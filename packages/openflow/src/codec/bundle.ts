/**
 * ONF's messages in OpenFlow 1.3: bundles (extension 230, `ofproto/bundles.c` of Open vSwitch), role status (191),
 * forwarded requests (235). The message within is decoded one level deep: bundles do not nest. Properties follow, of
 * which those of experimenters are all that there are; a message without them has no `properties`.
 */
import { OFP_HEADER_BYTES, OFPT } from '../constants.ts'
import { EncodeError } from '../encode-error.ts'
import type { Reader } from '../reader.ts'
import type {
  BundleAddMessage,
  BundleControl,
  OnfProperty,
  RequestForward,
  RoleStatus,
} from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { type EmbeddedReaders, readEmbedded } from './embedded.ts'
import { readFlowMod, writeFlowMod } from './flow.ts'
import { readGroupMod, writeGroupMod } from './group.ts'
import { beginMessage, endMessage } from './header.ts'
import { readMeterMod, writeMeterMod } from './meter.ts'
import { readPacketOut, writePacketOut } from './packet.ts'
import { readPortMod, writePortMod } from './port.ts'
import { readExperimenterProperties, writeExperimenterProperties } from './property.ts'

/** Bytes that a bundle takes around the message in it: what it may not be longer than is 65535 minus this. */
export const BUNDLE_ADD_OVERHEAD_BYTES = OFP_HEADER_BYTES + 16

export function readBundleControl(reader: Reader, xid: number): BundleControl {
  const bundle_id = reader.u32()
  const control = reader.u16()
  const flags = reader.u16()
  return { type: 'bundle_control', xid, bundle_id, control, flags, ...readOnfProperties(reader) }
}

const readOnfProperties = (reader: Reader): { properties?: readonly OnfProperty[] } =>
  reader.remaining === 0 ? {} : { properties: readExperimenterProperties(reader) }

export function writeBundleControl(writer: Writer, message: BundleControl): void {
  writer.u32(message.bundle_id)
  writer.u16(message.control)
  writer.u16(message.flags)
  writeExperimenterProperties(writer, message.properties ?? [])
}

type Embedded = BundleAddMessage['message'] | RequestForward['request']

const BUNDLED: EmbeddedReaders<BundleAddMessage['message']> = new Map<
  number,
  (reader: Reader, xid: number) => BundleAddMessage['message']
>([
  [OFPT.FLOW_MOD, readFlowMod],
  [OFPT.GROUP_MOD, readGroupMod],
  [OFPT.PORT_MOD, readPortMod],
  [OFPT.PACKET_OUT, readPacketOut],
])

export function readBundleAdd(reader: Reader, xid: number): BundleAddMessage {
  const bundle_id = reader.u32()
  reader.skip(2)
  const flags = reader.u16()
  const start = reader.offset
  const message = readEmbedded(reader, BUNDLED, 'message')
  if (reader.remaining > 0) reader.skip((start - reader.offset) & 7)
  return { type: 'bundle_add_message', xid, bundle_id, flags, message, ...readOnfProperties(reader) }
}

/** @param xid of the outer message: the inner one must have the same */
export function writeBundleAdd(writer: Writer, message: BundleAddMessage, xid: number): void {
  writer.u32(message.bundle_id)
  writer.zeros(2)
  writer.u16(message.flags)
  const start = writer.offset
  writeEmbedded(writer, message.message, xid)
  const { properties = [] } = message
  if (properties.length === 0) return
  writer.pad8(start)
  writeExperimenterProperties(writer, properties)
}

const FORWARDED: EmbeddedReaders<RequestForward['request']> = new Map<
  number,
  (reader: Reader, xid: number) => RequestForward['request']
>([
  [OFPT.GROUP_MOD, readGroupMod],
  [OFPT.METER_MOD, readMeterMod],
])

export const readRequestForward = (reader: Reader, xid: number): RequestForward => ({
  type: 'requestforward',
  xid,
  request: readEmbedded(reader, FORWARDED, 'request'),
})

export const writeRequestForward = (writer: Writer, message: RequestForward): void =>
  writeEmbedded(writer, message.request, message.request.xid)

function writeEmbedded(writer: Writer, message: Embedded, xid: number): void {
  const start = beginMessage(writer, typeOf(message), xid)
  writeEmbeddedBody(writer, message)
  endMessage(writer, start)
}

const TYPES = {
  flow_mod: OFPT.FLOW_MOD,
  group_mod: OFPT.GROUP_MOD,
  port_mod: OFPT.PORT_MOD,
  packet_out: OFPT.PACKET_OUT,
  meter_mod: OFPT.METER_MOD,
} as const

const typeOf = (message: Embedded): number =>
  message.type === 'unknown' ? message.message_type : TYPES[message.type]

function writeEmbeddedBody(writer: Writer, message: Embedded) {
  switch (message.type) {
    case 'flow_mod':
      return writeFlowMod(writer, message)
    case 'group_mod':
      return writeGroupMod(writer, message)
    case 'port_mod':
      return writePortMod(writer, message)
    case 'packet_out':
      return writePacketOut(writer, message)
    case 'meter_mod':
      return writeMeterMod(writer, message)
    case 'unknown':
      return writer.bytes(message.data)
    default: {
      const unknown: never = message
      throw new EncodeError(`${(unknown as { type: string }).type} cannot be within a message`)
    }
  }
}

export function readRoleStatus(reader: Reader, xid: number): RoleStatus {
  const role = reader.u32()
  const reason = reader.u8()
  reader.skip(3)
  const generation_id = reader.u64()
  return { type: 'role_status', xid, role, reason, generation_id, ...readOnfProperties(reader) }
}

export function writeRoleStatus(writer: Writer, message: RoleStatus): void {
  writer.u32(message.role)
  writer.u8(message.reason)
  writer.zeros(3)
  writer.u64(message.generation_id)
  writeExperimenterProperties(writer, message.properties ?? [])
}
