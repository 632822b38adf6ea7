/** What a request brings: checked parameters and the names in its path. */
import type { FastifyRequest } from 'fastify'
import { argumentError } from '../errors.ts'
import { merge, type Raw, Repeated } from '../parameters/body.ts'
import { check, type Given } from '../parameters/check.ts'
import type { Signature } from '../parameters/expected.ts'

const NOTHING: Raw = new Map()

/** Which of the two counts would be a guess. @throws ApiError ArgumentError */
const checkOnce = (raw: Raw): Raw => {
  for (const [name, value] of raw) {
    if (value instanceof Repeated) throw argumentError(name, value.values.join(', '), 'given more than once')
  }
  return raw
}

/** @throws ApiError ArgumentError */
export const queryParameters = (request: FastifyRequest): Raw => checkOnce(request.query as Raw)

/** Query string and body, the body winning, as they came. @throws ApiError ArgumentError */
export const rawParameters = (request: FastifyRequest): Raw => {
  const { body } = request as { body: Raw | undefined }
  return merge(queryParameters(request), checkOnce(body ?? NOTHING))
}

/** @throws ApiError */
export const parametersOf = (request: FastifyRequest, signature: Signature): Given =>
  check(rawParameters(request), signature)

/** A name in the path, as it came. */
export const pathParameter = (request: FastifyRequest, name: string): string =>
  (request.params as Record<string, string>)[name] ?? ''

/** The path as the client spelt it, without the query string. */
export const pathOfRequest = (request: FastifyRequest): string => request.originalUrl.split('?')[0] ?? ''
