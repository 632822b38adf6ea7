/** `GET /metrics`, and what of requests is measured. */
import type { FastifyInstance } from 'fastify'
import { describeMetrics } from '../openapi/operations.ts'
import type { Metrics, Readings } from './metrics.ts'

/** To be called before the routes that are to be measured. */
export const measureRequests = (app: FastifyInstance, metrics: Metrics): void => {
  app.addHook('onResponse', async (request, reply) => metrics.answered(request, reply))
  app.server.on('drop', () => metrics.connectionRefused())
}

export const registerMetrics = (app: FastifyInstance, metrics: Metrics, read: () => Readings): void => {
  app.get('/metrics', { schema: describeMetrics() }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text(read())),
  )
}
