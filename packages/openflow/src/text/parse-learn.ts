/** `learn(table=1,…,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])`. `learn_parse` of Open vSwitch. */
import { NX_LEARN_F, OFP_DEFAULT_PRIORITY } from '../constants.ts'
import { FIELDS, type FieldName } from '../fields.ts'
import type { Learn, Learn2, LearnSpec, Subfield } from '../types/open-vswitch-action.ts'
import type { ActionContext } from './parse-context.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { isSubfield, parseSubfield } from './parse-subfield.ts'
import { bigNumber, fieldValue, number, type TextNumbers, table } from './parse-value.ts'
import { cutAtArrow, type Item, scan } from './parse-words.ts'

type Draft = { -readonly [K in Exclude<keyof Learn2, 'type' | 'specs'>]: Learn2[K] }

const ARGUMENTS: ReadonlyMap<string, (draft: Draft, value: Word, names: TextNumbers) => void> = new Map<
  string,
  (draft: Draft, value: Word, names: TextNumbers) => void
>([
  [
    'table',
    (draft, value, names) => {
      draft.table_id = table(value, names)
    },
  ],
  [
    'idle_timeout',
    (draft, value) => {
      draft.idle_timeout = number(value, 16)
    },
  ],
  [
    'hard_timeout',
    (draft, value) => {
      draft.hard_timeout = number(value, 16)
    },
  ],
  [
    'fin_idle_timeout',
    (draft, value) => {
      draft.fin_idle_timeout = number(value, 16)
    },
  ],
  [
    'fin_hard_timeout',
    (draft, value) => {
      draft.fin_hard_timeout = number(value, 16)
    },
  ],
  [
    'priority',
    (draft, value) => {
      draft.priority = number(value, 16)
    },
  ],
  [
    'cookie',
    (draft, value) => {
      draft.cookie = bigNumber(value, 64)
    },
  ],
  [
    'limit',
    (draft, value) => {
      draft.limit = number(value, 32)
    },
  ],
  [
    'send_flow_rem',
    (draft) => {
      draft.flags |= NX_LEARN_F.SEND_FLOW_REM
    },
  ],
  [
    'delete_learned',
    (draft) => {
      draft.flags |= NX_LEARN_F.DELETE_LEARNED
    },
  ],
  [
    'result_dst',
    (draft, value) => {
      draft.result_dst = parseSubfield(value)
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
  if (!isSubfield(name)) throw new FlowSyntaxError(name, 'a field, load:, output: or an option of learn')
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
  return immediate(BigInt(value as number | bigint), bits)
}

/** A number in whole units of 16 bits. */
function immediate(value: bigint, bits: number): Uint8Array {
  const digits = Math.ceil(bits / 16) * 4
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(digits, '0').slice(-digits), 'hex'))
}
