/** Every resource by the same list of questions (openvnet.md §1.1), and every way in which parameters may travel. */
import { RESOURCE_NAMES, RESOURCES, type ResourceName, type ResourceSpec } from '@openvnet/schema'
import t from 'tap'
import { type Encoding, startApi, type TestApi } from './support/api.ts'

interface Sample {
  /** What a new one needs; `index` makes it different from others. */
  readonly body: (index: number) => Record<string, unknown>
  /** A required parameter. */
  readonly required?: string
  /** A change that PUT accepts. */
  readonly change?: Record<string, unknown>
  /** A parameter that PUT refuses. */
  readonly fixed: Record<string, unknown>
}

const hex = (index: number): string => index.toString(16).padStart(2, '0')

const SAMPLES: { readonly [N in ResourceName]?: Sample } = {
  datapath: {
    body: (index) => ({
      dpid: `0x${hex(index).padStart(16, '0')}`,
      node_id: 'vna1',
      display_name: 'a bridge',
    }),
    required: 'dpid',
    change: { display_name: 'another', enable_ovs_learn_action: false, ipv4_address: '192.0.2.1' },
    fixed: { dpid: '0xff' },
  },
  network: {
    body: (index) => ({ ipv4_network: `10.${index}.0.0`, ipv4_prefix: 16, mode: 'physical' }),
    required: 'ipv4_network',
    change: { display_name: 'another', domain_name: 'example.org' },
    fixed: { ipv4_prefix: 8 },
  },
  interface: {
    body: (index) => ({
      mode: 'vif',
      port_name: `port${index}`,
      mac_address: `52:54:00:00:01:${hex(index)}`,
    }),
    change: { display_name: 'another', port_name: 'eth9', enable_filtering: true },
    fixed: { mode: 'simulated' },
  },
  mac_lease: {
    body: (index) => ({ interface_uuid: 'if-base', mac_address: `52:54:00:00:02:${hex(index)}` }),
    required: 'mac_address',
    change: { interface_uuid: 'if-other' },
    fixed: { mac_address: '52:54:00:00:00:01' },
  },
  ip_lease: {
    body: (index) => ({
      network_uuid: 'nw-base',
      interface_uuid: 'if-base',
      ipv4_address: `172.16.0.${index}`,
    }),
    required: 'network_uuid',
    change: { enable_routing: true },
    fixed: { ipv4_address: '172.16.0.99' },
  },
  network_service: {
    body: () => ({ mode: 'dhcp', interface_uuid: 'if-base', incoming_port: 67 }),
    required: 'mode',
    change: { display_name: 'another' },
    fixed: { mode: 'dns' },
  },
  route_link: {
    body: (index) => ({ mac_address: `52:54:00:00:03:${hex(index)}` }),
    fixed: { mac_address: '52:54:00:00:00:01' },
  },
  route: {
    body: (index) => ({
      interface_uuid: 'if-base',
      route_link_uuid: 'rl-base',
      network_uuid: 'nw-base',
      ipv4_network: `10.${index}.0.0`,
      ipv4_prefix: 16,
      ingress: false,
    }),
    required: 'interface_uuid',
    change: { ingress: true, egress: false },
    fixed: { ipv4_prefix: 8 },
  },
  dhcp_option: {
    body: (index) => ({ network_uuid: 'nw-base', code: String(223 + index), value: '0x0a' }),
    required: 'value',
    change: { value: '0x0b' },
    fixed: { code: 'mtu' },
  },
  filter: {
    body: () => ({ interface_uuid: 'if-base', mode: 'static', ingress_passthrough: true }),
    required: 'interface_uuid',
    change: { ingress_passthrough: false, egress_passthrough: true },
    fixed: { mode: 'static' },
  },
  translation: {
    body: () => ({ interface_uuid: 'if-base', mode: 'static_address' }),
    required: 'mode',
    change: { passthrough: true },
    fixed: { mode: 'static_address' },
  },
  security_group: {
    body: (index) => ({ description: 'x', rules: `tcp:${index}:0.0.0.0/0` }),
    change: { display_name: 'renamed', rules: '# none' },
    fixed: { uuid: 'sg-other' },
  },
  vlan_translation: {
    body: (index) => ({ translation_uuid: 'tr-base', network_uuid: 'nw-base', vlan_id: index }),
    required: 'network_uuid',
    change: { vlan_id: 100 },
    fixed: { network_uuid: 'nw-base' },
  },
  topology: {
    body: () => ({ mode: 'simple_overlay' }),
    required: 'mode',
    fixed: { mode: 'simple_underlay' },
  },
  router: {
    body: () => ({ display_name: 'a router' }),
    change: { display_name: 'another' },
    fixed: { networks: 'nw-base' },
  },
  segment: { body: () => ({ mode: 'physical' }), required: 'mode', fixed: { mode: 'virtual' } },
  mac_range_group: {
    body: () => ({ allocation_type: 'decremental' }),
    change: { allocation_type: 'incremental' },
    fixed: { uuid: 'mrg-another' },
  },
  ip_range_group: {
    body: () => ({ allocation_type: 'random' }),
    change: { allocation_type: 'decremental' },
    fixed: { uuid: 'iprg-another' },
  },
  ip_lease_container: { body: () => ({}), fixed: { uuid: 'ilc-another' } },
  ip_retention_container: {
    body: (index) => ({ lease_time: index * 60, grace_time: 0 }),
    change: { lease_time: 7, grace_time: 8 },
    fixed: { uuid: 'irc-another' },
  },
  lease_policy: {
    body: () => ({ mode: 'simple', timing: 'dhcp' }),
    change: { timing: 'immediate' },
    fixed: { mode: 'simple' },
  },
  dns_service: {
    body: () => ({ network_service_uuid: 'ns-base', public_dns: '8.8.8.8,8.8.4.4' }),
    required: 'network_service_uuid',
    change: { public_dns: '1.1.1.1' },
    fixed: { network_service_uuid: 'ns-base' },
  },
}

/** What the samples refer to, except what the resource under test counts itself. */
const prepare = async (api: TestApi): Promise<void> => {
  await api.ok('POST', 'networks', { uuid: 'nw-base', ipv4_network: '172.16.0.0' })
  await api.ok('POST', 'interfaces', {
    uuid: 'if-base',
    mode: 'simulated',
    network_uuid: 'nw-base',
    ipv4_address: '172.16.0.254',
  })
  await api.ok('POST', 'interfaces', { uuid: 'if-other', mac_address: '52:54:00:00:00:0f' })
  await api.ok('POST', 'route_links', { uuid: 'rl-base' })
  await api.ok('POST', 'network_services', { uuid: 'ns-base', mode: 'dns' })
  await api.ok('POST', 'translations', { uuid: 'tr-base', interface_uuid: 'if-base', mode: 'vnet_edge' })
}

const withUuid = RESOURCE_NAMES.filter((name) => {
  const { prefix, parent }: ResourceSpec = RESOURCES[name]
  return prefix !== null && parent === undefined
})

t.test('every resource with a uuid has a sample', async (t) => {
  t.same(Object.keys(SAMPLES).sort(), [...withUuid].sort())
})

for (const name of withUuid) {
  const spec: ResourceSpec = RESOURCES[name]
  const sample = SAMPLES[name] as Sample
  const { collection, prefix, model } = spec

  t.test(collection, async (t) => {
    const api = await startApi(t)
    const empty = await api.ok('GET', collection)
    t.same(empty.body, { total_count: 0, offset: 0, limit: 30, items: [] })
    await prepare(api)
    const before = (await api.ok('GET', collection)).body.total_count
    const revision = api.store.revision()

    const created: unknown[] = []
    for (let index = 1; index <= 3; index += 1) {
      const { body, headers } = await api.ok('POST', collection, {
        uuid: `${prefix}-no${index}`,
        ...sample.body(index),
      })
      t.equal(headers['x-revision'], String(revision + index))
      t.equal(body.uuid, `${prefix}-no${index}`)
      t.match(body, sample.body(index), 'the answer shows what was given, but for its spelling')
      t.match(body, { created_at: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/ })
      if (name !== 'route') t.match(body, { id: Number, deleted_at: null, is_deleted: 0 })
      created.push(body)
    }
    t.test('index and show', async (t) => {
      const { body } = await api.ok('GET', collection, { limit: 1000 })
      t.equal(body.total_count, before + 3)
      t.same(body.items.slice(before), created)
      const page = await api.ok('GET', collection, { limit: 1, offset: before + 1 })
      t.same(page.body, { total_count: before + 3, offset: before + 1, limit: 1, items: [created[1]] })
      const shown = await api.ok('GET', `${collection}/${prefix}-no2`)
      t.same(shown.body, created[1])
      t.equal(shown.headers['content-type'], 'application/json; charset=utf-8')
      for (const path of [`/api/${collection}`, `/api/1.0/${collection}.json`, `/api/${collection}.json`]) {
        t.same((await api.ok('GET', `${path}?limit=1000`)).body, body, path)
      }
      t.same((await api.ok('GET', `/api/${collection}/${prefix}-no2.json`)).body, created[1])
    })
    t.test('unknown and malformed uuids', async (t) => {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const unknown = await api.send(method, `${collection}/${prefix}-nothere`)
        t.equal(unknown.status, 404)
        t.same(unknown.body, {
          error: 'UnknownUUIDResource',
          message: `${model}#uuid: ${prefix}-nothere`,
          code: '100',
        })
        for (const malformed of [
          'x-abc',
          `${prefix}-UPPER`,
          `${prefix}-`,
          `${prefix}-${'a'.repeat(17)}`,
          'x',
        ]) {
          const { status, body } = await api.send(method, `${collection}/${malformed}`)
          t.equal(status, 400, `${method} ${malformed}`)
          t.match(body, { error: 'InvalidUUID', code: '101' })
        }
      }
      const post = await api.send('POST', collection, { uuid: 'x-abc', ...sample.body(9) })
      t.equal(post.status, 400)
      t.match(post.body, { error: 'InvalidUUID', code: '101', message: /uuid.*x-abc/ })
    })
    t.test('POST', async (t) => {
      const { body } = await api.ok('POST', collection, sample.body(4))
      t.match(body.uuid, new RegExp(`^${prefix}-[a-z0-9]{8}$`))
      const duplicate = await api.send('POST', collection, { uuid: body.uuid, ...sample.body(5) })
      t.equal(duplicate.status, 400)
      t.same(duplicate.body, { error: 'DuplicateUUID', message: body.uuid, code: '102' })
      if (sample.required !== undefined) {
        const { [sample.required]: _left, ...rest } = sample.body(5)
        const missing = await api.send('POST', collection, rest)
        t.equal(missing.status, 400)
        t.same(missing.body, { error: 'MissingArgument', message: sample.required, code: '111' })
      }
      const misspelt = await api.send('POST', collection, { ...sample.body(5), uuidd: 'x' })
      t.equal(misspelt.status, 400)
      t.same(misspelt.body, {
        error: 'ArgumentError',
        message: {
          error: 'parameter validation failed',
          parameter: 'uuidd',
          value: 'x',
          reason: 'unknown parameter; did you mean uuid?',
        },
        code: '110',
      })
      await api.ok('DELETE', `${collection}/${body.uuid}`)
    })
    t.test('PUT', async (t) => {
      const [[fixed, value]] = Object.entries(sample.fixed) as [[string, unknown]]
      const refused = await api.send('PUT', `${collection}/${prefix}-no1`, sample.fixed)
      t.equal(refused.status, 400)
      t.match(refused.body, { error: 'ArgumentError', message: { parameter: fixed, value: String(value) } })
      const unchanged = await api.ok('PUT', `${collection}/${prefix}-no1`)
      t.equal(unchanged.headers['x-revision'], String(api.store.revision()))
      if (sample.change === undefined) return
      const { body, headers } = await api.ok('PUT', `${collection}/${prefix}-no1`, sample.change)
      t.match(body, sample.change)
      t.same((await api.ok('GET', `${collection}/${prefix}-no1`)).body, body)
      const again = await api.ok('PUT', `${collection}/${prefix}-no1`, sample.change)
      t.equal(again.headers['x-revision'], headers['x-revision'], 'a change to what is makes no revision')
    })
    t.test('DELETE', async (t) => {
      const { body, headers } = await api.ok('DELETE', `${collection}/${prefix}-no3`)
      t.same(body, [`${prefix}-no3`])
      t.equal(headers['x-revision'], String(api.store.revision()))
      t.equal((await api.send('GET', `${collection}/${prefix}-no3`)).status, 404)
      t.equal((await api.send('DELETE', `${collection}/${prefix}-no3`)).status, 404)
      const again = await api.ok('POST', collection, { uuid: `${prefix}-no3`, ...sample.body(3) })
      t.equal(again.body.uuid, `${prefix}-no3`, 'the uuid may be used again')
    })
  })
}

t.test('parameters travel in the query, in a form and in JSON, with every method', async (t) => {
  const api = await startApi(t)
  const encodings: Encoding[] = ['query', 'form', 'json', 'envelope']
  for (const [index, encoding] of encodings.entries()) {
    const uuid = `nw-${encoding}`
    const body = { uuid, ipv4_network: `10.${index}.0.0`, ipv4_prefix: 16 }
    t.match((await api.ok('POST', 'networks', body, encoding)).body, body)
    const change = { display_name: `né ${encoding} & "co"` }
    t.match((await api.ok('PUT', `networks/${uuid}`, change, encoding)).body, change)
    t.match((await api.ok('GET', 'networks', { limit: 1, offset: 0 }, encoding)).body.items, [{ uuid }])
    t.match((await api.send('DELETE', `networks/${uuid}`, { wiat: 1 }, encoding)).body, {
      message: { parameter: 'wiat', reason: /did you mean wait/ },
    })
    await api.ok('DELETE', `networks/${uuid}`, { wait: 0 }, encoding)
  }
  const both = await api.raw({
    method: 'POST',
    url: '/api/networks?ipv4_network=10.9.0.0&ipv4_prefix=16&uuid=nw-query',
    payload: 'uuid=nw-body',
  })
  t.match(
    both.body,
    { uuid: 'nw-body', ipv4_network: '10.9.0.0' },
    'the body wins, without a type it is a form',
  )
  const typeOnly = await api.raw({
    method: 'POST',
    url: '/api/networks?ipv4_network=10.9.0.0&ipv4_prefix=16',
    headers: { 'content-type': 'application/json' },
  })
  t.equal(typeOnly.status, 200, 'an empty body is none, whatever its type')
})

t.test('other spellings', async (t) => {
  const api = await startApi(t)
  t.match(
    (await api.ok('POST', 'networks', { ipv4_network: '10.0.0.0', network_mode: 'internal' })).body,
    { mode: 'internal' },
    'an alias',
  )
  t.equal(
    (await api.ok('POST', 'networks', { ipv4_network: '10.0.0.0', network_mode: 'virtual', mode: 'virtual' }))
      .status,
    200,
  )
  const both = await api.send('POST', 'networks', {
    ipv4_network: '10.0.0.0',
    mode: 'virtual',
    network_mode: 'internal',
  })
  t.match(both.body, {
    error: 'ArgumentError',
    message: { parameter: 'network_mode', reason: /contradicts mode/ },
  })
  await api.ok('POST', 'datapaths', { dpid: '0X1F', dc_segment_id: 'seg1', is_connected: true })
  t.match(
    (await api.ok('GET', 'datapaths')).body.items,
    [{ dpid: '0x000000000000001f' }],
    'a dpid has 16 digits, whatever was typed',
  )
  t.match(
    (await api.ok('POST', 'interfaces', { mac_address: '52-54-00-AB-CD-EF', enable_routing: 'yes' })).body,
    { mac_address: '52:54:00:ab:cd:ef', enable_routing: true },
  )
  const { body } = await api.ok('POST', 'interfaces', { uuid: 'if-a', port_name: 'eth0', display_name: '' })
  t.match(body, { port_name: 'eth0', display_name: '' })
  t.match(
    (await api.ok('PUT', 'interfaces/if-a', { port_name: '' })).body,
    { port_name: null },
    'empty: none',
  )
  await api.ok('PUT', 'interfaces/if-a', { port_name: 'eth1' })
  t.match((await api.ok('PUT', 'interfaces/if-a', { port_name: null }, 'json')).body, { port_name: null })
})

t.test('bad input is answered by the documented status and stores nothing', async (t) => {
  const api = await startApi(t, { bodyLimit: 10_000 })
  await prepare(api)
  const revision = api.store.revision()
  const refused = async (
    parameters: object,
    status: number,
    expected: object,
    collection = 'interfaces',
    encoding: Encoding = 'json',
  ) => {
    const answer = await api.send('POST', collection, parameters, encoding)
    t.equal(answer.status, status, `${collection} ${JSON.stringify(parameters)}`)
    t.match(answer.body, expected)
    t.type(answer.body.code, 'string')
  }
  const argument = (parameter: string, value: unknown, reason: RegExp) => ({
    error: 'ArgumentError',
    code: '110',
    message: { error: 'parameter validation failed', parameter, value, reason },
  })
  for (const value of ['52:54:00:00:00', '52:54:00:00:00:zz', '01:00:5e:00:00:01', '00:00:00:00:00:00', 7]) {
    await refused({ mac_address: value }, 400, argument('mac_address', value, /MAC/))
  }
  for (const value of [{ a: 1 }, ['52:54:00:00:00:01'], true]) {
    await refused({ mode: 'vif', mac_address: value }, 400, argument('mac_address', value, /^not a/))
  }
  await refused({ mode: 'bridge' }, 400, argument('mode', 'bridge', /one of vif, simulated/))
  await refused({ enable_routing: 'maybe' }, 400, argument('enable_routing', 'maybe', /true nor false/))
  await refused(
    { port_name: 'a name with blanks' },
    400,
    argument('port_name', 'a name with blanks', /name of a switch port/),
  )
  await refused({ display_name: 'a\u0000b' }, 400, argument('display_name', 'a\u0000b', /control/))
  await refused(
    { display_name: 'x'.repeat(300) },
    400,
    argument('display_name', /^x{256}…$/, /300 characters/),
  )
  await refused({ network_uuid: 'nw-nothere' }, 404, {
    error: 'UnknownUUIDResource',
    message: 'Network#network_uuid: nw-nothere',
  })
  await refused({ network_uuid: 'if-base' }, 400, { error: 'InvalidUUID', message: /network_uuid.*if-base/ })
  await refused({ network_uuid: 1 }, 400, { error: 'InvalidUUID' })
  await refused(
    { network_id: 1 },
    400,
    argument('network_id', 1, /unknown parameter; did you mean network_uuid/),
  )
  await refused({ __proto__: null, constructor: 'x' }, 400, argument('constructor', 'x', /unknown/))
  for (const dpid of ['', '0x', 'xyz', '0x12345678901234567', '-1']) {
    await refused({ dpid }, 400, argument('dpid', dpid, /1 to 16 hexadecimal digits/), 'datapaths')
  }
  for (const prefix of ['0', 33, '24 ', '2.5', 1e99]) {
    await refused(
      { ipv4_network: '10.0.0.0', ipv4_prefix: prefix },
      400,
      argument('ipv4_prefix', prefix, /./),
      'networks',
    )
  }
  for (const address of ['10.0.0', '10.0.0.256', '010.0.0.0', 'fe80::1', '10.0.0.0/8']) {
    await refused(
      { ipv4_network: address },
      400,
      argument('ipv4_network', address, /IPv4|an address alone|the address alone/),
      'networks',
    )
  }
  for (const page of [{ limit: -1 }, { limit: 'x' }, { offset: 1.5 }, { limit: 1e9 }, { limit: '' }]) {
    const [[parameter, value]] = Object.entries(page) as [[string, unknown]]
    const answer = await api.send('GET', 'networks', page)
    t.equal(answer.status, 400)
    t.match(answer.body, argument(parameter, String(value), /./))
  }
  t.equal(api.store.revision(), revision, 'nothing was stored')
  t.equal((await api.ok('GET', 'interfaces')).body.total_count, 2)
})

t.test('requests that are none', async (t) => {
  const api = await startApi(t, { bodyLimit: 10_000 })
  const post = (payload: string, type: string) =>
    api.raw({ method: 'POST', url: '/api/1.0/networks', payload, headers: { 'content-type': type } })
  const json = 'application/json'
  for (const text of [
    '{',
    '{"a":}',
    'null',
    '[]',
    '"text"',
    '7',
    '{"uuid":"nw-a"',
    '\u0000',
    '['.repeat(9000),
  ]) {
    const { status, body } = await post(text, json)
    t.equal(status, 400, text.slice(0, 20))
    t.match(body, { error: 'InvalidRequest', message: /^Invalid request body\. /, code: '400' })
  }
  const proto = await post('{"__proto__":{"ipv4_network":"10.0.0.0"},"x":1}', json)
  t.match(proto.body, { error: 'ArgumentError', message: { parameter: '__proto__' } })
  t.match(await post('x'.repeat(10_001), json), { status: 413, body: { error: 'BodyTooLarge', code: '413' } })
  t.match(await post('<a/>', 'text/xml'), {
    status: 415,
    body: { error: 'UnsupportedMediaType', message: 'text/xml', code: '415' },
  })
  t.match(await post('a', 'nonsense'), { status: 415, body: { error: 'UnsupportedMediaType' } })
  for (const path of [
    '/nowhere',
    '/api',
    '/api/1.0',
    '/api/2.0/networks',
    '/api/1.0/netwroks',
    '/api/networks/nw-a/b',
  ]) {
    t.match(await api.raw({ method: 'GET', url: path }), {
      status: 404,
      body: { error: 'UnknownPath', message: `GET ${path}`, code: '404' },
    })
  }
  t.match(await api.raw({ method: 'GET', url: '/api/router' }), {
    body: { message: 'GET /api/router; did you mean routers?' },
  })
  t.match(await api.raw({ method: 'DELETE', url: '/api/networks' }), {
    status: 405,
    headers: { allow: 'GET, HEAD, POST' },
    body: { error: 'MethodNotAllowed', message: 'DELETE /api/networks: use GET, HEAD, POST', code: '405' },
  })
  t.equal((await api.raw({ method: 'PATCH', url: '/api/1.0/networks/nw-a' })).status, 405)
  t.equal((await api.raw({ method: 'POST', url: '/api/1.0/networks/nw-a' })).status, 405)
  t.equal((await api.raw({ method: 'HEAD', url: '/api/1.0/networks' })).status, 200)
  t.equal((await api.raw({ method: 'GET', url: '/api/1.0/networks/' })).status, 200, 'a slash at the end')
  t.match(await api.raw({ method: 'GET', url: '/api/networks/%ZZ' }), {
    status: 400,
    body: { error: 'InvalidRequest', code: '400' },
  })
  t.match(await api.raw({ method: 'GET', url: `/api/networks/nw-${'a'.repeat(5000)}` }), {
    status: 400,
    body: { error: 'InvalidUUID' },
  })
  t.equal(api.store.revision(), 0)
})

t.test('a bug is answered without its inside and logged once', async (t) => {
  const api = await startApi(t)
  const { body: made } = await api.ok('POST', 'networks', { ipv4_network: '10.0.0.0' })
  api.store.close()
  const { status, body, headers } = await api.send('GET', `networks/${made.uuid}`)
  t.equal(status, 500)
  t.same(body, {
    error: 'InternalServerError',
    message: `see the log for request ${headers['x-request-id']}`,
    code: '500',
  })
  t.equal(api.errors.length, 1)
  t.match(api.errors.splice(0)[0], /"msg":"request failed"/)
})
