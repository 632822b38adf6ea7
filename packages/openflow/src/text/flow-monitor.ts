/** Flow monitors as `ovs-ofctl monitor` with `watch:` prints them. */
import { OFPFMF, OFPP, OFPTT } from '../constants.ts'
import type { FlowMonitor, FlowUpdate, FlowUpdateFull } from '../types/message.ts'
import { formatInstructions } from './action.ts'
import { formatMatch } from './match.ts'
import { formatPort, formatTable, type TextNames } from './names.ts'
import { bytesToHex, hex } from './number.ts'
import { flowRemovedReason } from './traffic.ts'

const FLAGS = [
  [OFPFMF.INITIAL, 'initial'],
  [OFPFMF.ADD, 'add'],
  [OFPFMF.REMOVED, 'delete'],
  [OFPFMF.MODIFY, 'modify'],
  [OFPFMF.INSTRUCTIONS, 'actions'],
  [OFPFMF.NO_ABBREV, 'own'],
  [OFPFMF.ONLY_OWN, 'only_own'],
] as const

export function formatMonitor(monitor: FlowMonitor, names: TextNames): string {
  const flags = FLAGS.filter(([bit]) => (monitor.flags & bit) !== 0).map(([, name]) => name)
  const parts = [` id=${monitor.monitor_id} flags=${flags.join(',')}`]
  if (monitor.out_port !== OFPP.ANY) parts.push(`out_port=${formatPort(monitor.out_port, names)}`)
  if (monitor.table_id !== OFPTT.ALL) parts.push(`table=${formatTable(monitor.table_id, names)}`)
  const match = formatMatch(monitor.match, names)
  if (match !== '') parts.push(match)
  return parts.join(' ')
}

export function formatUpdate(update: FlowUpdate, names: TextNames): string {
  switch (update.type) {
    case 'abbrev':
      return ` event=ABBREV xid=${hex(update.xid)}`
    case 'unknown':
      return ` event=${update.event} data ${bytesToHex(update.data)}`
    default:
      return formatFull(update, names)
  }
}

/** Without the priority, as Open vSwitch prints it. */
function formatFull(update: FlowUpdateFull, names: TextNames): string {
  const parts = [` event=${update.type.toUpperCase()}`]
  if (update.type === 'deleted') parts.push(`reason=${flowRemovedReason(update.reason)}`)
  parts.push(`table=${formatTable(update.table_id, names)}`)
  if (update.idle_timeout !== 0) parts.push(`idle_timeout=${update.idle_timeout}`)
  if (update.hard_timeout !== 0) parts.push(`hard_timeout=${update.hard_timeout}`)
  parts.push(`cookie=${hex(update.cookie)}`)
  const match = formatMatch(update.match, names)
  if (match !== '') parts.push(match)
  if (update.instructions.length > 0) parts.push(`actions=${formatInstructions(update.instructions, names)}`)
  return parts.join(' ')
}
