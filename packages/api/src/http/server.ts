/**
 * The Fastify instance that all routes share: limits, body parsing, failures, request ids. It validates nothing by
 * itself; the schemas of routes are documentation, the rules stand in `parameters/` and `rules/`.
 */
import { randomUUID } from 'node:crypto'
import '@fastify/swagger'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import { ApiError } from '../errors.ts'
import { parseBody, parseForm } from '../parameters/body.ts'
import { answerClientError, answerFailure } from './failure.ts'
import { pathOfRequest } from './request.ts'
import { rewriteUrl } from './rewrite.ts'

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const

/** Paths answer every method: those without a handler say which ones have one. */
const refuseOtherMethods = (app: FastifyInstance): void => {
  const methodsByUrl = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsByUrl.get(url) ?? new Set()
    for (const one of Array.isArray(method) ? method : [method]) methods.add(one)
    methodsByUrl.set(url, methods)
  })
  app.decorate('refuseOtherMethods', () => {
    for (const [url, known] of [...methodsByUrl]) {
      const others = METHODS.filter((method) => !known.has(method))
      if (others.length === 0 || url.includes('*')) continue
      const allow = [...known].sort().join(', ')
      app.route({
        method: [...others],
        url,
        schema: { hide: true },
        handler: (request) => {
          throw new ApiError(
            'MethodNotAllowed',
            `${request.method} ${pathOfRequest(request)}: use ${allow}`,
            { allow },
          )
        },
      })
    }
  })
}

declare module 'fastify' {
  interface FastifyInstance {
    /** To be called when all routes are there. */
    refuseOtherMethods(): void
  }
}

const parseBodies = (app: FastifyInstance): void => {
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, text, done) => {
    try {
      done(null, parseBody(request.headers['content-type'] ?? '', String(text)))
    } catch (error) {
      done(error as Error)
    }
  })
}

/** @param bodyLimit bytes */
export const createServer = (log: Logger, bodyLimit: number): FastifyInstance => {
  const app: FastifyInstance = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    http: { maxHeaderSize: 16_384 },
    rewriteUrl: ({ url = '/' }) => rewriteUrl(url),
    routerOptions: {
      ignoreTrailingSlash: true,
      maxParamLength: 16_384,
      querystringParser: (text) => parseForm(text) as never,
    },
    frameworkErrors: (error, request, reply) => void answerFailure(error, request, reply, bodyLimit),
    clientErrorHandler: answerClientError,
  })
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => JSON.stringify)
  parseBodies(app)
  refuseOtherMethods(app)
  app.setErrorHandler((error, request, reply) => answerFailure(error, request, reply, bodyLimit))
  app.setNotFoundHandler((request) => {
    throw new ApiError('UnknownPath', `${request.method} ${pathOfRequest(request)}`)
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  return app
}
