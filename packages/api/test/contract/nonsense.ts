/** Values that a JSON Schema excludes, of a kind that every form of a body can carry. Pure. */
import type { Json } from './document.ts'

const ofEnum = (schema: Json): unknown[] => (Array.isArray(schema['enum']) ? ['no_such_word'] : [])

const ofNumber = ({ minimum, maximum }: Json): unknown[] => [
  ...(typeof minimum === 'number' ? [minimum - 1] : []),
  ...(typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? [maximum + 1] : []),
  1.5,
  'ten',
]

const ofText = ({ maxLength, minLength, pattern, format }: Json): unknown[] => [
  ...(typeof maxLength === 'number' ? ['x'.repeat(maxLength + 1)] : []),
  ...(typeof minLength === 'number' && minLength > 0 ? [' '] : []),
  ...(pattern === undefined
    ? []
    : ['!', 'nw-UPPER', 'a b'].filter((one) => !new RegExp(String(pattern), 'u').test(one))),
  ...(format === undefined ? [] : ['1.2.3', '300.1.1.1']),
]

/** What must be refused as the value of a parameter. */
export const nonsenseFor = (schema: Json): unknown[] => {
  const types = [schema['type']].flat()
  const choices = (schema['anyOf'] ?? schema['oneOf']) as Json[] | undefined
  if (choices !== undefined) {
    const all = choices.filter(({ type }) => type !== 'null').map(nonsenseFor)
    const isFree = choices.some(({ type, pattern, format }) => type === 'string' && !pattern && !format)
    return isFree ? [] : (all[0]?.filter((value) => typeof value === 'string') ?? [])
  }
  if (schema['enum'] !== undefined) return ofEnum(schema)
  if (types.includes('integer')) return ofNumber(schema)
  if (types.includes('boolean')) return ['perhaps', 2]
  if (types.includes('string')) return ofText(schema)
  return []
}
