/** From the words of a table to OXM fields: slices become register bits, prerequisites are filled in. */
import { FIELDS, type FieldName, type FieldSpec, type OxmField } from '@openvnet/openflow'
import { SLICES, type SliceName } from './slices.ts'

/** What a table can match: a header field, or a slice of the pipeline's own bits. */
export type Matchable = FieldName | SliceName

type Wide = { [F in FieldName]: (typeof FIELDS)[F]['bits'] extends 64 | 128 ? F : never }[FieldName]
export type ValueOf<F extends Matchable> = F extends Wide ? bigint : number
type Maskable = { [F in FieldName]: (typeof FIELDS)[F]['maskable'] extends true ? F : never }[FieldName]

/** A value, or for maskable fields a value and the bits that count. */
export type MatchValue<F extends Matchable> =
  | ValueOf<F>
  | (F extends Maskable ? { readonly value: ValueOf<F>; readonly mask: ValueOf<F> } : never)

export type MatchSpec<F extends Matchable> = { readonly [K in F]?: MatchValue<K> }

const sliceField = (name: SliceName, value: number): OxmField => {
  const { field, bits } = SLICES[name]
  const [low, high] = bits
  const width = high - low + 1
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** width)
    throw new RangeError(`${name}=${value} does not fit in ${width} bits`)
  const shifted = BigInt(value) << BigInt(low)
  const mask = ((1n << BigInt(width)) - 1n) << BigInt(low)
  return field === 'metadata'
    ? { field, value: shifted, mask }
    : { field, value: Number(shifted), mask: width === 32 ? null : Number(mask) }
}

const headerField = (name: FieldName, value: MatchValue<FieldName>): OxmField =>
  typeof value === 'object'
    ? { field: name, value: value.value, mask: value.mask }
    : { field: name, value, mask: null }

const isSlice = (name: string): name is SliceName => name in SLICES

const needsOf = (name: FieldName): Readonly<Record<string, number>> => (FIELDS[name] as FieldSpec).needs ?? {}

/** Adds the fields that others require; what is there already must agree. */
const fillPrerequisites = (fields: Map<FieldName, OxmField>): void => {
  for (const name of [...fields.keys()]) {
    for (const [needed, value] of Object.entries(needsOf(name)) as [FieldName, number][]) {
      const present = fields.get(needed)
      if (present !== undefined && present.value !== value) {
        throw new Error(`${name} needs ${needed}=${value}, but the match says ${String(present.value)}`)
      }
      if (present === undefined) fields.set(needed, { field: needed, value, mask: null })
    }
  }
}

/** The order of the field table: what others require comes first, as a switch demands. */
const ORDER = new Map(Object.keys(FIELDS).map((name, index) => [name, index]))

const addSlice = (slices: OxmField[], slice: OxmField): void => {
  if (slices.some(({ field }) => field === slice.field))
    throw new Error(`a match has two slices of ${slice.field}: a switch takes the field once`)
  slices.push(slice)
}

/** @throws when fields contradict each other or a value does not fit: a bug in a feature, not bad input. */
export const compileMatch = (spec: MatchSpec<Matchable>): OxmField[] => {
  const fields = new Map<FieldName, OxmField>()
  const slices: OxmField[] = []
  for (const [name, value] of Object.entries(spec) as [Matchable, MatchValue<FieldName> | undefined][]) {
    if (value === undefined) continue
    if (isSlice(name)) addSlice(slices, sliceField(name, value as number))
    else fields.set(name, headerField(name, value))
  }
  fillPrerequisites(fields)
  return [...fields.values(), ...slices].sort((a, b) => ORDER.get(a.field)! - ORDER.get(b.field)!)
}
