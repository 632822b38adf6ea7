/** Routes through other routers, several to one destination, and to nowhere. */
import t, { type Test } from 'tap'
import { startApi, type TestApi } from './support/api.ts'
import { refusal } from './support/refusal.ts'

const withRouter = async (t: Test): Promise<TestApi> => {
  const api = await startApi(t)
  await api.ok('POST', 'networks', { uuid: 'nw-a', ipv4_network: '10.0.0.0', ipv6_network: 'fd00:a::' })
  await api.ok('POST', 'networks', { uuid: 'nw-b', ipv4_network: '10.0.1.0' })
  await api.ok('POST', 'routers', { uuid: 'rt-1', networks: 'nw-a,nw-b' })
  return api
}

const legIn = async (api: TestApi, network: string): Promise<string> =>
  (await api.ok('GET', 'routers/rt-1')).body.networks.find(
    (one: { network_uuid: string }) => one.network_uuid === network,
  ).interface_uuid

t.test('a router and a next hop are enough for a default route', async (t) => {
  const api = await withRouter(t)
  const router = (await api.ok('GET', 'routers/rt-1')).body
  const leg = await legIn(api, 'nw-b')
  const given = {
    uuid: 'r-0',
    router_uuid: 'rt-1',
    ipv4_network: '0.0.0.0',
    ipv4_prefix: 0,
    via: '10.0.1.254',
  }
  t.match((await api.ok('POST', 'routes', given)).body, {
    ...{ interface_uuid: leg, network_uuid: 'nw-b', route_link_uuid: router.route_link_uuid },
    ...{ ipv4_network: '0.0.0.0', ipv4_prefix: 0, via: '10.0.1.254', type: 'unicast', weight: 1 },
  })
  const six = { router_uuid: 'rt-1', ipv6_network: '::', via: 'fd00:a::fe' }
  t.match((await api.ok('POST', 'routes', six)).body, { ipv6_prefix: 0, network_uuid: 'nw-a' })
  const local = { router_uuid: 'rt-1', network_uuid: 'nw-a', ipv6_network: 'fd00:b::', via: 'fe80::1' }
  t.match((await api.ok('POST', 'routes', local)).body, { via: 'fe80::1', ipv6_prefix: 64 })
  t.match((await api.ok('PUT', 'routes/r-0', { via: '10.0.1.253' })).body, { via: '10.0.1.253' })
  const byLink = { route_link_uuid: router.route_link_uuid, ipv4_network: '10.8.0.0', via: '10.0.1.254' }
  t.match((await api.ok('POST', 'routes', byLink)).body, { router_uuid: 'rt-1', interface_uuid: leg })
  await api.ok('DELETE', 'routers/rt-1')
  t.equal(api.store.count('route'), 0)
})

t.test('a next hop is a neighbour of the leg', async (t) => {
  const api = await withRouter(t)
  const route = (parameters: object) =>
    api.send('POST', 'routes', { router_uuid: 'rt-1', ipv4_network: '10.9.0.0', ...parameters }, 'json')
  const refused = async (via: string, reason: RegExp, more: object = {}) =>
    t.match(await route({ via, ...more }), refusal('via', via, reason))
  await refused(
    '10.0.7.1',
    /^in none of the networks of the router: it joins nw-a \(10\.0\.0\.0\/24 and fd00:a::\/64\), nw-b/,
  )
  await refused('10.0.1.255', /^the broadcast address of 10\.0\.1\.0\/24$/)
  await refused('10.0.1.1', /^the address of if-\w+, the leg itself$/)
  await refused('fd00:a::9', /^the destination 10\.9\.0\.0 is of IPv4, and so must be the next hop$/)
  await refused('10.0.1.9', /^a blackhole route leads nowhere, so it has no next hop$/, { type: 'blackhole' })
  await refused('10.0.1.9', /not in subnet 10\.0\.0\.0\/24 of nw-a/, {
    interface_uuid: await legIn(api, 'nw-a'),
  })
  t.match(
    await route({ via: '10.0.1.9', network_uuid: 'nw-a' }),
    refusal('network_uuid', 'nw-a', 'the router has no leg there that reaches 10.0.1.9'),
  )
  t.match(await route({}), { body: { error: 'MissingArgument', message: 'via' } })
  t.match(await route({ via: '10.0.1.9', ipv4_network: undefined }), { body: { message: 'ipv4_network' } })
  t.match(
    await route({ via: '10.0.1.9', ipv6_prefix: 64 }),
    refusal(
      'ipv6_prefix',
      64,
      /the destination 10\.9\.0\.0 is an IPv4 address; its prefix length is ipv4_prefix/,
    ),
  )
  t.match(
    await route({ via: '10.0.1.9', ipv6_network: 'fd00::' }),
    refusal('ipv6_network', 'fd00::', 'contradicts ipv4_network: give one of the two'),
  )
  await api.ok('POST', 'route_links', { uuid: 'rl-other' })
  t.match(
    await route({ via: '10.0.1.9', route_link_uuid: 'rl-other' }),
    refusal('route_link_uuid', 'rl-other', 'is not the route link of rt-1; give one of the two'),
  )
  t.match(await api.send('POST', 'routes', { ipv4_network: '10.9.0.0', via: '10.0.1.9' }), {
    body: { error: 'MissingArgument', message: 'route_link_uuid' },
  })
  t.match(await api.send('POST', 'routes', { route_link_uuid: 'rl-other', network_uuid: 'nw-a' }), {
    body: { error: 'MissingArgument', message: 'interface_uuid' },
  })
  const twin = { uuid: 'nw-c', ipv4_network: '10.0.1.0' }
  await api.ok('POST', 'networks', twin)
  const other = { mode: 'simulated', uuid: 'if-c', network_uuid: 'nw-c', ipv4_address: '10.0.1.7' }
  await api.ok('POST', 'interfaces', other)
  const join = { interface_uuid: 'if-c', router_uuid: 'rt-1', ipv4_network: '10.33.0.0' }
  await api.ok('POST', 'routes', join)
  await refused(
    '10.0.1.9',
    /^reached by several legs: if-\w+ in nw-b, if-c in nw-c; say which by interface_uuid$/,
  )
})

t.test('several next hops share a destination, and nothing else does', async (t) => {
  const api = await withRouter(t)
  const make = (uuid: string, parameters: object) =>
    api.send('POST', 'routes', { uuid, router_uuid: 'rt-1', ipv4_network: '10.9.0.0', ...parameters }, 'json')
  t.equal((await make('r-1', { via: '10.0.1.8', weight: 3 })).status, 200)
  t.equal((await make('r-2', { via: '10.0.1.9' })).status, 200)
  t.equal((await make('r-3', { via: '10.0.0.9' })).status, 200, 'over another leg')
  const taken = /^rl-\w+ reaches 10\.9\.0\.0\/24 by r-2 through 10\.0\.1\.9 already; /
  t.match(await make('r-4', { via: '10.0.1.9' }), refusal('via', '10.0.1.9', taken))
  t.match(await api.send('PUT', 'routes/r-1', { via: '10.0.1.9' }), refusal('via', '10.0.1.9', taken))
  t.match(
    await make('r-4', { type: 'blackhole' }),
    refusal('ipv4_network', '10.9.0.0', /^rl-\w+ reaches 10\.9\.0\.0\/24 by r-1 already; delete that or /),
  )
  t.match(await make('r-4', { network_uuid: 'nw-b' }), refusal('ipv4_network', '10.9.0.0', /by r-1 already/))
  t.equal((await make('r-4', { via: '10.0.1.9', egress: false })).status, 200)
  t.match(await make('r-5', { via: '10.0.1.7', weight: 256 }), refusal('weight', 256, /1\.\.255/))
  t.match((await make('r-6', { ipv4_network: '10.77.0.0', ipv4_prefix: 16, type: 'prohibit' })).body, {
    ...{ type: 'prohibit', interface_uuid: null, network_uuid: null, ipv4_prefix: 16 },
  })
  t.match(await make('r-7', { type: 'unreachable', ipv4_network: undefined }), {
    body: { error: 'MissingArgument', message: 'ipv4_network' },
  })
})
