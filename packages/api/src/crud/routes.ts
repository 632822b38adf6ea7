/** Index, show, create, update and delete of every resource that has a uuid. */
import { RESOURCE_NAMES, type ResourceName } from '@openvnet/schema'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parametersOf, pathParameter } from '../http/request.ts'
import {
  describeCreate,
  describeDelete,
  describeList,
  describeShow,
  describeUpdate,
} from '../openapi/operations.ts'
import { emptySignature, listSignature } from '../parameters/expected.ts'
import { specOf } from '../store/columns.ts'
import { labelConditions } from '../store/label_condition.ts'
import type { Reader } from '../store/rows.ts'
import { type Context, registerCall } from '../writing/routes.ts'
import { hasOwnPath } from './child.ts'
import { collection, labelsAsked, pageOf, pathOf } from './list.ts'
import { rowOfPath } from './reference.ts'

const named = <N extends ResourceName>(reader: Reader, name: N, request: FastifyRequest) =>
  rowOfPath(reader, name, 'uuid', pathParameter(request, 'uuid'))

const registerReads = (app: FastifyInstance, { store, model }: Context, name: ResourceName): void => {
  const path = pathOf(specOf(name))
  app.get(path, { schema: describeList(name, listSignature) }, (request, reply) => {
    const given = parametersOf(request, listSignature)
    const page = pageOf(given)
    const filter = { conditions: labelConditions(labelsAsked(given)) }
    const body = store.read((reader) => {
      const items = model.shapes(reader, name, reader.list(name, page, {}, filter))
      return collection(page, reader.count(name, {}, filter), items)
    })
    return reply.send(body)
  })
  app.get(`${path}/:uuid`, { schema: describeShow(name) }, (request, reply) => {
    parametersOf(request, emptySignature)
    return reply.send(store.read((reader) => model.shape(reader, name, named(reader, name, request))))
  })
}

const registerWrites = (app: FastifyInstance, context: Context, name: ResourceName): void => {
  const { collection: all } = specOf(name)
  registerCall(app, context, `POST ${all}`, (signature) => describeCreate(name, signature))
  registerCall(app, context, `PUT ${all}/:uuid`, (signature) => describeUpdate(name, signature))
  registerCall(app, context, `DELETE ${all}/:uuid`, (signature) => describeDelete(name, signature))
}

export const registerResources = (app: FastifyInstance, context: Context): void => {
  for (const name of RESOURCE_NAMES) {
    if (!hasOwnPath(name)) continue
    registerReads(app, context, name)
    registerWrites(app, context, name)
  }
}
