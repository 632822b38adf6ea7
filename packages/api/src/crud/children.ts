/** The routes of rows below others (`child.ts`). */
import type { ResourceName } from '@openvnet/schema'
import type { FastifyInstance } from 'fastify'
import { parametersOf, pathParameter } from '../http/request.ts'
import { describeChildAdd, describeChildList, describeChildRemove } from '../openapi/operations.ts'
import { listSignature } from '../parameters/expected.ts'
import { labelConditions } from '../store/label_condition.ts'
import type { Equals } from '../store/rows.ts'
import { type Context, registerCall } from '../writing/routes.ts'
import { CHILDREN, type Child, childName, childPath, parentOf } from './child.ts'
import { collection, labelsAsked, pageOf } from './list.ts'

const registerList = (app: FastifyInstance, { store, model }: Context, child: Child): void => {
  const schema = describeChildList(child, listSignature)
  app.get(`/api/1.0/${childPath(child)}`, { schema }, (request, reply) => {
    const given = parametersOf(request, listSignature)
    const page = pageOf(given)
    const filter = { conditions: labelConditions(labelsAsked(given)) }
    const body = store.read((reader) => {
      const { id } = parentOf(reader, child, { uuid: pathParameter(request, 'uuid') })
      const ofParent = { [`${child.parent}_id`]: id } as Equals<ResourceName>
      const items = model.shapes(reader, child.name, reader.list(child.name, page, ofParent, filter))
      return collection(page, reader.count(child.name, ofParent, filter), items)
    })
    return reply.send(body)
  })
}

export const registerChildren = (app: FastifyInstance, context: Context): void => {
  for (const child of CHILDREN) {
    registerList(app, context, child)
    const path = childPath(child)
    registerCall(app, context, `POST ${path}`, (signature) => describeChildAdd(child, signature))
    registerCall(app, context, `DELETE ${path}/:${childName(child)}`, (signature) =>
      describeChildRemove(child, signature),
    )
  }
}
