/**
 * Every failure becomes one answer of the shape `{error, message, code}`: expected ones as they were thrown, those of
 * the HTTP layer and the store by their tables, anything else as InternalServerError without a word of its inside, logged once.
 */
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError, type ErrorName } from '../errors.ts'
import { isDamage, storeFailure } from '../store/failure.ts'
import { type Limits, MAX_HEADER_SIZE } from './limits.ts'
import { pathOfRequest } from './request.ts'

interface HttpFailure {
  readonly code?: string
  readonly statusCode?: number
  readonly message?: string
}

const BY_CODE: Readonly<Record<string, ErrorName>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BodyTooLarge',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UnsupportedMediaType',
}

const MESSAGES: Partial<Record<ErrorName, string>> = {
  UnsupportedMediaType: 'the header content-type is malformed',
}

/** What answers speak of. */
export interface AnswerLimits {
  /** The longest body of most calls, in bytes. */
  readonly bodyLimit: number
  readonly limits: Limits
  /** The file of the store. */
  readonly file: string
  /** Told when reading met damage in the file. */
  readonly onDamage?: () => void
  /** Told what was answered. */
  readonly onFailure: (error: ErrorName) => void
}

/** The answer to an error that one of our routes or the HTTP layer below them raised; `undefined` for a bug. */
const toApiError = (
  error: unknown,
  { bodyLimit, file }: Pick<AnswerLimits, 'bodyLimit' | 'file'>,
): ApiError | undefined => {
  if (error instanceof ApiError) return error
  const ofStore = storeFailure(error, file)
  if (ofStore !== undefined) return ofStore
  const { code = '', statusCode = 500, message = '' } = error as HttpFailure
  const known = BY_CODE[code]
  if (known === 'BodyTooLarge') {
    return new ApiError(known, `the body is longer than ${bodyLimit} bytes`)
  }
  if (known !== undefined) return new ApiError(known, MESSAGES[known] ?? message)
  return statusCode >= 400 && statusCode < 500 ? new ApiError('InvalidRequest', message) : undefined
}

/** What is not the client's doing, and more than a moment's. */
const isLogged = ({ body }: ApiError): boolean =>
  body.error === 'StoreFull' || body.error === 'StoreUnavailable'

/** Answers `error`. */
export const answerFailure = (
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  limits: AnswerLimits,
): FastifyReply => {
  const { bodyLimit = limits.bodyLimit } = request.routeOptions
  const expected = toApiError(error, { ...limits, bodyLimit })
  if (expected === undefined || isLogged(expected)) {
    request.log.error({ err: error, method: request.method, path: pathOfRequest(request) }, 'request failed')
  }
  if (isDamage(error)) limits.onDamage?.()
  limits.onFailure(expected?.body.error ?? 'InternalServerError')
  const answer = expected ?? new ApiError('InternalServerError', `see the log for request ${request.id}`)
  return reply.code(answer.status).headers(answer.headers).type('application/json').send(answer.body)
}

/** The answers to what never became a request, by Node's code. */
const BROKEN: Readonly<Record<string, (limits: Limits) => readonly [ErrorName, string]>> = {
  HPE_HEADER_OVERFLOW: () => [
    'HeaderTooLarge',
    `URL and headers are longer than ${MAX_HEADER_SIZE / 1024} KiB`,
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ({ headersTimeout, requestTimeout }) => [
    'RequestTimeout',
    `the headers of a request may take ${headersTimeout / 1000} seconds, all of it ${requestTimeout / 1000}`,
  ],
}

/** Milliseconds that a client may take to read such an answer. */
const LINGER = 1000

/** What is not even HTTP is answered on the bare socket, which is closed then. */
export const answerClientError = (
  error: { code?: string },
  socket: Socket,
  { onFailure, limits }: Pick<AnswerLimits, 'onFailure' | 'limits'>,
): void => {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [name, message] = BROKEN[error.code ?? '']?.(limits) ?? ['InvalidRequest', 'not an HTTP request']
  const failure = new ApiError(name, message)
  onFailure(name)
  const body = JSON.stringify(failure.body)
  socket.end(
    `HTTP/1.1 ${failure.status} ${failure.name}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
  // Whoever does not close its end is not waited for.
  setTimeout(() => socket.destroy(), LINGER).unref()
}
