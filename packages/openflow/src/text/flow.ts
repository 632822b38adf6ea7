/** Flows and groups as `ovs-ofctl dump-flows` and `dump-groups` print them. */
import { OFP_DEFAULT_PRIORITY, OFPFF, OFPG, OFPGT, OFPP } from '../constants.ts'
import type { Instruction } from '../types/instruction.ts'
import type { Match } from '../types/match.ts'
import type { Bucket, FlowStats, GroupDesc } from '../types/message.ts'
import { formatActions, formatInstructions } from './action.ts'
import { formatMatch } from './match.ts'
import { formatPort, formatTable, type TextNames } from './names.ts'
import { bitNames, duration } from './number.ts'

/** What a flow-mod and an entry of a dump have in common; what is absent counts as 0. */
export interface FlowText {
  /** 0..254; 255 is every table, in filters. */
  readonly table_id: number
  /** 0..65535. */
  readonly priority: number
  /** 64 bits. */
  readonly cookie?: bigint
  /** Seconds without packets until it ends, 0..65535; 0 is never. */
  readonly idle_timeout?: number
  /** Seconds until it ends, 0..65535; 0 is never. */
  readonly hard_timeout?: number
  /** Bits of `OFPFF`. */
  readonly flags?: number
  readonly match: Match
  readonly instructions: readonly Instruction[]
}

/** How a flow is printed. */
export interface FlowTextOptions extends TextNames {
  /** Print the cookie if it is not 0. */
  readonly cookie?: boolean
}

/**
 * `table=port_security, priority=100,arp,reg0=0x1 actions=goto_table:arp`: a line of `ovs-ofctl --no-stats
 * dump-flows`, with the table always and the cookie only on demand. A priority of 32768 is not printed.
 */
export function formatFlow(flow: FlowText, options: FlowTextOptions = {}): string {
  const id = flow.cookie ?? 0n
  const cookie = options.cookie === true && id !== 0n ? `cookie=0x${id.toString(16)}, ` : ''
  return `${cookie}table=${formatTable(flow.table_id, options)}, ${formatRule(flow, options)}`
}

/** A line of `ovs-ofctl dump-flows`; counters that are all ones, which a switch does not keep, are `?`. */
export function formatFlowStats(flow: FlowStats, names: TextNames = {}): string {
  return [
    `cookie=0x${flow.cookie.toString(16)}, `,
    `duration=${duration(flow.duration_sec, flow.duration_nsec)}, `,
    `table=${formatTable(flow.table_id, names)}, `,
    `n_packets=${counter(flow.packet_count)}, n_bytes=${counter(flow.byte_count)}, `,
    formatRule(flow, names),
  ].join('')
}

/** All ones: the switch does not count this. */
export const counter = (value: bigint): string => (value === 0xffff_ffff_ffff_ffffn ? '?' : String(value))

/** From the timeouts on. */
function formatRule(flow: FlowText, names: TextNames): string {
  const idle = flow.idle_timeout ? `idle_timeout=${flow.idle_timeout}, ` : ''
  const hard = flow.hard_timeout ? `hard_timeout=${flow.hard_timeout}, ` : ''
  const flags = formatFlowFlags(flow.flags ?? 0)
  const match = formatPriorityAndMatch(flow, names)
  const actions = `actions=${formatInstructions(flow.instructions, names)}`
  return `${idle}${hard}${flags === '' ? '' : `${flags} `}${match === '' ? '' : `${match} `}${actions}`
}

export function formatPriorityAndMatch(
  flow: { readonly priority: number; readonly match: Match },
  names: TextNames,
): string {
  const match = formatMatch(flow.match, names)
  const priority = flow.priority === OFP_DEFAULT_PRIORITY ? '' : `priority=${flow.priority}`
  return priority !== '' && match !== '' ? `${priority},${match}` : priority + match
}

export function formatFlowFlags(flags: number): string {
  return bitNames(
    flags,
    [
      [OFPFF.SEND_FLOW_REM, 'send_flow_rem'],
      [OFPFF.CHECK_OVERLAP, 'check_overlap'],
      [OFPFF.RESET_COUNTS, 'reset_counts'],
      [OFPFF.NO_PKT_COUNTS, 'no_packet_counts'],
      [OFPFF.NO_BYT_COUNTS, 'no_byte_counts'],
    ],
    '',
  )
}

const GROUP_TYPES: ReadonlyMap<number, string> = new Map([
  [OFPGT.ALL, 'all'],
  [OFPGT.SELECT, 'select'],
  [OFPGT.INDIRECT, 'indirect'],
  [OFPGT.FF, 'ff'],
])

/** `group_id=5,type=all,bucket=actions=output:3` */
export function formatGroup(group: GroupDesc, names: TextNames = {}): string {
  const type = GROUP_TYPES.get(group.group_type) ?? String(group.group_type)
  const buckets = group.buckets.map((bucket) => `,bucket=${formatBucket(bucket, group.group_type, names)}`)
  return `group_id=${group.group_id},type=${type}${buckets.join('')}`
}

function formatBucket(bucket: Bucket, groupType: number, names: TextNames): string {
  // What `ovs-ofctl` gives a bucket for which none is said.
  const usual = groupType === OFPGT.SELECT ? 1 : 0
  const weight = bucket.weight === usual ? '' : `weight:${bucket.weight},`
  const port = bucket.watch_port === OFPP.ANY ? '' : `watch_port:${formatPort(bucket.watch_port, names)},`
  const group = bucket.watch_group === OFPG.ANY ? '' : `watch_group:${bucket.watch_group},`
  return `${weight}${port}${group}actions=${formatActions(bucket.actions, names)}`
}
