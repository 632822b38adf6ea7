/** `/openapi.json` as a contract: which operation a request is, and whether an answer is what it promises. */
import Ajv, { type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

export type Json = Readonly<Record<string, unknown>>

export interface Media {
  readonly schema: Json
  readonly example?: unknown
}

export interface Operation {
  readonly operationId?: string
  readonly summary?: string
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Json }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> }
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Json>> }
}

/** An operation and where it stands. */
export interface Place {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

export interface Contract {
  readonly places: readonly Place[]
  /** @param path of a request, below either prefix, without suffix */
  find(method: string, path: string): Place | undefined
  /** What is wrong with an answer; nothing: it keeps the contract. */
  check(place: Place, status: number, type: string, body: unknown): string | undefined
  /** The same of an example, or of anything else under a pointer to a schema. */
  validate(pointer: string, value: unknown): string | undefined
}

/** Objects have the properties that are described and no others. */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const entries = Object.entries(schema).map(([key, value]) => [
    key,
    key === 'example' || key === 'examples' ? value : closed(value),
  ])
  const inner = Object.fromEntries(entries)
  const isOpen = 'properties' in inner && inner.type === 'object' && !('additionalProperties' in inner)
  return isOpen ? { ...inner, additionalProperties: false } : inner
}

const escaped = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))

export const pointerOf = (...parts: readonly string[]): string => `#/${parts.map(escaped).join('/')}`

const patternOf = (path: string): RegExp => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`)

const parametersIn = (path: string): number => path.split('{').length

export const readContract = (document: Document): Contract => {
  const ajv = addFormats.default(new Ajv.default({ strict: false, allErrors: true }))
  ajv.addSchema(closed(document) as object, 'doc')
  const compiled = new Map<string, ValidateFunction>()
  const validate: Contract['validate'] = (pointer, value) => {
    const check = compiled.get(pointer) ?? ajv.compile({ $ref: `doc${pointer}` })
    compiled.set(pointer, check)
    return check(value) ? undefined : ajv.errorsText(check.errors)
  }
  const places = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method, path, operation })),
  )
  const patterns = places
    .map((place) => ({ place, pattern: patternOf(place.path) }))
    .sort((a, b) => parametersIn(a.place.path) - parametersIn(b.place.path))
  return {
    places,
    find: (method, path) =>
      patterns.find(({ place, pattern }) => place.method === method.toLowerCase() && pattern.test(path))
        ?.place,
    check: ({ method, path, operation }, status, type, body) => {
      const answer = operation.responses[String(status)]
      if (answer === undefined) return `the status ${status} is not described`
      const media = (type.split(';')[0] ?? '').replace('application/yaml', 'application/json')
      if (answer.content?.[media] === undefined) return `the type ${type} of ${status} is not described`
      return validate(
        pointerOf('paths', path, method, 'responses', String(status), 'content', media, 'schema'),
        body,
      )
    },
    validate,
  }
}
