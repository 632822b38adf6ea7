/**
 * The Fastify instance that all routes share: limits, body parsing, failures, request ids. It validates nothing by
 * itself; the schemas of routes are documentation, the rules stand in `parameters/` and `rules/`.
 */
import { randomUUID } from 'node:crypto'
import type { Server as HttpServer, IncomingHttpHeaders } from 'node:http'
import type { SecureContextOptions } from 'node:tls'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { Access } from '../access/access.ts'
import { type Caller, checkAllowed, checkStillKnown, identify } from '../access/guard.ts'
import { parseBody, parseForm } from '../parameters/body.ts'
import { trackRequests } from './drain.ts'
import { type AnswerLimits, answerClientError, answerFailure } from './failure.ts'
import { boundConnections, checkHeaderCount, serverOptions } from './limits.ts'
import { watchMethods } from './methods.ts'
import { createRateCheck, type Rate } from './rate.ts'
import { pathOfRequest } from './request.ts'
import { rewriteUrl } from './rewrite.ts'
import { checkSite } from './site.ts'
import { unknownPath } from './unknown_path.ts'
import { answerInYaml } from './yaml.ts'

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller
  }
}

export interface ServerOptions extends AnswerLimits {
  /** Who may ask; `null`: everybody. */
  readonly access: Access | null
  /** See `Doors`. */
  readonly hostNames: readonly string[]
  readonly rate: Rate
  /** HTTPS only; with `ca`, clients have to show a certificate of it. `null`: HTTP. */
  readonly tls: SecureContextOptions | null
}

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
    throw unknownPath(request.method, pathOfRequest(request))
  })
}

/** What a client calls a request is taken over where it can stand in a log and in a header. */
const REQUEST_ID = /^[\w.:=+/@-]{1,128}$/

const requestId = ({ headers }: { readonly headers: IncomingHttpHeaders }): string => {
  const { 'x-request-id': given } = headers
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
}

const createApp = (log: Logger, options: ServerOptions): FastifyInstance => {
  const { access: _access, rate: _rate, hostNames: _hostNames, tls, ...answers } = options
  const { fastify, node } = serverOptions(options.limits)
  const isMutual = tls?.ca !== undefined
  const https = tls && { ...node, ...tls, requestCert: isMutual, rejectUnauthorized: isMutual }
  const app = Fastify({
    ...fastify,
    ...(https === null ? { http: node } : { https }),
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    bodyLimit: options.bodyLimit,
    // Nothing is under way any more when this takes effect, see `finish`.
    forceCloseConnections: true,
    rewriteUrl: ({ url = '/' }) => rewriteUrl(url),
    routerOptions: {
      ignoreTrailingSlash: true,
      maxParamLength: 16_384,
      querystringParser: (text) => parseForm(text) as never,
    },
    frameworkErrors: (error, request, reply) => void answerFailure(error, request, reply, answers),
    clientErrorHandler: (error, socket) => answerClientError(error, socket, answers),
  }) as unknown as FastifyInstance
  boundConnections(app.server as HttpServer, options.limits)
  return app
}

/** The first thing that happens to a request, before anything of its body is read. */
const admit = async (app: FastifyInstance, { access, rate, hostNames }: ServerOptions): Promise<void> => {
  app.decorateRequest('caller', null as never)
  const checkRate = await createRateCheck(app, rate)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    reply.header('x-content-type-options', 'nosniff')
    checkHeaderCount(request)
    checkSite(request, { hasTokens: access !== null, hostNames })
    request.caller = identify(request, access)
    await checkRate(request)
    checkAllowed(request, request.caller)
  })
  if (access !== null) app.addHook('preHandler', async (request) => checkStillKnown(request, access))
}

export const createServer = async (log: Logger, options: ServerOptions): Promise<Server> => {
  const app = createApp(log, options)
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => JSON.stringify)
  parseBodies(app)
  answerFailures(app, options)
  await admit(app, options)
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
