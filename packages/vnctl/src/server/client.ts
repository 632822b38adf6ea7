/** One question to the API and its answer. Refusals and everything that can go wrong on the way become a `Failure`. */
import { nearest, type ResourceSpec } from '@openvnet/schema'
import { EXIT, Failure } from '../failure.ts'
import { rowsOf } from '../output/row.ts'
import type { Settings } from '../settings/settings.ts'
import { type Event, eventsOf } from './events.ts'
import { refusal, type Spell, UnknownRow } from './refusal.ts'
import { exchange, NoStream, type Reply, streamText } from './transport.ts'
import { unreachable } from './unreachable.ts'

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Parts of the path below the API's. */
  readonly path: readonly string[]
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Seconds that the server may take beyond the usual, because it waits for something. */
  readonly patience?: number
  /** Messages call parameters as the API does. */
  readonly verbatim?: boolean
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
  /** The events of `GET /changes` from now on, or after a revision. Ends when the server does. @throws {Failure} */
  readonly events: (since: number | null, signal: AbortSignal) => AsyncGenerator<Event>
}

export interface ClientOptions extends Pick<Settings, 'api' | 'token' | 'tls'> {
  /** How messages call a parameter. */
  readonly spell: Spell
}

/** Seconds after which a server is taken to be stuck. */
const PATIENCE = 30

/** The JSON of a body, or `undefined` when it is none. */
const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type Headers = Reply['headers']

const headerOf = (headers: Headers, name: string): string | null => {
  const value = headers[name]
  return value === undefined ? null : String(value)
}

const revisionOf = (headers: Headers): number | null => {
  const revision = Number(headerOf(headers, 'x-revision') ?? Number.NaN)
  return Number.isSafeInteger(revision) ? revision : null
}

const lackingOf = (headers: Headers): string | null =>
  headerOf(headers, 'x-applied') === 'false' ? (headerOf(headers, 'x-pending') ?? '') : null

const urlOf = (api: string, { path, query }: Pick<Request, 'path' | 'query'>): string => {
  const text = new URLSearchParams(query).toString()
  return `${[api, ...path.map(encodeURIComponent)].join('/')}${text && `?${text}`}`
}

/** How many rows are looked through for a misspelt uuid, and how long. */
const SUGGESTIONS = { limit: '1000', seconds: 2 }

export const createClient = ({ api, token, tls, spell }: ClientOptions): Client => {
  const credentials = token === null ? {} : { authorization: `Bearer ${token}` }
  const ask = async (request: Request, seconds: number): Promise<Answer> => {
    const url = urlOf(api, request)
    const { method, body } = request
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const content = body === undefined ? {} : { body: JSON.stringify(body) }
    const headers = { accept: 'application/json', ...credentials, ...json }
    const signal = AbortSignal.timeout(seconds * 1000)
    const reply = await exchange({ method, url, headers, tls, signal, ...content }).catch(
      (error: unknown) => {
        throw unreachable(error, api, seconds)
      },
    )
    const value = parseJson(reply.text)
    if (reply.status < 200 || reply.status > 299)
      throw refusal(reply.status, value, url, request.verbatim === true ? (name) => name : spell)
    if (value === undefined) {
      throw new Failure(EXIT.other, `${url} answered something that is not JSON: is it an OpenVNet API?`)
    }
    return {
      value,
      revision: revisionOf(reply.headers),
      lacking: lackingOf(reply.headers),
      notEnforced: headerOf(reply.headers, 'x-not-enforced'),
    }
  }
  /** The uuid of that resource that was probably meant. */
  const meant = async ({ collection }: ResourceSpec, uuid: string): Promise<string | undefined> => {
    try {
      const query = { limit: SUGGESTIONS.limit }
      const { value } = await ask({ method: 'GET', path: [collection], query }, SUGGESTIONS.seconds)
      return nearest(
        uuid,
        rowsOf(value).map((row) => String(row['uuid'])),
      )
    } catch {
      return undefined
    }
  }
  return {
    send: async (request) => {
      try {
        return await ask(request, PATIENCE + (request.patience ?? 0))
      } catch (error) {
        if (!(error instanceof UnknownRow)) throw error
        throw error.suggesting(await meant(error.resource, error.uuid))
      }
    },
    events: async function* (since, signal) {
      const query = since === null ? {} : { since: String(since) }
      const url = urlOf(api, { path: ['changes'], query })
      const headers = { accept: 'text/event-stream', ...credentials }
      try {
        yield* eventsOf(streamText({ method: 'GET', url, headers, tls, signal }))
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof NoStream) throw refusal(error.status, parseJson(error.text), url, spell)
        throw unreachable(error, api, PATIENCE)
      }
    },
  }
}
