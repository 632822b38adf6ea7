/** Requests that nobody sends in good faith, as the bytes of HTTP/1.1: most of them well-formed around what is not. */
import type { Random } from './random.ts'

interface Call {
  readonly method: string
  readonly path: string
  readonly values: Readonly<Record<string, unknown>>
}

/** What there is to ask. */
export interface Vocabulary {
  readonly paths: readonly string[]
  /** Names of parameters, and uuids of rows that are there. */
  readonly names: readonly string[]
  readonly uuids: readonly string[]
  /** Calls that would be accepted as they are. */
  readonly calls: readonly Call[]
}

const NASTY = [
  ...['', ' ', '0', '-1', '1e400', '-0', '9'.repeat(400), '0x10', 'NaN', 'null', 'true', 'auto', '[]', '{}'],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '../../etc/passwd',
    '%00',
    '%',
    '%zz',
  ],
  ...[
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\u202e',
    '💥'.repeat(50),
    "'; DROP TABLE networks; --",
    '\r\nX: y',
    'a'.repeat(5000),
    'a,'.repeat(2000),
  ],
  ...[
    '10.0.0.1',
    '10.0.0.0/8',
    '255.255.255.255',
    '52:54:00:00:00:01',
    'ff:ff:ff:ff:ff:ff',
    '1',
    '2',
    '4294967296',
  ],
  ...[
    'tcp:22:0.0.0.0/0',
    'app=web',
    'static',
    'vif',
    'simulated',
    'dhcp',
    'dns',
    'virtual',
    'simple_underlay',
  ],
]

const JSON_TEXTS = [
  '',
  '{',
  'null',
  '[]',
  '1e999999',
  '"a"',
  '{"a":1}}',
  '{"a":1,"a":2}',
  '{"__proto__":{"uuid":"nw-p"}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"uuid":{"__proto__":1}}',
  '\ufeff{}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
  `{"operations":[${'{"method":"POST","path":"networks"},'.repeat(50)}1]}`,
  '{"operations":[{"method":"DELETE","path":"networks/%zz"}]}',
  '{"operations":[{"method":{"toString":1},"path":{"toString":1}}]}',
  '{"operations":[{"method":"POST","path":"__proto__","body":{"__proto__":1}}]}',
]

const YAML_TEXTS = [
  'a: &x [1]\nb: *x',
  '!!js/function "function(){}"',
  'a: [b',
  `${'- '.repeat(3000)}a`,
  `a: &a ["x"]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]`,
  '%YAML 9.9\n---\na: b',
  '? [a]\n: b',
  'uuid: 0x10\nipv4_network: 10.0.0.0',
]

const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'text/json',
  'application/yaml',
  'text/yaml',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=latin1',
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/json;;;',
  '',
]

const anyValue = (random: Random, words: Vocabulary, depth = 0): unknown => {
  if (random.chance(0.3)) return random.pick(words.uuids)
  if (depth < 3 && random.chance(0.1))
    return [anyValue(random, words, depth + 1), anyValue(random, words, depth + 1)]
  if (depth < 3 && random.chance(0.1))
    return { [random.pick(words.names)]: anyValue(random, words, depth + 1) }
  // Cannot be made a text.
  if (random.chance(0.05)) return { toString: 1, valueOf: 1 }
  if (random.chance(0.1)) return random.pick([null, true, false, -1, 0.1, 1e308, Number.MAX_SAFE_INTEGER + 2])
  return random.pick(NASTY)
}

type Parameters = [string, unknown][]

const parametersOf = (random: Random, words: Vocabulary): Parameters =>
  Array.from({ length: random.below(6) }, () => [
    random.chance(0.85) ? random.pick(words.names) : random.pick(NASTY),
    anyValue(random, words),
  ])

/** What would be accepted, mostly with one value that need not be. */
const bentOf = (random: Random, words: Vocabulary, { values }: Call): Parameters => {
  const parameters: Parameters = Object.entries(values)
  if (parameters.length === 0 || random.chance(0.4)) return parameters
  const at = random.below(parameters.length)
  return parameters.map(([name, value], index) => [name, index === at ? anyValue(random, words) : value])
}

const textOf = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))

const formOf = (parameters: readonly [string, unknown][]): string =>
  new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, textOf(value)])).toString()

const jsonOf = (parameters: readonly [string, unknown][]): string => {
  const members = parameters.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  return `{${members.join(',')}}`
}

const bytesOf = (random: Random): Buffer =>
  Buffer.from(Array.from({ length: random.below(200) }, () => random.below(256)))

const bodyOf = (random: Random, words: Vocabulary, type: string, known: Call | undefined): Buffer => {
  if (random.chance(0.05)) return bytesOf(random)
  const parameters = known === undefined ? parametersOf(random, words) : bentOf(random, words, known)
  if (type.includes('json')) {
    const plain = known === undefined && random.chance(0.3) ? random.pick(JSON_TEXTS) : jsonOf(parameters)
    return Buffer.from(random.chance(0.2) ? `{"any":${plain}}` : plain)
  }
  if (type.includes('yaml'))
    return Buffer.from(
      known === undefined && random.chance(0.3) ? random.pick(YAML_TEXTS) : jsonOf(parameters),
    )
  const form = Buffer.from(formOf(parameters))
  return random.chance(0.1) ? Buffer.concat([form, Buffer.from([0xff, 0xfe, 0x80])]) : form
}

const pathOf = (random: Random, words: Vocabulary): string => {
  if (random.chance(0.05)) return `/${encodeURIComponent(random.pick(NASTY).toWellFormed())}`
  const name = () => (random.chance(0.85) ? random.pick(words.uuids) : random.pick(NASTY))
  const path = random.pick(words.paths).replace(/\{\w+\}/g, () => encodeURIComponent(name().toWellFormed()))
  const spelt = random.chance(0.3) ? path.replace('/api/1.0', '/api') : path
  return spelt + random.pick(['', '', '.json', '.yml', '/', '.xml', '//'])
}

const targetOf = (random: Random, words: Vocabulary): string => {
  const path = pathOf(random, words)
  // Without that an answer may take half a minute by design.
  if (path.includes('/wait')) return `${path}?timeout=0`
  return random.chance(0.4) ? `${path}?${formOf(parametersOf(random, words)).slice(0, 8000)}` : path
}

const METHODS = ['GET', 'POST', 'POST', 'POST', 'PUT', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE']

const HEADERS = [
  'accept: application/x-ndjson',
  'last-event-id: x',
  'last-event-id: -1',
  'content-encoding: gzip',
  'origin: https://evil.example',
  'expect: 100-continue',
  `x-long: ${'y'.repeat(3000)}`,
  'x-request-id: a',
  'upgrade: websocket',
]

export interface Shot {
  readonly bytes: Buffer
  /** The connection is cut after the bytes: there need not be an answer. */
  readonly isCut: boolean
}

/** How the length is said, and what of the body is sent. */
const framed = (random: Random, body: Buffer): { header: string; sent: Buffer; isCut: boolean } => {
  const plain = { header: `content-length: ${body.length}`, sent: body, isCut: false }
  if (random.chance(0.85)) return plain
  const chunk = Buffer.concat([
    Buffer.from(`${body.length.toString(16)}\r\n`),
    body,
    Buffer.from('\r\n0\r\n\r\n'),
  ])
  return random.pick([
    { ...plain, header: `content-length: ${body.length + 10}`, isCut: true },
    { ...plain, header: `content-length: ${Math.max(0, body.length - 5)}`, isCut: true },
    { ...plain, header: 'content-length: -1', isCut: true },
    { ...plain, header: `content-length: ${body.length}\r\ncontent-length: 1`, isCut: true },
    {
      header: 'transfer-encoding: chunked',
      sent: body.length === 0 ? Buffer.from('0\r\n\r\n') : chunk,
      isCut: false,
    },
    { header: 'transfer-encoding: chunked', sent: Buffer.from('zz\r\n\r\n'), isCut: true },
    { header: `transfer-encoding: chunked\r\ncontent-length: 5`, sent: chunk, isCut: true },
    {
      ...plain,
      sent: body.subarray(0, body.length / 2),
      header: `content-length: ${body.length}`,
      isCut: body.length > 0,
    },
  ])
}

const RUBBISH = [
  'GET\r\n\r\n',
  'GET / HTTP/9.9\r\n\r\n',
  '\u0016\u0003\u0001\u0000',
  'POST /api/networks HTTP/1.1\r\n',
  `GET /${'a'.repeat(40_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
  'GET /\u0000 HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'GET / HTTP/1.1\r\nhost: localhost\r\n: x\r\n\r\n',
]

/** @param host of the header */
export const shotOf = (random: Random, words: Vocabulary, host: string): Shot => {
  if (random.chance(0.03)) return { bytes: Buffer.from(random.pick(RUBBISH), 'latin1'), isCut: true }
  const known = random.chance(0.4) ? random.pick(words.calls) : undefined
  const method = known?.method ?? random.pick(METHODS)
  const type = random.pick(TYPES)
  const hasBody = method !== 'HEAD' && method !== 'TRACE' && (method !== 'GET' || random.chance(0.2))
  const body = hasBody ? bodyOf(random, words, type, known) : Buffer.alloc(0)
  const { header, sent, isCut } = framed(random, body)
  const head = [
    `${method} ${known === undefined ? targetOf(random, words) : `/api/${known.path}`} HTTP/1.1`,
    `host: ${host}`,
    'connection: close',
    ...(type === '' ? [] : [`content-type: ${type}`]),
    ...(random.chance(0.1) ? [random.pick(HEADERS)] : []),
    header,
  ]
  return { bytes: Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), sent]), isCut }
}
