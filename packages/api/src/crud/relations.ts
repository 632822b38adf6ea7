/**
 * Relations whose join row has columns of its own: POST makes the row, GET lists the other resource, DELETE removes
 * the row (openvnet.md §1.2, datapaths).
 */
import type { ResourceName, Row } from '@openvnet/schema'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ApiError, argumentError, unknownUuid } from '../errors.ts'
import { parametersOf, pathParameter, rawParameters } from '../http/request.ts'
import { describeRelationAdd, describeRelationList, describeRelationRemove } from '../openapi/operations.ts'
import { createSignature, deleteSignature, listSignature } from '../parameters/expected.ts'
import { type Cells, type Stored, specOf } from '../store/columns.ts'
import type { Equals, Reader } from '../store/rows.ts'
import { collection, pageOf, pathOf } from './list.ts'
import { rowOfPath } from './reference.ts'
import { answerWrite, type Context } from './write.ts'

export interface Relation {
  /** The resource whose path it is under. */
  readonly base: ResourceName
  readonly other: ResourceName
  /** The resource of the join rows; its references are named like the two. */
  readonly join: ResourceName
}

export const RELATIONS: readonly Relation[] = [
  { base: 'datapath', other: 'network', join: 'datapath_network' },
  { base: 'datapath', other: 'route_link', join: 'datapath_route_link' },
]

interface Ends {
  readonly base: Stored
  readonly other: Stored
  /** Columns of the join row that the path gives. */
  readonly columns: Cells
}

const endsOf = (reader: Reader, { base, other }: Relation, request: FastifyRequest): Ends => {
  const parameter = `${other}_uuid`
  const baseRow = rowOfPath(reader, base, 'uuid', pathParameter(request, 'uuid'))
  const otherRow = rowOfPath(reader, other, parameter, pathParameter(request, parameter))
  return {
    base: baseRow,
    other: otherRow,
    columns: { [`${base}_id`]: baseRow.id, [`${other}_id`]: otherRow.id },
  }
}

/** Clients of the original repeat in the parameters what the path says. @throws ApiError when the two differ */
const checkRepeated = (request: FastifyRequest, { base, other }: Relation, ends: Ends): void => {
  const raw = rawParameters(request)
  for (const [name, row] of [
    [base, ends.base],
    [other, ends.other],
  ] as const) {
    const parameter = `${name}_uuid`
    const value = raw.get(parameter)
    if (value !== undefined && value !== row.uuid) {
      throw argumentError(parameter, value, `contradicts the path, which names ${row.uuid}`)
    }
  }
}

const register = (app: FastifyInstance, context: Context, relation: Relation): void => {
  const { store, model } = context
  const { base, other, join } = relation
  const list = `${pathOf(specOf(base))}/:uuid/${specOf(other).collection}`
  const one = `${list}/:${other}_uuid`
  const creation = createSignature(specOf(join), [base, other])

  app.get(list, { schema: describeRelationList(relation, listSignature) }, (request, reply) => {
    const page = pageOf(parametersOf(request, listSignature))
    const body = store.read((reader) => {
      const { id } = rowOfPath(reader, base, 'uuid', pathParameter(request, 'uuid'))
      const ofBase = { [`${base}_id`]: id } as Equals<ResourceName>
      const items = reader.list(join, page, ofBase).flatMap((row) => {
        const found = reader.byId(other, (row as unknown as Record<string, number>)[`${other}_id`] as number)
        return found === undefined ? [] : [model.shape(reader, other, found)]
      })
      return collection(page, reader.count(join, ofBase), items)
    })
    return reply.send(body)
  })
  app.post(one, { schema: describeRelationAdd(relation, creation) }, (request, reply) => {
    const given = parametersOf(request, creation)
    return answerWrite(context, given, reply, (writer) => {
      const ends = endsOf(writer, relation, request)
      checkRepeated(request, relation, ends)
      if (writer.first(join, ends.columns as Equals<ResourceName>) !== undefined) {
        throw new ApiError('RelationAlreadyExists', `${ends.base.uuid} ${ends.other.uuid}`)
      }
      const row = model.create(writer, join, given, ends.columns as Partial<Row>)
      return model.shape(writer, join, row)
    })
  })
  app.delete(one, { schema: describeRelationRemove(relation, deleteSignature) }, (request, reply) => {
    const given = parametersOf(request, deleteSignature)
    return answerWrite(context, given, reply, (writer) => {
      const ends = endsOf(writer, relation, request)
      const row = writer.first(join, ends.columns as Equals<ResourceName>)
      if (row === undefined) throw unknownUuid(specOf(join).model, `${other}_uuid`, ends.other.uuid)
      writer.delete(join, row.id)
      return [ends.other.uuid]
    })
  })
}

export const registerRelations = (app: FastifyInstance, context: Context): void => {
  for (const relation of RELATIONS) register(app, context, relation)
}
