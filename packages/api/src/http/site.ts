/**
 * Keeps pages of other sites out of the API: a browser of somebody who may use it would carry their requests.
 * - A write whose `Origin` is not the host that it was sent to is refused (Fetch standard: every write of a page has one).
 * - What the browser itself says to come from elsewhere (`Sec-Fetch-Site`) is refused, reads too, unless somebody
 *   follows a link: a page could not read the answers, but it could take up streams and time.
 * - Where the API asks for no token, and listens on a loopback address or was told its names, `Host` must be `localhost`,
 *   a loopback address or one of the names. Else a name of the attacker that is made to mean this machine would be the same
 *   site (DNS rebinding).
 * Clients that are no browsers send neither, and as `Host` what they were told to ask.
 */
import type { FastifyRequest } from 'fastify'
import { ApiError } from '../errors.ts'

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|\[::1\]|(?:.+\.)?localhost)$/

/** Host and port in one spelling: lower case, without the usual port. */
const hostOf = (url: string): URL | null => URL.parse(url)

const listensOnLoopback = ({ server }: FastifyRequest): boolean => {
  const bound = server.server.address()
  return typeof bound === 'object' && bound !== null && /^(?:127\.|::1$|::ffff:127\.)/.test(bound.address)
}

const OWN_SITE = new Set([undefined, 'same-origin', 'none'])

const checkFetch = ({ headers, method }: FastifyRequest): void => {
  if (OWN_SITE.has(headers['sec-fetch-site'] as string | undefined)) return
  if (headers['sec-fetch-mode'] === 'navigate' && !WRITES.has(method)) return
  throw new ApiError('CrossSiteRequest', 'a page of another site may not ask this API')
}

export interface Doors {
  /** Whether the API asks for tokens, which no page of another site has. */
  readonly hasTokens: boolean
  /** Names and addresses under which it may be asked without, besides those of the loopback; empty: any, unless it listens there. */
  readonly hostNames: readonly string[]
}

const checkHost = (request: FastifyRequest, host: string, { hasTokens, hostNames }: Doors): void => {
  if (hasTokens || (hostNames.length === 0 && !listensOnLoopback(request))) return
  const name = hostOf(`http://${host}`)?.hostname ?? ''
  if (LOOPBACK.test(name) || hostNames.includes(name)) return
  const known = ['localhost', '127.0.0.1', ...hostNames].join(', ')
  throw new ApiError(
    'CrossSiteRequest',
    `the header Host is ${host}: this API answers to ${known} only; vnetd --host-name adds a name`,
  )
}

/** @throws ApiError CrossSiteRequest */
export const checkSite = (request: FastifyRequest, doors: Doors): void => {
  const { host, origin } = request.headers
  checkFetch(request)
  if (host === undefined) return
  checkHost(request, host, doors)
  if (origin === undefined || !WRITES.has(request.method)) return
  const site = hostOf(origin)
  if (site === null || site.host !== hostOf(`${site.protocol}//${host}`)?.host) {
    throw new ApiError('CrossSiteRequest', `a page of ${origin} may not write here: it is not from ${host}`)
  }
}
