/** What a request brings: checked parameters and the names in its path. */
import type { FastifyRequest } from 'fastify'
import { merge, type Raw } from '../parameters/body.ts'
import { check, type Given } from '../parameters/check.ts'
import type { Signature } from '../parameters/expected.ts'

const NOTHING: Raw = new Map()

export const queryParameters = (request: FastifyRequest): Raw => request.query as Raw

/** Query string and body, the body winning, as they came. */
export const rawParameters = (request: FastifyRequest): Raw => {
  const { body } = request as { body: Raw | undefined }
  return merge(queryParameters(request), body ?? NOTHING)
}

/** @throws ApiError */
export const parametersOf = (request: FastifyRequest, signature: Signature): Given =>
  check(rawParameters(request), signature)

/** A name in the path, as it came. */
export const pathParameter = (request: FastifyRequest, name: string): string =>
  (request.params as Record<string, string>)[name] ?? ''

/** The path as the client spelt it, without the query string. */
export const pathOfRequest = (request: FastifyRequest): string => request.originalUrl.split('?')[0] ?? ''
