/**
 * Who asks, and whether that is allowed: the first thing that happens to a request, before its body is read.
 * With tokens everything needs one but what tells nothing (`OPEN`); a token of the role `read-only` may use GET and
 * HEAD, and no GET changes anything; and it may try writes without doing them (`dry_run`), which is known for sure only
 * when the body has been read too. Without tokens everybody who reaches the API may do everything.
 */
import type { FastifyRequest } from 'fastify'
import { ApiError } from '../errors.ts'
import { pathOfRequest } from '../http/request.ts'
import type { Access } from './access.ts'
import type { TokenEntry } from './token.ts'

/** What probes ask, and the description, which is the same for everybody. As routes are declared. */
const OPEN = /^(?:\/|\/healthz|\/readyz|\/openapi\.json|\/docs(?:\/.*)?)$/

const READS = new Set(['GET', 'HEAD'])

export interface Caller {
  /** `null`: there are no tokens, or none was needed and none was good. */
  readonly token: TokenEntry | null
  /** Whether answers may tell of the inside: not to somebody unknown where there are tokens. */
  readonly isTrusted: boolean
}

export const identify = (request: FastifyRequest, access: Access | null): Caller => {
  if (access === null) return { token: null, isTrusted: true }
  const token = access.identify(request.headers.authorization)
  return { token, isTrusted: token !== null }
}

const unauthorized = (request: FastifyRequest): ApiError => {
  const isGiven = request.headers.authorization !== undefined
  const challenge = `Bearer realm="openvnet"${isGiven ? ', error="invalid_token"' : ''}`
  const message = isGiven
    ? 'this token is not known here: it was misspelt or removed; send Authorization: Bearer TOKEN with one that is'
    : 'a token is needed: send Authorization: Bearer TOKEN; `vnetd token add` makes one'
  return new ApiError('Unauthorized', message, { headers: { 'www-authenticate': challenge } })
}

const forbidden = (request: FastifyRequest, { name }: TokenEntry): ApiError =>
  new ApiError(
    'Forbidden',
    `the token ${name} is read-only and ${request.method} ${pathOfRequest(request)} changes something: use one of the role admin`,
    { headers: { 'www-authenticate': 'Bearer realm="openvnet", error="insufficient_scope"' } },
  )

/** @throws ApiError Unauthorized, Forbidden */
export const checkAllowed = (request: FastifyRequest, { token, isTrusted }: Caller): void => {
  if (!isTrusted) {
    if (OPEN.test(request.routeOptions.url ?? '')) return
    throw unauthorized(request)
  }
  if (token?.role !== 'read-only' || READS.has(request.method)) return
  if (!mayBeTrial(request)) throw forbidden(request, token)
}

/** To be called when the body is there: that may have taken half a minute. @throws ApiError Unauthorized */
export const checkStillKnown = (request: FastifyRequest, access: Access): void => {
  const { token } = request.caller
  if (token !== null && !access.isValid(token)) throw unauthorized(request)
}

/** Says the query string that nothing is to be done? The body may say otherwise, so this decides nothing. */
const mayBeTrial = ({ originalUrl }: FastifyRequest): boolean => /[?&]dry_run=/.test(originalUrl)

/**
 * To be called by everything that writes, when its parameters are known.
 * @param isTrial whether nothing of it will be stored
 * @throws ApiError Forbidden
 */
export const checkMayWrite = (request: FastifyRequest, isTrial: boolean): void => {
  const { token } = request.caller
  if (token?.role === 'read-only' && !isTrial) throw forbidden(request, token)
}
