/**
 * A graceful end: requests that are under way are answered, then every connection is closed, also those on which
 * nothing was ever asked (browsers keep spare ones; Node would wait for them for a minute).
 */
import { once } from 'node:events'
import { finished } from 'node:stream'
import type { FastifyInstance } from 'fastify'

/** Milliseconds that a request under way may take to end. */
const PATIENCE = 5000

/** @returns waits until no request is under way; every answer from then on closes its connection */
export const trackRequests = (app: FastifyInstance): (() => Promise<void>) => {
  let running = 0
  let closing = false
  const idle = new EventTarget()
  app.addHook('onRequest', async (_request, reply) => {
    running += 1
    finished(reply.raw, () => {
      running -= 1
      if (running === 0) idle.dispatchEvent(new Event('idle'))
    })
  })
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close')
  })
  return async () => {
    closing = true
    if (running === 0) return
    await once(idle, 'idle', { signal: AbortSignal.timeout(PATIENCE) }).catch(() => undefined)
  }
}
