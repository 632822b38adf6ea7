/** A path that exists answers every method: where there is no handler, it says which methods have one. */
import type {} from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../errors.ts'
import { pathOfRequest } from './request.ts'

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const

const refuse = (app: FastifyInstance, url: string, known: ReadonlySet<string>): void => {
  const others = METHODS.filter((method) => !known.has(method))
  if (others.length === 0) return
  const allow = [...known].sort().join(', ')
  app.route({
    method: others,
    url,
    schema: { hide: true },
    handler: (request) => {
      throw new ApiError('MethodNotAllowed', `${request.method} ${pathOfRequest(request)}: use ${allow}`, {
        headers: { allow },
      })
    },
  })
}

/** @returns adds the refusals; to be called when all routes are there */
export const watchMethods = (app: FastifyInstance): (() => void) => {
  const methodsByUrl = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsByUrl.get(url) ?? new Set()
    for (const one of [method].flat()) methods.add(one)
    methodsByUrl.set(url, methods)
  })
  return () => {
    for (const [url, known] of [...methodsByUrl]) if (!url.includes('*')) refuse(app, url, known)
  }
}
