/** The routes of nested calls and lists. */
import type { FastifyInstance } from 'fastify'
import { collection, pageOf } from '../crud/list.ts'
import { rowOfPath } from '../crud/reference.ts'
import { parametersOf, pathParameter } from '../http/request.ts'
import { describeNested, describeNestedList } from '../openapi/operations.ts'
import { pageSignature } from '../parameters/expected.ts'
import { nameOf } from '../writing/call.ts'
import { type Context, registerCall } from '../writing/routes.ts'
import { NESTED_LISTS, nestedCalls } from './index.ts'
import type { NestedList } from './nested.ts'

const registerList = (app: FastifyInstance, { store, model }: Context, nested: NestedList): void => {
  app.get(
    `/api/1.0/${nested.path}`,
    { schema: describeNestedList(nested, pageSignature) },
    (request, reply) => {
      const page = pageOf(parametersOf(request, pageSignature))
      const body = store.read((reader) => {
        const base = rowOfPath(reader, nested.base, 'uuid', pathParameter(request, 'uuid'))
        const { total, items } = nested.list(reader, model, base, page)
        return collection(page, total, items)
      })
      return reply.send(body)
    },
  )
}

export const registerNested = (app: FastifyInstance, context: Context): void => {
  for (const nested of nestedCalls(context.model)) {
    registerCall(app, context, nameOf(nested.call), (signature) => describeNested(nested, signature))
  }
  for (const nested of NESTED_LISTS) registerList(app, context, nested)
}
