/** An example of what a JSON Schema describes: the first of its examples, else the least that fits. Pure. */
import type { JsonSchema } from './schemas.ts'

type Find = (name: string) => JsonSchema | undefined

/** Deeper than that nobody reads an example. */
const DEEPEST = 6

const byType = (schema: JsonSchema, find: Find, depth: number): unknown => {
  const type = [schema['type']].flat()[0]
  switch (type) {
    case 'string':
      return 'text'
    case 'integer':
    case 'number':
      return schema['minimum'] ?? 1
    case 'boolean':
      return true
    case 'array':
      return depth > DEEPEST ? [] : [sampleOf(schema['items'] as JsonSchema, find, depth + 1)]
    case 'object':
      return Object.fromEntries(
        Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>)
          .filter(([, property]) => property['deprecated'] !== true)
          .map(([name, property]) => [name, sampleOf(property, find, depth + 1)]),
      )
    default:
      return null
  }
}

/** @param find the schema of a name among the document's components */
export const sampleOf = (schema: JsonSchema, find: Find, depth = 0): unknown => {
  const named = /^#\/components\/schemas\/(.+)$/.exec(String(schema['$ref'] ?? ''))?.[1]
  if (named !== undefined) return sampleOf(find(named) ?? {}, find, depth)
  if ('const' in schema) return schema['const']
  const [example] = (schema['examples'] ?? schema['enum'] ?? []) as unknown[]
  if (example !== undefined) return example
  const [choice] = (schema['anyOf'] ?? schema['oneOf'] ?? []) as JsonSchema[]
  return choice === undefined ? byType(schema, find, depth) : sampleOf(choice, find, depth)
}
