/**
 * The description of each operation, for `/openapi.json` and `/docs`. Fastify carries it as the route's schema; it
 * validates nothing.
 */
import type { ResourceName } from '@openvnet/schema'
import type { FastifySchema } from 'fastify'
import { EVERY_WRITE, type Signature } from '../parameters/expected.ts'
import { specOf } from '../store/columns.ts'
import {
  bodySchema,
  type JsonSchema,
  pageOfSchema,
  pageSchema,
  parametersSchema,
  ref,
  rowSchema,
  uuidOnlySchema,
  uuidSchema,
} from './schemas.ts'

const MEDIA_TYPES = ['application/json', 'application/x-www-form-urlencoded', 'application/yaml']

export const answers = (success: JsonSchema, ...failures: readonly number[]) => ({
  200: { description: 'Success', ...success },
  ...Object.fromEntries(failures.map((status) => [status, { description: 'Failure', ...ref('Error') }])),
})

const spaced = (name: string): string => name.replaceAll('_', ' ')
const article = (name: string): string => (/^[aeiou]/.test(name) ? 'an' : 'a')

const pathSchema = (parameters: Readonly<Record<string, ResourceName>>): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(parameters).map(([parameter, name]) => [parameter, uuidSchema(specOf(name).prefix ?? '')]),
  ),
  required: Object.keys(parameters),
})

/** What every write takes goes with the query string, everything else may go there too. */
const inputs = ({ parameters, ...rest }: Signature): FastifySchema => {
  const own = parameters.filter((one) => !EVERY_WRITE.includes(one))
  const shared = parameters.filter((one) => EVERY_WRITE.includes(one))
  return {
    querystring: parametersSchema(shared),
    ...(own.length === 0 ? {} : { body: bodySchema({ ...rest, parameters: own }), consumes: MEDIA_TYPES }),
  }
}

const tagOf = (name: ResourceName): string[] => [specOf(name).collection]

export const describeList = (name: ResourceName, signature: Signature): FastifySchema => ({
  tags: tagOf(name),
  operationId: `list_${specOf(name).collection}`,
  summary: `List ${spaced(specOf(name).collection)}`,
  querystring: parametersSchema(signature.parameters),
  response: answers(pageSchema(name), 400),
})

export const describeShow = (name: ResourceName): FastifySchema => ({
  tags: tagOf(name),
  operationId: `show_${name}`,
  summary: `Show ${article(name)} ${spaced(name)}`,
  params: pathSchema({ uuid: name }),
  response: answers(rowSchema(name), 400, 404),
})

export const describeCreate = (name: ResourceName, signature: Signature): FastifySchema => ({
  tags: tagOf(name),
  operationId: `create_${name}`,
  summary: `Create ${article(name)} ${spaced(name)}`,
  description: specOf(name).help,
  ...inputs(signature),
  response: answers(rowSchema(name), 400, 404, 413),
})

export const describeUpdate = (name: ResourceName, signature: Signature): FastifySchema => ({
  tags: tagOf(name),
  operationId: `update_${name}`,
  summary: `Change ${article(name)} ${spaced(name)}`,
  params: pathSchema({ uuid: name }),
  ...inputs(signature),
  response: answers(rowSchema(name), 400, 404, 413),
})

const DELETED: JsonSchema = { type: 'array', items: { type: 'string' } }

export const describeDelete = (name: ResourceName, signature: Signature): FastifySchema => ({
  tags: tagOf(name),
  operationId: `delete_${name}`,
  summary: `Delete ${article(name)} ${spaced(name)}`,
  params: pathSchema({ uuid: name }),
  ...inputs(signature),
  response: answers(DELETED, 400, 404),
})

/** The names of a relation's resources. */
interface RelationNames {
  readonly base: ResourceName
  readonly other: ResourceName
  readonly join: ResourceName
  readonly fields: readonly [string, string]
  readonly word: string
  readonly lists: 'rows' | 'other'
  readonly answers: 'row' | 'base' | 'other'
  readonly isReversed: boolean
}

const relationPath = ({ base, other, fields }: RelationNames) =>
  pathSchema({ uuid: base, [`${fields[1]}_uuid`]: other })

/** Of the same relation from the other end it says so. */
const relationId = (verb: string, { join, base, isReversed }: RelationNames, what: string = join): string =>
  isReversed ? `${verb}_${what}_of_${base}` : `${verb}_${what}`

export const describeRelationList = (names: RelationNames, signature: Signature): FastifySchema => ({
  ...describeList(names.other, signature),
  tags: tagOf(names.base),
  operationId: relationId('list', names, specOf(names.join).collection),
  summary: `List the ${spaced(names.word)} of a ${spaced(names.base)}`,
  params: pathSchema({ uuid: names.base }),
  response: answers(pageSchema(names.lists === 'rows' ? names.join : names.other), 400, 404),
})

const relationAnswer = ({ answers: kind, base, other }: RelationNames, row: JsonSchema): JsonSchema => {
  if (kind === 'row') return row
  return kind === 'base' ? uuidOnlySchema(base) : rowSchema(other)
}

export const describeRelationAdd = (names: RelationNames, signature: Signature): FastifySchema => ({
  ...describeCreate(names.join, signature),
  tags: tagOf(names.base),
  operationId: relationId('add', names),
  summary: `Put a ${spaced(names.fields[1])} on a ${spaced(names.base)}`,
  params: relationPath(names),
  response: answers(relationAnswer(names, rowSchema(names.join)), 400, 404, 413),
})

export const describeRelationChange = (names: RelationNames, signature: Signature): FastifySchema => ({
  ...describeUpdate(names.join, signature),
  tags: tagOf(names.base),
  operationId: relationId('change', names),
  summary: `Change what a ${spaced(names.fields[1])} is on a ${spaced(names.base)}`,
  params: relationPath(names),
})

export const describeRelationRemove = (names: RelationNames, signature: Signature): FastifySchema => ({
  ...describeDelete(names.join, signature),
  tags: tagOf(names.base),
  operationId: relationId('remove', names),
  summary: `Take a ${spaced(names.fields[1])} off a ${spaced(names.base)}`,
  params: relationPath(names),
  response: answers(relationAnswer(names, DELETED), 400, 404),
})

/** The names of a resource whose rows are below another's. */
interface ChildNames {
  readonly name: ResourceName
  readonly parent: ResourceName
}

export const describeChildList = ({ name, parent }: ChildNames, signature: Signature): FastifySchema => ({
  ...describeList(name, signature),
  tags: tagOf(parent),
  summary: `List the ${spaced(specOf(name).collection)} of ${article(parent)} ${spaced(parent)}`,
  params: pathSchema({ uuid: parent }),
  response: answers(pageSchema(name), 400, 404),
})

export const describeChildAdd = ({ name, parent }: ChildNames, signature: Signature): FastifySchema => ({
  ...describeCreate(name, signature),
  tags: tagOf(parent),
  params: pathSchema({ uuid: parent }),
})

export const describeChildRemove = ({ name, parent }: ChildNames, signature: Signature): FastifySchema => ({
  ...describeDelete(name, signature),
  tags: tagOf(parent),
  params: pathSchema({ uuid: parent, [`${name}_uuid`]: name }),
})

interface NestedNames {
  readonly base: ResourceName
  readonly others?: Readonly<Record<string, ResourceName>>
  readonly operationId: string
  readonly summary: string
  readonly answer: JsonSchema
}

export const describeNested = (names: NestedNames, signature: Signature): FastifySchema => ({
  tags: tagOf(names.base),
  operationId: names.operationId,
  summary: names.summary,
  params: pathSchema({ uuid: names.base, ...names.others }),
  ...inputs(signature),
  response: answers(names.answer, 400, 404, 413),
})

export const describeNestedList = (names: NestedNames, signature: Signature): FastifySchema => ({
  tags: tagOf(names.base),
  operationId: names.operationId,
  summary: names.summary,
  params: pathSchema({ uuid: names.base }),
  querystring: parametersSchema(signature.parameters),
  response: answers(pageOfSchema(names.answer), 400, 404),
})

const operation = (
  operationId: string,
  summary: string,
  success: JsonSchema,
  signature?: Signature,
): FastifySchema => ({
  tags: ['operation'],
  operationId,
  summary,
  ...(signature === undefined ? {} : { querystring: parametersSchema(signature.parameters) }),
  response: answers(success, 400),
})

export const describeStatus = () =>
  operation(
    'status',
    'Revision, controllers and datapaths, and what each of them has acknowledged',
    ref('Status'),
  )

export const describeWait = (signature: Signature) =>
  operation(
    'wait',
    'Wait until every connected datapath has acknowledged a revision',
    ref('Applied'),
    signature,
  )

const LINES: JsonSchema = {
  type: 'string',
  description: 'Lines of JSON, the first without rows or operations.',
}
const EVENTS: JsonSchema = {
  type: 'string',
  description: 'Events store, change (its id is the revision) and gone; resumed by Last-Event-ID or since.',
}

/** Which of them is answered is said by the header `Accept`. */
const contents = (types: Readonly<Record<string, JsonSchema>>) => ({
  200: {
    description: 'Success',
    content: Object.fromEntries(Object.entries(types).map(([type, schema]) => [type, { schema }])),
  },
  400: { description: 'Failure', ...ref('Error') },
})

export const describeChanges = (signature: Signature): FastifySchema => ({
  ...operation('changes', 'Changes since a revision, as JSON or as server-sent events', {}, signature),
  response: contents({
    'application/json': ref('Changes'),
    'application/x-ndjson': LINES,
    'text/event-stream': EVENTS,
  }),
})

export const describeSnapshot = (): FastifySchema => ({
  ...operation('snapshot', 'All rows at one revision', {}),
  response: contents({ 'application/json': ref('Snapshot'), 'application/x-ndjson': LINES }),
})

export const describeHealth = (operationId: string, summary: string): FastifySchema => ({
  tags: ['operation'],
  operationId,
  summary,
  response: {
    200: { description: 'Success', ...ref('Health') },
    503: { description: 'Not so', ...ref('Health') },
  },
})

export const describeMetrics = (): FastifySchema => ({
  tags: ['operation'],
  operationId: 'metrics',
  summary: 'Metrics in the Prometheus text format',
  response: { 200: { description: 'Success', content: { 'text/plain': { schema: { type: 'string' } } } } },
})
