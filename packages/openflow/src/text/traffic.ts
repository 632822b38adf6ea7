/** What is said of flows, groups and packets: flow-mod, group-mod, flow-removed, packet-in, packet-out. */
import { OFP_NO_BUFFER, OFPFC, OFPGC, OFPP } from '../constants.ts'
import type { FlowMod, FlowRemoved, GroupMod, PacketIn, PacketOut } from '../types/message.ts'
import { formatActions, formatInstructions } from './action.ts'
import { formatFlowFlags, formatGroup, formatPriorityAndMatch } from './flow.ts'
import { formatMatch } from './match.ts'
import { formatPort, formatTable, type TextNames } from './names.ts'
import { duration, paddedHex } from './number.ts'

const PACKET_IN_REASONS = ['no_match', 'action', 'invalid_ttl', 'action_set', 'group', 'packet_out'] as const
/** The cookie of a packet that no flow sent. */
export const NO_COOKIE = 0xffff_ffff_ffff_ffffn

/** What a packet-in says, in whichever form it came. */
export type PacketInText = Omit<PacketIn, 'type' | 'xid'>

export function formatPacketIn(message: PacketInText, names: TextNames): string {
  const table = message.table_id === 0 ? '' : `table_id=${formatTable(message.table_id, names)} `
  const cookie = message.cookie === NO_COOKIE ? '' : `cookie=0x${message.cookie.toString(16)} `
  const match = formatMatch(message.match, names)
  const reason = PACKET_IN_REASONS[message.reason] ?? String(message.reason)
  return `${table}${cookie}total_len=${message.total_len} ${match} (via ${reason}) data_len=${message.data.length} ${formatBuffer(message)}`
}

/** Where the packet is, and whether the lengths can be true. */
function formatBuffer({ buffer_id, total_len, data }: PacketInText): string {
  if (buffer_id === OFP_NO_BUFFER)
    return total_len === data.length ? '(unbuffered)' : '(unbuffered) (***total_len != data_len***)'
  return `buffer=${paddedHex(buffer_id, 8)}${total_len < data.length ? ' (***total_len < data_len***)' : ''}`
}

export function formatPacketOut(message: PacketOut, names: TextNames): string {
  const data =
    message.buffer_id === OFP_NO_BUFFER
      ? `data_len=${message.data.length}`
      : `buffer=${paddedHex(message.buffer_id, 8)}`
  return `in_port=${formatPort(message.in_port, names)} actions=${formatActions(message.actions, names)} ${data}`
}

const FLOW_REMOVED_REASONS = ['idle', 'hard', 'delete', 'group_delete', 'meter_delete', 'eviction'] as const

/** OFPRR by name. */
export const flowRemovedReason = (reason: number): string => FLOW_REMOVED_REASONS[reason] ?? String(reason)

export function formatFlowRemoved(message: FlowRemoved, names: TextNames): string {
  const parts = [
    `reason=${flowRemovedReason(message.reason)}`,
    `table_id=${formatTable(message.table_id, names)}`,
  ]
  if (message.cookie !== 0n) parts.push(`cookie:0x${message.cookie.toString(16)}`)
  parts.push(
    `duration${duration(message.duration_sec, message.duration_nsec)}`,
    `idle${message.idle_timeout}`,
  )
  if (message.hard_timeout !== 0) parts.push(`hard${message.hard_timeout}`)
  parts.push(`pkts${message.packet_count}`, `bytes${message.byte_count}`)
  return `${formatPriorityAndMatch(message, names)} ${parts.join(' ')}`
}

const FLOW_COMMANDS: ReadonlyMap<number, string> = new Map([
  [OFPFC.ADD, 'ADD'],
  [OFPFC.MODIFY, 'MOD'],
  [OFPFC.MODIFY_STRICT, 'MOD_STRICT'],
  [OFPFC.DELETE, 'DEL'],
  [OFPFC.DELETE_STRICT, 'DEL_STRICT'],
])

export function formatFlowMod(message: FlowMod, names: TextNames): string {
  const parts = [FLOW_COMMANDS.get(message.command) ?? `command ${message.command}`]
  if (message.table_id !== 0) parts.push(`table:${formatTable(message.table_id, names)}`)
  const match = formatPriorityAndMatch(message, names)
  if (match !== '') parts.push(match)
  parts.push(...formatCookie(message))
  if (message.idle_timeout !== 0) parts.push(`idle:${message.idle_timeout}`)
  if (message.hard_timeout !== 0) parts.push(`hard:${message.hard_timeout}`)
  if (message.buffer_id !== OFP_NO_BUFFER) parts.push(`buf:0x${message.buffer_id.toString(16)}`)
  if (message.out_port !== OFPP.ANY) parts.push(`out_port:${formatPort(message.out_port, names)}`)
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

export const formatGroupMod = (message: GroupMod, names: TextNames): string =>
  `\n ${GROUP_COMMANDS.get(message.command) ?? `command ${message.command}`} ${formatGroup(message, names)}`
