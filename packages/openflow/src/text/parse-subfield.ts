/** Bits of a field: `NXM_NX_REG0[]`, `NXM_NX_REG0[3]`, `reg0[4..11]`. `mf_parse_subfield` of Open vSwitch. */
import { SPELLING } from '../field-spelling.ts'
import { FIELDS, type FieldName } from '../fields.ts'
import type { Subfield } from '../types/open-vswitch-action.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { fieldHint, fieldsNamed } from './parse-fields.ts'
import { cutAt } from './parse-words.ts'
import { wholeBits } from './subfield.ts'

/** The field that is spelled so in actions: `in_port` has 16 bits there, `in_port_oxm` has 32. */
export function actionField(name: string): FieldName | undefined {
  const lower = name.toLowerCase()
  return fieldsNamed(name).find((field) => SPELLING[field].name === lower)
}

/** Without brackets all bits. */
export function parseSubfield(word: Word): Subfield {
  const [nameWord, rest] = cutAt(word, '[')
  const field = actionField(nameWord.text) ?? fieldsNamed(nameWord.text)[0]
  if (field === undefined) throw new FlowSyntaxError(nameWord, 'a field', fieldHint(nameWord.text))
  if (rest === null || rest.text === ']') return { field, offset: 0, bits: wholeBits(field) }
  const { bits } = FIELDS[field]
  const range = /^([0-9]{1,4})(?:\.\.([0-9]{1,4}))?\]$/.exec(rest.text)
  const low = Number(range?.[1])
  const high = Number(range?.[2] ?? range?.[1])
  if (range === null || high < low || high >= bits)
    throw new FlowSyntaxError(rest, `bits of 0..${bits - 1} and ]`)
  return { field, offset: low, bits: high - low + 1 }
}

/** True if the word begins with the name of a field. */
export const isSubfield = (word: Word): boolean => fieldsNamed(cutAt(word, '[')[0].text).length > 0
