/**
 * OFPT_EXPERIMENTER: the messages of Open vSwitch and ONF that we know, by experimenter and type. The others, and
 * those with more in them than we know, stay opaque. OpenFlow 1.3.5 §7.5.4.
 */
import { EXPERIMENTER, NXT, ONFT } from '../constants.ts'
import type { Reader } from '../reader.ts'
import type { Experimenter, Message } from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { readAsync, readAsyncConfig2, writeAsync, writeAsyncConfig2 } from './async.ts'
import {
  readBundleAdd,
  readBundleControl,
  readRequestForward,
  readRoleStatus,
  writeBundleAdd,
  writeBundleControl,
  writeRequestForward,
  writeRoleStatus,
} from './bundle.ts'
import { readCtFlush, writeCtFlush } from './ct-flush.ts'
import * as nicira from './nicira.ts'
import { readNxtPacketIn, readPacketIn2, readResume, writeNxtPacketIn, writePacketIn2 } from './packet-in2.ts'

type OnfType =
  | 'bundle_control'
  | 'bundle_add_message'
  | 'role_status'
  | 'requestforward'
  | 'flow_monitor_cancel'
  | 'flow_monitor_paused'
  | 'flow_monitor_resumed'
/** Types of the messages here. */
export type ExperimenterType = OnfType | Extract<Message['type'], `nxt_${string}`>

type Of<T extends Message['type']> = Extract<Message, { readonly type: T }>
type Read<M> = (reader: Reader, xid: number) => M
type Write<M> = (writer: Writer, message: M, xid: number) => void
interface Codec<M extends Message> {
  readonly experimenter: number
  readonly exp_type: number
  readonly read: Read<M>
  readonly write: Write<M>
}

const onf = <M extends Message>(exp_type: number, read: Read<M>, write: Write<M>): Codec<M> => ({
  experimenter: EXPERIMENTER.ONF,
  exp_type,
  read,
  write,
})
const nxt = <M extends Message>(exp_type: number, read: Read<M>, write: Write<M>): Codec<M> => ({
  experimenter: EXPERIMENTER.NICIRA,
  exp_type,
  read,
  write,
})
const nothing = (): void => undefined

const CODECS: { readonly [T in ExperimenterType]: Codec<Of<T>> } = {
  bundle_control: onf(ONFT.BUNDLE_CONTROL, readBundleControl, writeBundleControl),
  bundle_add_message: onf(ONFT.BUNDLE_ADD_MESSAGE, readBundleAdd, writeBundleAdd),
  role_status: onf(ONFT.ROLE_STATUS, readRoleStatus, writeRoleStatus),
  requestforward: onf(ONFT.REQUESTFORWARD, readRequestForward, writeRequestForward),
  flow_monitor_cancel: onf(
    ONFT.FLOW_MONITOR_CANCEL,
    (reader, xid) => ({ type: 'flow_monitor_cancel', xid, monitor_id: reader.u32() }),
    (writer, message) => writer.u32(message.monitor_id),
  ),
  flow_monitor_paused: onf(
    ONFT.FLOW_MONITOR_PAUSED,
    (_, xid) => ({ type: 'flow_monitor_paused', xid }),
    nothing,
  ),
  flow_monitor_resumed: onf(
    ONFT.FLOW_MONITOR_RESUMED,
    (_, xid) => ({ type: 'flow_monitor_resumed', xid }),
    nothing,
  ),
  nxt_role_request: nxt(NXT.ROLE_REQUEST, nicira.readNxtRoleRequest, nicira.writeNxtRole),
  nxt_role_reply: nxt(NXT.ROLE_REPLY, nicira.readNxtRoleReply, nicira.writeNxtRole),
  nxt_flow_mod_table_id: nxt(NXT.FLOW_MOD_TABLE_ID, nicira.readFlowModTableId, nicira.writeFlowModTableId),
  nxt_set_packet_in_format: nxt(
    NXT.SET_PACKET_IN_FORMAT,
    nicira.readSetPacketInFormat,
    nicira.writeSetPacketInFormat,
  ),
  nxt_packet_in: nxt(NXT.PACKET_IN, readNxtPacketIn, writeNxtPacketIn),
  nxt_flow_age: nxt(NXT.FLOW_AGE, (_, xid) => ({ type: 'nxt_flow_age', xid }), nothing),
  nxt_set_async_config: nxt(
    NXT.SET_ASYNC_CONFIG,
    (reader, xid) => readAsync(reader, xid, 'nxt_set_async_config'),
    writeAsync,
  ),
  nxt_set_controller_id: nxt(NXT.SET_CONTROLLER_ID, nicira.readSetControllerId, nicira.writeSetControllerId),
  nxt_tlv_table_mod: nxt(NXT.TLV_TABLE_MOD, nicira.readTlvTableMod, nicira.writeTlvTableMod),
  nxt_tlv_table_request: nxt(
    NXT.TLV_TABLE_REQUEST,
    (_, xid) => ({ type: 'nxt_tlv_table_request', xid }),
    nothing,
  ),
  nxt_tlv_table_reply: nxt(NXT.TLV_TABLE_REPLY, nicira.readTlvTableReply, nicira.writeTlvTableReply),
  nxt_set_async_config2: nxt(NXT.SET_ASYNC_CONFIG2, readAsyncConfig2, writeAsyncConfig2),
  nxt_resume: nxt(NXT.RESUME, readResume, writePacketIn2),
  nxt_ct_flush_zone: nxt(NXT.CT_FLUSH_ZONE, nicira.readCtFlushZone, nicira.writeCtFlushZone),
  nxt_packet_in2: nxt(NXT.PACKET_IN2, readPacketIn2, writePacketIn2),
  nxt_ct_flush: nxt(NXT.CT_FLUSH, readCtFlush, writeCtFlush),
}

/** By type, for each experimenter. */
const READERS: ReadonlyMap<number, ReadonlyMap<number, Read<Message>>> = new Map(
  [EXPERIMENTER.ONF, EXPERIMENTER.NICIRA].map((id) => [
    id,
    new Map(
      Object.values(CODECS)
        .filter((codec) => codec.experimenter === id)
        .map((codec) => [codec.exp_type, codec.read]),
    ),
  ]),
)

export function readExperimenterMessage(reader: Reader, xid: number): Message {
  const experimenter = reader.u32()
  const exp_type = reader.u32()
  const body = reader.offset
  const known = READERS.get(experimenter)?.get(exp_type)?.(reader, xid)
  if (known !== undefined && reader.remaining === 0) return known
  reader.offset = body
  return { type: 'experimenter', xid, experimenter, exp_type, data: reader.rest() }
}

/** @param xid of the message, which one in a bundle takes over */
export function writeExperimenterMessage(writer: Writer, message: Of<ExperimenterType>, xid: number): void {
  // The codec is the one of the message's own type.
  const { experimenter, exp_type, write } = CODECS[message.type] as unknown as Codec<Message>
  writer.u32(experimenter)
  writer.u32(exp_type)
  write(writer, message, xid)
}

/** An opaque one. */
export function writeExperimenter(writer: Writer, message: Experimenter): void {
  writer.u32(message.experimenter)
  writer.u32(message.exp_type)
  writer.bytes(message.data)
}
