/** `learn(table=1,…,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])`. `lib/learn.c` of Open vSwitch. */
import { NX_LEARN_F, OFP_DEFAULT_PRIORITY } from '../constants.ts'
import { SPELLING } from '../field-spelling.ts'
import { FIELDS, type FieldName } from '../fields.ts'
import type { Learn, Learn2, LearnSpec, Subfield } from '../types/open-vswitch-action.ts'
import { unknownFlags } from './action-words.ts'
import { formatBytes, formatSetValue } from './field-value.ts'
import { formatTable, type TextNames } from './names.ts'
import { hex } from './number.ts'
import { formatSubfield, wholeBits } from './subfield.ts'

export function formatLearn(action: Learn | Learn2, names: TextNames): string {
  const head = formatHead(action, names)
  const limit = action.type === 'learn2' && action.limit !== 0 ? [`limit=${action.limit}`] : []
  const result =
    action.type === 'learn2' && action.result_dst !== null
      ? [`result_dst=${formatSubfield(action.result_dst)}`]
      : []
  const specs = action.specs.map((spec) => formatSpec(spec, names))
  return `learn(${[...head, ...limit, ...result, ...specs].join(',')})`
}

const KNOWN_FLAGS = NX_LEARN_F.SEND_FLOW_REM | NX_LEARN_F.DELETE_LEARNED | NX_LEARN_F.WRITE_RESULT

function formatHead(action: Learn | Learn2, names: TextNames): string[] {
  const { idle_timeout, hard_timeout, fin_idle_timeout, fin_hard_timeout, priority, flags, cookie } = action
  return [
    `table=${formatTable(action.table_id, names)}`,
    ...(idle_timeout === 0 ? [] : [`idle_timeout=${idle_timeout}`]),
    ...(hard_timeout === 0 ? [] : [`hard_timeout=${hard_timeout}`]),
    ...(fin_idle_timeout === 0 ? [] : [`fin_idle_timeout=${fin_idle_timeout}`]),
    ...(fin_hard_timeout === 0 ? [] : [`fin_hard_timeout=${fin_hard_timeout}`]),
    ...(priority === OFP_DEFAULT_PRIORITY ? [] : [`priority=${priority}`]),
    ...(flags & NX_LEARN_F.SEND_FLOW_REM ? ['send_flow_rem'] : []),
    ...(flags & NX_LEARN_F.DELETE_LEARNED ? ['delete_learned'] : []),
    ...unknownFlags(flags, KNOWN_FLAGS),
    ...(cookie === 0n ? [] : [`cookie=${hex(cookie)}`]),
  ]
}

function formatSpec(spec: LearnSpec, names: TextNames): string {
  const { bits, dst } = spec
  const src = spec.src instanceof Uint8Array ? withoutWords(spec.src, bits) : spec.src
  if (dst.type === 'output')
    return `output:${src instanceof Uint8Array ? formatBytes(src) : formatSubfield(src)}`
  if (dst.type === 'load') {
    const from = src instanceof Uint8Array ? formatBytes(src) : formatSubfield(src)
    return `load:${from}->${formatSubfield(dst.field)}`
  }
  return src instanceof Uint8Array
    ? formatImmediateMatch(dst.field, src, bits, names)
    : formatFieldMatch(dst.field, src)
}

/** The bytes that the bits are in, of the 16-bit words on the wire. */
const withoutWords = (immediate: Uint8Array, bits: number): Uint8Array =>
  immediate.subarray(immediate.length - Math.ceil(bits / 8))

/** A whole field is named as in a match, a part of it as in an action. */
function formatImmediateMatch(field: Subfield, value: Uint8Array, bits: number, names: TextNames): string {
  if (field.offset !== 0 || bits !== wholeBits(field.field))
    return `${formatSubfield(field)}=${formatBytes(value)}`
  return `${SPELLING[field.field].name}=${formatWhole(field.field, value, names)}`
}

function formatWhole(field: FieldName, value: Uint8Array, names: TextNames): string {
  const { bytes, kind } = FIELDS[field]
  if (kind === 'bytes') return formatBytes(value)
  const number = BigInt(`0x${Buffer.from(value).toString('hex')}`)
  return formatSetValue({ field, value: bytes > 6 ? number : Number(number), mask: null }, names)
}

function formatFieldMatch(dst: Subfield, src: Subfield): string {
  if (dst.field === src.field && dst.offset === src.offset) return formatSubfield(dst)
  return `${formatSubfield(dst)}=${formatSubfield(src)}`
}
