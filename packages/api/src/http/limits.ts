/**
 * What clients can take of the server: time, headers, connections, and what they keep going. The first three are
 * what Node enforces before a request is even there; a client that exceeds them is answered on the bare socket, or not
 * at all.
 */
import type { Server } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { ApiError } from '../errors.ts'

export interface Limits {
  /** Milliseconds until the headers of a request are there. */
  readonly headersTimeout: number
  /** Milliseconds until all of it is. */
  readonly requestTimeout: number
  readonly connections: number
  /** Streams of changes at the same time; those of one token. Without tokens all clients are one. */
  readonly streams: number
  readonly streamsOfToken: number
  /** Requests that wait for switches; each is looked at whenever a controller reports. */
  readonly waits: number
  readonly waitsOfToken: number
}

export const LIMITS: Limits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connections: 2048,
  streams: 512,
  streamsOfToken: 64,
  waits: 8192,
  waitsOfToken: 2048,
}

/** Octets of URL and headers together. */
export const MAX_HEADER_SIZE = 16_384
const MAX_HEADERS = 100
/** How often timeouts are looked at, and how long a TLS handshake may take, in milliseconds. */
const CHECK_EVERY = 2000
const HANDSHAKE_TIMEOUT = 10_000
const KEEP_ALIVE = 72_000
/** Milliseconds without a sign of life, e.g. of a reader that has stopped; longer than the longest wait. */
const SILENCE = 720_000

/** For Fastify, and for `http.createServer` or `https.createServer` below it. */
export const serverOptions = ({ headersTimeout, requestTimeout }: Limits) => ({
  fastify: { requestTimeout, keepAliveTimeout: KEEP_ALIVE, connectionTimeout: SILENCE },
  node: {
    maxHeaderSize: MAX_HEADER_SIZE,
    headersTimeout,
    requestTimeout,
    connectionsCheckingInterval: Math.min(CHECK_EVERY, headersTimeout / 2),
    handshakeTimeout: HANDSHAKE_TIMEOUT,
  },
})

export const boundConnections = (server: Server, { connections }: Limits): void => {
  server.maxConnections = connections
}

/** Node would leave out the headers above its own limit without a word, the token among them. @throws ApiError */
export const checkHeaderCount = ({ raw }: FastifyRequest): void => {
  if (raw.rawHeaders.length > 2 * MAX_HEADERS)
    throw new ApiError('HeaderTooLarge', `more than ${MAX_HEADERS} headers`)
}
