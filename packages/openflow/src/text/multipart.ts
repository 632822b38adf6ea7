/** Multipart messages as `ovs-ofctl ofp-print` prints them. */
import { OFPMPF_MORE, OFPP, OFPTT } from '../constants.ts'
import type {
  AggregateStatsRequest,
  FlowStatsRequest,
  MultipartReply,
  MultipartReplyBody,
  MultipartRequest,
  MultipartRequestBody,
  Port,
  TableStats,
} from '../types/message.ts'
import { formatFlowStats, formatGroup } from './flow.ts'
import { formatMatch } from './match.ts'
import { formatPort, formatTable, type TextNames } from './names.ts'
import { bitNames, bytesToHex } from './number.ts'
import { formatPortDescription, formatPortStats } from './port.ts'

const formatFlags = (flags: number): string[] =>
  flags === 0 ? [] : [`flags=${bitNames(flags, [[OFPMPF_MORE, '[more]']], '0')}`]

export function formatMultipartRequest(message: MultipartRequest, names: TextNames): string {
  return [...formatFlags(message.flags), ...formatRequestBody(message.body, names)].join(' ')
}

function formatRequestBody(body: MultipartRequestBody, names: TextNames): string[] {
  switch (body.type) {
    case 'flow':
    case 'aggregate':
      return formatFilter(body, names)
    case 'port_stats':
      return [`port_no=${formatPort(body.port_no, names)}`]
    case 'group_desc':
      return ['group_id=ALL']
    case 'port_desc':
      return ['port=ANY']
    case 'unknown':
      return [`data ${bytesToHex(body.data)}`]
    default:
      return []
  }
}

function formatFilter(body: FlowStatsRequest | AggregateStatsRequest, names: TextNames): string[] {
  const table = body.table_id === OFPTT.ALL ? [] : [`table=${formatTable(body.table_id, names)}`]
  const port = body.out_port === OFPP.ANY ? [] : [`out_port=${formatPort(body.out_port, names)}`]
  const match = formatMatch(body.match, names)
  return [...table, ...port, ...(match === '' ? [] : [match])]
}

/** Lists begin on a line of their own. */
export function formatMultipartReply(message: MultipartReply, names: TextNames): string {
  const flags = formatFlags(message.flags).join('')
  const body = formatReplyBody(message.body, names)
  return flags === '' || body === '' || body.startsWith('\n') ? flags + body : `${flags} ${body}`
}

const lines = (items: readonly string[]): string => items.map((item) => `\n${item}`).join('')

function formatReplyBody(body: MultipartReplyBody, names: TextNames): string {
  switch (body.type) {
    case 'desc':
      return lines([
        `Manufacturer: ${body.mfr_desc}`,
        `Hardware: ${body.hw_desc}`,
        `Software: ${body.sw_desc}`,
        `Serial Num: ${body.serial_num}`,
        `DP Description: ${body.dp_desc}`,
      ])
    case 'flow':
      return lines(body.flows.map((flow) => ` ${formatFlowStats(flow, names)}`))
    case 'aggregate':
      return `packet_count=${body.packet_count} byte_count=${body.byte_count} flow_count=${body.flow_count}`
    case 'table':
      return lines(body.tables.map((table) => formatTableStats(table, names)))
    case 'port_stats':
      return `${body.ports.length} ports${lines(body.ports.map(formatPortStats))}`
    case 'group_desc':
      return lines(body.groups.map((group) => ` ${formatGroup(group, names)}`))
    case 'port_desc':
      return lines(byNumber(body.ports).map(formatPortDescription))
    case 'unknown':
      return `data ${bytesToHex(body.data)}`
  }
}

/** Open vSwitch prints ports in the order of their numbers, whatever the order of the message. */
const byNumber = (ports: readonly Port[]): readonly Port[] => [...ports].sort((a, b) => a.port_no - b.port_no)

/** One line each; Open vSwitch writes three and gathers equal ones. */
function formatTableStats(stats: TableStats, names: TextNames): string {
  const table = formatTable(stats.table_id, names)
  return `  table ${table}: active=${stats.active_count}, lookup=${stats.lookup_count}, matched=${stats.matched_count}`
}
