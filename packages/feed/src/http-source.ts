/**
 * The feed of an API in another process: `GET /api/1.0/snapshot` and `GET /api/1.0/changes?since=N`, answered in lines
 * of JSON, or in one document by an API that does not know of lines.
 * Each question has a time limit and is asked once; whoever asks decides when to ask again.
 */
import type { Logger } from 'pino'
import type { ChangesSince, FeedSource, Snapshot } from './change.ts'
import { LINES, readChangesLines, readSnapshotLines } from './lines.ts'
import { isChangesSince, isSnapshot } from './shape.ts'

export interface HttpFeedSourceOptions {
  /** Where the API is, e.g. `http://127.0.0.1:9090`. */
  readonly url: string
  readonly log?: Logger
  /** What to show an API that asks for tokens; asked before each question. */
  readonly token?: () => string | null
  /** Milliseconds until a question is given up. Default 5,000 for changes, 30,000 for a snapshot. */
  readonly timeouts?: { readonly changes?: number; readonly snapshot?: number }
}

export type FeedErrorCode = 'unreachable' | 'timeout' | 'status' | 'malformed'

/** Why the API gave no usable answer; `cause` holds what lies beneath. */
export class FeedError extends Error {
  override readonly name = 'FeedError'
  readonly code: FeedErrorCode
  /** The URL that was asked. */
  readonly url: string

  constructor(code: FeedErrorCode, url: string, detail: string, cause?: unknown) {
    super(`${url}: ${detail}`, { cause })
    this.code = code
    this.url = url
  }
}

/** @throws {TypeError} when `url` is not a URL. Its methods reject with {@link FeedError}. */
export function createHttpFeedSource(options: HttpFeedSourceOptions): FeedSource {
  const { url, log, timeouts = {}, token = () => null } = options
  const base = url.endsWith('/') ? url : `${url}/`
  const snapshotUrl = new URL('api/1.0/snapshot', base)
  const changesUrl = new URL('api/1.0/changes', base)
  return {
    async snapshot(): Promise<Snapshot> {
      const form = { isAnswer: isSnapshot, readLines: readSnapshotLines, token: token() }
      const answer = await ask(snapshotUrl, timeouts.snapshot ?? 30_000, form)
      if (answer === null) throw malformed(snapshotUrl, 'a snapshot')
      log?.debug({ revision: answer.revision, store: answer.store }, 'read a snapshot')
      return answer
    },
    async since(revision): Promise<ChangesSince> {
      const target = new URL(changesUrl)
      target.searchParams.set('since', String(revision))
      const form = { isAnswer: isChangesSince, readLines: readChangesLines, token: token() }
      const answer = await ask(target, timeouts.changes ?? 5_000, form)
      if (answer === null) throw malformed(target, 'a list of changes')
      return answer
    },
  }
}

const malformed = (url: URL, expected: string): FeedError =>
  new FeedError('malformed', url.href, `the answer is not ${expected} of this version`)

/** The two forms of an answer, and what to show for it. */
interface Form<T> {
  readonly isAnswer: (document: unknown) => document is T
  readonly readLines: (body: ReadableStream<Uint8Array>) => Promise<T | null>
  readonly token: string | null
}

/** @returns `null` for what is JSON and not the answer */
async function ask<T>(url: URL, timeout: number, form: Form<T>): Promise<T | null> {
  const { isAnswer, readLines, token } = form
  try {
    const response = await fetch(url, {
      headers: {
        accept: `${LINES}, application/json;q=0.9`,
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
      // A token is for the address that was given, and for no other.
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    })
    const { body, headers, ok, status } = response
    if (ok && body !== null && headers.get('content-type')?.startsWith(LINES)) return await readLines(body)
    const text = await response.text()
    if (!ok) throw new FeedError('status', url.href, `HTTP ${status}: ${text.slice(0, 200)}`)
    const document: unknown = JSON.parse(text)
    return isAnswer(document) ? document : null
  } catch (error) {
    throw feedErrorOf(error, url.href, timeout)
  }
}

function feedErrorOf(error: unknown, url: string, timeout: number): FeedError {
  if (error instanceof FeedError) return error
  if (error instanceof SyntaxError) return new FeedError('malformed', url, 'the answer is not JSON', error)
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new FeedError('timeout', url, `no answer within ${timeout} ms`, error)
  return new FeedError('unreachable', url, `no connection (${rootMessage(error)})`, error)
}

/** `fetch` hides the reason ("connect ECONNREFUSED …") in the cause of its error. */
function rootMessage(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message
  return cause instanceof Error ? cause.message : String(cause)
}
