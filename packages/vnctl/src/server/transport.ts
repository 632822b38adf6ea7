/**
 * HTTP as the client needs it: one exchange, or a stream of text. Errors are those of node (`code` says which).
 * Over `node:http` and not `fetch`: that takes an authority of one's own per request, and is there at once.
 */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'

/** All in PEM. */
export interface Tls {
  /** The authority of the server's certificate; the machine's authorities when absent. */
  readonly ca?: string
  /** What to show a server that asks who we are. */
  readonly cert?: string
  readonly key?: string
}

export interface Exchange {
  readonly method: string
  readonly url: string
  readonly headers: OutgoingHttpHeaders
  readonly body?: string
  readonly tls?: Tls
  readonly signal?: AbortSignal
}

export interface Reply {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

/** Loaded when something is asked: much of what is typed asks nothing. */
const requestOf = async (url: string): Promise<typeof import('node:http').request> =>
  url.startsWith('https:') ? (await import('node:https')).request : (await import('node:http')).request

const open = async ({ method, url, headers, body, tls, signal }: Exchange): Promise<IncomingMessage> => {
  const send = await requestOf(url)
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const options = {
      method,
      headers: { ...headers, ...length },
      ...tls,
      ...(signal === undefined ? {} : { signal }),
    }
    send(url, options, resolve).on('error', reject).end(body)
  })
}

const textOf = async (response: IncomingMessage): Promise<string> => {
  response.setEncoding('utf8')
  let text = ''
  for await (const piece of response) text += piece
  return text
}

/** Asks and reads the whole answer. */
export const exchange = async (what: Exchange): Promise<Reply> => {
  const response = await open(what)
  return { status: response.statusCode ?? 0, headers: response.headers, text: await textOf(response) }
}

/** The answer to a question for a stream, when it is another. */
export class NoStream extends Error {
  override readonly name = 'NoStream'
  readonly status: number
  readonly text: string

  constructor(status: number, text: string) {
    super(`answered ${status}`)
    this.status = status
    this.text = text
  }
}

/** Asks and hands over the answer as it comes. @throws NoStream */
export async function* streamText(what: Exchange): AsyncGenerator<string> {
  const response = await open(what)
  if (response.statusCode !== 200) {
    throw new NoStream(response.statusCode ?? 0, await textOf(response))
  }
  response.setEncoding('utf8')
  yield* response
}
