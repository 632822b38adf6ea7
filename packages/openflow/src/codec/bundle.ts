/**
 * Experimenter messages, and those of them that we know: bundles for OpenFlow 1.3 (ONF extension 230,
 * `ofproto/bundles.c` of Open vSwitch). A bundle message with properties stays an opaque experimenter message.
 * The message within a bundle is decoded one level deep: bundles do not nest.
 */
import { EXPERIMENTER, OFP_HEADER_BYTES, OFP_VERSION, OFPT, ONFT } from '../constants.ts'
import { within } from '../decode-error.ts'
import { EncodeError } from '../encode-error.ts'
import type { Reader } from '../reader.ts'
import type { BundleAddMessage, BundleControl, Experimenter } from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { readFlowMod, writeFlowMod } from './flow.ts'
import { readGroupMod, writeGroupMod } from './group.ts'
import { beginMessage, endMessage } from './header.ts'
import { readPacketOut, writePacketOut } from './packet.ts'

type Embedded = BundleAddMessage['message']
type ExperimenterMessage = BundleControl | BundleAddMessage | Experimenter

export function readExperimenterMessage(reader: Reader, xid: number): ExperimenterMessage {
  const experimenter = reader.u32()
  const exp_type = reader.u32()
  const body = reader.offset
  const known = experimenter === EXPERIMENTER.ONF ? readBundle(reader, xid, exp_type) : null
  if (known !== null) return known
  reader.offset = body
  return { type: 'experimenter', xid, experimenter, exp_type, data: reader.rest() }
}

function readBundle(reader: Reader, xid: number, exp_type: number): BundleControl | BundleAddMessage | null {
  switch (exp_type) {
    case ONFT.BUNDLE_CONTROL: {
      const bundle_id = reader.u32()
      const control = reader.u16()
      const flags = reader.u16()
      return reader.remaining === 0 ? { type: 'bundle_control', xid, bundle_id, control, flags } : null
    }
    case ONFT.BUNDLE_ADD_MESSAGE:
      return readBundleAdd(reader, xid)
    default:
      return null
  }
}

function readBundleAdd(reader: Reader, xid: number): BundleAddMessage | null {
  const bundle_id = reader.u32()
  reader.skip(2)
  const flags = reader.u16()
  const start = reader.offset
  try {
    const version = reader.u8()
    const type = reader.u8()
    const length = reader.u16()
    if (version !== OFP_VERSION) reader.fail('version', `version ${version} within a bundle`, start)
    const outer = reader.limit(length - 4)
    const message = readEmbedded(reader, type)
    reader.leave(outer)
    return reader.remaining === 0 ? { type: 'bundle_add_message', xid, bundle_id, flags, message } : null
  } catch (error) {
    throw within(error, 'message')
  }
}

function readEmbedded(reader: Reader, type: number): Embedded {
  const xid = reader.u32()
  switch (type) {
    case OFPT.FLOW_MOD:
      return readFlowMod(reader, xid)
    case OFPT.GROUP_MOD:
      return readGroupMod(reader, xid)
    case OFPT.PACKET_OUT:
      return readPacketOut(reader, xid)
    default:
      return { type: 'unknown', xid, message_type: type, data: reader.rest() }
  }
}

export function writeBundleControl(writer: Writer, message: BundleControl): void {
  writer.u32(EXPERIMENTER.ONF)
  writer.u32(ONFT.BUNDLE_CONTROL)
  writer.u32(message.bundle_id)
  writer.u16(message.control)
  writer.u16(message.flags)
}

/** @param xid of the outer message: the inner one must have the same */
export function writeBundleAdd(writer: Writer, message: BundleAddMessage, xid: number): void {
  writer.u32(EXPERIMENTER.ONF)
  writer.u32(ONFT.BUNDLE_ADD_MESSAGE)
  writer.u32(message.bundle_id)
  writer.zeros(2)
  writer.u16(message.flags)
  writeEmbedded(writer, message.message, xid)
}

function writeEmbedded(writer: Writer, message: Embedded, xid: number) {
  switch (message.type) {
    case 'flow_mod': {
      const start = beginMessage(writer, OFPT.FLOW_MOD, xid)
      writeFlowMod(writer, message)
      return endMessage(writer, start)
    }
    case 'group_mod': {
      const start = beginMessage(writer, OFPT.GROUP_MOD, xid)
      writeGroupMod(writer, message)
      return endMessage(writer, start)
    }
    case 'packet_out': {
      const start = beginMessage(writer, OFPT.PACKET_OUT, xid)
      writePacketOut(writer, message)
      return endMessage(writer, start)
    }
    case 'unknown': {
      const start = beginMessage(writer, message.message_type, xid)
      writer.bytes(message.data)
      return endMessage(writer, start)
    }
    default: {
      const unknown: never = message
      throw new EncodeError(`${(unknown as { type: string }).type} cannot be in a bundle`)
    }
  }
}

/** Bytes that a bundle takes around the message in it: what it may not be longer than is 65535 minus this. */
export const BUNDLE_ADD_OVERHEAD_BYTES = OFP_HEADER_BYTES + 16
