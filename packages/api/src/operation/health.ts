/** `/healthz`: the process answers. `/readyz`: it also reads and writes its store and is not about to close. */
import type { FastifyInstance } from 'fastify'
import { describeHealth } from '../openapi/operations.ts'
import { storeFailure } from '../store/failure.ts'
import type { Reading } from '../store/reading.ts'
import type { WriteClient } from '../writing/client.ts'

interface HealthOptions {
  readonly store: Reading
  readonly writer: WriteClient
  /** Of the store. */
  readonly file: string
}

export const registerHealth = (app: FastifyInstance, { store, writer, file }: HealthOptions): void => {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.get(
    '/healthz',
    { schema: describeHealth('healthz', 'Whether the process answers') },
    (_request, reply) => reply.send({ status: 'ok' }),
  )
  app.get(
    '/readyz',
    { schema: describeHealth('readyz', 'Whether the store can be read and written') },
    async (request, reply) => {
      if (closing) return reply.code(503).send({ status: 'closing' })
      try {
        await writer.check()
        return reply.send({ status: 'ok', revision: store.revision() })
      } catch (error) {
        request.log.error({ err: error, file }, 'the store cannot be read and written')
        // The name of the file is for those who may ask more.
        const told = request.caller.isTrusted ? storeFailure(error, file)?.message : undefined
        return reply.code(503).send({ status: told ?? 'the store cannot be read and written' })
      }
    },
  )
}
