/**
 * `GET /changes`, as JSON or, when the client accepts `text/event-stream`, as a stream; `GET /snapshot`. Their JSON is
 * what a `FeedSource` returns, so a controller in another process reads the store through them; it asks for lines
 * of JSON (`application/x-ndjson`), of which it can take in one at a time.
 */
import { integer } from '@openvnet/schema'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { argumentError } from '../errors.ts'
import { parametersOf } from '../http/request.ts'
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
}

export const registerChanges = (app: FastifyInstance, options: ChangesOptions): void => {
  const { store, file, heartbeat = HEARTBEAT } = options
  const closing = new AbortController()
  const streams = new Set<Promise<void>>()
  app.addHook('preClose', async () => {
    closing.abort()
    await Promise.all(streams)
  })

  const stream = (request: FastifyRequest, reply: FastifyReply, since: number): void => {
    const left = new AbortController()
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
      .finally(() => streams.delete(running))
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
}
