/** One question to the API and its answer. Refusals and everything that can go wrong on the way become a `Failure`. */
import { EXIT, Failure } from '../failure.ts'
import { refusal } from './refusal.ts'

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Parts of the path below the API's. */
  readonly path: readonly string[]
  readonly query?: Readonly<Record<string, string>>
  readonly body?: Readonly<Record<string, unknown>>
  /** Seconds that the server may take beyond the usual, because it waits for something. */
  readonly patience?: number
}

export interface Answer {
  readonly value: unknown
  /** The revision that a write made, or `null`. */
  readonly revision: number | null
  /** What a write that waited has not reached: names of bridges, or a reason; `null` when all have it. */
  readonly lacking: string | null
  /** What of a write is stored and has no effect yet, or `null`. */
  readonly notEnforced: string | null
}

export interface Client {
  /** @throws {Failure} */
  readonly send: (request: Request) => Promise<Answer>
}

/** Seconds after which a server is taken to be stuck. */
const PATIENCE = 30

const HINT = 'is vnetd running? start it with `npm start`, or name another with --server'

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'unknown host name',
  EAI_AGAIN: 'the host name cannot be looked up now',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
  UND_ERR_SOCKET: 'the connection was closed before the answer',
  UND_ERR_CONNECT_TIMEOUT: 'no answer to the connection attempt',
}

/** The sentence for an error of `fetch`. */
const unreachable = (error: unknown, api: string, seconds: number): Failure => {
  const { name, message, cause } = error as Error
  const { origin } = new URL(api)
  if (name === 'TimeoutError') {
    return new Failure(EXIT.other, `${origin} did not answer within ${seconds} s; ${HINT}`)
  }
  const { code = '', message: detail = '' } = (cause ?? {}) as NodeJS.ErrnoException
  return new Failure(EXIT.other, `cannot reach ${origin}: ${CAUSES[code] ?? (detail || message)}; ${HINT}`)
}

/** The JSON of a body, or `undefined` when it is none. */
const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const requestInit = ({ method, body }: Request, seconds: number): RequestInit => ({
  method,
  signal: AbortSignal.timeout(seconds * 1000),
  headers: {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
})

const revisionOf = (headers: Headers): number | null => {
  const revision = Number(headers.get('x-revision') ?? Number.NaN)
  return Number.isSafeInteger(revision) ? revision : null
}

const lackingOf = (headers: Headers): string | null =>
  headers.get('x-applied') === 'false' ? (headers.get('x-pending') ?? '') : null

/** @param api URL below which the paths of the API lie */
export const createClient = (api: string): Client => ({
  send: async (request) => {
    const seconds = PATIENCE + (request.patience ?? 0)
    const query = new URLSearchParams(request.query).toString()
    const url = `${[api, ...request.path.map(encodeURIComponent)].join('/')}${query && `?${query}`}`
    let response: Response
    let text: string
    try {
      response = await fetch(url, requestInit(request, seconds))
      text = await response.text()
    } catch (error) {
      throw unreachable(error, api, seconds)
    }
    const value = parseJson(text)
    if (!response.ok) throw refusal(response.status, value, url)
    if (value === undefined) {
      throw new Failure(EXIT.other, `${url} answered something that is not JSON: is it an OpenVNet API?`)
    }
    const { headers } = response
    return {
      value,
      revision: revisionOf(headers),
      lacking: lackingOf(headers),
      notEnforced: headers.get('x-not-enforced'),
    }
  },
})
