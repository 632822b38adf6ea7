/**
 * The Fastify instance that all routes share: limits, body parsing, failures, request ids. It validates nothing by
 * itself; the schemas of routes are documentation, the rules stand in `parameters/` and `rules/`.
 */
import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import { ApiError } from '../errors.ts'
import { parseBody, parseForm } from '../parameters/body.ts'
import { trackRequests } from './drain.ts'
import { type AnswerLimits, answerClientError, answerFailure } from './failure.ts'
import { watchMethods } from './methods.ts'
import { pathOfRequest } from './request.ts'
import { rewriteUrl } from './rewrite.ts'
import { checkSite } from './site.ts'
import { answerInYaml } from './yaml.ts'

export interface Server {
  readonly app: FastifyInstance
  /** To be called once, when all routes and all `preClose` hooks are there. */
  finish(): void
}

const parseBodies = (app: FastifyInstance): void => {
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, text, done) => {
    try {
      done(null, parseBody(request.headers, String(text)))
    } catch (error) {
      done(error as Error)
    }
  })
}

const answerFailures = (app: FastifyInstance, limits: AnswerLimits): void => {
  app.setErrorHandler((error, request, reply) => answerFailure(error, request, reply, limits))
  app.setNotFoundHandler((request) => {
    throw new ApiError('UnknownPath', `${request.method} ${pathOfRequest(request)}`)
  })
}

export const createServer = (log: Logger, limits: AnswerLimits): Server => {
  const app: FastifyInstance = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: limits.bodyLimit,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    // Nothing is under way any more when this takes effect, see `finish`.
    forceCloseConnections: true,
    http: { maxHeaderSize: 16_384 },
    rewriteUrl: ({ url = '/' }) => rewriteUrl(url),
    routerOptions: {
      ignoreTrailingSlash: true,
      maxParamLength: 16_384,
      querystringParser: (text) => parseForm(text) as never,
    },
    frameworkErrors: (error, request, reply) => void answerFailure(error, request, reply, limits),
    clientErrorHandler: answerClientError,
  })
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => JSON.stringify)
  parseBodies(app)
  answerFailures(app, limits)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    checkSite(request)
  })
  answerInYaml(app)
  const drained = trackRequests(app)
  const refuseOtherMethods = watchMethods(app)
  return {
    app,
    finish: () => {
      refuseOtherMethods()
      app.addHook('preClose', drained)
    },
  }
}
