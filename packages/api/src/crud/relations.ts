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
import { answerWrite, type Context, rowOutcome } from './write.ts'

interface Relation {
  /** The resource whose path it is under. */
  readonly base: ResourceName
  readonly other: ResourceName
  /** The resource of the join rows; its references are named like the two. */
  readonly join: ResourceName
}

const RELATIONS: readonly Relation[] = [
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

const listPath = ({ base, other }: Relation): string =>
  `${pathOf(specOf(base))}/:uuid/${specOf(other).collection}`

const onePath = (relation: Relation): string => `${listPath(relation)}/:${relation.other}_uuid`

/** The rows of the other resource that join rows name, in the order of these. */
const othersOf = (reader: Reader, other: ResourceName, joins: readonly Stored[]): Stored[] => {
  const ids = joins.map((join) => (join as unknown as Cells)[`${other}_id`] as number)
  const byId = new Map(reader.whereIn(other, 'id', ids).map((row) => [row.id, row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

const registerList = (app: FastifyInstance, { store, model }: Context, relation: Relation): void => {
  const { base, other, join } = relation
  const schema = describeRelationList(relation, listSignature)
  app.get(listPath(relation), { schema }, (request, reply) => {
    const page = pageOf(parametersOf(request, listSignature))
    const body = store.read((reader) => {
      const { id } = rowOfPath(reader, base, 'uuid', pathParameter(request, 'uuid'))
      const ofBase = { [`${base}_id`]: id } as Equals<ResourceName>
      const items = model.shapes(reader, other, othersOf(reader, other, reader.list(join, page, ofBase)))
      return collection(page, reader.count(join, ofBase), items)
    })
    return reply.send(body)
  })
}

const registerAdd = (app: FastifyInstance, context: Context, relation: Relation): void => {
  const { base, other, join } = relation
  const signature = createSignature(specOf(join), [base, other])
  const schema = describeRelationAdd(relation, signature)
  app.post(onePath(relation), { schema }, (request, reply) => {
    const given = parametersOf(request, signature)
    return answerWrite(context, given, reply, (writer) => {
      const ends = endsOf(writer, relation, request)
      checkRepeated(request, relation, ends)
      if (writer.first(join, ends.columns as Equals<ResourceName>) !== undefined) {
        throw new ApiError('RelationAlreadyExists', `${ends.base.uuid} ${ends.other.uuid}`)
      }
      const row = context.model.create(writer, join, given, ends.columns as Partial<Row>)
      return rowOutcome(context.model, writer, join, row)
    })
  })
}

const registerRemove = (app: FastifyInstance, context: Context, relation: Relation): void => {
  const { other, join } = relation
  const schema = describeRelationRemove(relation, deleteSignature)
  app.delete(onePath(relation), { schema }, (request, reply) => {
    const given = parametersOf(request, deleteSignature)
    return answerWrite(context, given, reply, (writer) => {
      const ends = endsOf(writer, relation, request)
      const row = writer.first(join, ends.columns as Equals<ResourceName>)
      if (row === undefined) throw unknownUuid(specOf(join).model, `${other}_uuid`, ends.other.uuid)
      context.model.delete(writer, join, row)
      return { body: [ends.other.uuid] }
    })
  })
}

export const registerRelations = (app: FastifyInstance, context: Context): void => {
  for (const relation of RELATIONS) {
    registerList(app, context, relation)
    registerAdd(app, context, relation)
    registerRemove(app, context, relation)
  }
}
