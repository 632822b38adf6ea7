/** A real API on a SQLite file of the test, asked without a socket; what it logs as an error fails the test. */
import { createLocalBus } from '@openvnet/feed'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { pino } from 'pino'
import type { Test } from 'tap'
import { type Api, type ApiOptions, createApi } from '../../src/index.ts'

export interface Answer {
  readonly status: number
  readonly headers: LightMyRequestResponse['headers']
  // Tests look into bodies of every shape.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly body: any
}

/** How parameters travel. */
export type Encoding = 'query' | 'form' | 'json' | 'envelope'

export interface TestApi extends Api {
  readonly file: string
  readonly bus: ReturnType<typeof createLocalBus>
  /** Messages of the level error and above. */
  readonly errors: string[]
  send(method: string, path: string, parameters?: object, encoding?: Encoding): Promise<Answer>
  raw(options: InjectOptions): Promise<Answer>
  /** Like `send`, but anything else than success fails. */
  ok(method: string, path: string, parameters?: object, encoding?: Encoding): Promise<Answer>
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const query = (parameters: object): string =>
  new URLSearchParams(
    Object.entries(parameters).map(([name, value]): [string, string] => [name, text(value)]),
  ).toString()

const request = (method: string, path: string, parameters: object, encoding: Encoding): InjectOptions => {
  const url = path.startsWith('/') ? path : `/api/1.0/${path}`
  const verb = method as 'GET'
  switch (encoding) {
    case 'query':
      return { method: verb, url: Object.keys(parameters).length === 0 ? url : `${url}?${query(parameters)}` }
    case 'form':
      return {
        method: verb,
        url,
        payload: query(parameters),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }
    case 'json':
      return { method: verb, url, payload: parameters, headers: { 'content-type': 'application/json' } }
    case 'envelope':
      return {
        method: verb,
        url,
        payload: JSON.stringify({ any: parameters }),
        headers: { 'content-type': 'application/json; charset=utf-8' },
      }
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export const startApi = async (
  t: Test,
  options: Partial<ApiOptions> & { file?: string } = {},
): Promise<TestApi> => {
  const errors: string[] = []
  const log = pino({ level: 'error' }, { write: (line: string) => void errors.push(line) })
  const bus = createLocalBus({ log })
  const file = options.file ?? `${t.testdir()}/store/openvnet.db`
  const api = await createApi({ bus, log, ...options, file })
  t.teardown(async () => {
    await api.close()
    await bus.close()
    if (errors.length > 0) throw new Error(`logged as an error: ${errors.join('')}`)
  })
  const raw = async (inject: InjectOptions): Promise<Answer> => {
    const { statusCode, headers, body } = await api.app.inject(inject)
    return { status: statusCode, headers, body: parse(body) }
  }
  const send: TestApi['send'] = (method, path, parameters = {}, encoding = 'query') =>
    raw(request(method, path, parameters, encoding))
  return {
    ...api,
    file,
    bus,
    errors,
    raw,
    send,
    ok: async (method, path, parameters, encoding) => {
      const answer = await send(method, path, parameters, encoding)
      if (answer.status !== 200) {
        throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
      }
      return answer
    },
  }
}
