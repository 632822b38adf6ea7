/**
 * `GET /changes`, as JSON or, when the client accepts `text/event-stream`, as a stream; `GET /snapshot`. Their JSON is
 * what a `FeedSource` returns, so a controller in another process reads the store through them; it asks for lines
 * of JSON (`application/x-ndjson`), of which it can take in one at a time.
 */
import { integer } from '@openvnet/schema'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Access } from '../access/access.ts'
import { ApiError, argumentError } from '../errors.ts'
import type { Limits } from '../http/limits.ts'
import { clientOf } from '../http/rate.ts'
import { parametersOf } from '../http/request.ts'
import { createSlots } from '../http/slots.ts'
import { describeChanges, describeSnapshot } from '../openapi/operations.ts'
import { emptySignature, optional, signature } from '../parameters/expected.ts'
import type { StoreView } from '../store/view.ts'
import { streamChanges } from './stream.ts'
import { changesDocument, changesLines, snapshotDocument, snapshotLines } from './texts.ts'

export const revisionKind = integer(0, Number.MAX_SAFE_INTEGER)

export const changesSignature = signature([
  optional(
    'since',
    revisionKind,
    'The revision that the reader has. When absent: 0, or for a stream the newest.',
  ),
])

const HEARTBEAT = 15_000

const lastEventId = (request: FastifyRequest): number | undefined => {
  const value = request.headers['last-event-id']
  if (value === undefined || value === '') return undefined
  const parsed = revisionKind.parse(value)
  if (!parsed.ok) throw argumentError('last-event-id', value, parsed.reason)
  return parsed.value
}

const LINES = 'application/x-ndjson'

const wantsLines = ({ headers }: FastifyRequest): boolean => headers.accept?.includes(LINES) === true

/**
 * Reads all of it before anything is sent: a reader that is slow must not hold a transaction open, and what fails is
 * answered with an error.
 */
const sendPieces = async (
  reply: FastifyReply,
  type: string,
  pieces: AsyncIterable<string>,
): Promise<FastifyReply> => {
  const buffers: Buffer[] = []
  for await (const piece of pieces) buffers.push(Buffer.from(piece))
  return reply.type(type).send(Buffer.concat(buffers))
}

const JSON_TYPE = 'application/json; charset=utf-8'

const wantsStream = ({ method, headers }: FastifyRequest): boolean =>
  method === 'GET' && headers.accept?.includes('text/event-stream') === true

export interface ChangesOptions {
  readonly store: StoreView
  /** Of the store. */
  readonly file: string
  /** Milliseconds between signs of life on a stream (15,000). */
  readonly heartbeat?: number | undefined
  /** Who may go on reading; `null`: everybody. */
  readonly access: Access | null
  readonly limits: Limits
}

/** @returns the number of streams that are open */
export const registerChanges = (app: FastifyInstance, options: ChangesOptions): (() => number) => {
  const { store, file, heartbeat = HEARTBEAT, access } = options
  const total = options.limits.streams
  const perClient = access === null ? total : options.limits.streamsOfToken
  const slots = createSlots({ total, perClient })
  const closing = new AbortController()
  const streams = new Set<Promise<void>>()
  app.addHook('preClose', async () => {
    closing.abort()
    await Promise.all(streams)
  })

  const stream = (request: FastifyRequest, reply: FastifyReply, since: number): void => {
    const giveBack = slots.take(clientOf(request))
    if (giveBack === null)
      throw new ApiError(
        'TooManyAtOnce',
        `there are ${total} streams of changes open, or ${perClient} of yours: close one first`,
        { headers: { 'retry-after': '10' } },
      )
    const left = new AbortController()
    // A token that is taken away ends what it has opened.
    const { token } = request.caller
    const stopWatching = access?.onChange(() => {
      if (token !== null && !access.isValid(token)) left.abort()
    })
    reply.hijack()
    reply.raw.on('close', () => left.abort())
    reply.raw.on('error', () => left.abort())
    reply.raw.setHeader('content-type', 'text/event-stream')
    reply.raw.setHeader('cache-control', 'no-store')
    reply.raw.setHeader('connection', 'close')
    reply.raw.setHeader('x-request-id', request.id)
    const running = streamChanges({
      store,
      response: reply.raw,
      since,
      heartbeat,
      signal: AbortSignal.any([closing.signal, left.signal]),
    })
      .catch((error: unknown) => request.log.error({ err: error }, 'change stream failed'))
      .finally(() => {
        stopWatching?.()
        giveBack()
        streams.delete(running)
      })
    streams.add(running)
  }

  app.get('/api/1.0/changes', { schema: describeChanges(changesSignature) }, async (request, reply) => {
    const since = parametersOf(request, changesSignature).get('since')
    if (wantsStream(request)) {
      stream(request, reply, lastEventId(request) ?? Number(since ?? store.revision()))
      return reply
    }
    const after = Number(since ?? 0)
    return wantsLines(request)
      ? await sendPieces(reply, LINES, changesLines(store, after))
      : await sendPieces(reply, JSON_TYPE, changesDocument(store, after))
  })
  app.get('/api/1.0/snapshot', { schema: describeSnapshot() }, async (request, reply) => {
    parametersOf(request, emptySignature)
    return wantsLines(request)
      ? await sendPieces(reply, LINES, snapshotLines(file))
      : await sendPieces(reply, JSON_TYPE, snapshotDocument(file))
  })
  return () => slots.taken()
}
