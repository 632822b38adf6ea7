/**
 * The API keeps what `/openapi.json` says. Every documented operation is asked over a real socket, with what the
 * original's clients send, with what the document shows as an example, and with what it excludes: each answer has a
 * status and a body that are described, what is described as wrong is refused, and no operation is left out.
 */
import { Validator } from '@seriousme/openapi-schema-validator'
import t from 'tap'
import { createClient, type Reply } from './contract/client.ts'
import {
  type Contract,
  type Document,
  type Json,
  type Place,
  pointerOf,
  readContract,
} from './contract/document.ts'
import { nonsenseFor } from './contract/nonsense.ts'
import { startApi } from './support/api.ts'
import { FINAL } from './surface/final.ts'
import { FORMER } from './surface/former.ts'
import { GROUND } from './surface/ground.ts'

const start = async (test: typeof t) => {
  const api = await startApi(test, { expiryInterval: 1_000_000 })
  const origin = await api.app.listen({ host: '127.0.0.1', port: 0 })
  const client = createClient(origin)
  const { body } = await client.raw('GET', '/openapi.json')
  return { api, client, document: body as Document, contract: readContract(body as Document) }
}

const { api, client, document, contract } = await start(t)

/** Operations that were answered well, and those that refused something. */
const accepted = new Set<Place>()
const refused = new Set<Place>()

const placeOf = (method: string, path: string): Place => {
  const place = contract.find(method, path.startsWith('/') ? path : `/api/1.0/${path}`)
  if (place === undefined) throw new Error(`${method} ${path} is not described`)
  return place
}

const keep = (place: Place, { status, type, body }: Reply, what: string): void => {
  ;(status === 200 ? accepted : refused).add(place)
  const problem = contract.check(place, status, type, body)
  if (problem !== undefined) t.fail(`${what}: ${status}: ${problem}`, { body })
}

const ask = async (method: string, path: string, values: Json = {}): Promise<Reply> => {
  const reply = await client.send(method, path, values)
  keep(placeOf(method, path), reply, `${method} ${path} ${JSON.stringify(values)}`)
  return reply
}

const ok = async (method: string, path: string, values: Json = {}): Promise<Json> => {
  const reply = await ask(method, path, values)
  if (reply.status !== 200) {
    throw new Error(
      `${method} ${path} ${JSON.stringify(values)}: ${reply.status} ${JSON.stringify(reply.body)}`,
    )
  }
  return reply.body as Json
}

/** What an operation does not say of itself. */
const silences = ({ method, path, operation }: Place): string[] => {
  const name = `${method} ${path}`
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, one]) => one ?? '')
  const described = (operation.parameters ?? []).filter((one) => one.in === 'path').map((one) => one.name)
  const medias = Object.entries(operation.responses).flatMap(([status, { content = {} }]) =>
    Object.keys(content).length === 0
      ? [[status, {}] as const]
      : Object.values(content).map(({ schema }) => [status, schema] as const),
  )
  const isEmpty = (schema: Json) =>
    Object.keys(schema).length === 0 || JSON.stringify(schema) === '{"type":"object"}'
  return [
    ...(operation.operationId === undefined || operation.summary === undefined
      ? [`${name}: what it is`]
      : []),
    ...(described.sort().join() === inPath.sort().join() ? [] : [`${name}: its path`]),
    ...(operation.responses['200'] === undefined ? [`${name}: success`] : []),
    ...medias.filter(([, schema]) => isEmpty(schema)).map(([status]) => `${name}: the body of ${status}`),
  ]
}

t.test('the document is OpenAPI 3.1, and complete', async (t) => {
  const result = await new Validator().validate(structuredClone(document) as never)
  t.ok(result.valid, JSON.stringify(result.errors)?.slice(0, 2000))
  const ids = contract.places.map(({ operation }) => operation.operationId)
  t.equal(new Set(ids).size, ids.length, 'operationIds differ')
  t.same(contract.places.flatMap(silences), [])
})

t.test('examples are examples of what they stand for', async (t) => {
  let count = 0
  const problems = contract.places.flatMap(({ method, path, operation }) =>
    [
      ...Object.entries(operation.requestBody?.content ?? {}).map(([type, media]) => ({
        media,
        at: ['requestBody', 'content', type],
      })),
      ...Object.entries(operation.responses['200']?.content ?? {}).map(([type, media]) => ({
        media,
        at: ['responses', '200', 'content', type],
      })),
    ].flatMap(({ media, at }) => {
      if (media.example === undefined) return []
      count += 1
      return contract.validate(pointerOf('paths', path, method, ...at, 'schema'), media.example) ?? []
    }),
  )
  t.same(problems, [])
  t.ok(count > 250, `${count} examples`)
})

t.test('the page that shows it needs no other host', async (t) => {
  const home = await client.raw('GET', '/')
  t.equal(home.status, 302)
  const page = await client.raw('GET', '/docs/')
  t.match(page, { status: 200, type: /html/ })
  const links = [...String(page.body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link)
  t.ok(links.length > 3)
  for (const link of links) {
    t.notMatch(link, /^(?:https?:)?\/\//, 'is here')
    const { pathname } = new URL(link, 'http://x/docs/')
    t.equal((await client.raw('GET', pathname)).status, 200, pathname)
  }
  const script = await client.raw('GET', '/docs/static/swagger-initializer.js')
  t.match(script.body, /validatorUrl['"]?:\s*null/, 'the document is sent to nobody')
  t.same((await client.raw('GET', '/docs/json')).body, document)
})

/** What the tables of the original's API send, with each parameter that may be given. */
const askSurface = async (): Promise<void> => {
  for (const { call, needs = {}, takes = {}, undo } of [...FINAL, ...FORMER]) {
    const [method = '', path = ''] = call.split(' ')
    for (const given of [
      needs,
      ...Object.entries(takes).map(([name, value]) => ({ ...needs, [name]: value })),
    ]) {
      const body = await ok(method, path, given)
      const back = undo?.replace(':uuid', String(body['uuid']))
      if (method === 'GET' || (back === undefined && method !== 'POST') || undo === null) continue
      const [, below = ''] = back?.split(' ') ?? ['DELETE', `${path}/${body['uuid']}`]
      await ok('DELETE', below, /\/[a-z]+-[a-z0-9]+$/.test(below) ? {} : given)
    }
  }
}

/** One row of each resource, by its collection. */
const showAll = async (): Promise<void> => {
  for (const { method, path } of contract.places) {
    const [, list = '', rest = ''] = /^\/api\/1\.0\/(\w+)\/\{uuid\}(.*)$/.exec(path) ?? []
    if (method !== 'get' || list === '' || rest !== '') continue
    const items = (await ok('GET', list))['items'] as { uuid: string }[]
    if (items[0] !== undefined) await ok('GET', `${list}/${items[0].uuid}`)
  }
}

/** What no table has: changes that the original lacked, routers, batches, and what is no row. */
const askRest = async (): Promise<void> => {
  await ok('PUT', 'network_services/ns-dns', { display_name: 'x' })
  await ok('PUT', 'segments/seg-1', { labels: 'a=b' })
  await ok('PUT', 'segments/seg-1', { label: 'a-' })
  const bridge = 'topologies/topo-under/datapaths/dp-1'
  await ok('POST', bridge, { interface_uuid: 'if-host' })
  await ok('PUT', bridge, { ip_lease_uuid: 'il-host' })
  await ok('DELETE', bridge)
  const router = await ok('POST', 'routers', { uuid: 'rt-1', display_name: 'x', networks: 'nw-2=10.0.2.200' })
  await ok('GET', `routers/${router['uuid']}`)
  await ok('PUT', 'routers/rt-1', { display_name: 'y' })
  await ok('GET', 'routers/rt-1/networks')
  await ok('POST', 'routers/rt-1/networks/nw-1', { ipv4_address: '10.0.1.200' })
  await ok('DELETE', 'routers/rt-1/networks/nw-1')
  await ok('DELETE', 'routers/rt-1')
  await ok('POST', 'dhcp_options', { uuid: 'do-1', network_uuid: 'nw-1', code: 'mtu', value: '1400' })
  await ok('GET', 'dhcp_options/do-1')
  await ok('PUT', 'dhcp_options/do-1', { value: '1300' })
  await ok('DELETE', 'dhcp_options/do-1')
  await ok('POST', 'networks', { uuid: 'nw-six', ipv6_network: 'fd00:6::' })
  await ok('POST', 'interfaces', {
    ...{ uuid: 'if-six', network_uuid: 'nw-six', mac_address: '52:54:00:06:06:06', ipv6_address: 'auto' },
  })
  await ok('GET', 'interfaces/if-six')
  await ok('POST', 'routers', { uuid: 'rt-six', networks: 'nw-six' })
  await ok('POST', 'routes', { router_uuid: 'rt-six', ipv6_network: '::', via: 'fd00:6::9' })
  await ok('POST', 'routes', { router_uuid: 'rt-six', type: 'unreachable', ipv6_network: 'fd00:66::' })
  await ok('POST', 'ip_lease_containers/ilc-1/ip_leases/il-1')
  await ok('GET', 'ip_lease_containers/ilc-1/ip_leases')
  await ok('DELETE', 'ip_lease_containers/ilc-1/ip_leases/il-1')
  await ok('POST', 'ip_retention_containers/irc-1/ip_retentions/il-1')
  await ok('GET', 'ip_retention_containers/irc-1/ip_retentions')
  await ok('DELETE', 'ip_retention_containers/irc-1/ip_retentions/il-1')
  for (const path of ['status', 'changes', 'snapshot']) await ok('GET', path)
  await ok('GET', 'wait', { revision: 1, timeout: 0 })
  await ok('GET', 'changes', { since: api.store.revision() - 1 })
  const operations = [{ method: 'POST', path: 'networks', body: { ipv4_network: '10.3.0.0' } }]
  for (const dry_run of ['', '?dry_run=true']) {
    const reply = await client.send('POST', `batch${dry_run}`, { operations }, 'json')
    keep(placeOf('POST', 'batch'), reply, 'a batch')
  }
  keep(
    placeOf('PUT', 'networks/nw-1'),
    await client.raw('PUT', '/api/networks/nw-1?dry_run=1&display_name=z'),
    'a dry run',
  )
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    keep(placeOf('GET', path), await client.raw('GET', path), path)
  }
}

t.test('what is described is accepted and answered as it is described', async (t) => {
  for (const [call, given] of GROUND) {
    const [method = '', path = ''] = call.split(' ')
    await ok(method, path, given)
  }
  await askSurface()
  await askRest()
  await showAll()
  const left = contract.places.filter((place) => !accepted.has(place))
  t.same(
    left.map(({ method, path }) => `${method} ${path}`),
    [],
    'no operation is left out',
  )
})

const firsts = new Map<string, string>()

/** The uuid of a row of a collection. */
const firstOf = async (list: string): Promise<string> => {
  const { body } = await client.raw('GET', `/api/${list}?limit=1`)
  const found = firsts.get(list) ?? (body as { items?: { uuid?: string }[] }).items?.[0]?.uuid ?? 'nw-none'
  firsts.set(list, found)
  return found
}

/** The path with names of rows that are there, where the ground has them. */
const filled = async ({ path }: Place, value?: string): Promise<string> => {
  const parts = path.replace('/api/1.0/', '').split('/')
  let list = ''
  const names: string[] = []
  for (const part of parts) {
    if (!part.startsWith('{')) {
      list = part
      names.push(part)
      continue
    }
    names.push(value ?? (await firstOf(list)))
  }
  return names.join('/')
}

const refusedAs = (reply: Reply, what: string): void => {
  if (reply.status < 400 || reply.status >= 500)
    t.fail(`${what} is accepted: ${reply.status}`, { body: reply.body })
}

const askWrongly = async (place: Place): Promise<void> => {
  const method = place.method.toUpperCase()
  const path = await filled(place)
  const send = async (values: Json, form: 'query' | 'form' | 'json' | 'envelope' | 'yaml', what: string) => {
    const reply = await client.send(method, path, values, form)
    keep(place, reply, `${method} ${path}: ${what}`)
    refusedAs(reply, `${method} ${path}: ${what}`)
  }
  await send({ no_such_parameter: 1 }, 'json', 'an unknown parameter')
  const { properties = {} } = (place.operation.requestBody?.content['application/json']?.schema ?? {}) as {
    properties?: Record<string, Json>
  }
  const inQuery = (place.operation.parameters ?? []).filter((one) => one.in === 'query')
  const known: [string, Json][] = [
    ...Object.entries(properties),
    ...inQuery.map((one): [string, Json] => [one.name, one.schema]),
  ]
  const forms = ['query', 'form', 'json', 'envelope', 'yaml'] as const
  for (const [index, [name, schema]] of known.entries()) {
    for (const [at, value] of nonsenseFor(schema).slice(0, 2).entries()) {
      await send(
        { [name]: value },
        forms[(index + at) % forms.length] ?? 'json',
        `${name}=${JSON.stringify(value)?.slice(0, 80)}`,
      )
    }
  }
  if (path.includes('/')) {
    for (const name of ['nowhere', 'xx-1']) {
      const reply = await client.send(method, await filled(place, name), {})
      keep(place, reply, `${method} of ${name}`)
      if (place.path.includes('{')) refusedAs(reply, `${method} ${place.path} of ${name}`)
    }
  }
}

t.test('what is not described is refused as it is described', async (t) => {
  const before = api.store.revision()
  for (const place of contract.places) {
    if (place.path.startsWith('/api/1.0/') && !place.path.endsWith('/batch')) await askWrongly(place)
  }
  t.equal(api.store.revision(), before, 'nothing of it is stored')
  for (const [type, body] of [
    ['application/json', '{'],
    ['application/json', '[]'],
    ['application/yaml', 'a: [b'],
    ['text/plain', 'a'],
    ['application/json; charset=latin1', '{}'],
  ] as const) {
    const reply = await client.raw('POST', '/api/1.0/networks', { body, headers: { 'content-type': type } })
    keep(placeOf('POST', 'networks'), reply, `${type} ${body}`)
    refusedAs(reply, `${type} ${body}`)
  }
  for (const body of ['', '{}', '{"operations": 1}', '[{"method": "GET", "path": "networks"}]', '[1]']) {
    const reply = await client.raw('POST', '/api/1.0/batch', {
      body,
      headers: { 'content-type': 'application/json' },
    })
    keep(placeOf('POST', 'batch'), reply, `a batch of ${body}`)
    refusedAs(reply, `a batch of ${body}`)
  }
  const open = ['healthz', 'readyz', 'metrics']
  const left = contract.places.filter(
    (place) => !refused.has(place) && !open.includes(place.operation.operationId ?? ''),
  )
  t.same(
    left.map(({ method, path }) => `${method} ${path}`),
    [],
    'every operation refuses something',
  )
})

t.test('an answer that is not described breaks the contract', async (t) => {
  const { body } = await client.raw('GET', '/api/1.0/networks/nw-1')
  const place = placeOf('GET', 'networks/nw-1')
  const check = (inner: Contract, changed: unknown, status = 200, type = 'application/json') =>
    inner.check(place, status, type, changed)
  t.equal(check(contract, body), undefined)
  t.match(check(contract, { ...(body as object), more: 1 }), /additional properties/)
  t.match(check(contract, { ...(body as object), mode: 'none' }), /allowed values/)
  t.match(check(contract, { ...(body as object), uuid: undefined }), /required/)
  t.match(check(contract, body, 201), /status 201 is not described/)
  t.match(check(contract, body, 200, 'text/html'), /type text\/html/)
})
