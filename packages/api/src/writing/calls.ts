/** All calls that write: create, update and delete of every resource that has a uuid, relations, and what is neither. */
import { RESOURCE_NAMES, type ResourceName, type Row } from '@openvnet/schema'
import { CHILDREN, childCalls, hasOwnPath } from '../crud/child.ts'
import type { Model } from '../crud/model.ts'
import { rowOfPath } from '../crud/reference.ts'
import { canChange, type Ends, endsOf, RELATIONS, type Relation, relationPath } from '../crud/relation.ts'
import { ApiError, argumentError, unknownUuid } from '../errors.ts'
import { nestedCalls } from '../nested/index.ts'
import type { Given } from '../parameters/check.ts'
import { createSignature, deleteSignature, updateSignature } from '../parameters/expected.ts'
import { specOf } from '../store/columns.ts'
import type { Equals, Reader, Writer } from '../store/rows.ts'
import { type Call, type Names, nameOf, rowOutcome } from './call.ts'

/** By name: method and path. */
export type Calls = ReadonlyMap<string, Call>

const named = <N extends ResourceName>(reader: Reader, name: N, names: Names) =>
  rowOfPath(reader, name, 'uuid', names['uuid'] ?? '')

const resourceCalls = (model: Model, name: ResourceName): Call[] => {
  const { collection } = specOf(name)
  const one = `${collection}/:uuid`
  return [
    {
      method: 'POST',
      path: collection,
      signature: createSignature(specOf(name)),
      perform: (writer, _names, given) => rowOutcome(model, writer, name, model.create(writer, name, given)),
    },
    {
      method: 'PUT',
      path: one,
      signature: updateSignature(specOf(name)),
      perform: (writer, names, given) =>
        rowOutcome(model, writer, name, model.update(writer, name, named(writer, name, names), given)),
    },
    {
      method: 'DELETE',
      path: one,
      signature: deleteSignature,
      perform: (writer, names) => {
        const row = named(writer, name, names)
        model.delete(writer, name, row)
        return { body: [row.uuid], notEnforced: [] }
      },
    },
  ]
}

/** Clients of the original repeat in the parameters what the path says. @throws ApiError when the two differ */
const checkRepeated = (given: Given, { fields }: Relation, ends: Ends): void => {
  for (const [name, row] of [
    [fields[0], ends.base],
    [fields[1], ends.other],
  ] as const) {
    const parameter = `${name}_uuid`
    const value = given.get(parameter)
    if (value !== undefined && value !== row.uuid) {
      throw argumentError(parameter, value, `contradicts the path, which names ${row.uuid}`)
    }
  }
}

/** What clients of the original expect of some relations instead of the join row. */
const answerOf = (model: Model, writer: Writer, { answers, other }: Relation, ends: Ends): unknown => {
  if (answers === 'base') return { uuid: ends.base.uuid }
  return answers === 'other' ? model.shape(writer, other, ends.other) : undefined
}

/** @throws ApiError UnknownUUIDResource */
const joinRow = (writer: Writer, { join, fields }: Relation, ends: Ends) => {
  const row = writer.first(join, ends.columns as Equals<ResourceName>)
  if (row === undefined) throw unknownUuid(specOf(join).model, `${fields[1]}_uuid`, ends.other.uuid)
  return row
}

/** Of a relation that says more than that it is there. */
const changeCalls = (model: Model, relation: Relation, path: string): Call[] => {
  const { join, fields } = relation
  if (!canChange(relation)) return []
  return [
    {
      method: 'PUT',
      path,
      signature: updateSignature(specOf(join), fields),
      repeated: fields.map((name) => `${name}_uuid`),
      perform: (writer, names, given) => {
        const ends = endsOf(writer, relation, names)
        checkRepeated(given, relation, ends)
        const row = model.update(writer, join, joinRow(writer, relation, ends), given)
        return rowOutcome(model, writer, join, row)
      },
    },
  ]
}

const relationCalls = (model: Model, relation: Relation): Call[] => {
  const { join, fields } = relation
  const path = `${relationPath(relation)}/:${fields[1]}_uuid`
  return [
    ...changeCalls(model, relation, path),
    {
      method: 'POST',
      path,
      signature: createSignature(specOf(join), fields),
      repeated: fields.map((name) => `${name}_uuid`),
      perform: (writer, names, given) => {
        const ends = endsOf(writer, relation, names)
        checkRepeated(given, relation, ends)
        if (writer.first(join, ends.columns as Equals<ResourceName>) !== undefined) {
          throw new ApiError('RelationAlreadyExists', `${ends.base.uuid} ${ends.other.uuid}`)
        }
        const row = model.create(writer, join, given, ends.columns as Partial<Row>)
        const outcome = rowOutcome(model, writer, join, row)
        return { ...outcome, body: answerOf(model, writer, relation, ends) ?? outcome.body }
      },
    },
    {
      method: 'DELETE',
      path,
      signature: deleteSignature,
      perform: (writer, names) => {
        const ends = endsOf(writer, relation, names)
        model.delete(writer, join, joinRow(writer, relation, ends))
        return { body: answerOf(model, writer, relation, ends) ?? [ends.other.uuid], notEnforced: [] }
      },
    },
  ]
}

export const createCalls = (model: Model): Calls => {
  const calls = [
    ...RESOURCE_NAMES.filter(hasOwnPath).flatMap((name) => resourceCalls(model, name)),
    ...CHILDREN.flatMap((child) => childCalls(model, child)),
    ...RELATIONS.flatMap((relation) => relationCalls(model, relation)),
    ...nestedCalls(model).map(({ call }) => call),
  ]
  return new Map(calls.map((call) => [nameOf(call), call]))
}

/** @throws Error for a name that is none: a bug */
export const callNamed = (calls: Calls, name: string): Call => {
  const call = calls.get(name)
  if (call === undefined) throw new Error(`there is no call ${name}`)
  return call
}
