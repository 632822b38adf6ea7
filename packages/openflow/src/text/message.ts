/**
 * Messages as `ovs-ofctl ofp-print` prints them, without what it appends about the packet in a packet-in or
 * packet-out and without its dumps of bytes. What Open vSwitch does not know is told in our own words.
 */
import { OFP_VERSION, OFPT } from '../constants.ts'
import type { Message, MultipartReply, MultipartRequest } from '../types/message.ts'
import { formatAsync, formatAsyncConfig2 } from './async.ts'
import { formatBundleAdd, formatBundleControl, formatRequestForward } from './bundle.ts'
import { formatMeterMod } from './meter.ts'
import { formatMultipartReply, formatMultipartRequest } from './multipart.ts'
import { formatPort, type TextNames } from './names.ts'
import {
  formatCtFlush,
  formatPacketIn2,
  formatPacketInFormat,
  formatTlvTableMod,
  formatTlvTableReply,
} from './nicira.ts'
import { paddedHex } from './number.ts'
import { formatPortMod, formatPortStatus } from './port.ts'
import { formatQueueConfig } from './queue.ts'
import {
  formatConfig,
  formatFeatures,
  formatNxtRole,
  formatRole,
  formatRoleStatus,
  formatTableMod,
} from './switch.ts'
import { formatError, formatExperimenter, formatHello, formatUnknown } from './symmetric.ts'
import {
  formatFlowMod,
  formatFlowRemoved,
  formatGroupMod,
  formatPacketIn,
  formatPacketOut,
} from './traffic.ts'

/** The text of a message: one line, or several for lists. */
export function formatMessage(message: Message, names: TextNames = {}): string {
  const format = BODIES[message.type] as (message: Message, names: TextNames) => string
  const body = format(message, names)
  // Bodies of lists begin with a line of their own.
  return `${formatHeader(message)}:${body === '' || body.startsWith('\n') ? body : ` ${body}`}`
}

const VERSIONS: ReadonlyMap<number, string> = new Map([
  [1, ''],
  [2, ' (OF1.1)'],
  [3, ' (OF1.2)'],
  [4, ' (OF1.3)'],
  [5, ' (OF1.4)'],
  [6, ' (OF1.5)'],
])

function formatHeader(message: Message): string {
  const version = 'version' in message ? message.version : OFP_VERSION
  const versionText = VERSIONS.get(version) ?? ` (OF ${paddedHex(version, 2)})`
  return `${typeName(message)}${versionText} (xid=0x${message.xid.toString(16)})`
}

const ONF_MESSAGES: ReadonlySet<Message['type']> = new Set([
  'bundle_control',
  'bundle_add_message',
  'role_status',
  'requestforward',
  'flow_monitor_cancel',
  'flow_monitor_paused',
  'flow_monitor_resumed',
])
const UNKNOWN_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(OFPT).map(([name, type]) => [type, `OFPT_${name}`]),
)

function typeName(message: Message): string {
  const name = message.type.toUpperCase()
  if (message.type === 'multipart_request') return `${multipartName(message.body)} request`
  if (message.type === 'multipart_reply') return `${multipartName(message.body)} reply`
  if (message.type === 'unknown')
    return UNKNOWN_NAMES.get(message.message_type) ?? `OFPT_${message.message_type}`
  if (name.startsWith('NXT_')) return name
  return `${ONF_MESSAGES.has(message.type) ? 'ONFT' : 'OFPT'}_${name}`
}

function multipartName(body: MultipartRequest['body'] | MultipartReply['body']): string {
  switch (body.type) {
    case 'unknown':
      return `OFPST_${body.multipart_type}`
    case 'port_stats':
      return 'OFPST_PORT'
    case 'flow_monitor':
      return 'ONFST_FLOW_MONITOR'
    default:
      return `OFPST_${body.type.toUpperCase()}`
  }
}

type Of<T extends Message['type']> = Extract<Message, { readonly type: T }>

const nothing = (): string => ''
const echo = (message: { readonly data: Uint8Array }): string => `${message.data.length} bytes of payload`

const BODIES: { readonly [T in Message['type']]: (message: Of<T>, names: TextNames) => string } = {
  hello: formatHello,
  error: (message, names) => formatError(message, (inner) => formatMessage(inner, names)),
  echo_request: echo,
  echo_reply: echo,
  experimenter: formatExperimenter,
  features_request: nothing,
  features_reply: formatFeatures,
  get_config_request: nothing,
  get_config_reply: formatConfig,
  set_config: formatConfig,
  packet_in: formatPacketIn,
  flow_removed: formatFlowRemoved,
  port_status: formatPortStatus,
  packet_out: formatPacketOut,
  flow_mod: formatFlowMod,
  group_mod: formatGroupMod,
  port_mod: formatPortMod,
  table_mod: formatTableMod,
  multipart_request: formatMultipartRequest,
  multipart_reply: formatMultipartReply,
  barrier_request: nothing,
  barrier_reply: nothing,
  queue_get_config_request: (message, names) => `port=${formatPort(message.port, names)}`,
  queue_get_config_reply: formatQueueConfig,
  role_request: formatRole,
  role_reply: formatRole,
  get_async_request: nothing,
  get_async_reply: formatAsync,
  set_async: formatAsync,
  meter_mod: formatMeterMod,
  bundle_control: formatBundleControl,
  bundle_add_message: (message, names) => formatBundleAdd(message, (inner) => formatMessage(inner, names)),
  role_status: formatRoleStatus,
  requestforward: formatRequestForward,
  flow_monitor_cancel: (message) => `id=${message.monitor_id}`,
  flow_monitor_paused: nothing,
  flow_monitor_resumed: nothing,
  nxt_role_request: formatNxtRole,
  nxt_role_reply: formatNxtRole,
  nxt_flow_mod_table_id: (message) => (message.set === 0 ? 'disable' : 'enable'),
  nxt_set_packet_in_format: formatPacketInFormat,
  nxt_packet_in: formatPacketIn,
  nxt_flow_age: nothing,
  nxt_set_async_config: formatAsync,
  nxt_set_controller_id: (message) => `id=${message.controller_id}`,
  nxt_tlv_table_mod: formatTlvTableMod,
  nxt_tlv_table_request: nothing,
  nxt_tlv_table_reply: formatTlvTableReply,
  nxt_set_async_config2: formatAsyncConfig2,
  nxt_resume: formatPacketIn2,
  nxt_ct_flush_zone: (message) => `zone_id=${message.zone_id}`,
  nxt_packet_in2: formatPacketIn2,
  nxt_ct_flush: formatCtFlush,
  unknown: formatUnknown,
}
