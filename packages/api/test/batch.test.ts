/** `POST /batch`: all or nothing, one revision, each operation what a request of its own would be. */
import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import t from 'tap'
import { openStore } from '../src/index.ts'
import { MOST_OPERATIONS } from '../src/writing/batch.ts'
import { type Answer, startApi, type TestApi } from './support/api.ts'
import { refusal } from './support/refusal.ts'
import { createReplica } from './support/replica.ts'

interface Operation {
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

const batch = (api: TestApi, body: unknown, url = '/api/1.0/batch', headers = {}): Promise<Answer> =>
  api.raw({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  })

const post = (path: string, body?: object): Operation => ({ method: 'POST', path, ...(body && { body }) })

const ROUTED: readonly Operation[] = [
  post('datapaths', { uuid: 'dp-1', dpid: '0x1' }),
  post('networks', { uuid: 'nw-1', ipv4_network: '10.1.0.0' }),
  post('networks', { network: { uuid: 'nw-2', ipv4_network: '10.2.0.0' } }),
  post('interfaces', {
    uuid: 'if-1',
    network_uuid: 'nw-1',
    mac_address: '52:54:00:00:00:01',
    ipv4_address: '10.1.0.2',
  }),
  post('interfaces', { uuid: 'if-gw', mode: 'simulated', network_uuid: 'nw-1', ipv4_address: '10.1.0.1' }),
  post('route_links', { uuid: 'rl-1' }),
  post('routes', { uuid: 'r-1', interface_uuid: 'if-gw', route_link_uuid: 'rl-1' }),
  post('datapaths/dp-1/networks/nw-1', { interface_uuid: 'if-1' }),
  { method: 'put', path: '/api/1.0/interfaces/if-1', body: { display_name: 'renamed' } },
  { method: 'DELETE', path: '/api/networks/nw-2.json' },
]

/** What does not depend on when and in which store a row was made. */
const comparable = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, inner) =>
    /^(?:created_at|updated_at|id|.*_id)$/.test(key) || /^(?:ml|il)-/.test(String(inner)) ? undefined : inner,
  )

t.test('operations are answered as requests of their own, in one revision', async (t) => {
  const dir = t.testdir()
  const api = await startApi(t, { file: `${dir}/a.db` })
  const twin = await startApi(t, { file: `${dir}/twin.db` })
  const { status, headers, body } = await batch(api, { operations: ROUTED })
  t.equal(status, 200)
  t.equal(headers['x-revision'], '1')
  t.match(headers['content-type'], /^application\/json/)
  const alone: unknown[] = []
  for (const { method, path, body } of ROUTED) {
    const url = path.startsWith('/') ? path : `/api/1.0/${path}`
    alone.push((await twin.ok(method.toUpperCase(), url, (body as object) ?? {}, 'json')).body)
  }
  t.same(comparable(body), comparable({ answers: alone }))
  t.same(comparable(api.store.snapshot().rows), comparable(twin.store.snapshot().rows))
  const since = api.store.since(0)
  const replica = createReplica()
  if (since.kind === 'changes') since.changes.forEach(replica.apply)
  t.equal(replica.revision, 1)
  t.same(replica.rows(), api.store.snapshot().rows, 'the change makes the tables')
})

t.test('a list alone, another base path, nothing to do, and what cancels itself', async (t) => {
  const api = await startApi(t)
  t.match(await batch(api, [ROUTED[1]], '/api/batch.json'), { status: 200, headers: { 'x-revision': '1' } })
  t.match(await batch(api, []), { status: 200, body: { answers: [] }, headers: { 'x-revision': '1' } })
  const there = post('networks', { uuid: 'nw-x', ipv4_network: '10.9.0.0' })
  const back = { method: 'DELETE', path: 'networks/nw-x' }
  t.match(await batch(api, [there, back]), { status: 200, headers: { 'x-revision': '1' } })
  t.match(await batch(api, [there, back, there]), { status: 200, headers: { 'x-revision': '2' } })
  const since = api.store.since(1)
  t.match(since, { changes: [{ operations: [{ resource: 'network', row: { uuid: 'nw-x' } }] }] })
  t.equal(since.kind === 'changes' && since.changes[0]?.operations.length, 1, 'what never was is not told')
})

t.test('the first operation that is refused is named, and nothing is stored', async (t) => {
  const api = await startApi(t)
  const good = ROUTED[1]
  const at = (operation: object, where: object) => ({ index: 1, ...where, ...operation })
  for (const [bad, status, expected] of [
    [
      post('networks', { ipv4_network: 'x' }),
      400,
      { error: 'ArgumentError', message: { parameter: 'ipv4_network' } },
    ],
    [
      post('networks', { uuid: 'nw-1', ipv4_network: '10.0.0.0' }),
      400,
      { error: 'DuplicateUUID', message: 'nw-1' },
    ],
    [post('networks', {}), 400, { error: 'MissingArgument', message: 'ipv4_network' }],
    [post('networks'), 400, { error: 'MissingArgument' }],
    [{ method: 'DELETE', path: 'networks/nw-9' }, 404, { error: 'UnknownUUIDResource', code: '100' }],
    [{ method: 'PUT', path: 'networks/if-9' }, 400, { error: 'InvalidUUID' }],
    [{ method: 'DELETE', path: '/api/networks/nw%2D9' }, 404, { message: 'Network#uuid: nw-9' }],
    [{ method: 'DELETE', path: 'networks/nw-%zz' }, 400, { error: 'InvalidRequest', message: /nw-%zz/ }],
    [{ method: 'GET', path: 'networks' }, 405, { error: 'MethodNotAllowed', message: /use POST$/ }],
    [{ method: 'POST', path: 'nonsense' }, 404, { error: 'UnknownPath', message: 'POST nonsense' }],
    [{ method: 'POST', path: 'networks?wait=3' }, 404, { error: 'UnknownPath' }],
    [{ method: 'POST', path: 'constructor/__proto__' }, 404, { error: 'UnknownPath' }],
    [{ method: 'POST', path: 'batch' }, 404, { error: 'UnknownPath' }],
    [
      post('networks', { wait: 1, ipv4_network: '10.0.0.0' }),
      400,
      { message: { reason: /belongs to the batch/ } },
    ],
    [{ method: 'POST', path: 'networks', body: [] }, 400, { message: { parameter: 'body' } }],
    [{ method: 7, path: 'networks' }, 400, { error: 'InvalidRequest', message: /must be text/ }],
    [{ method: 'POST', path: { toString: 1 } }, 400, { error: 'InvalidRequest', message: /must be text/ }],
    [{ path: 'networks' }, 405, { error: 'MethodNotAllowed' }],
    [{ ...good, parameters: {} }, 400, { error: 'InvalidRequest', message: /unknown member parameters/ }],
    ['networks', 400, { error: 'InvalidRequest', message: /must be an object/ }],
    [null, 400, { error: 'InvalidRequest' }],
  ] as const) {
    const answer = await batch(api, { operations: [good, bad, good] })
    t.match(answer, { status, body: { ...expected, operation: at({}, {}) } }, JSON.stringify(bad))
    t.equal(api.store.revision(), 0)
  }
  t.match(await batch(api, [good, post('networks', { ipv4_network: '999' })]), {
    ...refusal('ipv4_network', '999', /./),
    body: { operation: { index: 1, method: 'POST', path: 'networks' } },
  })
  t.equal(api.store.count('network'), 0)
  t.same(api.store.since(0), { kind: 'changes', store: api.store.identity, revision: 0, changes: [] })
})

t.test('bodies that are no batch', async (t) => {
  const api = await startApi(t, { bodyLimit: 1000 })
  for (const body of ['', '{', 'null', '7', '{}', '{"operations":{}}', '{"operations":[],"extra":1}']) {
    t.match(await batch(api, body), { status: 400, body: { error: 'InvalidRequest', code: '400' } }, body)
  }
  const deep = `[{"method":"POST","path":"networks","body":{"ipv4_network":${'['.repeat(100_000)}${']'.repeat(100_000)}}}]`
  t.match(await batch(api, deep), { status: 400 })
  const many = Array.from({ length: MOST_OPERATIONS + 1 }, () => 0)
  t.match(await batch(api, many), {
    status: 400,
    body: { message: /20001 operations are more .*: split it into several/ },
  })
  const long = ' '.repeat(17 * 2 ** 20)
  t.match(await batch(api, long), { status: 413, body: { error: 'BodyTooLarge', message: /16777216/ } })
  const type = (header: string, value: string) => batch(api, [], undefined, { [header]: value })
  t.match(await type('content-type', 'application/x-www-form-urlencoded'), { status: 415 })
  t.match(await type('content-type', 'application/json; charset=latin1'), { status: 415 })
  t.match(await type('content-encoding', 'gzip'), { status: 415 })
  t.match(await type('origin', 'http://evil.example'), { status: 403, body: { error: 'CrossSiteRequest' } })
  t.match(await batch(api, [], '/api/1.0/batch?other=1'), { status: 400, body: { error: 'ArgumentError' } })
  t.match(await api.send('GET', 'batch'), { status: 405, headers: { allow: 'POST' } })
  t.equal(api.store.revision(), 0)
  t.match((await api.ok('GET', '/openapi.json')).body.paths['/api/1.0/batch'], {
    post: { operationId: 'batch' },
  })
})

t.test('what has no effect yet is said once, and ?wait= is answered', async (t) => {
  const api = await startApi(t)
  const filtered = ['if-1', 'if-2'].map((uuid) => post('interfaces', { uuid, enable_filtering: true }))
  const { headers } = await batch(api, filtered, '/api/1.0/batch?wait=0')
  t.equal(headers['x-not-enforced'], 'enable_filtering: stored, nothing is filtered')
  t.equal(headers['x-applied'], 'false')
  t.match(headers['x-pending'], /no controller/)
})

const uuid = fc.integer({ min: 1, max: 4 })
const operation = fc.oneof(
  uuid.map((n) => post('networks', { uuid: `nw-${n}`, ipv4_network: `10.${n}.0.0` })),
  fc.tuple(uuid, uuid).map(([n, m]) =>
    post('interfaces', {
      uuid: `if-${n}`,
      network_uuid: `nw-${m}`,
      mac_address: `52:54:00:00:00:0${n}`,
      ipv4_address: `10.${m}.0.${n}`,
    }),
  ),
  fc
    .tuple(uuid, uuid)
    .map(
      ([n, m]): Operation => ({ method: 'PUT', path: `interfaces/if-${n}`, body: { port_name: `p${m}` } }),
    ),
  uuid.map((n): Operation => ({ method: 'DELETE', path: `interfaces/if-${n}` })),
  uuid.map((n): Operation => ({ method: 'DELETE', path: `networks/nw-${n}` })),
)

t.test('a batch is its operations one after the other, or nothing', async (t) => {
  const dir = t.testdir()
  const api = await startApi(t, { file: `${dir}/a.db` })
  const twin = await startApi(t, { file: `${dir}/twin.db` })
  let refused = 0
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 8 }), async (operations) => {
      const before = api.store.snapshot().rows
      let failed = -1
      const alone: Answer[] = []
      for (const [index, { method, path, body }] of operations.entries()) {
        const answer = await twin.send(method, path, (body as object) ?? {}, 'json')
        alone.push(answer)
        if (answer.status === 200) continue
        failed = index
        break
      }
      const { status, body } = await batch(api, operations)
      if (failed === -1) {
        t.equal(status, 200)
        t.same(comparable(api.store.snapshot().rows), comparable(twin.store.snapshot().rows))
        return
      }
      refused += 1
      t.equal(status, alone.at(-1)?.status)
      const { operation, ...error } = body
      t.same(error, alone.at(-1)?.body)
      t.equal(operation.index, failed)
      t.same(api.store.snapshot().rows, before, 'nothing has happened')
      // The twin has done the first ones: bring both to the same state again.
      const done = operations.slice(0, failed)
      t.equal((await batch(api, done)).status, 200)
      t.same(comparable(api.store.snapshot().rows), comparable(twin.store.snapshot().rows))
    }),
    { numRuns: 150 },
  )
  t.ok(refused > 10, `${refused} batches were refused`)
  const replica = createReplica()
  const since = api.store.since(0)
  if (since.kind === 'changes') since.changes.forEach(replica.apply)
  t.same(replica.rows(), api.store.snapshot().rows, 'all changes together make the tables')
})

const guests = (count: number): Operation[] => [
  post('networks', { uuid: 'nw-1', ipv4_network: '10.0.0.0', ipv4_prefix: 8 }),
  ...Array.from({ length: count }, (_, n) =>
    post('interfaces', {
      uuid: `if-${n}`,
      network_uuid: 'nw-1',
      mac_address: `52:54:${n
        .toString(16)
        .padStart(8, '0')
        .replace(/..(?!$)/g, '$&:')}`,
      ipv4_address: `10.1.${n >> 8}.${n & 255}`,
    }),
  ),
]

t.test('ten thousand operations; reads go on, other writes come after it', async (t) => {
  const api = await startApi(t, { pollInterval: 20 })
  const replica = createReplica()
  api.store.onChange(replica.apply)
  const order: string[] = []
  const note = async <T>(name: string, work: Promise<T>): Promise<T> => {
    const value = await work
    order.push(name)
    return value
  }
  const all = note('batch', batch(api, guests(10_000)))
  // It has been read and handed over.
  for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate)
  const read = note('read', api.ok('GET', 'interfaces'))
  const ready = note('ready', api.ok('GET', '/readyz'))
  const late = note('late', api.send('PUT', 'interfaces/if-9999', { display_name: 'late' }))
  t.equal((await read).body.total_count, 0, 'a read sees what was committed last')
  t.equal((await ready).body.status, 'ok')
  const { status, body, headers } = await all
  t.equal(status, 200)
  t.equal(body.answers.length, 10_001)
  t.match(body.answers[10_000], { uuid: 'if-9999', ipv4_address: '10.1.39.15' })
  t.equal(headers['x-revision'], '1')
  t.match(await late, { status: 200, headers: { 'x-revision': '2' } })
  t.ok(order.indexOf('read') < order.indexOf('batch'), order.join())
  t.equal(order.at(-1), 'late')
  for (let attempt = 0; replica.revision < 2 && attempt < 500; attempt += 1) await new Promise(setImmediate)
  t.strictSame(replica.rows(), api.store.snapshot().rows, 'a long change is announced whole, in its turn')

  t.strictSame(await api.feed.snapshot(), api.store.snapshot())
  t.strictSame(await api.feed.since(0), api.store.since(0))
  t.strictSame((await api.ok('GET', 'snapshot')).body, api.store.snapshot())
  t.strictSame((await api.ok('GET', 'changes')).body, api.store.since(0))
  const lines = async (path: string) => {
    const headers = { accept: 'application/x-ndjson' }
    const { body } = await api.app.inject({ url: `/api/1.0/${path}`, headers })
    return body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
  }
  const [head, ...pieces] = await lines('snapshot')
  t.same(head, { store: api.store.identity, revision: 2 })
  t.ok(pieces.every(({ rows }) => rows.length <= 500))
  t.strictSame(
    pieces.filter(({ resource }) => resource === 'interface').flatMap(({ rows }) => rows),
    api.store.snapshot().rows.interface,
  )
  const [since, ...changes] = await lines('changes?since=0')
  t.same(since, { kind: 'changes', store: api.store.identity, revision: 2 })
  t.same(
    changes
      .map(({ revision, operations, more }) => [revision, operations.length <= 500, more === true])
      .at(-2),
    [1, true, false],
  )
  t.equal(changes.filter(({ more }) => more === true).length, Math.ceil(30_001 / 500) - 1)
})

t.test('an answered batch is on the disk', async (t) => {
  const api = await startApi(t)
  t.equal((await batch(api, guests(600))).status, 200)
  await api.close()
  const store = openStore({ file: api.file })
  t.equal(store.count('interface'), 600, 'it is on the disk')
  store.close()
})

t.test('a batch whose client is gone does not hold up the end, and nothing of it is done', async (t) => {
  const api = await startApi(t)
  const address = await api.app.listen({ host: '127.0.0.1', port: 0 })
  const client = new AbortController()
  const sent = fetch(`${address}/api/1.0/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(guests(MOST_OPERATIONS - 1)),
    signal: client.signal,
  })
  await Promise.race([sent, delay(500)])
  client.abort()
  await t.rejects(sent, { name: 'AbortError' })
  const asked = performance.now()
  await api.close()
  t.ok(performance.now() - asked < 1000, 'it ends soon')
  t.ok(api.errors.splice(0).every((line) => /nothing of the batch is done/.test(line)))
  const store = openStore({ file: api.file })
  t.equal(store.revision(), 0)
  t.equal(store.count('network'), 0)
  store.close()
})
