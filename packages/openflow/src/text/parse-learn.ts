/** `learn(table=1,…,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])`. `learn_parse` of Open vSwitch. */
import { NX_LEARN_F, OFP_DEFAULT_PRIORITY } from '../constants.ts'
import { FIELDS, type FieldName } from '../fields.ts'
import type { Learn, Learn2, LearnSpec, Subfield } from '../types/open-vswitch-action.ts'
import type { ActionContext } from './parse-context.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { isSubfield, parseSubfield } from './parse-subfield.ts'
import { bigNumber, fieldValue, number, type TextNumbers, table } from './parse-value.ts'
import { cutAtArrow, type Item, scan } from './parse-words.ts'
import { suggestion } from './suggestion.ts'

type Draft = { -readonly [K in Exclude<keyof Learn2, 'type' | 'specs'>]: Learn2[K] }
type Take = (draft: Draft, value: Word, names: TextNumbers) => void

/** An argument that is a number of so many bits. */
const numeric =
  (
    key: 'idle_timeout' | 'hard_timeout' | 'fin_idle_timeout' | 'fin_hard_timeout' | 'priority' | 'limit',
    bits = 16,
  ): Take =>
  (draft, value) => {
    draft[key] = number(value, bits)
  }

/** An argument that is a bit of the flags. */
const flag =
  (bit: number): Take =>
  (draft) => {
    draft.flags |= bit
  }

const ARGUMENTS: ReadonlyMap<string, Take> = new Map<string, Take>([
  ['idle_timeout', numeric('idle_timeout')],
  ['hard_timeout', numeric('hard_timeout')],
  ['fin_idle_timeout', numeric('fin_idle_timeout')],
  ['fin_hard_timeout', numeric('fin_hard_timeout')],
  ['priority', numeric('priority')],
  ['limit', numeric('limit', 32)],
  ['send_flow_rem', flag(NX_LEARN_F.SEND_FLOW_REM)],
  ['delete_learned', flag(NX_LEARN_F.DELETE_LEARNED)],
  [
    'table',
    (draft, value, names) => {
      draft.table_id = table(value, names)
    },
  ],
  [
    'cookie',
    (draft, value) => {
      draft.cookie = bigNumber(value, 64)
    },
  ],
  [
    'flags',
    (draft, value) => {
      draft.flags |= number(value, 16)
    },
  ],
  [
    'result_dst',
    (draft, value) => {
      draft.result_dst = parseSubfield(value)
      if (draft.result_dst.bits !== 1) throw new FlowSyntaxError(value, 'one bit', 'name it: reg0[3]')
      draft.flags |= NX_LEARN_F.WRITE_RESULT
    },
  ],
])

/** Table 1 where none is said, as `ovs-ofctl` does. */
export function parseLearn({ value }: Item, { names }: ActionContext): Learn | Learn2 {
  const draft: Draft = {
    idle_timeout: 0,
    hard_timeout: 0,
    priority: OFP_DEFAULT_PRIORITY,
    cookie: 0n,
    flags: 0,
    table_id: 1,
    fin_idle_timeout: 0,
    fin_hard_timeout: 0,
    limit: 0,
    result_dst: null,
  }
  const specs: LearnSpec[] = []
  for (const item of scan(value)) {
    const take = ARGUMENTS.get(item.name.text)
    if (take === undefined) specs.push(readSpec(item, names))
    else take(draft, item.value, names)
  }
  const { limit, result_dst, ...common } = draft
  if (limit === 0 && result_dst === null) return { type: 'learn', ...common, specs }
  return { type: 'learn2', ...draft, specs }
}

function readSpec({ name, form, value }: Item, names: TextNumbers): LearnSpec {
  if (name.text === 'output' && form === ':') {
    const src = parseSubfield(value)
    return { bits: src.bits, src, dst: { type: 'output' } }
  }
  if (name.text === 'load' && form === ':') {
    const [from, to] = cutAtArrow(value)
    const field = parseSubfield(to)
    return { bits: field.bits, src: sourceOf(from, field), dst: { type: 'load', field } }
  }
  if (!isSubfield(name))
    throw new FlowSyntaxError(
      name,
      'a field, load:, output: or an option of learn',
      suggestion(name.text, ARGUMENTS.keys()),
    )
  const field = parseSubfield(name)
  const dst = { type: 'match', field } as const
  if (form === '') return { bits: field.bits, src: field, dst }
  if (name.text.includes('[') || isSubfield(value))
    return { bits: field.bits, src: sourceOf(value, field), dst }
  return { bits: field.bits, src: wholeValue(field.field, value, field.bits, names), dst }
}

/** Bits of a field as many as the destination has, or a number. */
function sourceOf(word: Word, dst: Subfield): Subfield | Uint8Array {
  if (!isSubfield(word)) return immediate(bigNumber(word, dst.bits), dst.bits)
  const src = parseSubfield(word)
  if (src.bits !== dst.bits) throw new FlowSyntaxError(word, `${dst.bits} bits, as the destination has`)
  return src
}

function wholeValue(field: FieldName, word: Word, bits: number, names: TextNumbers): Uint8Array {
  if (FIELDS[field].kind === 'bytes') return immediate(bigNumber(word, bits), bits)
  const { value, mask } = fieldValue(field, word, names)
  if (mask !== null) throw new FlowSyntaxError(word, 'a value without mask')
  if (BigInt(value as number | bigint) >> BigInt(bits) !== 0n)
    throw new FlowSyntaxError(word, `a number of ${bits} bits`)
  return immediate(BigInt(value as number | bigint), bits)
}

/** A number in whole units of 16 bits. */
function immediate(value: bigint, bits: number): Uint8Array {
  const digits = Math.ceil(bits / 16) * 4
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(digits, '0'), 'hex'))
}
