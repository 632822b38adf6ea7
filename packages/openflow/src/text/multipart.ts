/** Multipart messages as `ovs-ofctl ofp-print` prints them. */
import { OFPG, OFPMPF_MORE, OFPP, OFPTT } from '../constants.ts'
import type {
  AggregateStatsRequest,
  ExperimenterMultipart,
  FlowStatsRequest,
  MultipartReply,
  MultipartReplyBody,
  MultipartRequest,
  MultipartRequestBody,
  Port,
} from '../types/message.ts'
import { formatFlowStats, formatGroup } from './flow.ts'
import { formatMonitor, formatUpdate } from './flow-monitor.ts'
import { formatGroupFeatures, formatGroupStats } from './group.ts'
import { formatMatch } from './match.ts'
import { formatMeterConfigs, formatMeterFeatures, formatMeterId, formatMeterStats } from './meter.ts'
import { formatPort, formatTable, type TextNames } from './names.ts'
import { bitNames, bytesToHex, paddedHex } from './number.ts'
import { formatPortDescription, formatPortStats } from './port.ts'
import { formatQueueId, formatQueueStats } from './queue.ts'
import { formatTableStats } from './table.ts'
import { formatTableFeatures } from './table-features.ts'

const formatFlags = (flags: number): string[] =>
  flags === 0 ? [] : [`flags=${bitNames(flags, [[OFPMPF_MORE, '[more]']], '0')}`]

export function formatMultipartRequest(message: MultipartRequest, names: TextNames): string {
  return joined(formatFlags(message.flags).join(''), formatRequestBody(message.body, names).join(' '))
}

/** Lists begin on a line of their own. */
const joined = (flags: string, body: string): string =>
  flags === '' || body === '' || body.startsWith('\n') ? flags + body : `${flags} ${body}`

const formatExperimenterBody = (body: ExperimenterMultipart): string =>
  `experimenter ${paddedHex(body.experimenter, 8)} type ${body.exp_type} data ${bytesToHex(body.data)}`

function formatRequestBody(body: MultipartRequestBody, names: TextNames): string[] {
  switch (body.type) {
    case 'flow':
    case 'aggregate':
      return formatFilter(body, names)
    case 'port_stats':
      return [`port_no=${formatPort(body.port_no, names)}`]
    case 'queue':
      return [`port=${formatPort(body.port_no, names)} queue=${formatQueueId(body.queue_id)}`]
    case 'group':
      return [`group_id=${body.group_id === OFPG.ALL ? 'ALL' : body.group_id}`]
    case 'meter':
    case 'meter_config':
      return [`meter=${formatMeterId(body.meter_id)}`]
    case 'group_desc':
      return ['group_id=ALL']
    case 'port_desc':
      return ['port=ANY']
    case 'table_features':
      return body.tables.length === 0 ? [] : [formatTableFeatures(body.tables)]
    case 'flow_monitor':
      return [lines(body.monitors.map((monitor) => formatMonitor(monitor, names)))]
    case 'experimenter':
      return [formatExperimenterBody(body)]
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

export function formatMultipartReply(message: MultipartReply, names: TextNames): string {
  return joined(formatFlags(message.flags).join(''), formatReplyBody(message.body, names))
}

const lines = (items: readonly string[]): string => items.map((item) => `\n${item}`).join('')

type Type = MultipartReplyBody['type']
type Body<T extends Type> = Extract<MultipartReplyBody, { readonly type: T }>

function formatReplyBody<T extends Type>(body: MultipartReplyBody, names: TextNames): string {
  return REPLIES[body.type as T](body as Body<T>, names)
}

const REPLIES: { readonly [T in Type]: (body: Body<T>, names: TextNames) => string } = {
  desc: (body) =>
    lines([
      `Manufacturer: ${body.mfr_desc}`,
      `Hardware: ${body.hw_desc}`,
      `Software: ${body.sw_desc}`,
      `Serial Num: ${body.serial_num}`,
      `DP Description: ${body.dp_desc}`,
    ]),
  flow: (body, names) => lines(body.flows.map((flow) => ` ${formatFlowStats(flow, names)}`)),
  aggregate: (body) =>
    `packet_count=${body.packet_count} byte_count=${body.byte_count} flow_count=${body.flow_count}`,
  table: (body, names) => formatTableStats(body.tables, names),
  port_stats: (body) => `${body.ports.length} ports${lines(body.ports.map(formatPortStats))}`,
  queue: (body, names) =>
    `${body.queues.length} queues${lines(body.queues.map((queue) => formatQueueStats(queue, names)))}`,
  group: (body) => lines(body.groups.map(formatGroupStats)),
  group_desc: (body, names) => lines(body.groups.map((group) => ` ${formatGroup(group, names)}`)),
  group_features: formatGroupFeatures,
  meter: (body) => formatMeterStats(body.meters),
  meter_config: (body) => formatMeterConfigs(body.meters),
  meter_features: formatMeterFeatures,
  table_features: (body) => formatTableFeatures(body.tables),
  port_desc: (body) => lines(byNumber(body.ports).map(formatPortDescription)),
  flow_monitor: (body, names) => lines(body.updates.map((update) => formatUpdate(update, names))),
  experimenter: formatExperimenterBody,
  unknown: (body) => `data ${bytesToHex(body.data)}`,
}

/** Open vSwitch prints ports in the order of their numbers, whatever the order of the message. */
const byNumber = (ports: readonly Port[]): readonly Port[] => [...ports].sort((a, b) => a.port_no - b.port_no)
