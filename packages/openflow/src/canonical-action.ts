/**
 * One form for actions that mean the same, which is the one that their text reads as. Open vSwitch prints several
 * actions alike (`move:` is NXAST_REG_MOVE and ONF's COPY_FIELD) and leaves out what has no effect there (`max_len` of
 * an output to a port); a switch keeps some of these as they came, so both sides of a comparison want this form.
 * `lib/ofp-actions.c` of Open vSwitch. The table of forms is in the README.
 */
import { canonicalController, canonicalController2 } from './canonical-controller.ts'
import { canonicalLeftover } from './canonical-leftover.ts'
import { NX_CT_F, NX_NAT_F, OFPCML_NO_BUFFER, OFPP, OFPTT } from './constants.ts'
import { FIELDS } from './fields.ts'
import type { Action, Ct } from './types/action.ts'
import type { FieldValue, Match, MatchField, OxmField } from './types/match.ts'
import type {
  EncapProperty,
  Learn,
  Learn2,
  LearnSpec,
  Nat,
  OutputReg,
  OutputReg2,
  Sample,
  Sample2,
  Sample4,
  Subfield,
} from './types/open-vswitch-action.ts'

/**
 * Actions in the form that their text reads as.
 * @param match the flow's: it says which field the `set_tp_src` of OpenFlow 1.1 means
 */
export function canonicalActions(actions: readonly Action[], match: Match = []): Action[] {
  return actions.map((action) => canonicalAction(action, match))
}

function canonicalAction(action: Action, match: Match): Action {
  switch (action.type) {
    case 'output':
      return action.port === OFPP.CONTROLLER ? action : { ...action, max_len: 0 }
    case 'set_field':
    case 'reg_load2':
      return canonicalSet(action.field)
    case 'copy_field':
    case 'reg_move':
      return { type: 'reg_move', src: placeOf(action.src), dst: placeOf(action.dst) }
    case 'stack_push':
      return { type: 'stack_push', src: placeOf(action.src) }
    case 'reg_load':
    case 'stack_pop':
    case 'multipath':
    case 'bundle_load':
    case 'check_pkt_larger':
      return { ...action, dst: placeOf(action.dst) }
    case 'delete_field':
      return { type: 'delete_field', field: action.field }
    case 'output_reg':
    case 'output_reg2':
      return canonicalOutputReg(action)
    case 'resubmit_table':
      return action.table === OFPTT.ALL ? { type: 'resubmit', in_port: action.in_port } : action
    case 'controller':
      return canonicalController(action)
    case 'controller2':
      return canonicalController2(action)
    case 'sample2':
    case 'sample3':
    case 'sample4':
      return canonicalSample(action)
    case 'learn':
    case 'learn2':
      return canonicalLearn(action)
    case 'encap':
      return { ...action, hdr_size: 0, properties: action.properties.map(canonicalEncapProperty) }
    case 'nat':
      return canonicalNat(action)
    case 'clone':
      return { type: 'clone', actions: canonicalActions(action.actions, match) }
    case 'ct':
      return canonicalCt(action, match)
    default:
      return canonicalLeftover(action, match)
  }
}

/** Bits of a field under its usual name: how wide a switch has mapped a tunnel option is no part of the text. */
const placeOf = ({ field, offset, bits }: Subfield): Subfield => ({ field, offset, bits })

const NSH_MD_TYPE = { class: 0x0004, type: 1 } as const

/** A kind of metadata is one byte; what follows it is padding. */
function canonicalEncapProperty(property: EncapProperty): EncapProperty {
  const { class: propertyClass, type, data } = property
  if (propertyClass !== NSH_MD_TYPE.class || type !== NSH_MD_TYPE.type || data.length < 1 || data.length > 4)
    return property
  return { class: propertyClass, type, data: data.subarray(0, 1) }
}

const isExperimenters = (field: Subfield['field']): boolean => FIELDS[field].class === 0xffff

/** Only the second form has room for the code of an experimenter's field. `max_len` says nothing in either. */
function canonicalOutputReg({ src }: OutputReg | OutputReg2): Action {
  const type = isExperimenters(src.field) ? 'output_reg2' : 'output_reg'
  return { type, src: placeOf(src), max_len: OFPCML_NO_BUFFER }
}

const HAS_MASK = 0x100

/** `set_field` without a mask, `reg_load2` with one. */
function canonicalSet(field: MatchField): Action {
  if (field.field === 'unknown')
    return { type: (field.header & HAS_MASK) === 0 ? 'set_field' : 'reg_load2', field }
  const value = canonicalValue(field)
  return { type: value.mask === null ? 'set_field' : 'reg_load2', field: value }
}

/** Under the usual name, a mask of all bits of all bytes dropped, bytes without the leading ones that say nothing. */
export function canonicalValue({ field, value, mask }: OxmField): OxmField {
  if (value instanceof Uint8Array) return canonicalBytes(field, value, mask as Uint8Array | null)
  const isWhole =
    mask !== null &&
    (isOneBit(field, mask) || BigInt(mask as number | bigint) === allOnes(FIELDS[field].bytes))
  return { field, value, mask: isWhole ? null : mask }
}

/** The only bit that tun_flags has. */
const isOneBit = (field: OxmField['field'], mask: FieldValue): boolean =>
  field === 'tun_flags' && ((mask as number) & 1) === 1

const allOnes = (bytes: number): bigint => (1n << BigInt(bytes * 8)) - 1n

/** Open vSwitch takes a value of variable length as a number, and a shorter mask as one with zeros in front. */
function canonicalBytes(field: OxmField['field'], value: Uint8Array, mask: Uint8Array | null): OxmField {
  if (mask !== null && (mask.length < FIELDS[field].bytes || mask.some((byte) => byte !== 0xff))) {
    const start = firstSet(mask)
    return { field, value: value.subarray(start), mask: mask.subarray(start) }
  }
  return { field, value: value.subarray(firstSet(value)), mask: null }
}

/** Where the first byte stands that is not zero; the last one if all are. */
function firstSet(bytes: Uint8Array): number {
  const index = bytes.findIndex((byte) => byte !== 0)
  return index < 0 ? bytes.length - 1 : index
}

/** The least form that can say it. */
function canonicalSample(action: Sample2 | Sample4): Sample | Sample2 | Sample4 {
  const { type, probability, collector_set_id, obs_domain_id, obs_point_id, sampling_port } = action
  // What NXAST_SAMPLE2 has there is padding to Open vSwitch.
  const direction = type === 'sample2' ? 0 : action.direction
  const head = { probability, collector_set_id }
  if (typeof obs_domain_id !== 'number' || typeof obs_point_id !== 'number') {
    const [domain, point] = [idOf(obs_domain_id), idOf(obs_point_id)]
    return { type: 'sample4', ...head, obs_domain_id: domain, obs_point_id: point, sampling_port, direction }
  }
  const ids = { ...head, obs_domain_id, obs_point_id }
  if (direction !== 0) return { type: 'sample3', ...ids, sampling_port, direction }
  if (sampling_port !== NO_PORT) return { type: 'sample2', ...ids, sampling_port, direction }
  return { type: 'sample', ...ids }
}

/** OFPP_NONE in 16 bits. */
const NO_PORT = 0xffff
const idOf = (id: number | Subfield): number | Subfield => (typeof id === 'number' ? id : placeOf(id))

/** The second form only for what it adds. */
function canonicalLearn(action: Learn | Learn2): Learn | Learn2 {
  const specs = action.specs.map(canonicalSpec)
  if (action.type === 'learn') return { ...action, specs }
  const { limit, result_dst, type, ...common } = action
  if (limit === 0 && result_dst === null) return { ...common, type: 'learn', specs }
  return { ...common, type, limit, result_dst: result_dst === null ? null : placeOf(result_dst), specs }
}

function canonicalSpec({ bits, src, dst }: LearnSpec): LearnSpec {
  return {
    bits,
    src: src instanceof Uint8Array ? src : placeOf(src),
    dst: dst.type === 'output' ? dst : { type: dst.type, field: placeOf(dst.field) },
  }
}

const NO_RANGE = {
  range_ipv4_min: null,
  range_ipv4_max: null,
  range_ipv6_min: null,
  range_ipv6_max: null,
  range_proto_min: null,
  range_proto_max: null,
}

/** Nothing but the name without a side; the last of a range only where it is another than the first. */
function canonicalNat(nat: Nat): Nat {
  if ((nat.flags & (NX_NAT_F.SRC | NX_NAT_F.DST)) === 0) return { type: 'nat', flags: 0, ...NO_RANGE }
  const hasPorts = (nat.range_proto_min ?? 0) !== 0
  return {
    ...nat,
    range_ipv4_max: lastOf(nat.range_ipv4_min, nat.range_ipv4_max),
    range_ipv6_max: lastOf(nat.range_ipv6_min, nat.range_ipv6_max),
    range_proto_min: hasPorts ? nat.range_proto_min : null,
    range_proto_max: hasPorts ? lastOf(nat.range_proto_min, nat.range_proto_max) : null,
  }
}

const lastOf = <T extends number | bigint>(first: T | null, last: T | null): T | null =>
  last === first || Number(last) === 0 ? null : last

/** Open vSwitch takes no notice of other flags. */
const canonicalCt = (action: Ct, match: Match): Ct => ({
  ...action,
  flags: action.flags & (NX_CT_F.COMMIT | NX_CT_F.FORCE),
  zone: typeof action.zone === 'number' ? action.zone : placeOf(action.zone),
  actions: canonicalActions(action.actions, match),
})
