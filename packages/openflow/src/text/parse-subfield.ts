/** Bits of a field: `NXM_NX_REG0[]`, `NXM_NX_REG0[3]`, `reg0[4..11]`. `mf_parse_subfield` of Open vSwitch. */
import type { Subfield } from '../types/open-vswitch-action.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { fieldsNamed } from './parse-fields.ts'
import { cutAt } from './parse-words.ts'
import { wholeBits } from './subfield.ts'

/** Without brackets all bits. */
export function parseSubfield(word: Word): Subfield {
  const [nameWord, rest] = cutAt(word, '[')
  const field = fieldsNamed(nameWord.text)[0]
  if (field === undefined) throw new FlowSyntaxError(nameWord, 'a field')
  const bits = wholeBits(field)
  if (rest === null || rest.text === ']') return { field, offset: 0, bits }
  const range = /^([0-9]{1,4})(?:\.\.([0-9]{1,4}))?\]$/.exec(rest.text)
  const low = Number(range?.[1])
  const high = Number(range?.[2] ?? range?.[1])
  if (range === null || high < low || high >= bits)
    throw new FlowSyntaxError(rest, `bits of 0..${bits - 1} and ]`)
  return { field, offset: low, bits: high - low + 1 }
}

/** True if the word begins with the name of a field. */
export const isSubfield = (word: Word): boolean => fieldsNamed(cutAt(word, '[')[0].text).length > 0
