/**
 * What a switch does not do, although it decodes. `decode` gives every message that has a meaning somewhere: a dump, a
 * packet-in, a newer switch. What a controller asks is held against `lib/ofp-*.c` of Open vSwitch 3.1 here, as far as
 * that looks before it knows tables, groups and ports. What is opaque is not looked into; padding is not in a message.
 * OpenFlow 1.3.5 §7.1.3 asks switches to refuse requests so.
 */
import { OFPCR, OFPFC, OFPFMF, OFPG, OFPGC, OFPGT, OFPM, OFPMC, OFPMF, OFPP, OFPTT } from '../constants.ts'
import type {
  Bucket,
  BundleAddMessage,
  FlowFilter,
  FlowMod,
  GroupMod,
  Message,
  MeterMod,
  MultipartRequestBody,
  NxtTlvTableMod,
  PacketOut,
} from '../types/message.ts'
import { validateActions, validateGoto, validateInstructions } from './instruction.ts'
import { hasOtherFamily, validateMatch } from './match.ts'
import { isPort } from './port.ts'
import { firstIn, type Violation, type ViolationName, violation } from './violation.ts'

/**
 * Why Open vSwitch would refuse a message of a controller, or `null`. Messages of a switch are not looked at: it says
 * what it says.
 */
export function validate(message: Message): Violation | null {
  switch (message.type) {
    case 'flow_mod':
      return validateFlowMod(message)
    case 'group_mod':
      return validateGroupMod(message)
    case 'meter_mod':
      return validateMeterMod(message)
    case 'packet_out':
      return validatePacketOut(message)
    case 'multipart_request':
      return validateRequest(message.body)
    case 'bundle_add_message':
      return validateBundled(message)
    case 'nxt_tlv_table_mod':
      return validateTlvTableMod(message)
    default:
      return validateSetting(message)
  }
}

const unless = (isRight: boolean, name: ViolationName, path: string): Violation | null =>
  isRight ? null : violation(name, path)

/** Messages of which a number is all that can be wrong. */
function validateSetting(message: Message): Violation | null {
  switch (message.type) {
    case 'role_request':
      return unless(message.role <= OFPCR.SECONDARY, 'OFPRRFC_BAD_ROLE', 'role')
    case 'nxt_role_request':
      return unless(message.role <= 2, 'OFPRRFC_BAD_ROLE', 'role')
    case 'set_config':
      return unless(message.flags <= 3, 'OFPSCFC_BAD_FLAGS', 'flags')
    case 'nxt_set_packet_in_format':
      return unless(message.format <= 2, 'OFPBRC_EPERM', 'format')
    case 'port_mod':
      return unless(isPort(message.port_no), 'OFPBAC_BAD_OUT_PORT', 'port_no')
    case 'queue_get_config_request':
      return unless(isPort(message.port), 'OFPBAC_BAD_OUT_PORT', 'port')
    default:
      return null
  }
}

const FLOW_FLAGS = 0x1f

function validateFlowMod(mod: FlowMod): Violation | null {
  const deletes = mod.command === OFPFC.DELETE || mod.command === OFPFC.DELETE_STRICT
  return (
    validateMatch(mod.match, 'match') ??
    unless(isPort(mod.out_port), 'OFPBAC_BAD_OUT_PORT', 'out_port') ??
    unless(!hasOtherFamily(mod.match), 'OFPBAC_MATCH_INCONSISTENT', 'match') ??
    unless(mod.command <= OFPFC.DELETE_STRICT, 'OFPFMFC_BAD_COMMAND', 'command') ??
    unless(mod.table_id !== OFPTT.ALL || deletes, 'OFPFMFC_BAD_TABLE_ID', 'table_id') ??
    validateInstructions(mod.instructions) ??
    unless((mod.flags & ~FLOW_FLAGS) === 0, 'OFPFMFC_BAD_FLAGS', 'flags') ??
    validateGoto(mod.instructions, mod.table_id)
  )
}

const GROUP_COMMANDS: ReadonlySet<number> = new Set(Object.values(OFPGC))

function validateGroupMod(mod: GroupMod): Violation | null {
  const { command, group_type, buckets } = mod
  const isOne = group_type !== OFPGT.INDIRECT || command === OFPGC.DELETE || buckets.length === 1
  return (
    unless(GROUP_COMMANDS.has(command), 'OFPGMFC_BAD_COMMAND', 'command') ??
    unless(group_type <= OFPGT.FF, 'OFPGMFC_BAD_TYPE', 'group_type') ??
    unless(command === OFPGC.DELETE || mod.group_id <= OFPG.MAX, 'OFPGMFC_INVALID_GROUP', 'group_id') ??
    unless(isOne && (command !== OFPGC.DELETE || buckets.length === 0), 'OFPGMFC_INVALID_GROUP', 'buckets') ??
    firstIn(buckets, 'buckets', (bucket) => validateBucket(bucket, group_type))
  )
}

function validateBucket(bucket: Bucket, type: number): Violation | null {
  const watches = bucket.watch_port !== OFPP.ANY || bucket.watch_group !== OFPG.ANY
  const mayWatch = type === OFPGT.SELECT || type === OFPGT.FF
  return (
    unless(isPort(bucket.watch_port), 'OFPGMFC_BAD_WATCH', '.watch_port') ??
    unless(type === OFPGT.SELECT || bucket.weight === 0, 'OFPGMFC_INVALID_GROUP', '.weight') ??
    unless(mayWatch || !watches, 'OFPGMFC_WATCH_UNSUPPORTED', '') ??
    unless(type !== OFPGT.FF || watches, 'OFPGMFC_INVALID_GROUP', '') ??
    validateActions(bucket.actions, '.actions')
  )
}

const RATE_FLAGS = OFPMF.KBPS | OFPMF.PKTPS

function validateMeterMod(mod: MeterMod): Violation | null {
  if (mod.command > OFPMC.DELETE) return violation('OFPMMFC_BAD_COMMAND', 'command')
  if (mod.command === OFPMC.DELETE) return null
  const isKnown = (type: string): boolean => type === 'drop' || type === 'dscp_remark'
  return (
    unless((mod.flags & RATE_FLAGS) !== RATE_FLAGS, 'OFPMMFC_BAD_FLAGS', 'flags') ??
    firstIn(mod.bands, 'bands', (band) => unless(isKnown(band.type), 'OFPMMFC_BAD_BAND', '')) ??
    unless(mod.meter_id > 0 && mod.meter_id <= OFPM.ALL, 'OFPMMFC_INVALID_METER', 'meter_id')
  )
}

function validatePacketOut({ in_port, actions }: PacketOut): Violation | null {
  const isSource =
    in_port < OFPP.MAX || in_port === OFPP.LOCAL || in_port === OFPP.CONTROLLER || in_port === OFPP.ANY
  return (
    unless(isPort(in_port), 'OFPBAC_BAD_OUT_PORT', 'in_port') ??
    unless(isSource, 'OFPBRC_BAD_PORT', 'in_port') ??
    validateActions(actions, 'actions')
  )
}

const validateFilter = (filter: FlowFilter): Violation | null =>
  validateMatch(filter.match, 'body.match') ??
  unless(isPort(filter.out_port), 'OFPBAC_BAD_OUT_PORT', 'body.out_port')

/** Open vSwitch 3.1 does not know ONLY_OWN. */
const MONITOR_FLAGS = 0x3f
const MONITOR_EVENTS = OFPFMF.ADD | OFPFMF.REMOVED | OFPFMF.MODIFY
const areMonitorFlags = (flags: number): boolean =>
  (flags & ~MONITOR_FLAGS) === 0 && (flags & MONITOR_EVENTS) !== 0

function validateRequest(body: MultipartRequestBody): Violation | null {
  switch (body.type) {
    case 'flow':
    case 'aggregate':
      return validateFilter(body)
    case 'port_stats':
    case 'queue':
      return unless(isPort(body.port_no), 'OFPBAC_BAD_OUT_PORT', 'body.port_no')
    case 'flow_monitor':
      return firstIn(
        body.monitors,
        'body.monitors',
        (monitor) =>
          unless(areMonitorFlags(monitor.flags), 'OFPMOFC_BAD_FLAGS', '.flags') ??
          unless(isPort(monitor.out_port), 'OFPBAC_BAD_OUT_PORT', '.out_port') ??
          validateMatch(monitor.match, '.match'),
      )
    default:
      return null
  }
}

function validateBundled({ xid, message }: BundleAddMessage): Violation | null {
  if (message.xid !== xid) return violation('OFPBFC_MSG_BAD_XID', 'message.xid')
  if (message.type === 'unknown') return violation('OFPBFC_MSG_UNSUP', 'message')
  const found = validate(message)
  return found === null ? null : { ...found, path: `message.${found.path}` }
}

const MAX_TLV_INDEX = 63
const MAX_OPTION_BYTES = 124

function validateTlvTableMod({ command, maps }: NxtTlvTableMod): Violation | null {
  const isLength = (bytes: number): boolean => bytes <= MAX_OPTION_BYTES && bytes % 4 === 0
  return (
    unless(command <= 2, 'NXTTMFC_BAD_COMMAND', 'command') ??
    firstIn(
      maps,
      'maps',
      (map) =>
        unless(isLength(map.option_len), 'NXTTMFC_BAD_OPT_LEN', '.option_len') ??
        unless(map.index <= MAX_TLV_INDEX, 'NXTTMFC_BAD_FIELD_IDX', '.index'),
    )
  )
}
