/**
 * How often one client may ask: counted over ten seconds, for each token, or for each address where there is none (of
 * IPv6 the /64). Who uses an API without tokens on its own machine is not counted unless a rate was asked for.
 */
import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ApiError } from '../errors.ts'

/** Seconds over which is counted: short bursts may be faster. */
const WINDOW = 10
const STANDARD_RATE = 500
/** Clients that are remembered; the one that was silent longest makes room. */
const CLIENTS = 10_000
const IPV6_SITE = 64

/** Requests per second and client; `off`: no limit; absent: 500, and none for local use without tokens. */
export type Rate = number | 'off' | undefined

export const isLoopback = (address: string): boolean => /^(?:127\.|::1$|::ffff:127\.)/.test(address)

/** Who is counted as one. */
export const clientOf = ({ caller, ip }: FastifyRequest): string =>
  caller.token === null ? `address ${normalizeIP(ip, IPV6_SITE)}` : `token ${caller.token.name}`

const isCounted = ({ caller, ip }: FastifyRequest, rate: Rate): boolean =>
  rate !== undefined || !caller.isTrusted || caller.token !== null || !isLoopback(ip)

/** @returns counts a request; throws ApiError TooManyRequests */
export const createRateCheck = async (
  app: FastifyInstance,
  rate: Rate,
): Promise<(request: FastifyRequest) => Promise<void>> => {
  if (rate === 'off') return async () => undefined
  await app.register(rateLimit, { global: false, cache: CLIENTS })
  const perSecond = rate ?? STANDARD_RATE
  const max = perSecond * WINDOW
  const count = app.createRateLimit({ max, timeWindow: WINDOW * 1000, keyGenerator: clientOf })
  return async (request) => {
    if (!isCounted(request, rate)) return
    const counted = await count(request)
    if (counted.isAllowed || !counted.isExceeded) return
    const retry = Math.max(1, counted.ttlInSeconds)
    throw new ApiError(
      'TooManyRequests',
      `more than ${perSecond} requests a second over ${WINDOW} seconds (${clientOf(request)}): try again in ${retry} s, or put many writes into one POST /batch`,
      { headers: { 'retry-after': String(retry) } },
    )
  }
}
