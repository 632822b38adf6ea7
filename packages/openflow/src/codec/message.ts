/**
 * Whole messages: from bytes to plain objects and back. One `switch` each way; the bodies are in the files beside.
 * Message types that are not here are kept as `unknown` and encode to the same bytes.
 */
import { OFP_HEADER_BYTES, OFP_VERSION, OFPT } from '../constants.ts'
import { within } from '../decode-error.ts'
import { Reader } from '../reader.ts'
import type { Message } from '../types/message.ts'
import { Writer } from '../writer.ts'
import { readExperimenterMessage, writeBundleAdd, writeBundleControl } from './bundle.ts'
import { readFlowMod, readFlowRemoved, writeFlowMod, writeFlowRemoved } from './flow.ts'
import { readGroupMod, writeGroupMod } from './group.ts'
import { beginMessage, endMessage } from './header.ts'
import { readHello, writeHello } from './hello.ts'
import { readMultipartReply, writeMultipartReply } from './multipart-reply.ts'
import { readMultipartRequest, writeMultipartRequest } from './multipart-request.ts'
import { readPacketIn, readPacketOut, writePacketIn, writePacketOut } from './packet.ts'
import {
  readFeaturesReply,
  readGetConfigReply,
  readPortStatus,
  readRoleReply,
  readRoleRequest,
  readSetConfig,
  writeConfig,
  writeFeaturesReply,
  writePortStatus,
  writeRole,
} from './switch.ts'
import { readError, writeError, writeExperimenter } from './symmetric.ts'

/**
 * Decodes one whole message.
 * Packets, echo and error data, and the bodies of unknown messages are views into `buf`; everything else is copied.
 * @param buf exactly the message's bytes; it may lie in the middle of a larger buffer
 * @throws DecodeError
 */
export function decode(buf: Uint8Array): Message {
  return decodeFrom(new Reader(buf))
}

/**
 * As `decode`, of what `reader` was reset to: one reader for a whole connection saves a DataView per message.
 * @throws DecodeError
 */
export function decodeFrom(reader: Reader): Message {
  const start = reader.offset
  const size = reader.remaining
  const version = reader.u8()
  const type = reader.u8()
  const length = reader.u16()
  const xid = reader.u32()
  if (length < OFP_HEADER_BYTES) reader.fail('length', `a message has ${length} bytes`, start + 2)
  if (length !== size) {
    reader.fail(
      length > size ? 'truncated' : 'trailing',
      `${size} bytes given, the header says ${length}`,
      start + 2,
    )
  }
  if (version !== OFP_VERSION && type !== OFPT.HELLO && type !== OFPT.ERROR) {
    reader.fail('version', `version ${version} is not OpenFlow 1.3`, start)
  }
  try {
    const message = readBody(reader, type, xid, version)
    if (reader.remaining > 0) reader.fail('trailing', `${reader.remaining} bytes too many`)
    return message
  } catch (error) {
    throw within(error, NAMES[type] ?? `message ${type}`)
  }
}

/** What a DecodeError calls a message. */
const NAMES: readonly string[] = Object.keys(OFPT).map((name) => name.toLowerCase())

function readBody(reader: Reader, type: number, xid: number, version: number): Message {
  switch (type) {
    case OFPT.HELLO:
      return readHello(reader, xid, version)
    case OFPT.ERROR:
      return readError(reader, xid, version)
    case OFPT.ECHO_REQUEST:
      return { type: 'echo_request', xid, data: reader.rest() }
    case OFPT.ECHO_REPLY:
      return { type: 'echo_reply', xid, data: reader.rest() }
    case OFPT.EXPERIMENTER:
      return readExperimenterMessage(reader, xid)
    case OFPT.FEATURES_REQUEST:
      return { type: 'features_request', xid }
    case OFPT.FEATURES_REPLY:
      return readFeaturesReply(reader, xid)
    case OFPT.GET_CONFIG_REQUEST:
      return { type: 'get_config_request', xid }
    case OFPT.GET_CONFIG_REPLY:
      return readGetConfigReply(reader, xid)
    case OFPT.SET_CONFIG:
      return readSetConfig(reader, xid)
    case OFPT.PACKET_IN:
      return readPacketIn(reader, xid)
    case OFPT.FLOW_REMOVED:
      return readFlowRemoved(reader, xid)
    case OFPT.PORT_STATUS:
      return readPortStatus(reader, xid)
    case OFPT.PACKET_OUT:
      return readPacketOut(reader, xid)
    case OFPT.FLOW_MOD:
      return readFlowMod(reader, xid)
    case OFPT.GROUP_MOD:
      return readGroupMod(reader, xid)
    case OFPT.MULTIPART_REQUEST:
      return readMultipartRequest(reader, xid)
    case OFPT.MULTIPART_REPLY:
      return readMultipartReply(reader, xid)
    case OFPT.BARRIER_REQUEST:
      return { type: 'barrier_request', xid }
    case OFPT.BARRIER_REPLY:
      return { type: 'barrier_reply', xid }
    case OFPT.ROLE_REQUEST:
      return readRoleRequest(reader, xid)
    case OFPT.ROLE_REPLY:
      return readRoleReply(reader, xid)
    default:
      return { type: 'unknown', xid, message_type: type, data: reader.rest() }
  }
}

/**
 * The bytes of a message. They are the caller's: no later call changes them, and `message` is not changed.
 * @throws EncodeError if the message has no bytes
 */
export function encode(message: Message): Uint8Array {
  const writer = new Writer()
  encodeInto(writer, message)
  return writer.take()
}

/**
 * Appends the bytes of a message. If it throws, `writer` is as it was.
 * @param xid the transaction id to write instead of the message's own
 * @throws EncodeError
 */
export function encodeInto(writer: Writer, message: Message, xid: number = message.xid): void {
  const mark = writer.offset
  try {
    const version = 'version' in message ? message.version : OFP_VERSION
    const start = beginMessage(writer, typeOf(message), xid, version)
    writeBody(writer, message, xid)
    endMessage(writer, start)
  } catch (error) {
    writer.rewind(mark)
    throw error
  }
}

const TYPES: Readonly<Record<Exclude<Message['type'], 'unknown'>, number>> = {
  hello: OFPT.HELLO,
  error: OFPT.ERROR,
  echo_request: OFPT.ECHO_REQUEST,
  echo_reply: OFPT.ECHO_REPLY,
  experimenter: OFPT.EXPERIMENTER,
  bundle_control: OFPT.EXPERIMENTER,
  bundle_add_message: OFPT.EXPERIMENTER,
  features_request: OFPT.FEATURES_REQUEST,
  features_reply: OFPT.FEATURES_REPLY,
  get_config_request: OFPT.GET_CONFIG_REQUEST,
  get_config_reply: OFPT.GET_CONFIG_REPLY,
  set_config: OFPT.SET_CONFIG,
  packet_in: OFPT.PACKET_IN,
  flow_removed: OFPT.FLOW_REMOVED,
  port_status: OFPT.PORT_STATUS,
  packet_out: OFPT.PACKET_OUT,
  flow_mod: OFPT.FLOW_MOD,
  group_mod: OFPT.GROUP_MOD,
  multipart_request: OFPT.MULTIPART_REQUEST,
  multipart_reply: OFPT.MULTIPART_REPLY,
  barrier_request: OFPT.BARRIER_REQUEST,
  barrier_reply: OFPT.BARRIER_REPLY,
  role_request: OFPT.ROLE_REQUEST,
  role_reply: OFPT.ROLE_REPLY,
}

const typeOf = (message: Message): number =>
  message.type === 'unknown' ? message.message_type : TYPES[message.type]

function writeBody(writer: Writer, message: Message, xid: number) {
  switch (message.type) {
    case 'hello':
      return writeHello(writer, message)
    case 'error':
      return writeError(writer, message)
    case 'echo_request':
    case 'echo_reply':
    case 'unknown':
      return writer.bytes(message.data)
    case 'experimenter':
      return writeExperimenter(writer, message)
    case 'bundle_control':
      return writeBundleControl(writer, message)
    case 'bundle_add_message':
      return writeBundleAdd(writer, message, xid)
    case 'features_reply':
      return writeFeaturesReply(writer, message)
    case 'get_config_reply':
    case 'set_config':
      return writeConfig(writer, message)
    case 'packet_in':
      return writePacketIn(writer, message)
    case 'flow_removed':
      return writeFlowRemoved(writer, message)
    case 'port_status':
      return writePortStatus(writer, message)
    case 'packet_out':
      return writePacketOut(writer, message)
    case 'flow_mod':
      return writeFlowMod(writer, message)
    case 'group_mod':
      return writeGroupMod(writer, message)
    case 'multipart_request':
      return writeMultipartRequest(writer, message)
    case 'multipart_reply':
      return writeMultipartReply(writer, message)
    case 'role_request':
    case 'role_reply':
      return writeRole(writer, message)
    default:
      return
  }
}
