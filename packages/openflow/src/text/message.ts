/**
 * Messages as `ovs-ofctl ofp-print` prints them, without what it appends about the packet in a packet-in or
 * packet-out and without its dumps of bytes. What Open vSwitch does not know is told in our own words.
 */

import { decode } from '../codec/message.ts'
import { OFP_VERSION, OFPBCT, OFPBF, OFPC, OFPCR, OFPT } from '../constants.ts'
import { errorName, OFPET } from '../error-names.ts'
import type {
  BundleAddMessage,
  BundleControl,
  ErrorMessage,
  FeaturesReply,
  GetConfigReply,
  Hello,
  Message,
  PortStatus,
  RoleReply,
  RoleRequest,
  SetConfig,
} from '../types/message.ts'
import { formatMultipartReply, formatMultipartRequest } from './multipart.ts'
import type { TextNames } from './names.ts'
import { bitNames, bytesToHex, hex, paddedHex } from './number.ts'
import { formatPortDescription } from './port.ts'
import {
  formatFlowMod,
  formatFlowRemoved,
  formatGroupMod,
  formatPacketIn,
  formatPacketOut,
} from './traffic.ts'

/** The text of a message: one line, or several for lists. */
export function formatMessage(message: Message, names: TextNames = {}): string {
  const body = formatBody(message, names)
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
  return `${typeName(message)}${versionText} (xid=${hexXid(message.xid)})`
}

const hexXid = (xid: number): string => `0x${xid.toString(16)}`

const MULTIPART_NAMES: Readonly<Record<string, string>> = { port_stats: 'PORT' }

function typeName(message: Message): string {
  switch (message.type) {
    case 'multipart_request':
    case 'multipart_reply': {
      const type = message.body.type
      const name =
        type === 'unknown' ? `${message.body.multipart_type}` : (MULTIPART_NAMES[type] ?? type.toUpperCase())
      return `OFPST_${name} ${message.type === 'multipart_request' ? 'request' : 'reply'}`
    }
    case 'bundle_control':
    case 'bundle_add_message':
      return `ONFT_${message.type.toUpperCase()}`
    case 'unknown':
      return UNKNOWN_NAMES.get(message.message_type) ?? `OFPT_${message.message_type}`
    default:
      return `OFPT_${message.type.toUpperCase()}`
  }
}

const UNKNOWN_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(OFPT).map(([name, type]) => [type, `OFPT_${name}`]),
)

function formatBody(message: Message, names: TextNames): string {
  switch (message.type) {
    case 'hello':
      return `\n version bitmap: ${versionsOf(message)
        .map((version) => paddedHex(version, 2))
        .join(', ')}`
    case 'error':
      return formatError(message, names)
    case 'echo_request':
    case 'echo_reply':
      return `${message.data.length} bytes of payload`
    case 'features_reply':
      return formatFeatures(message)
    case 'get_config_reply':
    case 'set_config':
      return formatConfig(message)
    case 'packet_in':
      return formatPacketIn(message, names)
    case 'packet_out':
      return formatPacketOut(message, names)
    case 'flow_removed':
      return formatFlowRemoved(message, names)
    case 'port_status':
      return formatPortStatus(message)
    case 'flow_mod':
      return formatFlowMod(message, names)
    case 'group_mod':
      return formatGroupMod(message, names)
    case 'multipart_request':
      return formatMultipartRequest(message, names)
    case 'multipart_reply':
      return formatMultipartReply(message, names)
    case 'role_request':
    case 'role_reply':
      return formatRole(message)
    case 'bundle_control':
      return formatBundleControl(message)
    case 'bundle_add_message':
      return formatBundleAdd(message, names)
    case 'experimenter':
      return `experimenter ${paddedHex(message.experimenter, 8)} type ${message.exp_type} data ${bytesToHex(message.data)}`
    case 'unknown':
      return message.data.length === 0 ? '' : `data ${bytesToHex(message.data)}`
    default:
      return ''
  }
}

function versionsOf(hello: Hello): readonly number[] {
  const bitmap = hello.elements.find((element) => element.type === 'versionbitmap')
  return bitmap?.versions ?? Array.from({ length: hello.version }, (_, index) => index + 1)
}

function formatError(error: ErrorMessage, names: TextNames): string {
  const name = errorName(error.error_type, error.code, error.experimenter)
  if (error.error_type === OFPET.HELLO_FAILED) return `${name}\n${new TextDecoder().decode(error.data)}`
  return `${name}\n${formatOffender(error.data, names)}`
}

/** The message that an error is about, as far as it was sent along. */
function formatOffender(data: Uint8Array, names: TextNames): string {
  if (data.length === 0) return 'OpenFlow message is empty'
  try {
    const message = decode(data)
    return message.type === 'error' ? 'OFPT_ERROR' : formatMessage(message, names)
  } catch {
    return `(message cut or malformed: ${bytesToHex(data.subarray(0, 64))})`
  }
}

function formatFeatures(message: FeaturesReply): string {
  const auxiliary = message.auxiliary_id === 0 ? '' : `, auxiliary_id:${message.auxiliary_id}`
  const capabilities = bitNames(
    message.capabilities,
    Object.entries(OFPC).map(([name, bit]) => [bit, name] as const),
    '0',
  )
  return [
    `dpid:${message.datapath_id.toString(16).padStart(16, '0')}`,
    `n_tables:${message.n_tables}, n_buffers:${message.n_buffers}${auxiliary}`,
    `capabilities: ${capabilities}`,
  ].join('\n')
}

const FRAGMENTS = ['normal', 'drop', 'reassemble', 'nx-match'] as const

const formatConfig = (message: GetConfigReply | SetConfig): string =>
  `frags=${FRAGMENTS[message.flags & 3]} miss_send_len=${message.miss_send_len}`

const PORT_REASONS = ['ADD', 'DEL', 'MOD'] as const

const formatPortStatus = (message: PortStatus): string =>
  `${PORT_REASONS[message.reason] ?? message.reason}:${formatPortDescription(message.port)}`

const ROLES = ['nochange', 'equal', 'primary', 'secondary'] as const
const NO_GENERATION = 0xffff_ffff_ffff_ffffn

function formatRole(message: RoleRequest | RoleReply): string {
  const role = `role=${ROLES[message.role] ?? message.role}`
  const counts = message.role !== OFPCR.NOCHANGE && message.generation_id !== NO_GENERATION
  return counts ? `${role} generation_id=${message.generation_id}` : role
}

const BUNDLE_FLAGS = [
  [OFPBF.ATOMIC, 'atomic'],
  [OFPBF.ORDERED, 'ordered'],
] as const
const BUNDLE_CONTROLS = Object.keys(OFPBCT)

function formatBundleControl(message: BundleControl): string {
  const type = BUNDLE_CONTROLS[message.control] ?? ''
  return `\n bundle_id=${hex(message.bundle_id)} type=${type} flags=${bitNames(message.flags, BUNDLE_FLAGS, '0')}`
}

function formatBundleAdd(message: BundleAddMessage, names: TextNames): string {
  const flags = bitNames(message.flags, BUNDLE_FLAGS, '0')
  return `\n bundle_id=${hex(message.bundle_id)} flags=${flags}\n${formatMessage(message.message, names)}`
}
