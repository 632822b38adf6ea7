/** The routes of relations (`relation.ts`). */
import type { ResourceName } from '@openvnet/schema'
import type { FastifyInstance } from 'fastify'
import { parametersOf, pathParameter } from '../http/request.ts'
import {
  describeRelationAdd,
  describeRelationChange,
  describeRelationList,
  describeRelationRemove,
} from '../openapi/operations.ts'
import { listSignature } from '../parameters/expected.ts'
import { type Cells, type Stored, specOf } from '../store/columns.ts'
import { labelConditions, ofReferred } from '../store/label_condition.ts'
import type { Equals, Reader } from '../store/rows.ts'
import { type Context, registerCall } from '../writing/routes.ts'
import { collection, labelsAsked, pageOf } from './list.ts'
import { rowOfPath } from './reference.ts'
import { canChange, RELATIONS, type Relation, relationPath } from './relation.ts'

/** The rows of the other resource that join rows name, in the order of these. */
const othersOf = (reader: Reader, { other, fields }: Relation, joins: readonly Stored[]): Stored[] => {
  const ids = joins.map((join) => (join as unknown as Cells)[`${fields[1]}_id`] as number)
  const byId = new Map(reader.whereIn(other, 'id', ids).map((row) => [row.id, row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

const registerList = (app: FastifyInstance, { store, model }: Context, relation: Relation): void => {
  const { base, other, join, fields, lists } = relation
  const schema = describeRelationList(relation, listSignature)
  const path = `/api/1.0/${relationPath(relation)}`
  app.get(path, { schema }, (request, reply) => {
    const given = parametersOf(request, listSignature)
    const page = pageOf(given)
    const terms = labelsAsked(given)
    const conditions =
      lists === 'rows'
        ? labelConditions(terms)
        : ofReferred(`${fields[1]}_id`, specOf(other).collection, terms)
    const body = store.read((reader) => {
      const { id } = rowOfPath(reader, base, 'uuid', pathParameter(request, 'uuid'))
      const ofBase = { [`${fields[0]}_id`]: id } as Equals<ResourceName>
      const joins = reader.list(join, page, ofBase, { conditions })
      const items =
        lists === 'rows'
          ? model.shapes(reader, join, joins)
          : model.shapes(reader, other, othersOf(reader, relation, joins))
      return collection(page, reader.count(join, ofBase, { conditions }), items)
    })
    return reply.send(body)
  })
}

export const registerRelations = (app: FastifyInstance, context: Context): void => {
  for (const relation of RELATIONS) {
    const path = `${relationPath(relation)}/:${relation.fields[1]}_uuid`
    registerList(app, context, relation)
    registerCall(app, context, `POST ${path}`, (signature) => describeRelationAdd(relation, signature))
    if (canChange(relation))
      registerCall(app, context, `PUT ${path}`, (signature) => describeRelationChange(relation, signature))
    registerCall(app, context, `DELETE ${path}`, (signature) => describeRelationRemove(relation, signature))
  }
}
