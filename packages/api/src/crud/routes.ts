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
import {
  createSignature,
  deleteSignature,
  emptySignature,
  listSignature,
  updateSignature,
} from '../parameters/expected.ts'
import { specOf } from '../store/columns.ts'
import type { Reader } from '../store/rows.ts'
import { collection, pageOf, pathOf } from './list.ts'
import { rowOfPath } from './reference.ts'
import { answerWrite, type Context } from './write.ts'

const register = (app: FastifyInstance, context: Context, name: ResourceName): void => {
  const { store, model } = context
  const spec = specOf(name)
  const path = pathOf(spec)
  const one = `${path}/:uuid`
  const creation = createSignature(spec)
  const change = updateSignature(spec)
  const named = (reader: Reader, request: FastifyRequest) =>
    rowOfPath(reader, name, 'uuid', pathParameter(request, 'uuid'))

  app.get(path, { schema: describeList(name, listSignature) }, (request, reply) => {
    const page = pageOf(parametersOf(request, listSignature))
    return reply.send(
      store.read((reader) => {
        const rows = reader.list(name, page)
        return collection(
          page,
          reader.count(name),
          rows.map((row) => model.shape(reader, name, row)),
        )
      }),
    )
  })
  app.get(one, { schema: describeShow(name) }, (request, reply) => {
    parametersOf(request, emptySignature)
    return reply.send(store.read((reader) => model.shape(reader, name, named(reader, request))))
  })
  app.post(path, { schema: describeCreate(name, creation) }, (request, reply) => {
    const given = parametersOf(request, creation)
    return answerWrite(context, given, reply, (writer) =>
      model.shape(writer, name, model.create(writer, name, given)),
    )
  })
  app.put(one, { schema: describeUpdate(name, change) }, (request, reply) => {
    const given = parametersOf(request, change)
    return answerWrite(context, given, reply, (writer) =>
      model.shape(writer, name, model.update(writer, name, named(writer, request), given)),
    )
  })
  app.delete(one, { schema: describeDelete(name, deleteSignature) }, (request, reply) => {
    const given = parametersOf(request, deleteSignature)
    return answerWrite(context, given, reply, (writer) => {
      const row = named(writer, request)
      writer.delete(name, row.id)
      return [row.uuid]
    })
  })
}

export const registerResources = (app: FastifyInstance, context: Context): void => {
  for (const name of RESOURCE_NAMES) {
    if (specOf(name).prefix !== null) register(app, context, name)
  }
}
