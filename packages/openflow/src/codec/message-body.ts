/**
 * The body of every message, each way: by the type of the header, and by the type of the message. Message types that
 * are not here are kept as `unknown` and encode to the same bytes.
 */
import { OFPT } from '../constants.ts'
import type { Reader } from '../reader.ts'
import type { Message } from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { readAsync, writeAsync } from './async.ts'
import {
  type ExperimenterType,
  readExperimenterMessage,
  writeExperimenter,
  writeExperimenterMessage,
} from './experimenter.ts'
import { readFlowMod, readFlowRemoved, writeFlowMod, writeFlowRemoved } from './flow.ts'
import { readGroupMod, writeGroupMod } from './group.ts'
import { readHello, writeHello } from './hello.ts'
import { readMeterMod, writeMeterMod } from './meter.ts'
import { readMultipartReply, writeMultipartReply } from './multipart-reply.ts'
import { readMultipartRequest, writeMultipartRequest } from './multipart-request.ts'
import { readPacketIn, readPacketOut, writePacketIn, writePacketOut } from './packet.ts'
import { readPortMod, readPortStatus, writePortMod, writePortStatus } from './port.ts'
import {
  readQueueConfigReply,
  readQueueConfigRequest,
  writeQueueConfigReply,
  writeQueueConfigRequest,
} from './queue.ts'
import * as setting from './switch.ts'
import { readError, writeError } from './symmetric.ts'

/** Reads the body of a message of this type. */
export function readBody(reader: Reader, type: number, xid: number, version: number): Message {
  const read = READERS[type]
  if (read === undefined) return { type: 'unknown', xid, message_type: type, data: reader.rest() }
  return read(reader, xid, version)
}

/** By the numbers of OFPT. */
const READERS: readonly ((reader: Reader, xid: number, version: number) => Message)[] = [
  readHello,
  readError,
  (reader, xid) => ({ type: 'echo_request', xid, data: reader.rest() }),
  (reader, xid) => ({ type: 'echo_reply', xid, data: reader.rest() }),
  readExperimenterMessage,
  (_, xid) => ({ type: 'features_request', xid }),
  setting.readFeaturesReply,
  (_, xid) => ({ type: 'get_config_request', xid }),
  setting.readGetConfigReply,
  setting.readSetConfig,
  readPacketIn,
  readFlowRemoved,
  readPortStatus,
  readPacketOut,
  readFlowMod,
  readGroupMod,
  readPortMod,
  setting.readTableMod,
  readMultipartRequest,
  readMultipartReply,
  (_, xid) => ({ type: 'barrier_request', xid }),
  (_, xid) => ({ type: 'barrier_reply', xid }),
  readQueueConfigRequest,
  readQueueConfigReply,
  setting.readRoleRequest,
  setting.readRoleReply,
  (_, xid) => ({ type: 'get_async_request', xid }),
  (reader, xid) => readAsync(reader, xid, 'get_async_reply'),
  (reader, xid) => readAsync(reader, xid, 'set_async'),
  readMeterMod,
]

type BasicType = Exclude<Message['type'], ExperimenterType | 'unknown'>
type Of<T extends Message['type']> = Extract<Message, { readonly type: T }>

const TYPES: Readonly<Record<BasicType, number>> = {
  hello: OFPT.HELLO,
  error: OFPT.ERROR,
  echo_request: OFPT.ECHO_REQUEST,
  echo_reply: OFPT.ECHO_REPLY,
  experimenter: OFPT.EXPERIMENTER,
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
  port_mod: OFPT.PORT_MOD,
  table_mod: OFPT.TABLE_MOD,
  multipart_request: OFPT.MULTIPART_REQUEST,
  multipart_reply: OFPT.MULTIPART_REPLY,
  barrier_request: OFPT.BARRIER_REQUEST,
  barrier_reply: OFPT.BARRIER_REPLY,
  queue_get_config_request: OFPT.QUEUE_GET_CONFIG_REQUEST,
  queue_get_config_reply: OFPT.QUEUE_GET_CONFIG_REPLY,
  role_request: OFPT.ROLE_REQUEST,
  role_reply: OFPT.ROLE_REPLY,
  get_async_request: OFPT.GET_ASYNC_REQUEST,
  get_async_reply: OFPT.GET_ASYNC_REPLY,
  set_async: OFPT.SET_ASYNC,
  meter_mod: OFPT.METER_MOD,
}

/** The type of the header. */
export function typeOf(message: Message): number {
  if (message.type === 'unknown') return message.message_type
  return TYPES[message.type as BasicType] ?? OFPT.EXPERIMENTER
}

const nothing = (): void => undefined

const WRITERS: { readonly [T in BasicType]: (writer: Writer, message: Of<T>) => void } = {
  hello: writeHello,
  error: writeError,
  echo_request: (writer, message) => writer.bytes(message.data),
  echo_reply: (writer, message) => writer.bytes(message.data),
  experimenter: writeExperimenter,
  features_request: nothing,
  features_reply: setting.writeFeaturesReply,
  get_config_request: nothing,
  get_config_reply: setting.writeConfig,
  set_config: setting.writeConfig,
  packet_in: writePacketIn,
  flow_removed: writeFlowRemoved,
  port_status: writePortStatus,
  packet_out: writePacketOut,
  flow_mod: writeFlowMod,
  group_mod: writeGroupMod,
  port_mod: writePortMod,
  table_mod: setting.writeTableMod,
  multipart_request: writeMultipartRequest,
  multipart_reply: writeMultipartReply,
  barrier_request: nothing,
  barrier_reply: nothing,
  queue_get_config_request: writeQueueConfigRequest,
  queue_get_config_reply: writeQueueConfigReply,
  role_request: setting.writeRole,
  role_reply: setting.writeRole,
  get_async_request: nothing,
  get_async_reply: writeAsync,
  set_async: writeAsync,
  meter_mod: writeMeterMod,
}

/** @param xid of the message, which one in a bundle takes over */
export function writeBody(writer: Writer, message: Message, xid: number): void {
  if (message.type === 'unknown') {
    writer.bytes(message.data)
    return
  }
  const write = WRITERS[message.type as BasicType] as ((writer: Writer, message: Message) => void) | undefined
  if (write === undefined) writeExperimenterMessage(writer, message as Of<ExperimenterType>, xid)
  else write(writer, message)
}
