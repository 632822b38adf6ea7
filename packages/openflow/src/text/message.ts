/**
 * Messages as `ovs-ofctl ofp-print` prints them, without what it appends about the packet in a packet-in or
 * packet-out and without its dumps of bytes. What Open vSwitch does not know is told in our own words.
 */

import { decode } from '../codec/message.ts'
import {
  OFP_NO_BUFFER,
  OFP_VERSION,
  OFPBCT,
  OFPBF,
  OFPC,
  OFPCR,
  OFPFC,
  OFPGC,
  OFPP,
  OFPT,
} from '../constants.ts'
import { errorName, OFPET } from '../error-names.ts'
import type {
  BundleAddMessage,
  BundleControl,
  ErrorMessage,
  FeaturesReply,
  FlowMod,
  FlowRemoved,
  GetConfigReply,
  GroupMod,
  Hello,
  Message,
  PacketIn,
  PacketOut,
  PortStatus,
  RoleReply,
  RoleRequest,
  SetConfig,
} from '../types/message.ts'
import { formatActions, formatInstructions } from './action.ts'
import { formatFlowFlags, formatGroup, formatPriorityAndMatch } from './flow.ts'
import { formatMatch } from './match.ts'
import { formatMultipartReply, formatMultipartRequest } from './multipart.ts'
import { formatPort, formatTable, type TextNames } from './names.ts'
import { bitNames, bytesToHex, duration, hex, paddedHex } from './number.ts'
import { formatPortDescription } from './port.ts'

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

const PACKET_IN_REASONS = ['no_match', 'action', 'invalid_ttl', 'action_set', 'group', 'packet_out'] as const
const NO_COOKIE = 0xffff_ffff_ffff_ffffn

function formatPacketIn(message: PacketIn, names: TextNames): string {
  const table = message.table_id === 0 ? '' : `table_id=${formatTable(message.table_id, names)} `
  const cookie = message.cookie === NO_COOKIE ? '' : `cookie=0x${message.cookie.toString(16)} `
  const match = formatMatch(message.match, names)
  const reason = PACKET_IN_REASONS[message.reason] ?? String(message.reason)
  const buffer =
    message.buffer_id === OFP_NO_BUFFER ? '(unbuffered)' : `buffer=${paddedHex(message.buffer_id, 8)}`
  return `${table}${cookie}total_len=${message.total_len} ${match} (via ${reason}) data_len=${message.data.length} ${buffer}`
}

function formatPacketOut(message: PacketOut, names: TextNames): string {
  const data =
    message.buffer_id === OFP_NO_BUFFER
      ? `data_len=${message.data.length}`
      : `buffer=${paddedHex(message.buffer_id, 8)}`
  return `in_port=${formatPort(message.in_port, names)} actions=${formatActions(message.actions, names)} ${data}`
}

const FLOW_REMOVED_REASONS = ['idle', 'hard', 'delete', 'group_delete', 'meter_delete', 'eviction'] as const

function formatFlowRemoved(message: FlowRemoved, names: TextNames): string {
  const reason = FLOW_REMOVED_REASONS[message.reason] ?? String(message.reason)
  const parts = [`reason=${reason}`, `table_id=${formatTable(message.table_id, names)}`]
  if (message.cookie !== 0n) parts.push(`cookie:0x${message.cookie.toString(16)}`)
  parts.push(
    `duration${duration(message.duration_sec, message.duration_nsec)}`,
    `idle${message.idle_timeout}`,
  )
  if (message.hard_timeout !== 0) parts.push(`hard${message.hard_timeout}`)
  parts.push(`pkts${message.packet_count}`, `bytes${message.byte_count}`)
  return `${formatPriorityAndMatch(message, names)} ${parts.join(' ')}`
}

const PORT_REASONS = ['ADD', 'DEL', 'MOD'] as const

const formatPortStatus = (message: PortStatus): string =>
  `${PORT_REASONS[message.reason] ?? message.reason}:${formatPortDescription(message.port)}`

const FLOW_COMMANDS: ReadonlyMap<number, string> = new Map([
  [OFPFC.ADD, 'ADD'],
  [OFPFC.MODIFY, 'MOD'],
  [OFPFC.MODIFY_STRICT, 'MOD_STRICT'],
  [OFPFC.DELETE, 'DEL'],
  [OFPFC.DELETE_STRICT, 'DEL_STRICT'],
])

function formatFlowMod(message: FlowMod, names: TextNames): string {
  const parts = [FLOW_COMMANDS.get(message.command) ?? `command ${message.command}`]
  if (message.table_id !== 0) parts.push(`table:${formatTable(message.table_id, names)}`)
  const match = formatPriorityAndMatch(message, names)
  if (match !== '') parts.push(match)
  parts.push(...formatCookie(message))
  if (message.idle_timeout !== 0) parts.push(`idle:${message.idle_timeout}`)
  if (message.hard_timeout !== 0) parts.push(`hard:${message.hard_timeout}`)
  if (message.buffer_id !== OFP_NO_BUFFER) parts.push(`buf:0x${message.buffer_id.toString(16)}`)
  if (message.out_port !== OFPP.ANY && message.out_port !== 0)
    parts.push(`out_port:${formatPort(message.out_port, names)}`)
  const flags = formatFlowFlags(message.flags)
  if (flags !== '') parts.push(flags)
  return `${parts.join(' ')} actions=${formatInstructions(message.instructions, names)}`
}

/** An added flow's cookie, or the filter of the other commands. */
function formatCookie({ command, cookie, cookie_mask }: FlowMod): string[] {
  if (command === OFPFC.ADD) return cookie === 0n ? [] : [`cookie:0x${cookie.toString(16)}`]
  return cookie_mask === 0n ? [] : [`cookie:0x${cookie.toString(16)}/0x${cookie_mask.toString(16)}`]
}

const GROUP_COMMANDS: ReadonlyMap<number, string> = new Map([
  [OFPGC.ADD, 'ADD'],
  [OFPGC.MODIFY, 'MOD'],
  [OFPGC.DELETE, 'DEL'],
  [OFPGC.ADD_OR_MOD, 'ADD_OR_MOD'],
])

const formatGroupMod = (message: GroupMod, names: TextNames): string =>
  `\n ${GROUP_COMMANDS.get(message.command) ?? `command ${message.command}`} ${formatGroup(message, names)}`

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
