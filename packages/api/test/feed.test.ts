/** What controllers and operators ask: changes, streams, status, wait, health, metrics, the description of the API. */
import { request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ControllerReport, createHttpFeedSource, type DatapathStatus, follow } from '@openvnet/feed'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { openStore } from '../src/index.ts'
import { appliedState } from '../src/status/applied.ts'
import { createReports } from '../src/status/reports.ts'
import { startApi, type TestApi } from './support/api.ts'
import { openEvents } from './support/events.ts'
import { createReplica } from './support/replica.ts'

const listen = async (api: TestApi): Promise<string> => await api.app.listen({ port: 0, host: '127.0.0.1' })

const addNetwork = (api: TestApi, parameters: object = {}) =>
  api.ok('POST', 'networks', { ipv4_network: '10.0.0.0', ...parameters })

const datapath = (
  dpid: number,
  acknowledged: number,
  more: Partial<DatapathStatus> = {},
): DatapathStatus => ({
  dpid: `0x${dpid.toString(16).padStart(16, '0')}`,
  uuid: null,
  connected: true,
  peer: '127.0.0.1:50000',
  role: 'primary',
  acknowledged_revision: acknowledged,
  flows: 17,
  groups: 2,
  flow_mods_sent: 170,
  group_mods_sent: 20,
  packet_ins: 3,
  refused: 0,
  last_error: null,
  warnings: [],
  since: '2026-01-01T00:00:00.000Z',
  ...more,
})

const report = (
  api: { store: { identity: string } },
  revision: number,
  datapaths: readonly DatapathStatus[],
  more: Partial<ControllerReport> = {},
): ControllerReport => ({ controller: 'one', store: api.store.identity, revision, datapaths, ...more })

t.test('changes and snapshot', async (t) => {
  const api = await startApi(t)
  await addNetwork(api, { uuid: 'nw-1' })
  await addNetwork(api, { uuid: 'nw-2' })
  const { body: all } = await api.ok('GET', 'changes', { since: 0 })
  t.same(all, api.store.since(0))
  t.same((await api.ok('GET', 'changes')).body, all)
  t.match((await api.ok('GET', 'changes', { since: 1 })).body.changes, [{ revision: 2 }])
  t.match((await api.ok('GET', 'changes', { since: 2 })).body, { kind: 'changes', changes: [] })
  t.match((await api.ok('GET', 'changes', { since: 3 })).body, { kind: 'gone', revision: 2 })
  t.same((await api.ok('GET', 'snapshot')).body, await api.feed.snapshot())
  t.match((await api.ok('GET', 'snapshot')).body, {
    store: api.store.identity,
    revision: 2,
    rows: { network: [{ uuid: 'nw-1' }, { uuid: 'nw-2' }], interface: [] },
  })
  t.match(await api.send('GET', 'changes', { since: 'x' }), {
    status: 400,
    body: { message: { parameter: 'since', value: 'x' } },
  })
  t.equal((await api.send('GET', 'snapshot', { limit: 3 })).status, 400)
})

t.test('a replica in another process follows over HTTP', async (t) => {
  const api = await startApi(t)
  const url = await listen(api)
  const log = pino({ level: 'silent' })
  const replica = createReplica()
  const loaded = Promise.withResolvers<number>()
  const source = createHttpFeedSource({ url, log })
  const stop = follow({
    source,
    bus: api.bus,
    log,
    onSnapshot: ({ revision }) => loaded.resolve(revision),
    onChange: replica.apply,
    pollInterval: 20,
  })
  t.teardown(stop)
  t.equal(await loaded.promise, 0)
  for (let index = 0; index < 20; index += 1) await addNetwork(api)
  for (let attempt = 0; replica.revision < 20 && attempt < 200; attempt += 1) await sleep(10)
  t.same(replica.rows(), (await source.snapshot()).rows)
})

t.test('the stream of changes', async (t) => {
  const api = await startApi(t, { heartbeat: 30, keepChanges: 10 })
  const url = `${await listen(api)}/api/1.0/changes`
  await addNetwork(api, { uuid: 'nw-1' })

  t.test('starts where it is told and goes on', async (t) => {
    const stream = await openEvents(`${url}?since=0`)
    t.match(await stream.reach(1), { event: 'store', data: { store: api.store.identity, revision: 1 } })
    t.match(await stream.reach(2), { event: 'change', id: '1', data: { revision: 1 } })
    await addNetwork(api, { uuid: 'nw-2' })
    const second = await stream.reach(3)
    const since = api.store.since(1)
    t.same(second, { event: 'change', id: '2', data: since.kind === 'changes' ? since.changes[0] : null })
    await sleep(100)
    t.match(stream.text(), /\n: still here\n/)
    stream.leave()
    await stream.ended
  })
  t.test('resumes after the last event that was seen', async (t) => {
    await addNetwork(api, { uuid: 'nw-3' })
    const stream = await openEvents(url, { 'last-event-id': '1' })
    t.match([await stream.reach(2), await stream.reach(3)], [{ id: '2' }, { id: '3' }])
    stream.leave()
    const fresh = await openEvents(url)
    await addNetwork(api, { uuid: 'nw-4' })
    t.match(await fresh.reach(2), { id: '4' }, 'without a position it starts now')
    fresh.leave()
    const refused = await fetch(url, { headers: { accept: 'text/event-stream', 'last-event-id': 'x' } })
    t.equal(refused.status, 400)
    t.match(await refused.json(), { error: 'ArgumentError', message: { parameter: 'last-event-id' } })
  })
  t.test('says when the changes are gone, and goes on from there', async (t) => {
    const future = await openEvents(`${url}?since=1000`)
    t.match(await future.reach(2), { event: 'gone', id: '4', data: { revision: 4 } })
    await addNetwork(api, { uuid: 'nw-5' })
    t.match(await future.reach(3), { event: 'change', id: '5' })
    future.leave()
    for (let index = 0; index < 256; index += 1) await addNetwork(api)
    const late = await openEvents(`${url}?since=3`)
    t.match(await late.reach(2), { event: 'gone', id: String(api.store.revision()) })
    late.leave()
  })
  t.test('gives many readers all of it in order', async (t) => {
    const from = api.store.revision()
    const streams = await Promise.all(Array.from({ length: 8 }, () => openEvents(`${url}?since=${from}`)))
    for (let index = 0; index < 9; index += 1) await addNetwork(api)
    for (const stream of streams) {
      await stream.reach(10)
      const ids = stream.events.slice(1).map(({ id }) => Number(id))
      t.same(
        ids,
        [1, 2, 3, 4, 5, 6, 7, 8, 9].map((index) => from + index),
      )
      stream.leave()
    }
  })
  t.test('ends when the API closes', async (t) => {
    const stream = await openEvents(url)
    await stream.reach(1)
    await api.close()
    await stream.ended
    t.match(stream.events, [{ event: 'store' }])
  })
})

t.test('a reader that does not read costs nothing but its socket', async (t) => {
  const api = await startApi(t)
  const url = new URL(await listen(api))
  const socket = connect(Number(url.port), url.hostname)
  socket.pause()
  socket.write(
    'GET /api/1.0/changes?since=0 HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n',
  )
  const long = 'x'.repeat(200)
  const other = openStore({ file: api.file })
  for (let index = 0; index < 3000; index += 1) {
    other.write((writer) =>
      writer.insert('network', {
        uuid: `nw-${index}`,
        display_name: long,
        domain_name: long,
        mode: 'virtual',
        ipv4_network: '10.0.0.0',
        ipv4_prefix: 24,
        ipv6_network: null,
        ipv6_prefix: 64,
        ipv6_address_mode: 'slaac',
        dhcp_lease_time: 86_400,
        vlan_id: null,
        mtu: null,
        vlan_transparent: false,
        segment_id: null,
      }),
    )
  }
  other.close()
  await addNetwork(api, { uuid: 'nw-others' })
  let received = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text
  })
  socket.resume()
  for (let attempt = 0; !received.includes('id: 3001\n') && attempt < 500; attempt += 1) await sleep(10)
  const ids = [...received.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))
  t.same(
    ids,
    Array.from({ length: 3001 }, (_, index) => index + 1),
    'and misses nothing once it reads',
  )
  socket.destroy()
})

t.test('whether a revision is applied', async (t) => {
  const store = { identity: 'mine' }
  const state = (reports: ControllerReport[], revision = 5) => appliedState(reports, 'mine', revision)
  const api = { store }
  t.match(state([]), { applied: false, reason: 'no controller is connected to this API' })
  t.match(state([report(api, 5, [])]), { applied: true, pending: [], reason: null })
  t.match(state([report(api, 4, [])]), { applied: false, reason: 'not seen by controller one' })
  t.match(state([report(api, 5, [datapath(1, 5), datapath(2, 6)])]), { applied: true })
  t.match(
    state([report(api, 6, [datapath(1, 5), datapath(2, 4, { uuid: 'dp-2', last_error: 'bad match' })])]),
    {
      applied: false,
      pending: [
        { dpid: '0x0000000000000002', uuid: 'dp-2', acknowledged_revision: 4, last_error: 'bad match' },
      ],
      reason: 'not acknowledged by dp-2',
    },
  )
  t.match(
    state([report(api, 5, [datapath(1, 5), datapath(2, 5, { refused: 2, last_error: 'table full' })])]),
    {
      applied: false,
      pending: [{ dpid: '0x0000000000000002', acknowledged_revision: 5, refused: 2 }],
      reason: '0x0000000000000002: 2 flows or groups refused: table full',
    },
  )
  t.match(state([report(api, 5, [datapath(1, 4, { refused: 1, last_error: null })])]), {
    applied: false,
    reason: /^not acknowledged by 0x0{15}1 \(at revision 4\); 0x0{15}1: 1 flows or groups refused: the log/,
  })
  const { refused: _, ...older } = datapath(1, 5)
  t.match(state([report(api, 5, [older as DatapathStatus])]), { applied: true }, 'an older controller')
  t.match(state([report(api, 5, [datapath(1, 5, { refused: 1, connected: false })])]), { applied: true })
  t.match(state([report(api, 5, [datapath(1, 0, { connected: false })])]), { applied: true })
  const other = report(api, 9, [datapath(1, 9)], { store: 'another' })
  t.match(state([other]), { applied: false, pending: [{ acknowledged_revision: 0 }] })
  t.match(state([report(api, 5, []), report(api, 3, [], { controller: 'two' })]), {
    applied: false,
    reason: 'not seen by controller two',
  })
})

t.test('waiting', async (t) => {
  const api = await startApi(t)
  await addNetwork(api)

  const { body: alone } = await api.ok('GET', 'wait', { timeout: 0 })
  t.same(alone, {
    applied: false,
    revision: 1,
    pending: [],
    reason: 'no controller is connected to this API',
  })
  const unheard = await addNetwork(api, { wait: 0 })
  t.match(unheard.headers, { 'x-applied': 'false', 'x-pending': 'no controller is connected to this API' })

  let acknowledged = 0
  const say = (more: Partial<DatapathStatus> = {}) =>
    api.bus.publish('report', report(api, api.store.revision(), [datapath(7, acknowledged, more)]))
  say()
  await sleep(10)

  const late = await addNetwork(api, { wait: 0 })
  t.match(late.headers, { 'x-revision': '3', 'x-applied': 'false', 'x-pending': '0x0000000000000007' })
  const pending = (await api.ok('GET', 'wait', { revision: 2, timeout: 0 })).body
  t.match(pending, { applied: false, revision: 2, pending: [{ dpid: '0x0000000000000007', uuid: null }] })

  const waiting = addNetwork(api, { wait: 20 })
  const waitingToo = api.ok('GET', 'wait', { revision: 3, timeout: 20 })
  for (let attempt = 0; api.store.revision() < 4 && attempt < 500; attempt += 1) await sleep(10)
  acknowledged = 3
  say()
  t.match((await waitingToo).body, { applied: true, revision: 3, pending: [], reason: null })
  acknowledged = 4
  say()
  const { headers } = await waiting
  t.match(headers, { 'x-revision': '4', 'x-applied': 'true' })
  t.notOk('x-pending' in headers)
  const started = performance.now()
  const { headers: timedOut } = await addNetwork(api, { wait: 1 })
  t.match(timedOut, { 'x-applied': 'false' })
  t.ok(performance.now() - started >= 990)

  t.match(await api.send('GET', 'wait', { revision: 99 }), {
    status: 400,
    body: { message: { parameter: 'revision', reason: /the newest is 5/ } },
  })
  t.equal((await api.send('GET', 'wait', { timeout: 601 })).status, 400)
  t.equal((await api.send('POST', 'networks', { wait: -1, ipv4_network: '10.0.0.0' })).status, 400)
  t.equal(api.store.revision(), 5)

  const cut = api.ok('GET', 'wait', { timeout: 60 })
  await sleep(10)
  await api.close()
  t.match((await cut).body, { applied: false }, 'the end of the API ends the wait')
})

t.test('a controller that is silent is gone', async (t) => {
  const api = await startApi(t)
  const reports = createReports(api.bus, 50)
  t.teardown(() => reports.close())
  api.bus.publish('report', report(api, 0, []))
  await sleep(10)
  t.equal(reports.live().length, 1)
  await sleep(60)
  t.equal(reports.live().length, 0)
})

t.test('status', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'datapaths', { uuid: 'dp-7', dpid: '7' })
  await api.ok('POST', 'datapaths', { uuid: 'dp-8', dpid: '8' })
  api.bus.publish(
    'report',
    report(api, 2, [
      datapath(7, 2, { refused: 3 }),
      datapath(9, 1, { warnings: ['fail-mode is standalone'] }),
    ]),
  )
  api.bus.publish('report', report(api, 1, [datapath(7, 1)], { controller: 'two' }))
  await sleep(10)
  const { body } = await api.ok('GET', 'status')
  t.match(body, {
    store: api.store.identity,
    revision: 2,
    controllers: [
      { controller: 'one', revision: 2, follows: true, datapaths: 2 },
      { controller: 'two', revision: 1, follows: true, datapaths: 1 },
    ],
  })
  t.match(body.datapaths, [
    { dpid: /7$/, uuid: 'dp-7', controller: 'one', connected: true, applied: false, refused: 3, flows: 17 },
    { dpid: /7$/, uuid: 'dp-7', controller: 'two', applied: false },
    { dpid: /8$/, uuid: 'dp-8', controller: null, connected: false, applied: false, refused: 0 },
    { dpid: /9$/, uuid: null, warnings: ['fail-mode is standalone'], acknowledged_revision: 1 },
  ])
  t.same((await api.ok('GET', '/api/status.json')).body, body)

  const { body: metrics, headers } = await api.ok('GET', '/metrics')
  t.match(headers['content-type'], /^text\/plain; version=0.0.4/)
  for (const line of [
    'openvnet_revision 2',
    'openvnet_controllers 2',
    'openvnet_datapath_connected{dpid="0x0000000000000007",uuid="dp-7",controller="one"} 1',
    'openvnet_datapath_connected{dpid="0x0000000000000008",uuid="dp-8",controller=""} 0',
    'openvnet_datapath_acknowledged_revision{dpid="0x0000000000000009",uuid="",controller="one"} 1',
    'openvnet_datapath_refused{dpid="0x0000000000000007",uuid="dp-7",controller="one"} 3',
    'openvnet_datapath_flows{dpid="0x0000000000000007",uuid="dp-7",controller="two"} 17',
    'openvnet_http_request_duration_seconds_count{method="POST",route="/api/1.0/datapaths",status="2xx"} 2',
  ]) {
    t.ok(String(metrics).includes(line), line)
  }
})

t.test('health', async (t) => {
  const api = await startApi(t)
  t.same((await api.ok('GET', '/healthz')).body, { status: 'ok' })
  t.same((await api.ok('GET', '/readyz')).body, { status: 'ok', revision: 0 })
  api.store.close()
  t.equal((await api.send('GET', '/readyz')).status, 503)
  t.equal((await api.send('GET', '/healthz')).status, 200)
  t.match(api.errors.splice(0), [/the store cannot be read and written/])
})

/** Every reference of a document, to be sure that each leads somewhere. */
const referencesIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' ? [String(inner)] : referencesIn(inner),
  )
}

t.test('the description of the API', async (t) => {
  const api = await startApi(t)
  const { body: document } = await api.ok('GET', '/openapi.json')
  t.equal(document.openapi, '3.1.0')
  const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
  t.same(
    [...new Set(referencesIn(document))].filter((reference) => !known.includes(reference)),
    [],
    'every reference leads somewhere',
  )
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method} ${path}`),
  )
  for (const operation of [
    'get /api/1.0/networks',
    'put /api/1.0/interfaces/{uuid}',
    'delete /api/1.0/routes/{uuid}',
    'post /api/1.0/datapaths/{uuid}/networks/{network_uuid}',
    'get /api/1.0/status',
    'get /api/1.0/changes',
    'get /metrics',
  ]) {
    t.ok(operations.includes(operation), operation)
  }
  t.notOk(operations.some((operation) => operation.startsWith('patch')))
  const body = document.paths['/api/1.0/networks'].post.requestBody.content
  t.same(Object.keys(body), ['application/json', 'application/x-www-form-urlencoded', 'application/yaml'])
  t.notOk('required' in body['application/json'].schema, 'one of the two subnets')
  t.match(document.paths['/api/1.0/datapaths'].post.requestBody.content['application/json'].schema, {
    required: ['dpid'],
  })
  t.match(body['application/json'].schema, {
    properties: { ipv4_prefix: { type: 'integer', minimum: 1, maximum: 32 }, mode: { enum: ['virtual'] } },
  })
  t.match(await api.raw({ method: 'GET', url: '/' }), { status: 302, headers: { location: '/docs' } })
  const page = await api.raw({ method: 'GET', url: '/docs' })
  t.match(page.body, /swagger-ui/)
  t.equal((await api.raw({ method: 'GET', url: '/docs/static/swagger-ui-bundle.js' })).status, 200)
})

t.test('answers have exactly the fields that are described', async (t) => {
  const api = await startApi(t)
  const { body: document } = await api.ok('GET', '/openapi.json')
  const make: readonly (readonly [string, string, object?])[] = [
    ['Datapath', 'datapaths', { uuid: 'dp-1', dpid: '1' }],
    ['Network', 'networks', { uuid: 'nw-1', ipv4_network: '10.0.0.0' }],
    [
      'Interface',
      'interfaces',
      { uuid: 'if-1', mode: 'simulated', network_uuid: 'nw-1', ipv4_address: '10.0.0.1' },
    ],
    ['MacLease', 'mac_leases', { interface_uuid: 'if-1', mac_address: '52:54:00:00:00:01' }],
    ['IpLease', 'ip_leases', { interface_uuid: 'if-1', network_uuid: 'nw-1', ipv4_address: '10.0.0.2' }],
    ['NetworkService', 'network_services', { mode: 'router', interface_uuid: 'if-1' }],
    ['RouteLink', 'route_links', { uuid: 'rl-1' }],
    ['Route', 'routes', { interface_uuid: 'if-1', route_link_uuid: 'rl-1' }],
    ['DatapathNetwork', 'datapaths/dp-1/networks/nw-1'],
    ['DatapathRouteLink', 'datapaths/dp-1/route_links/rl-1'],
    ['Topology', 'topologies', { uuid: 'topo-1', mode: 'simple_underlay' }],
    ['Topology', 'topologies', { uuid: 'topo-2', mode: 'simple_overlay' }],
    ['TopologyDatapath', 'topologies/topo-1/datapaths/dp-1', { interface_uuid: 'if-1' }],
    ['TopologyNetwork', 'topologies/topo-2/networks/nw-1'],
    ['TopologyRouteLink', 'topologies/topo-2/route_links/rl-1'],
    ['Segment', 'segments', { uuid: 'seg-9', mode: 'virtual' }],
    ['TopologySegment', 'topologies/topo-2/segments/seg-9'],
    ['TopologyLayer', 'topologies/topo-2/underlays/topo-1'],
    ['MacRangeGroup', 'mac_range_groups', { uuid: 'mrg-9' }],
    ['TopologyMacRangeGroup', 'topologies/topo-1/mac_range_groups/mrg-9'],
    ['Filter', 'filters', { uuid: 'fil-1', interface_uuid: 'if-1', mode: 'static' }],
    ['FilterStatic', 'filters/fil-1/static', { protocol: 'arp', action: 'pass' }],
    ['Translation', 'translations', { uuid: 'tr-1', interface_uuid: 'if-1', mode: 'static_address' }],
    [
      'TranslationStaticAddress',
      'translations/tr-1/static_address',
      { ingress_ipv4_address: '10.0.0.3', egress_ipv4_address: '10.0.0.4' },
    ],
    ['Router', 'routers', { uuid: 'rt-1', networks: 'nw-1=10.0.0.9' }],
  ]
  for (const [model, path, parameters] of make) {
    const { body } = await api.ok('POST', path, parameters)
    const { properties } = document.components.schemas[model]
    t.same(Object.keys(body).sort(), Object.keys(properties).sort(), model)
  }
})

/** What a raw socket gets back. */
const exchange = async (url: URL, text: string): Promise<string> => {
  const socket = connect(Number(url.port), url.hostname)
  socket.write(text)
  let received = ''
  for await (const chunk of socket) {
    received += String(chunk)
    if (received.includes('}')) break
  }
  socket.destroy()
  return received
}

const overSocket = async (t: Test): Promise<void> => {
  const api = await startApi(t)
  const url = new URL(await listen(api))
  t.match(await exchange(url, 'this is not HTTP\r\n\r\n'), /^HTTP\/1.1 400 [\s\S]*"InvalidRequest"/)
  t.match(
    await exchange(
      url,
      `GET /api/networks HTTP/1.1\r\nhost: localhost\r\nx-a: ${'a'.repeat(20_000)}\r\n\r\n`,
    ),
    /^HTTP\/1.1 431 [\s\S]*"HeaderTooLarge"/,
  )
  t.match(
    await exchange(url, `GET /api/networks?x=${'a'.repeat(20_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`),
    /^HTTP\/1.1 431 /,
  )
  const slow = request(url, { method: 'POST', path: '/api/networks', headers: { 'content-length': 100 } })
  slow.on('error', () => undefined)
  slow.write('ipv4_network=10')
  await sleep(20)
  slow.destroy()
  await sleep(20)
  t.equal(api.store.revision(), 0, 'half a request stores nothing')
  const answers = await Promise.all(
    Array.from({ length: 50 }, () =>
      fetch(new URL('/api/networks?ipv4_network=10.0.0.0', url), { method: 'POST' }),
    ),
  )
  t.same(
    answers.map(({ headers }) => Number(headers.get('x-revision'))).sort((a, b) => a - b),
    Array.from({ length: 50 }, (_, index) => index + 1),
  )
}

t.test('over a real socket', overSocket)
