/** `/healthz`: the process answers. `/readyz`: it also reads its store and is not about to close. */
import type { FastifyInstance } from 'fastify'
import { describeHealth } from '../openapi/operations.ts'
import type { Store } from '../store/store.ts'

export const registerHealth = (app: FastifyInstance, store: Store): void => {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.get('/healthz', { schema: describeHealth('Whether the process answers') }, (_request, reply) =>
    reply.send({ status: 'ok' }),
  )
  app.get('/readyz', { schema: describeHealth('Whether the store can be read') }, (request, reply) => {
    if (closing) return reply.code(503).send({ status: 'closing' })
    try {
      return reply.send({ status: 'ok', revision: store.revision() })
    } catch (error) {
      request.log.error({ err: error }, 'the store cannot be read')
      return reply.code(503).send({ status: 'the store cannot be read' })
    }
  })
}
