/** A router is one thing to people, and the route link, legs and routes of old. */
import t from 'tap'
import { startApi, type TestApi } from './support/api.ts'
import { refusal } from './support/refusal.ts'

const COLLECTIONS = ['routers', 'route_links', 'routes', 'interfaces', 'ip_leases', 'mac_leases'] as const

const counts = async (api: TestApi) =>
  Object.fromEntries(
    await Promise.all(
      COLLECTIONS.map(async (name) => [name, (await api.ok('GET', name)).body.total_count] as const),
    ),
  )

const networks = async (api: TestApi) => {
  for (const index of [1, 2, 3]) {
    await api.ok('POST', 'networks', { uuid: `nw-net${index}`, ipv4_network: `172.16.${index}.0` })
  }
}

t.test('a router makes its parts, shows them as one thing, and takes them along', async (t) => {
  const api = await startApi(t)
  await networks(api)
  const before = await counts(api)
  const made = await api.ok('POST', 'routers', { uuid: 'rt-r1', networks: 'nw-net1,nw-net2=172.16.2.254' })
  t.match(made.body, {
    uuid: 'rt-r1',
    display_name: 'rt-r1',
    route_link_uuid: /^rl-/,
    networks: [
      { network_uuid: 'nw-net1', ipv4_address: '172.16.1.1', mac_address: /^02:/, interface_uuid: /^if-/ },
      { network_uuid: 'nw-net2', ipv4_address: '172.16.2.254', route_uuid: /^r-/ },
    ],
  })
  const [first] = made.body.networks
  t.match((await api.ok('GET', `interfaces/${first.interface_uuid}`)).body, {
    mode: 'simulated',
    network_uuid: 'nw-net1',
    ipv4_address: '172.16.1.1',
    mac_address: first.mac_address,
  })
  t.match((await api.ok('GET', `routes/${first.route_uuid}`)).body, {
    route_link_uuid: made.body.route_link_uuid,
    ipv4_network: '172.16.1.0',
    ipv4_prefix: 24,
  })
  t.same(await counts(api), {
    routers: 1,
    route_links: 1,
    routes: 2,
    interfaces: 2,
    ip_leases: 2,
    mac_leases: 2,
  })
  t.same((await api.ok('GET', 'routers')).body.items, [made.body])
  t.match((await api.ok('PUT', 'routers/rt-r1', { display_name: 'edge' })).body, { display_name: 'edge' })
  t.same((await api.ok('DELETE', 'routers/rt-r1')).body, ['rt-r1'])
  t.same(await counts(api), before)
  const again = await api.ok('POST', 'routers', { uuid: 'rt-r1', networks: 'nw-net1' })
  t.equal(
    again.body.networks[0].mac_address,
    first.mac_address,
    'the same description has the same addresses',
  )
})

t.test('networks come to a router and go', async (t) => {
  const api = await startApi(t)
  await networks(api)
  await api.ok('POST', 'routers', { uuid: 'rt-1' })
  const added = await api.ok('POST', 'routers/rt-1/networks/nw-net1')
  t.match(added.body, { router_uuid: 'rt-1', network_uuid: 'nw-net1', ipv4_address: '172.16.1.1' })
  t.match((await api.ok('POST', 'routers/rt-1/networks/nw-net2', { gateway: '172.16.2.9' })).body, {
    ipv4_address: '172.16.2.9',
  })
  t.match(await api.send('POST', 'routers/rt-1/networks/nw-net1'), {
    body: { error: 'RelationAlreadyExists' },
  })
  t.match((await api.ok('GET', 'routers/rt-1/networks')).body, {
    total_count: 2,
    items: [{ network_uuid: 'nw-net1' }, { network_uuid: 'nw-net2' }],
  })
  t.match(
    await api.send('POST', 'routers/rt-1/networks/nw-net3', { interface_uuid: 'if-1' }),
    refusal('interface_uuid', 'if-1', /set by the server/),
  )
  t.match(
    await api.send('POST', 'routers/rt-1/networks/nw-net3', { ipv4_address: '172.16.9.1' }),
    refusal('ipv4_address', '172.16.9.1', /not in subnet/),
  )
  t.same((await api.ok('DELETE', 'routers/rt-1/networks/nw-net1')).body, ['nw-net1'])
  t.match(await counts(api), { routers: 1, routes: 1, interfaces: 1, ip_leases: 1 })
  await api.ok('DELETE', 'networks/nw-net2')
  t.match(await counts(api), { routers: 1, routes: 0, interfaces: 0 }, 'legs go with their network')
  await api.ok('POST', 'routers/rt-1/networks/nw-net3')
  const { networks: parts, route_link_uuid } = (await api.ok('GET', 'routers/rt-1')).body
  await api.ok('DELETE', `interfaces/${parts[0].interface_uuid}`)
  t.match((await api.ok('GET', 'routers/rt-1')).body, { networks: [] })
  await api.ok('DELETE', `route_links/${route_link_uuid}`)
  t.match(await counts(api), { routers: 0 }, 'a router is its route link')
})

t.test('a router is seen and changed through its parts', async (t) => {
  const api = await startApi(t)
  await networks(api)
  const before = await counts(api)
  const shown = async () => (await api.ok('GET', 'routers/rt-1')).body
  await api.ok('POST', 'routers', { uuid: 'rt-1', networks: 'nw-net1,nw-net2' })
  const [first, second] = (await shown()).networks
  t.match(await api.send('PUT', 'routers/rt-1', { networks: 'nw-net3' }), {
    status: 400,
    body: { message: { parameter: 'networks', reason: /cannot be changed here: POST and DELETE routers/ } },
  })
  t.match(await api.send('POST', 'routers', { uuid: 'rt-2', networks: 'nw-net1' }), {
    status: 400,
    body: {
      message: { reason: new RegExp(`first address of nw-net1 .* ${first.interface_uuid}: name another`) },
    },
  })
  await api.ok('POST', 'routers', { uuid: 'rt-2', networks: 'nw-net1=172.16.1.254' })
  await api.ok('PUT', `interfaces/${first.interface_uuid}/rename`, { new_uuid: 'if-leg' })
  t.match((await shown()).networks, [{ interface_uuid: 'if-leg' }, second])
  const [lease] = (await api.ok('GET', 'interfaces/if-leg')).body.ip_leases
  await api.ok('DELETE', `ip_leases/${lease.uuid}`)
  t.match((await shown()).networks[0], { interface_uuid: 'if-leg', ipv4_address: null })
  await api.ok('POST', 'ip_leases', {
    network_uuid: 'nw-net1',
    interface_uuid: 'if-leg',
    ipv4_address: '172.16.1.9',
  })
  t.match((await shown()).networks[0], { ipv4_address: '172.16.1.9' }, 'the gateway has moved')
  await api.ok('DELETE', `routes/${second.route_uuid}`)
  t.match((await shown()).networks[1], { route_uuid: null }, 'it leads there no more')
  await api.ok('DELETE', 'routers/rt-1/networks/nw-net2')
  t.match((await api.ok('POST', 'routers/rt-1/networks/nw-net2')).body, second, 'as it was made')
  await api.ok('DELETE', 'routers/rt-2')
  const parallel = await Promise.all(
    ['nw-net3', 'nw-net3', 'nw-net3'].map((network) => api.send('POST', `routers/rt-1/networks/${network}`)),
  )
  t.same(parallel.map(({ status }) => status).sort(), [200, 400, 400])
  await api.ok('DELETE', `route_links/${(await shown()).route_link_uuid}`)
  t.same(await counts(api), before, 'nothing of it is left')
})

t.test('networks of a router may be said in every way that parameters travel', async (t) => {
  const api = await startApi(t)
  await networks(api)
  const gateways = async (
    send: Promise<{ body: { uuid: string; networks: { ipv4_address: string }[] } }>,
  ) => {
    const { uuid, networks: parts } = (await send).body
    await api.ok('DELETE', `routers/${uuid}`)
    return parts.map(({ ipv4_address }) => ipv4_address)
  }
  const expected = ['172.16.1.1', '172.16.2.254']
  const repeated = 'network=nw-net1&network=nw-net2%3D172.16.2.254'
  t.same(await gateways(api.ok('POST', `/api/1.0/routers?${repeated}`)), expected)
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  t.same(
    await gateways(api.raw({ method: 'POST', url: '/api/routers', payload: repeated, headers: form })),
    expected,
  )
  const lists = [
    ['nw-net1', 'nw-net2=172.16.2.254'],
    ['nw-net1', { network_uuid: 'nw-net2', ipv4_address: '172.16.2.254' }],
  ]
  for (const list of lists) {
    t.same(await gateways(api.ok('POST', 'routers', { networks: list }, 'json')), expected)
    t.same(await gateways(api.ok('POST', 'routers', { networks: list }, 'envelope')), expected)
  }
  for (const wrong of ['nw-net1,nw-net1', 'nw-net1=x', 'net1', 'nw-net1=172.16.1.1=2']) {
    t.equal((await api.send('POST', 'routers', { networks: wrong })).status, 400, wrong)
  }
  for (const wrong of [[1], [{ uuid: 'nw-net1' }], [['nw-net1']], { a: 1 }]) {
    t.equal((await api.send('POST', 'routers', { uuid: 'rt-w', networks: wrong }, 'json')).status, 400)
  }
  t.match(await api.send('POST', 'routers', { networks: 'nw-net9' }), {
    status: 404,
    body: { message: 'Network#networks: nw-net9' },
  })
  t.equal(
    (await api.send('POST', '/api/1.0/networks?uuid=nw-a&uuid=nw-b')).status,
    400,
    'others are given once',
  )
  t.match(await counts(api), { routers: 0, route_links: 0, interfaces: 0 }, 'what is refused leaves nothing')
})

t.test('a gateway is an address that is free', async (t) => {
  const api = await startApi(t)
  await networks(api)
  await api.ok('POST', 'interfaces', {
    uuid: 'if-first',
    mac_address: '52:54:00:00:00:01',
    network_uuid: 'nw-net1',
    ipv4_address: '172.16.1.1',
  })
  t.match(
    await api.send('POST', 'routers', { networks: 'nw-net1' }),
    refusal('ipv4_address', '172.16.1.1', /if-first/),
  )
  await api.ok('POST', 'networks', { uuid: 'nw-p2p', ipv4_network: '10.0.0.4', ipv4_prefix: 31 })
  t.match((await api.ok('POST', 'routers', { networks: 'nw-p2p' })).body.networks, [
    { ipv4_address: '10.0.0.4' },
  ])
})
