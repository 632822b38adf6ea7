/** A field of a match with the type that its value has: the field table knows it. */
import type { FIELDS, FieldName } from './fields.ts'
import type { FieldValue, Match } from './types/match.ts'

/** `number` up to 48 bits, `bigint` of 64 and 128, bytes of variable length. */
export type ValueOf<F extends FieldName> = (typeof FIELDS)[F]['kind'] extends 'bytes'
  ? Uint8Array
  : (typeof FIELDS)[F]['bytes'] extends 8 | 16
    ? bigint
    : number

/** Value and mask of a field; a mask of `null` is all bits. */
export interface MatchedField<F extends FieldName> {
  readonly value: ValueOf<F>
  readonly mask: ValueOf<F> | null
}

/** The field of this name in a match, as of a packet-in: `fieldOf(match, 'in_port')?.value`. `undefined` without it. */
export function fieldOf<F extends FieldName>(match: Match, name: F): MatchedField<F> | undefined {
  for (const field of match) {
    if (field.field !== name) continue
    // Decoding and encoding hold that a value is of its field's type.
    const { value, mask } = field as { value: FieldValue; mask: FieldValue | null }
    return { value, mask } as MatchedField<F>
  }
  return undefined
}
