/** What a request must be before its parameters count: its body, its site, its size. */

import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import SqliteDatabase, { type Statement } from 'better-sqlite3'
import t, { type Test } from 'tap'
import { type Answer, startApi, type TestApi } from './support/api.ts'

const FORM = 'application/x-www-form-urlencoded'

t.test('a body that cannot be read as it was meant is refused', async (t) => {
  const api = await startApi(t)
  const post = (payload: string | Buffer, headers: Record<string, string>) =>
    api.raw({ method: 'POST', url: '/api/1.0/networks', payload, headers })
  const refused = { status: 415, body: { error: 'UnsupportedMediaType', code: '415' } }
  const body = JSON.stringify({ ipv4_network: '10.0.0.0' })
  const json = 'application/json'
  t.match(await post(gzipSync(body), { 'content-type': json, 'content-encoding': 'gzip' }), {
    ...refused,
    body: { message: /^content-encoding gzip: send the body as it is/ },
  })
  for (const type of [`${json}; charset=latin1`, `${FORM};charset="utf-16"`, `${FORM}; CHARSET=Shift_JIS`]) {
    t.match(await post(body, { 'content-type': type }), refused, type)
  }
  t.equal(api.store.revision(), 0)
  for (const type of [`${json}; charset=UTF-8`, `${json};charset="utf-8"`, `${json}; charset=utf8; x=y`]) {
    t.equal((await post(body, { 'content-type': type, 'content-encoding': 'identity' })).status, 200, type)
  }
})

t.test('a parameter counts once', async (t) => {
  const api = await startApi(t)
  const repeated = (parameter: string, value: string) => ({
    status: 400,
    body: { error: 'ArgumentError', message: { parameter, value, reason: 'given more than once' } },
  })
  const url = '/api/1.0/networks'
  const headers = { 'content-type': FORM }
  const twice = 'ipv4_network=10.0.0.0&ipv4_network=10.1.0.0'
  const expected = repeated('ipv4_network', '10.0.0.0, 10.1.0.0')
  t.match(await api.raw({ method: 'POST', url: `${url}?${twice}` }), expected)
  t.match(await api.raw({ method: 'POST', url, headers, payload: twice }), expected)
  t.match(await api.raw({ method: 'GET', url: `${url}?limit=1&limit=1` }), repeated('limit', '1, 1'))
  const obsolete = 'ipv4_network=10.0.0.0&editable=1&editable=0'
  t.match(await api.raw({ method: 'POST', url, headers, payload: obsolete }), repeated('editable', '1, 0'))
  t.equal(api.store.revision(), 0)
  const started = process.cpuUsage()
  const long = { method: 'POST', url, headers, payload: 'a&'.repeat(500_000) } as const
  t.equal((await api.raw(long)).status, 400)
  t.ok(process.cpuUsage(started).user < 20_000_000, 'however often')
})

const PORT = /^http:\/\/127\.0\.0\.1:(\d+)$/

/** From a real socket, with the headers as they are given. */
const ask = (address: string, method: string, headers: Record<string, string>): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const [, port = ''] = PORT.exec(address) ?? []
    const sent = request(
      { host: '127.0.0.1', port, method, path: '/api/1.0/networks', headers },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: JSON.parse(Buffer.concat(chunks).toString()),
          }),
        )
      },
    )
    sent.on('error', reject)
    sent.end(method === 'POST' ? 'ipv4_network=10.0.0.0' : '')
  })

const OTHER_SITE = { status: 403, body: { error: 'CrossSiteRequest', code: '403' } }

t.test(
  'pages of other sites do not write, nor reach a loopback address by a name of their own',
  async (t) => {
    const api = await startApi(t)
    const url = await api.app.listen({ host: '127.0.0.1', port: 0 })
    const { host } = new URL(url)
    const port = host.split(':')[1]
    const form = { 'content-type': FORM }
    for (const origin of [
      'https://evil.example',
      'null',
      `http://localhost:${port}`,
      'http://127.0.0.1',
      '',
    ]) {
      t.match(await ask(url, 'POST', { ...form, host, origin }), OTHER_SITE, `Origin: ${origin}`)
    }
    t.match(await ask(url, 'DELETE', { host, origin: 'https://evil.example' }), OTHER_SITE)
    t.equal(
      (await ask(url, 'GET', { host, origin: 'https://evil.example' })).status,
      200,
      'CORS hides the answer',
    )
    for (const name of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1.evil.example',
      '10.0.0.1',
      'localhost.x',
    ]) {
      t.match(await ask(url, 'GET', { host: name }), OTHER_SITE, `Host: ${name}`)
      t.match(await ask(url, 'POST', { ...form, host: name, origin: `http://${name}` }), OTHER_SITE)
    }
    t.equal(api.store.revision(), 0)
    for (const name of [
      host,
      'localhost',
      `LOCALHOST:${port}`,
      '127.0.0.2:80',
      '[::1]:8080',
      'vnet.localhost',
    ]) {
      t.equal((await ask(url, 'POST', { ...form, host: name })).status, 200, `Host: ${name}`)
      const origin = `http://${name.toLowerCase()}`
      t.equal((await ask(url, 'POST', { ...form, host: name, origin })).status, 200, `Origin: ${origin}`)
    }
  },
)

t.test('an API for other machines answers to every name', async (t) => {
  const api = await startApi(t)
  await api.app.listen({ host: '0.0.0.0', port: 0 })
  const { port } = api.app.server.address() as { port: number }
  const url = `http://127.0.0.1:${port}`
  const form = { 'content-type': FORM }
  const host = 'vnet.example'
  t.equal((await ask(url, 'POST', { ...form, host })).status, 200)
  t.equal((await ask(url, 'POST', { ...form, host, origin: 'https://vnet.example' })).status, 200)
  t.match(await ask(url, 'POST', { ...form, host, origin: 'https://evil.example' }), OTHER_SITE)
})

const COUNTS = [3, 30]

/** Rows of every resource, `count` of each, as connected as they can be. */
const fill = async (api: TestApi, count: number): Promise<void> => {
  await api.ok('POST', 'route_links', { uuid: 'rl-1' })
  await api.ok('POST', 'datapaths', { uuid: 'dp-1', dpid: 'ff' })
  for (let index = 1; index <= count; index += 1) {
    const network_uuid = `nw-${index}`
    const leg = { mode: 'simulated', network_uuid, ipv4_address: `10.${index}.0.1` }
    await api.ok('POST', 'datapaths', { dpid: index.toString(16) })
    await api.ok('POST', 'networks', { uuid: network_uuid, ipv4_network: `10.${index}.0.0` })
    await api.ok('POST', 'interfaces', { ...leg, uuid: `if-${index}`, owner_datapath_uuid: 'dp-1' })
    await api.ok('POST', 'mac_leases', {
      interface_uuid: `if-${index}`,
      mac_address: `52:54:00:00:00:${index.toString(16).padStart(2, '0')}`,
    })
    await api.ok('POST', 'routes', { interface_uuid: `if-${index}`, route_link_uuid: 'rl-1' })
    await api.ok('POST', 'network_services', { mode: 'router', interface_uuid: `if-${index}` })
    await api.ok('POST', `datapaths/dp-1/networks/${network_uuid}`)
  }
}

const LISTS = ['datapaths', 'networks', 'interfaces', 'mac_leases', 'ip_leases', 'routes', 'network_services']

/** Calls `count` for each statement that is read from, until the end of the test. */
const countQueries = (t: Test, count: () => void): void => {
  const { prepare } = SqliteDatabase.prototype
  SqliteDatabase.prototype.prepare = function (this: unknown, sql: string) {
    const statement = prepare.call(this as never, sql) as Pick<Statement<unknown[]>, 'all' | 'get'>
    const { all, get } = statement
    statement.all = (...values: unknown[]) => {
      count()
      return all.apply(statement, values)
    }
    statement.get = (...values: unknown[]) => {
      count()
      return get.apply(statement, values)
    }
    return statement
  } as typeof prepare
  t.teardown(() => {
    SqliteDatabase.prototype.prepare = prepare
  })
}

t.test('a list costs the same number of queries however long it is', async (t) => {
  let queries = 0
  countQueries(t, () => {
    queries += 1
  })
  const queriesByCount: Record<string, number>[] = []
  for (const count of COUNTS) {
    const api = await startApi(t, { file: `${t.testdir()}/${count}.db`, pollInterval: 1_000_000 })
    await fill(api, count)
    const asked: Record<string, number> = {}
    for (const path of [...LISTS, 'datapaths/dp-1/networks']) {
      queries = 0
      const { body } = await api.ok('GET', path, { limit: 1000 })
      asked[path] = queries
      t.ok(body.items.length >= count, path)
      for (const item of path.includes('/') ? [] : body.items) {
        t.same((await api.ok('GET', `${path}/${item.uuid}`)).body, item, 'the same as alone')
      }
    }
    queriesByCount.push(asked)
  }
  t.same(queriesByCount[1], queriesByCount[0])
  t.strictSame(
    Object.entries(queriesByCount[0] ?? {}).filter(([, queries]) => queries < 2 || queries > 20),
    [],
  )
})

t.test('an answer has at most a thousand rows', async (t) => {
  const api = await startApi(t)
  t.match(await api.ok('GET', 'networks', { limit: 1000 }), { body: { limit: 1000 } })
  t.match(await api.send('GET', 'networks', { limit: 1001 }), {
    status: 400,
    body: { message: { parameter: 'limit', reason: 'outside of 0..1000' } },
  })
})
