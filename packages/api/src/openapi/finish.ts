/**
 * What holds of every operation and is therefore said once: the failures of the layers below the routes, the headers of
 * answers, what a dry run answers, examples; and what the document says of itself.
 */
import { ERRORS } from '../errors.ts'
import { sampleOf } from './sample.ts'
import type { JsonSchema } from './schemas.ts'

interface Content {
  readonly [type: string]: { readonly schema: JsonSchema; readonly example?: unknown }
}

interface Answer {
  readonly description: string
  readonly content?: Content
  readonly headers?: object
}

interface Parameter {
  readonly name: string
}

interface Operation {
  readonly tags?: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, Answer>>
}

/** The part of an OpenAPI document that is looked at. */
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> }
}

/** Whatever is asked: by nobody known, from another site, too much, too often, unreadable; a store that is locked, a bug. */
const ANY = [400, 401, 403, 408, 413, 415, 429, 431, 500, 503]
const WRITES = [...ANY, 507]

const HEADERS = {
  'X-Request-Id': { description: 'Under which the log knows the request.', schema: { type: 'string' } },
}
const WRITE_HEADERS = {
  ...HEADERS,
  'X-Revision': { description: 'The revision that the write made.', schema: { type: 'integer' } },
  'X-Applied': {
    description: 'With wait: whether every connected datapath has it.',
    schema: { type: 'string', enum: ['true', 'false'] },
  },
  'X-Pending': { description: 'With wait: which datapaths lack it, and why.', schema: { type: 'string' } },
  'X-Not-Enforced': { description: 'What is stored and has no effect yet.', schema: { type: 'string' } },
}

const errorsOf = (status: number): string =>
  Object.entries(ERRORS)
    .filter(([, spec]) => spec.status === status)
    .map(([name, { when }]) => `${name}: ${when}`)
    .join(' ')

const failure = (status: number): Answer => ({
  description: errorsOf(status),
  headers: HEADERS,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
})

const isJson = (type: string): boolean => type === 'application/json'

/** Of what may be given as well as left out nothing, or the example would contradict itself. */
const leastOf = (schema: JsonSchema): JsonSchema => {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>)
  const kept = properties.filter(([, property]) => !JSON.stringify(property).includes('"null"'))
  return { ...schema, properties: Object.fromEntries(kept) }
}

const withExamples = (
  content: Content,
  schemas: Document['components']['schemas'],
  shown: (schema: JsonSchema) => JsonSchema = (schema) => schema,
): Content =>
  Object.fromEntries(
    Object.entries(content).map(([type, media]) => [
      type,
      isJson(type) ? { ...media, example: sampleOf(shown(media.schema), (name) => schemas[name]) } : media,
    ]),
  )

const DRY_RUN: JsonSchema = { $ref: '#/components/schemas/DryRun' }

const withDryRun = (content: Content): Content =>
  Object.fromEntries(
    Object.entries(content).map(([type, media]) => [
      type,
      { ...media, schema: { anyOf: [media.schema, DRY_RUN] } },
    ]),
  )

const finishSuccess = (
  answer: Answer,
  isWrite: boolean,
  schemas: Document['components']['schemas'],
): Answer => {
  const content = answer.content ?? {}
  return {
    ...answer,
    headers: isWrite ? WRITE_HEADERS : HEADERS,
    content: withExamples(isWrite ? withDryRun(content) : content, schemas),
  }
}

const finishOperation = (
  operation: Operation,
  method: string,
  schemas: Document['components']['schemas'],
): Operation => {
  const isWrite = method !== 'get'
  const failures = Object.keys(operation.responses)
    .map(Number)
    .filter((status) => status !== 200 && status in operation.responses && errorsOf(status) !== '')
  const standard = [...failures, ...(isWrite ? WRITES : ANY)].filter(
    (status) => !(operation.responses[status]?.description ?? '').startsWith('Not '),
  )
  const answers = Object.fromEntries([
    ...Object.entries(operation.responses),
    ...standard.map((status) => [String(status), failure(status)] as const),
  ])
  const success = operation.responses['200']
  return {
    ...operation,
    ...(operation.requestBody && {
      requestBody: {
        ...operation.requestBody,
        content: withExamples(operation.requestBody.content, schemas, leastOf),
      },
    }),
    responses: { ...answers, ...(success && { 200: finishSuccess(success, isWrite, schemas) }) },
  }
}

/** The document as it is served. */
export const finishDocument = <D extends Document>(document: D): D => {
  const { schemas } = document.components
  const paths = Object.entries(document.paths).map(([path, operations]) => [
    path,
    Object.fromEntries(
      Object.entries(operations).map(([method, operation]) => [
        method,
        finishOperation(operation, method, schemas),
      ]),
    ),
  ])
  const operations = Object.values(document.paths).flatMap((one) => Object.values(one))
  const tags = [...new Set(operations.flatMap((operation) => operation.tags ?? []))]
  return {
    ...document,
    servers: [{ url: '/', description: 'Where this document comes from.' }],
    tags: tags.map((name) => ({ name })),
    paths: Object.fromEntries(paths),
  }
}
