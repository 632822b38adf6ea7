/**
 * Rows without uuid that belong to one other row: the rules of a filter, the pairs of a translation. POST makes one, GET
 * lists them, DELETE takes the parameters that make it unique among those of its owner.
 */
import type { Field, ReferenceField, ResourceName, Row } from '@openvnet/schema'
import type { Shape } from '../crud/behaviour.ts'
import type { Model } from '../crud/model.ts'
import { toValues, withDefaults } from '../crud/values.ts'
import { ApiError } from '../errors.ts'
import { type JsonSchema, rowSchema, uuidOnlySchema } from '../openapi/schemas.ts'
import type { Given } from '../parameters/check.ts'
import { createSignature } from '../parameters/expected.ts'
import { type Cells, type Stored, specOf } from '../store/columns.ts'
import type { Equals, Reader, Writer } from '../store/rows.ts'
import { type Call, type Names, rowOutcome } from '../writing/call.ts'
import { baseOf, type NestedCall, type NestedList } from './nested.ts'

interface Parts {
  readonly rows: ResourceName
  /** What DELETE answers. */
  readonly deleted: (owner: Stored, part: Shape) => unknown
  readonly deletedSchema: JsonSchema
  /** The path of POST and its method as the clients of 2013 had it. */
  readonly formerly?: { readonly method: 'PUT'; readonly word: string }
}

const PARTS: readonly Parts[] = [
  { rows: 'filter_static', deleted: (_owner, part) => part, deletedSchema: rowSchema('filter_static') },
  {
    rows: 'translation_static_address',
    deleted: (owner) => ({ uuid: owner.uuid }),
    deletedSchema: uuidOnlySchema('translation'),
    formerly: { method: 'PUT', word: 'static_addresses' },
  },
]

/** The field that names the owner: the first. */
const ownerOf = (rows: ResourceName): { field: string; base: ResourceName } => {
  const [[field, { to }]] = Object.entries(specOf(rows).fields) as [[string, Field & ReferenceField]]
  return { field, base: to as ResourceName }
}

/** What makes a part unique among those of its owner. */
const identity = (reader: Reader, rows: ResourceName, given: Given, owner: Cells): Cells => {
  const values = { ...withDefaults(rows, toValues(reader, rows, given) as Partial<Row>), ...owner } as Cells
  const [group = []] = specOf(rows).unique ?? []
  return Object.fromEntries(group.map((column) => [column, values[column] ?? null]))
}

const textOf = (given: Given): string =>
  [...given].map(([name, value]) => `${name}=${value ?? ''}`).join(' ') || 'no parameters'

/** @throws ApiError UnknownResource */
const find = (reader: Reader, rows: ResourceName, given: Given, owner: Cells): Stored => {
  const part = reader.first(rows, identity(reader, rows, given, owner) as Equals<ResourceName>)
  if (part === undefined) throw new ApiError('UnknownResource', `${specOf(rows).model}: ${textOf(given)}`)
  return part
}

const callsOf = (model: Model, parts: Parts): NestedCall[] => {
  const { rows, deleted, deletedSchema, formerly } = parts
  const { field, base } = ownerOf(rows)
  const spec = specOf(rows)
  const word = spec.placement?.words?.[0] ?? spec.collection
  const signature = createSignature(spec, [field])
  const columns = (owner: Stored): Cells => ({ [`${field}_id`]: owner.id })
  const add = (writer: Writer, names: Names, given: Given) => {
    const owner = baseOf(writer, base, names)
    const row = model.create(writer, rows, given, columns(owner) as Partial<Row>)
    return rowOutcome(model, writer, rows, row)
  }
  const remove = (writer: Writer, names: Names, given: Given) => {
    const owner = baseOf(writer, base, names)
    const part = find(writer, rows, given, columns(owner))
    const shape = model.shape(writer, rows, part)
    model.delete(writer, rows, part)
    return { body: deleted(owner, shape), notEnforced: [] }
  }
  const path = `${specOf(base).collection}/:uuid/${word}`
  const described = { base, answer: rowSchema(rows) }
  const post: Call = { method: 'POST', path, signature, perform: add }
  const found: NestedCall[] = [
    { ...described, call: post, operationId: `add_${rows}`, summary: `Add to a ${base}: ${word}` },
    {
      ...described,
      answer: deletedSchema,
      call: { method: 'DELETE', path, signature, perform: remove },
      operationId: `remove_${rows}`,
      summary: `Remove from a ${base}: ${word}`,
    },
  ]
  if (formerly === undefined) return found
  const old: Call = { ...post, method: formerly.method, path: path.replace(/\w+$/, formerly.word) }
  return [
    ...found,
    { ...described, call: old, operationId: `put_${rows}`, summary: `The same as POST ${word}` },
  ]
}

const listOf = ({ rows }: Parts): NestedList => {
  const { field, base } = ownerOf(rows)
  const word = specOf(rows).placement?.words?.[0] ?? ''
  return {
    base,
    path: `${specOf(base).collection}/:uuid/${word}`,
    operationId: `list_${rows}`,
    summary: `List of a ${base}: ${word}`,
    answer: rowSchema(rows),
    list: (reader, model, owner, page) => {
      const ofOwner = { [`${field}_id`]: owner.id } as Equals<ResourceName>
      return {
        total: reader.count(rows, ofOwner),
        items: model.shapes(reader, rows, reader.list(rows, page, ofOwner)),
      }
    },
  }
}

export const describedPartCalls = (model: Model): NestedCall[] =>
  PARTS.flatMap((parts) => callsOf(model, parts))
export const describedPartLists: readonly NestedList[] = PARTS.map(listOf)
