/** A client for the REST API: everything that a test may want to send, also what is wrong. */
import { request } from 'node:http'

export interface RestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** The parsed body; `undefined` when it is no JSON. */
  readonly body: unknown
}

export interface RestRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export class RestFailed extends Error {
  readonly answer: RestAnswer

  constructor({ method, path }: RestRequest, answer: RestAnswer) {
    super(`${method} ${path}: ${answer.status} ${answer.text}`)
    this.name = 'RestFailed'
    this.answer = answer
  }
}

export class Rest {
  readonly #where: { readonly socketPath: string } | { readonly host: string; readonly port: number }

  /** @param where path of a unix socket, or a port of this machine */
  constructor(where: string | number) {
    this.#where = typeof where === 'string' ? { socketPath: where } : { host: '127.0.0.1', port: where }
  }

  /** Any status. @throws when no answer comes */
  send({ method, path, headers = {}, body }: RestRequest): Promise<RestAnswer> {
    return new Promise((resolve, reject) => {
      const sent = request({ ...this.#where, method, path, headers, agent: false }, (answer) => {
        let text = ''
        answer.on('data', (chunk: Buffer) => {
          text += chunk.toString()
        })
        answer.on('error', reject)
        answer.on('end', () => {
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, body: parse(text) })
        })
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }

  /** With a JSON body. @throws {RestFailed} unless it succeeds */
  async call(method: string, path: string, body?: unknown): Promise<RestAnswer> {
    const json =
      body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const sent = { method, path: `/api/1.0/${path}`, ...json }
    const answer = await this.send(sent)
    if (answer.status >= 300) throw new RestFailed(sent, answer)
    return answer
  }

  async get<T>(path: string): Promise<T> {
    return (await this.call('GET', path)).body as T
  }
  post(path: string, body: unknown): Promise<RestAnswer> {
    return this.call('POST', path, body)
  }
  delete(path: string): Promise<RestAnswer> {
    return this.call('DELETE', path)
  }

  /** Resolves when every connected bridge has what was written; revision of the answer, or the newest. */
  async applied(revision?: number, timeout = 10): Promise<void> {
    const what = revision === undefined ? '' : `revision=${revision}&`
    await this.call('GET', `wait?${what}timeout=${timeout}`)
  }
}

export const revisionOf = (answer: RestAnswer): number => Number(answer.headers['x-revision'])
