/**
 * Identity of flows, groups and meters as strings for maps: equal strings mean the same to a switch.
 *
 * They are byte strings of the canonical form of what they name, so that a flow read back from Open vSwitch has the
 * key and the value of the flow that was sent: instructions in order of execution, lists without actions dropped,
 * flags that are not state dropped, what a group's type does not use dropped. Key and value together are the whole
 * flow: both can be read.
 */
import { type Bucket, type Instruction, type Match, type MeterBand, OFPMF } from '@openvnet/openflow'
import { readInstructions, writeActions, writeInstructions } from './action_bytes.ts'
import { ByteStringReader, ByteStringWriter } from './byte_string.ts'
import { readMatch, writeMatch } from './match_bytes.ts'

/** What a flow holds apart from its key. */
export interface FlowContent {
  readonly cookie: bigint
  readonly instructions: readonly Instruction[]
  readonly idle_timeout: number
  readonly hard_timeout: number
  readonly flags: number
}

/** OFPFF_SEND_FLOW_REM, NO_PKT_COUNTS, NO_BYT_COUNTS: the flags that a switch keeps with the flow. */
const STATE_FLAGS = 0x19
const OFPGT_SELECT = 1
const OFPGT_FF = 3
const UNWATCHED = 0xffffffff

const writer = new ByteStringWriter()

/**
 * Which flow: two flows of a switch with the same key replace each other.
 * @param table_id 0 to 254
 * @param priority 0 to 65535
 */
export function flowKey(table_id: number, priority: number, match: Match): string {
  writer.clear()
  writer.u8(table_id)
  writer.u16(priority)
  writeMatch(writer, match)
  return writer.take()
}

/** What a key names. */
export interface FlowIdentity {
  readonly table_id: number
  readonly priority: number
  /** Prerequisites first, as a switch demands. */
  readonly match: Match
}

/** The inverse of `flowKey`. */
export function readFlowKey(key: string): FlowIdentity {
  const reader = new ByteStringReader(key)
  return { table_id: reader.number(1), priority: reader.number(2), match: readMatch(reader) }
}

/** The table of a key, without reading the rest of it. */
export const tableOfKey = (key: string): number => key.charCodeAt(0)

/** What the flow holds: a switch that has this value under the key needs no message. */
export function flowValue(flow: FlowContent): string {
  writer.clear()
  writer.u64(flow.cookie)
  writer.u16(flow.idle_timeout)
  writer.u16(flow.hard_timeout)
  writer.u16(flow.flags & STATE_FLAGS)
  writeInstructions(writer, flow.instructions)
  return writer.take()
}

/** The inverse of `flowValue`. */
export function readFlowValue(value: string): FlowContent {
  const reader = new ByteStringReader(value)
  return {
    cookie: reader.bigint(8),
    idle_timeout: reader.number(2),
    hard_timeout: reader.number(2),
    flags: reader.number(2),
    instructions: readInstructions(reader),
  }
}

/** Weights count in select groups only, what a bucket watches in select and fast failover groups only. */
function writeBucket(group_type: number, bucket: Bucket): void {
  const watches = group_type === OFPGT_SELECT || group_type === OFPGT_FF
  writer.u16(group_type === OFPGT_SELECT ? bucket.weight : 0)
  writer.u32(watches ? bucket.watch_port : UNWATCHED)
  writer.u32(watches ? bucket.watch_group : UNWATCHED)
  writeActions(writer, bucket.actions)
}

/** What a group holds, in the order of its buckets. */
export function groupValue(group: {
  readonly group_type: number
  readonly buckets: readonly Bucket[]
}): string {
  writer.clear()
  writer.u8(group.group_type)
  for (const bucket of group.buckets) writeBucket(group.group_type, bucket)
  return writer.take()
}

/** OFPMF_STATS: the switch counts with or without it. */
const METER_FLAGS = OFPMF.KBPS | OFPMF.PKTPS | OFPMF.BURST

const BAND_NUMBERS = { drop: 1, dscp_remark: 2, experimenter: 3, unknown: 4 } as const

/** What a meter holds, in the order of its bands; of bands that we never ask for, that they are others. */
export function meterValue({
  flags,
  bands,
}: {
  readonly flags: number
  readonly bands: readonly MeterBand[]
}): string {
  writer.clear()
  writer.u16(flags & METER_FLAGS)
  for (const band of bands) {
    writer.u8(BAND_NUMBERS[band.type])
    writer.u32(band.rate)
    writer.u32(band.burst_size)
  }
  return writer.take()
}
