/** What a fake switch answers to multipart requests, cut into messages as a switch does. OpenFlow 1.3.5 §7.3.5. */
import { writeFlowStats } from '../codec/flow.ts'
import { writeGroupDesc } from '../codec/group.ts'
import { writeMeterConfig, writeMeterStats } from '../codec/meter.ts'
import { OFP_MAX_MESSAGE_BYTES, OFPMPF_MORE, OFPP } from '../constants.ts'
import { OFPET } from '../error-names.ts'
import type {
  MeterConfigRequest,
  MeterStatsRequest,
  MultipartReply,
  MultipartReplyBody,
  MultipartRequest,
  Port,
  PortStats,
  PortStatsRequest,
} from '../types/message.ts'
import { Writer } from '../writer.ts'
import { idleMeter, METER_FEATURES, type Meters } from './meters.ts'
import { type Refusal, refusal } from './refusal.ts'
import type { SwitchTables } from './switch-tables.ts'

const HEADER_BYTES = 16
const PORTS_PER_MESSAGE = 500

export interface Answerer {
  readonly tables: SwitchTables
  readonly meters: Meters
  readonly ports: ReadonlyMap<number, Port>
  readonly tableCount: number
}

/** The messages of the reply, or why there is none. */
export function answerMultipart(request: MultipartRequest, from: Answerer): MultipartReply[] | Refusal {
  const bodies = answerBodies(request, from)
  if (!Array.isArray(bodies)) return bodies
  return bodies.map((body, index) => ({
    type: 'multipart_reply',
    xid: request.xid,
    flags: index < bodies.length - 1 ? OFPMPF_MORE : 0,
    body,
  }))
}

const DESC: MultipartReplyBody = {
  type: 'desc',
  mfr_desc: 'openvnet',
  hw_desc: 'fake switch',
  sw_desc: '',
  serial_num: '',
  dp_desc: '',
}

function answerBodies({ body }: MultipartRequest, from: Answerer): MultipartReplyBody[] | Refusal {
  const { tables } = from
  switch (body.type) {
    case 'desc':
      return [DESC]
    case 'flow':
      return cut(tables.select(body), writeFlowStats).map((flows) => ({ type: 'flow', flows }))
    case 'aggregate':
      return [{ type: 'aggregate', packet_count: 0n, byte_count: 0n, flow_count: tables.select(body).length }]
    case 'table':
      return [{ type: 'table', tables: tableStats(from) }]
    case 'group_desc':
      return cut([...tables.groups.values()], writeGroupDesc).map((groups) => ({
        type: 'group_desc',
        groups,
      }))
    case 'port_desc':
      return slices([...from.ports.values()]).map((ports) => ({ type: 'port_desc', ports }))
    case 'port_stats':
      return answerPortStats(body, from)
    case 'meter_features':
      return [METER_FEATURES]
    case 'meter':
    case 'meter_config':
      return answerMeters(body, from.meters)
    default:
      return refusal(OFPET.BAD_REQUEST, 2)
  }
}

function answerPortStats({ port_no }: PortStatsRequest, from: Answerer): MultipartReplyBody[] | Refusal {
  if (port_no !== OFPP.ANY && !from.ports.has(port_no)) return refusal(OFPET.BAD_REQUEST, 11)
  const wanted = port_no === OFPP.ANY ? [...from.ports.keys()] : [port_no]
  return slices(wanted).map((ports) => ({ type: 'port_stats', ports: ports.map(portStats) }))
}

function answerMeters(
  body: MeterStatsRequest | MeterConfigRequest,
  meters: Meters,
): MultipartReplyBody[] | Refusal {
  const selected = meters.select(body.meter_id)
  if (!Array.isArray(selected)) return selected
  return body.type === 'meter_config'
    ? cut(selected, writeMeterConfig).map((some) => ({ type: 'meter_config', meters: some }))
    : cut(selected.map(idleMeter), writeMeterStats).map((some) => ({ type: 'meter', meters: some }))
}

/** Lists of as many items as go into one message; one empty list for none. */
function cut<T>(items: readonly T[], write: (writer: Writer, item: T) => void): T[][] {
  const writer = new Writer()
  const lists: T[][] = [[]]
  let room = OFP_MAX_MESSAGE_BYTES - HEADER_BYTES
  for (const item of items) {
    writer.rewind(0)
    write(writer, item)
    if (writer.offset > room) {
      lists.push([])
      room = OFP_MAX_MESSAGE_BYTES - HEADER_BYTES
    }
    room -= writer.offset
    lists.at(-1)?.push(item)
  }
  return lists
}

function slices<T>(items: readonly T[]): T[][] {
  const lists: T[][] = []
  for (let at = 0; at === 0 || at < items.length; at += PORTS_PER_MESSAGE) {
    lists.push(items.slice(at, at + PORTS_PER_MESSAGE))
  }
  return lists
}

function tableStats({ tables, tableCount }: Answerer) {
  return Array.from({ length: tableCount }, (_, table_id) => ({
    table_id,
    active_count: tables.tables.get(table_id)?.size ?? 0,
    lookup_count: 0n,
    matched_count: 0n,
  }))
}

function portStats(port_no: number): PortStats {
  return {
    port_no,
    rx_packets: 0n,
    tx_packets: 0n,
    rx_bytes: 0n,
    tx_bytes: 0n,
    rx_dropped: 0n,
    tx_dropped: 0n,
    rx_errors: 0n,
    tx_errors: 0n,
    rx_frame_err: 0n,
    rx_over_err: 0n,
    rx_crc_err: 0n,
    collisions: 0n,
    duration_sec: 0,
    duration_nsec: 0,
  }
}
