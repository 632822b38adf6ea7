/**
 * Identity of flows and groups as strings for maps: equal strings mean the same to a switch.
 *
 * They are byte strings (see `match_bytes.ts`) of the canonical form of what they name, so that a flow read back from
 * Open vSwitch has the key and the value of the flow that was sent: instructions in order of execution, lists without
 * actions dropped, flags that are not state dropped, what a group's type does not use dropped.
 */
import {
  type Action,
  type Bucket,
  encodeActions,
  type Instruction,
  type Match,
  type Subfield,
} from '@openvnet/openflow'
import { bytes, fieldBytes, fieldCode, matchBytes, readMatch, u8, u16, u32, u64 } from './match_bytes.ts'

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

const subfieldBytes = (part: Subfield) => fieldCode(part.field) + u16(part.offset) + u16(part.bits)

function actionBytes(action: Action): string {
  switch (action.type) {
    case 'output':
      return `o${u32(action.port)}${u16(action.max_len)}`
    case 'group':
      return `g${u32(action.group_id)}`
    case 'set_queue':
      return `q${u32(action.queue_id)}`
    case 'set_nw_ttl':
      return `t${u8(action.ttl)}`
    case 'dec_nw_ttl':
      return 'd'
    case 'push_vlan':
      return `v${u16(action.ethertype)}`
    case 'pop_vlan':
      return 'V'
    case 'set_field':
      return `f${fieldBytes(action.field)}`
    case 'reg_move':
      return `m${subfieldBytes(action.src)}${subfieldBytes(action.dst)}`
    case 'reg_load':
      return `l${subfieldBytes(action.dst)}${u64(action.value)}`
    case 'stack_push':
      return `s${subfieldBytes(action.src)}`
    case 'stack_pop':
      return `S${subfieldBytes(action.dst)}`
    case 'resubmit_table':
      return `r${u16(action.in_port)}${u8(action.table)}`
    case 'unknown':
      return `?${u16(action.action_type)}${u64(BigInt(action.experimenter ?? -1))}${bytes(action.data)}`
    // What the pipeline itself does not write: its bytes name it.
    default:
      return `*${bytes(encodeActions([action]))}`
  }
}

function actionListBytes(actions: readonly Action[]): string {
  let result = u16(actions.length)
  for (const action of actions) result += actionBytes(action)
  return result
}

/** Order in which instructions are executed, whatever their order in the message (OpenFlow 1.3.5 §5.9). */
const EXECUTION = ['meter', 'apply_actions', 'clear_actions', 'write_actions', 'write_metadata', 'goto_table']
const step = (instruction: Instruction) => EXECUTION.indexOf(instruction.type)

function instructionBytes(instruction: Instruction): string {
  switch (instruction.type) {
    case 'meter':
      return `m${u32(instruction.meter_id)}`
    case 'apply_actions':
      return instruction.actions.length === 0 ? '' : `a${actionListBytes(instruction.actions)}`
    case 'clear_actions':
      return 'c'
    case 'write_actions':
      return instruction.actions.length === 0 ? '' : `w${actionListBytes(instruction.actions)}`
    case 'write_metadata':
      return `d${u64(instruction.metadata & instruction.metadata_mask)}${u64(instruction.metadata_mask)}`
    case 'goto_table':
      return `g${u8(instruction.table_id)}`
    case 'experimenter':
      return `?ffff${u32(instruction.experimenter)}${bytes(instruction.data)}`
    case 'unknown':
      return `?${u16(instruction.instruction_type)}${bytes(instruction.data)}`
  }
}

function instructionListBytes(instructions: readonly Instruction[]): string {
  const ordered = instructions.length < 2 ? instructions : instructions.toSorted((a, b) => step(a) - step(b))
  let result = ''
  for (const instruction of ordered) result += instructionBytes(instruction)
  return result
}

/**
 * Which flow: two flows of a switch with the same key replace each other.
 * @param table_id 0 to 254
 * @param priority 0 to 65535
 */
export function flowKey(table_id: number, priority: number, match: Match): string {
  return u8(table_id) + u16(priority) + matchBytes(match)
}

/** What a key names. */
export interface FlowIdentity {
  readonly table_id: number
  readonly priority: number
  readonly match: Match
}

/** The inverse of `flowKey`: enough to delete a flow of which only the key was kept. */
export function readFlowKey(key: string): FlowIdentity {
  return {
    table_id: key.charCodeAt(0),
    priority: key.charCodeAt(1) * 256 + key.charCodeAt(2),
    match: readMatch(key, 3),
  }
}

/** What the flow holds: a switch that has this value under the key needs no message. */
export function flowValue(flow: FlowContent): string {
  return (
    u64(flow.cookie) +
    u16(flow.idle_timeout) +
    u16(flow.hard_timeout) +
    u16(flow.flags & STATE_FLAGS) +
    instructionListBytes(flow.instructions)
  )
}

/** Weights count in select groups only, what a bucket watches in select and fast failover groups only. */
function bucketBytes(group_type: number, bucket: Bucket): string {
  const watches = group_type === OFPGT_SELECT || group_type === OFPGT_FF
  return (
    u16(group_type === OFPGT_SELECT ? bucket.weight : 0) +
    u32(watches ? bucket.watch_port : UNWATCHED) +
    u32(watches ? bucket.watch_group : UNWATCHED) +
    actionListBytes(bucket.actions)
  )
}

/** What a group holds, in the order of its buckets. */
export function groupValue(group: {
  readonly group_type: number
  readonly buckets: readonly Bucket[]
}): string {
  let result = u8(group.group_type)
  for (const bucket of group.buckets) result += bucketBytes(group.group_type, bucket)
  return result
}
