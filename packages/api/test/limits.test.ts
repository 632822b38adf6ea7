/** What one client can take of the server, how requests are told apart in the log, and what is measured. */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLocalBus } from '@openvnet/feed'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { type ApiOptions, addToFile, createApi, makeToken } from '../src/index.ts'
import { METRICS } from '../src/operation/metric_specs.ts'
import { startApi } from './support/api.ts'
import { openEvents } from './support/events.ts'
import { parseExposition } from './support/exposition.ts'
import { fetchRaw, openSocket } from './support/socket.ts'

const listening = async (t: Test, options: Partial<ApiOptions> = {}) => {
  const api = await startApi(t, options)
  return { ...api, url: await api.app.listen({ host: '127.0.0.1', port: 0 }) }
}

/** Header and body of an answer that came over a bare socket. */
const parts = (text: string) => {
  const [head = '', body = ''] = text.split('\r\n\r\n')
  return { head, body: JSON.parse(body) }
}

t.test(
  'who is slow to say what he wants is answered and put out, and so is who is slow to listen',
  async (t) => {
    const { url } = await listening(t, { limits: { headersTimeout: 300, requestTimeout: 700 } })
    const timeout = { error: 'RequestTimeout', code: '408', message: /may take 0\.3 seconds, all of it 0\.7/ }
    const headers = openSocket(url, 'GET /api/networks HTTP/1.1\r\nhost: localhost\r\n')
    const dribble = setInterval(() => headers.socket.write('x-a: b\r\n'), 50)
    const slow = parts(await headers.ended)
    clearInterval(dribble)
    t.match(slow, { head: /^HTTP\/1\.1 408 /, body: timeout })
    const head =
      'POST /api/networks HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100'
    t.match(parts(await openSocket(url, `${head}\r\n\r\n{`).ended), {
      head: /^HTTP\/1\.1 408 /,
      body: timeout,
    })

    const port = Number(new URL(url).port)
    const stubborn = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    stubborn.write('not HTTP\r\n\r\n')
    stubborn.on('error', () => undefined)
    const closed = new Promise((resolve) => stubborn.once('close', resolve))
    const nag = setInterval(() => stubborn.write('still here'), 100)
    await closed
    clearInterval(nag)
    t.equal((await fetchRaw(`${url}/healthz`)).status, 200)
  },
)

t.test('bodies, headers, URLs and connections have an end', async (t) => {
  const { url } = await listening(t, { bodyLimit: 1000, limits: { connections: 20 } })
  const json = { 'content-type': 'application/json' }
  const long = { method: 'POST', headers: json, payload: JSON.stringify({ display_name: 'x'.repeat(1000) }) }
  t.match(await fetchRaw(`${url}/api/networks`, long), {
    status: 413,
    body: { error: 'BodyTooLarge', code: '413', message: 'the body is longer than 1000 bytes' },
  })
  const chunked =
    'POST /api/networks HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ntransfer-encoding: chunked\r\n'
  const sent = openSocket(
    url,
    `${chunked}content-type: application/json\r\n\r\n${`400\r\n${'x'.repeat(1024)}\r\n`.repeat(4)}0\r\n\r\n`,
  )
  t.match(await sent.ended, /^HTTP\/1\.1 413 /, 'also when its length is not told')
  const tooLarge = { status: 431, body: { error: 'HeaderTooLarge', code: '431' } }
  t.match(await fetchRaw(`${url}/api/networks?a=${'x'.repeat(17_000)}`), tooLarge)
  t.match(await fetchRaw(`${url}/api/networks`, { headers: { a: 'x'.repeat(17_000) } }), tooLarge)
  const many = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`x-${index}`, 'a']))
  t.match(await fetchRaw(`${url}/api/networks`, { headers: many }), {
    ...tooLarge,
    body: { message: 'more than 100 headers' },
  })
  const idle = Array.from({ length: 30 }, () => openSocket(url))
  const first = await Promise.race(idle.map(({ ended }) => ended))
  t.equal(first, '', 'one too many is closed at once')
  for (const { socket } of idle) socket.destroy()
  let metrics = ''
  for (let attempt = 0; !/^openvnet_http_connections_refused_total [1-9]/m.test(metrics); attempt += 1) {
    if (attempt > 200) throw new Error(`not counted: ${metrics}`)
    metrics = (await fetchRaw(`${url}/metrics`).catch(() => ({ text: '' }))).text
    await sleep(20)
  }
})

t.test('who asks too often is told when to come back; others are not concerned', async (t) => {
  const tokenFile = `${t.testdir()}/tokens`
  const tokens = ['one', 'two'].map((name) => {
    const { token, entry } = makeToken(name, 'admin')
    addToFile(tokenFile, entry)
    return token
  })
  const { url } = await listening(t, { rate: 5, tokenFile, file: `${t.testdirName}/db` })
  const ask = (token: string, path = '/api/networks') =>
    fetchRaw(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })
  const many = (token: string, count: number, path?: string) =>
    Promise.all(Array.from({ length: count }, () => ask(token, path)))
  const answers = await many(tokens[0] as string, 60)
  const refused = answers.filter(({ status }) => status === 429)
  t.equal(refused.length, 10, 'five a second, over ten seconds')
  t.match(refused[0]?.body, {
    error: 'TooManyRequests',
    code: '429',
    message: /more than 5 requests a second.*token one/,
  })
  t.match(Number(refused[0]?.headers['retry-after']), Number)
  t.ok(Number(refused[0]?.headers['retry-after']) <= 10)
  t.equal((await ask(tokens[1] as string)).status, 200, 'another token')
  const guesses = await many('wrong', 60, '/nowhere')
  t.same(new Set(guesses.map(({ status }) => status)), new Set([401, 429]), 'guessing is counted by address')
  t.equal((await fetchRaw(`${url}/healthz`)).status, 429, 'and what needs no token')
  t.equal((await ask(tokens[1] as string)).status, 200, 'of the same address, with a token')
})

t.test('who uses it on his own machine without tokens is not counted, unless asked for', async (t) => {
  const free = await listening(t, { file: `${t.testdir()}/free.db` })
  const asked = async ({ url }: { url: string }, count: number) => {
    const answers = await Promise.all(Array.from({ length: count }, () => fetchRaw(`${url}/healthz`)))
    return answers.filter(({ status }) => status === 429).length
  }
  const statuses = await Promise.all(
    Array.from({ length: 5500 }, async () => (await free.app.inject({ url: '/healthz' })).statusCode),
  )
  t.notOk(statuses.includes(429))
  t.equal(await asked(await listening(t, { file: `${t.testdirName}/counted.db`, rate: 2 }), 30), 10)
  t.equal(await asked(await listening(t, { file: `${t.testdirName}/off.db`, rate: 'off' }), 30), 0)
})

t.test('streams and waits are so many and no more, for one token and in all', async (t) => {
  const tokenFile = `${t.testdir()}/tokens`
  const [one = {}, two = {}] = ['one', 'two'].map((name) => {
    const { token, entry } = makeToken(name, 'read-only')
    addToFile(tokenFile, entry)
    return { authorization: `Bearer ${token}` }
  })
  const limits = { streams: 3, streamsOfToken: 2, waits: 3, waitsOfToken: 2 }
  const { url, store } = await listening(t, { tokenFile, limits, file: `${t.testdirName}/db` })
  const full = {
    status: 503,
    body: { error: 'TooManyAtOnce', code: '503' },
    headers: { 'retry-after': '10' },
  }
  const changes = `${url}/api/1.0/changes`
  const refusedStream = (headers: Record<string, string>) =>
    fetchRaw(changes, { headers: { ...headers, accept: 'text/event-stream' } })
  const open = [await openEvents(changes, one), await openEvents(changes, one)]
  t.match(await refusedStream(one), full)
  open.push(await openEvents(changes, two))
  t.match(await refusedStream(two), full, 'in all')
  open[0]?.leave()
  for (let attempt = 0; ; attempt += 1) {
    const next = await openEvents(changes, two).catch(() => null)
    if (next !== null) {
      open.push(next)
      break
    }
    if (attempt > 200) throw new Error('the place of one that left is not free')
    await sleep(10)
  }
  for (const stream of open) stream.leave()

  const left = new AbortController()
  const wait = (headers: Record<string, string>) =>
    fetch(`${url}/api/1.0/wait?revision=0&timeout=2`, { headers, signal: left.signal })
  const waiting = [wait(one), wait(one)]
  await sleep(200)
  t.match(await fetchRaw(`${url}/api/1.0/wait?revision=0&timeout=1`, { headers: one }), full)
  t.equal((await wait(two)).status, 200, 'another token may')
  for (const answer of waiting) t.equal((await answer).status, 200)
  t.equal(store.revision(), 0)
})

t.test('a write that finds no place to wait is stored, and says so', async (t) => {
  const { url } = await listening(t, { limits: { waits: 0 } })
  const { status, headers } = await fetchRaw(`${url}/api/networks?wait=5&ipv4_network=10.0.0.0`, {
    method: 'POST',
  })
  t.equal(status, 200)
  t.match(headers, { 'x-revision': '1', 'x-applied': 'false', 'x-pending': 'too many requests wait already' })
})

t.test(
  'a request has an id: its own where it is sane, in the answer and in every line of the log',
  async (t) => {
    const lines: Record<string, unknown>[] = []
    const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
    const bus = createLocalBus()
    const api = await createApi({ file: `${t.testdir()}/db`, bus, log })
    t.teardown(() => api.close())
    const ask = (id: string | undefined, url = '/api/networks?ipv4_network=10.0.0.0') =>
      api.app.inject({ method: 'POST', url, headers: id === undefined ? {} : { 'x-request-id': id } })
    for (const id of ['trace-7:a/b', 'a', '0af7651916cd43dd8448eb211c80319c'])
      t.equal((await ask(id)).headers['x-request-id'], id)
    const ids = new Set<unknown>()
    for (const id of [undefined, '', 'a b', 'x'.repeat(129), '"}{', 'ü', '<script>']) {
      const given = (await ask(id)).headers['x-request-id']
      t.match(given, /^[0-9a-f-]{36}$/, `not ${id}`)
      ids.add(given)
    }
    t.equal(ids.size, 7, 'each its own')
    const written = lines.filter(({ msg }) => msg === 'written')
    t.equal(written.length, 10)
    t.ok(written.every(({ reqId }) => reqId !== undefined))
    t.equal(written[0]?.['reqId'], 'trace-7:a/b')
    t.equal(
      (await ask('mine', '/api/networks?ipv4_network=x')).headers['x-request-id'],
      'mine',
      'refusals too',
    )
    api.store.close()
    const failed = await api.app.inject({ url: '/api/1.0/networks', headers: { 'x-request-id': 'bug-1' } })
    t.equal(failed.statusCode, 500)
    t.match(failed.json(), { error: 'InternalServerError', message: 'see the log for request bug-1' })
    t.ok(lines.some(({ msg, reqId }) => msg === 'request failed' && reqId === 'bug-1'))
  },
)

t.test('metrics are what is documented, as Prometheus reads them', async (t) => {
  const api = await startApi(t, { processMetrics: true })
  await api.ok('POST', 'networks', { uuid: 'nw-1', ipv4_network: '10.0.0.0' })
  await api.ok('POST', 'datapaths', { uuid: 'dp-1', dpid: '1' })
  await api.ok('POST', 'batch', { operations: [{ method: 'DELETE', path: 'networks/nw-1' }] }, 'json')
  await api.send('POST', 'batch', { operations: [{ method: 'DELETE', path: 'networks/nw-1' }] }, 'json')
  for (let index = 0; index < 50; index += 1) {
    await api.send('GET', `nowhere${index}`)
    await api.send('GET', `networks/nw-${index}`)
  }
  const { body, headers } = await api.ok('GET', '/metrics')
  t.match(headers['content-type'], /^text\/plain; version=0\.0\.4; charset=utf-8/)
  const families = parseExposition(String(body))
  const own = [...families.keys()].filter((name) => name.startsWith('openvnet_'))
  t.same(own.sort(), Object.keys(METRICS).sort(), 'each that is documented, and no other')
  for (const [name, { type, labels, help }] of Object.entries(METRICS)) {
    const family = families.get(name)
    t.match(family, { type, help }, name)
    for (const sample of family?.samples ?? [])
      t.same(
        Object.keys(sample.labels)
          .filter((label) => label !== 'le')
          .sort(),
        [...labels].sort(),
        name,
      )
    t.equal(name.endsWith('_total'), type === 'counter', name)
  }
  for (const name of [
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_seconds',
    'nodejs_eventloop_lag_p99_seconds',
  ])
    t.ok(families.has(name), name)
  const value = (name: string, labels: Record<string, string> = {}) =>
    families
      .get(name.replace(/_(?:count|sum|bucket)$/, ''))
      ?.samples.find(
        (sample) =>
          sample.name === name && Object.entries(labels).every(([key, of]) => sample.labels[key] === of),
      )?.value
  const requests = 'openvnet_http_request_duration_seconds_count'
  t.equal(value(requests, { method: 'POST', route: '/api/1.0/networks', status: '2xx' }), 1)
  t.equal(value(requests, { route: 'unknown', status: '4xx' }), 50, 'one series, however many paths')
  t.equal(value(requests, { route: '/api/1.0/networks/:uuid', status: '4xx' }), 50)
  t.equal(value('openvnet_http_errors_total', { error: 'UnknownPath' }), 50)
  t.equal(value('openvnet_batches_total', { outcome: 'stored' }), 1)
  t.equal(value('openvnet_batches_total', { outcome: 'refused' }), 1)
  t.equal(value('openvnet_revision'), 3)
  t.equal(value('openvnet_store_write_requests_total'), 4)
  t.ok((value('openvnet_store_transaction_duration_seconds_sum') ?? 0) > 0)
  t.equal(value('openvnet_datapath_connected', { uuid: 'dp-1' }), 0)
  await api.ok('DELETE', 'datapaths/dp-1')
  const after = parseExposition(String((await api.ok('GET', '/metrics')).body))
  t.same(after.get('openvnet_datapath_connected')?.samples, [], 'what is gone leaves nothing')
})
