/** Requests over a real socket, in every form in which parameters travel, and answers in JSON and YAML. */
import { parse, stringify } from 'yaml'

export type Values = Readonly<Record<string, unknown>>

const FORMS = ['query', 'form', 'json', 'envelope', 'yaml'] as const
export type Form = (typeof FORMS)[number]

export interface Reply {
  readonly status: number
  readonly type: string
  readonly body: unknown
}

const text = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))

const encode = (values: Values): string =>
  new URLSearchParams(
    Object.entries(values).map(([name, value]): [string, string] => [name, text(value)]),
  ).toString()

const bodyOf = (values: Values, form: Form): RequestInit => {
  switch (form) {
    case 'query':
      return {}
    case 'form':
      return { body: encode(values), headers: { 'content-type': 'application/x-www-form-urlencoded' } }
    case 'json':
      return { body: JSON.stringify(values), headers: { 'content-type': 'application/json' } }
    case 'envelope':
      return {
        body: JSON.stringify({ any: values }),
        headers: { 'content-type': 'text/json; charset=utf-8' },
      }
    case 'yaml':
      return { body: stringify(values), headers: { 'content-type': 'application/yaml' } }
  }
}

const read = async (response: Response): Promise<Reply> => {
  const type = response.headers.get('content-type') ?? ''
  const content = await response.text()
  const body = type.includes('json') ? JSON.parse(content) : type.includes('yaml') ? parse(content) : content
  return { status: response.status, type, body }
}

export interface Client {
  /** As it is. */
  raw(method: string, path: string, init?: RequestInit): Promise<Reply>
  /** Below one of the two prefixes, as JSON or YAML, in one of the forms: another with each call. */
  send(method: string, path: string, values?: Values, form?: Form): Promise<Reply>
}

export const createClient = (origin: string): Client => {
  let sent = 0
  const raw: Client['raw'] = async (method, path, init = {}) =>
    await read(await fetch(`${origin}${path}`, { redirect: 'manual', ...init, method }))
  return {
    raw,
    send: async (method, path, values = {}, wanted) => {
      sent += 1
      const form = method === 'GET' ? 'query' : (wanted ?? FORMS[sent % FORMS.length] ?? 'query')
      const prefix = sent % 2 === 0 ? '/api' : '/api/1.0'
      const suffix = path.startsWith('batch') ? '' : (['', '.json', '.yml'][sent % 3] ?? '')
      const query = form === 'query' && Object.keys(values).length > 0 ? `?${encode(values)}` : ''
      return await raw(method, `${prefix}/${path}${suffix}${query}`, bodyOf(values, form))
    },
  }
}
