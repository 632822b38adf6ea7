/**
 * The answer of a call that writes: what the thread made of it, `X-Revision`, and with `?wait=SECONDS` the answer held
 * until the switches have the change. The write stands whether they get it in time or not: `X-Applied` says so,
 * `X-Pending` says which datapaths lack it and why (or why none counts).
 * With `?dry_run=true` the call is made and undone: the answer is `{dry_run, answer, changes}`, and nothing is stored.
 * `X-Not-Enforced` says what of the rows is stored and has no effect yet.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import { checkMayWrite } from '../access/guard.ts'
import type { Model } from '../crud/model.ts'
import { ApiError } from '../errors.ts'
import { clientOf } from '../http/rate.ts'
import { pathOfRequest, queryParameters, rawParameters } from '../http/request.ts'
import { describeBatch } from '../openapi/batch.ts'
import { checkReadable } from '../parameters/body.ts'
import { check, type Given } from '../parameters/check.ts'
import { EVERY_WRITE, type Signature, signature } from '../parameters/expected.ts'
import type { Waiter } from '../status/wait.ts'
import type { StoreView } from '../store/view.ts'
import { givenTo, type Names } from './call.ts'
import { type Calls, callNamed } from './calls.ts'
import type { WriteClient } from './client.ts'
import type { Result } from './messages.ts'

export type BatchOutcome = 'stored' | 'refused' | 'tried'

/** What routes need. */
export interface Context {
  readonly store: StoreView
  readonly writer: WriteClient
  readonly model: Model
  readonly calls: Calls
  readonly waiter: Waiter
  /** Told how each batch ended. */
  readonly onBatch: (outcome: BatchOutcome) => void
}

/** Octets of the longest body of a batch. */
export const BATCH_LIMIT = 16 * 2 ** 20

/** Names come from controllers; a header takes printable ASCII only. */
const NOT_FOR_HEADERS = /[^\x20-\x7e]/g

/** Of a thousand datapaths the first ones will do: clients take 16 KiB of headers. */
const LONGEST_REASON = 4000

const JSON_TYPE = 'application/json; charset=utf-8'

const reportApplied = async (waiter: Waiter, revision: number, seconds: number, reply: FastifyReply) => {
  const { applied, reason } = await waiter.wait(revision, seconds, clientOf(reply.request))
  reply.header('x-applied', String(applied))
  if (reason !== null)
    reply.header('x-pending', reason.slice(0, LONGEST_REASON).replaceAll(NOT_FOR_HEADERS, '?'))
}

/** @param body of the answer, as JSON */
const answerWrite = async (
  { waiter }: Context,
  given: Given,
  reply: FastifyReply,
  { body, revision, notEnforced }: Result,
): Promise<FastifyReply> => {
  reply.header('x-revision', String(revision))
  if (notEnforced.length > 0) reply.header('x-not-enforced', notEnforced.join('; '))
  const { method, caller } = reply.request
  const by = caller.token === null ? {} : { by: caller.token.name }
  reply.log.debug({ method, path: pathOfRequest(reply.request), revision, ...by }, 'written')
  const seconds = given.get('wait')
  if (typeof seconds === 'number' && !isRehearsal(given))
    await reportApplied(waiter, revision, seconds, reply)
  return reply.type(JSON_TYPE).send(body)
}

const isRehearsal = (given: Given): boolean => given.get('dry_run') === true

/** The route of one call. */
export const registerCall = (
  app: FastifyInstance,
  context: Context,
  name: string,
  describe: (signature: Signature) => FastifySchema,
): void => {
  const call = callNamed(context.calls, name)
  app.route({
    method: call.method,
    url: `/api/1.0/${call.path}`,
    schema: describe(call.signature),
    handler: async (request, reply) => {
      const given = givenTo(call, rawParameters(request))
      checkMayWrite(request, isRehearsal(given))
      const result = await context.writer.call(name, request.params as Names, given, isRehearsal(given))
      return await answerWrite(context, given, reply, result)
    },
  })
}

const batchSignature = signature(EVERY_WRITE)

/** @throws ApiError UnsupportedMediaType */
const checkJson = ({ headers }: FastifyRequest): void => {
  const type = headers['content-type'] ?? ''
  checkReadable(type, String(headers['content-encoding'] ?? ''))
  if (!/^\s*(?:application|text)\/json\s*(?:;|$)/i.test(type)) {
    throw new ApiError('UnsupportedMediaType', `${type || 'none'}: a batch is JSON`)
  }
}

/** `POST /batch`; its body is taken as it comes and read by the thread that writes. */
export const registerBatch = async (app: FastifyInstance, context: Context): Promise<void> => {
  await app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BATCH_LIMIT }, (_request, body, parsed) =>
      parsed(null, body),
    )
    const schema = describeBatch(batchSignature)
    scope.post('/api/1.0/batch', { bodyLimit: BATCH_LIMIT, schema }, async (request, reply) => {
      checkJson(request)
      const given = check(queryParameters(request), batchSignature)
      const body = new Uint8Array((request.body as Buffer | undefined) ?? [])
      const isTrial = isRehearsal(given)
      checkMayWrite(request, isTrial)
      const result = await context.writer.batch(body, isTrial).catch((error: unknown) => {
        context.onBatch('refused')
        throw error
      })
      context.onBatch(isTrial ? 'tried' : 'stored')
      return await answerWrite(context, given, reply, result)
    })
    done()
  })
}
