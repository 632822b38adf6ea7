/** Named bits: `+new-est`, `syn|ack`, `0`. The reverse of `flags.ts`. */
import type { FieldName } from '../fields.ts'
import { flagNames } from './flags.ts'

/** Value and mask, or `null` if there is another word in it. A mask of all bits comes back as one. */
export function parseFlags(
  field: FieldName,
  text: string,
): { readonly value: number; readonly mask: number | null } | null {
  return /^[+-]/.test(text) ? signed(flagNames(field), text) : listed(flagNames(field), text)
}

function signed(names: readonly string[], text: string): { value: number; mask: number } | null {
  let [value, mask] = [0, 0]
  for (const part of text.match(/[+-][^+-]*/g) ?? []) {
    const bit = names.indexOf(part.slice(1))
    if (bit < 0) return null
    mask |= 1 << bit
    if (part.startsWith('+')) value |= 1 << bit
  }
  return { value, mask }
}

function listed(names: readonly string[], text: string): { value: number; mask: null } | null {
  const bits = text.split('|').map((name) => names.indexOf(name))
  return bits.includes(-1) ? null : { value: bits.reduce((value, bit) => value | (1 << bit), 0), mask: null }
}
