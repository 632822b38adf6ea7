/** Whatever is asked in whatever order: the feed tells what the tables hold, the rules hold, and nothing is a bug. */
import {
  familyOf,
  RESOURCE_NAMES,
  RESOURCES,
  type ResourceName,
  type ResourceSpec,
  toIpAddress,
} from '@openvnet/schema'
import fc from 'fast-check'
import t from 'tap'
import { startApi, type TestApi } from './support/api.ts'
import { createReplica } from './support/replica.ts'

/** Few names, so that requests meet. */
const one = (prefix: string) => fc.integer({ min: 1, max: 4 }).map((index) => `${prefix}-${index}`)
const someMac = fc.integer({ min: 1, max: 4 }).map((index) => `52:54:00:00:00:0${index}`)
const someAddress = fc.integer({ min: 0, max: 6 }).map((index) => `10.0.0.${index}`)
const someIpv6 = fc.integer({ min: 0, max: 4 }).map((index) => `fd00::${index}`)
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

type Request = readonly [method: string, path: string, parameters: object]

const post = (collection: string, parameters: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Request> =>
  fc.record(parameters).map((values) => ['POST', collection, values] as const)

const COLLECTIONS = {
  datapaths: 'dp',
  networks: 'nw',
  interfaces: 'if',
  mac_leases: 'ml',
  ip_leases: 'il',
  network_services: 'ns',
  route_links: 'rl',
  routes: 'r',
  routers: 'rt',
  segments: 'seg',
  mac_range_groups: 'mrg',
  ip_range_groups: 'iprg',
  ip_lease_containers: 'ilc',
  ip_retention_containers: 'irc',
  lease_policies: 'lp',
  dns_services: 'dnss',
  filters: 'fil',
  translations: 'tr',
  vlan_translations: 'vt',
  security_groups: 'sg',
  topologies: 'topo',
} as const

const deletion: fc.Arbitrary<Request> = fc
  .constantFrom(...Object.entries(COLLECTIONS))
  .chain(([collection, prefix]) =>
    one(prefix).map((uuid) => ['DELETE', `${collection}/${uuid}`, {}] as const),
  )

const relation: fc.Arbitrary<Request> = fc
  .tuple(
    fc.constantFrom('POST', 'DELETE'),
    one('dp'),
    fc.constantFrom(['networks', 'nw'] as const, ['route_links', 'rl'] as const),
    fc.integer({ min: 1, max: 4 }),
    maybe(someMac),
    maybe(one('if')),
  )
  .map(([method, dp, [collection, prefix], index, mac_address, interface_uuid]) => [
    method,
    `datapaths/${dp}/${collection}/${prefix}-${index}`,
    method === 'POST' ? { mac_address, interface_uuid } : {},
  ])

const change: fc.Arbitrary<Request> = fc.oneof(
  fc
    .record({ uuid: one('if'), owner: maybe(one('dp')), port: maybe(fc.constantFrom('eth0', 'if-1', '')) })
    .map(
      ({ uuid, owner, port }): Request => [
        'PUT',
        `interfaces/${uuid}`,
        { owner_datapath_uuid: owner, port_name: port },
      ],
    ),
  fc
    .record({ uuid: one('ml'), owner: one('if') })
    .map(({ uuid, owner }): Request => ['PUT', `mac_leases/${uuid}`, { interface_uuid: owner }]),
  fc
    .record({ uuid: one('nw'), name: fc.string({ maxLength: 3 }) })
    .map(({ uuid, name }): Request => ['PUT', `networks/${uuid}`, { display_name: name }]),
)

const creation: fc.Arbitrary<Request> = fc.oneof(
  post('datapaths', { uuid: one('dp'), dpid: fc.constantFrom('1', '2', '3') }),
  post('networks', {
    uuid: one('nw'),
    ipv4_network: fc.constant('10.0.0.0'),
    ipv4_prefix: fc.constantFrom(24, 30),
    ipv6_network: maybe(fc.constant('fd00::')),
  }),
  post('networks', { uuid: one('nw'), ipv6_network: fc.constant('fd00::') }),
  fc
    .record({ uuid: one('nw'), ipv6_network: fc.constantFrom('', 'fd00::', 'fd01::') })
    .map(({ uuid, ipv6_network }): Request => ['PUT', `networks/${uuid}`, { ipv6_network }]),
  post('interfaces', {
    uuid: one('if'),
    mode: fc.constantFrom('vif', 'simulated'),
    network_uuid: maybe(one('nw')),
    mac_address: maybe(someMac),
    ipv4_address: maybe(someAddress),
    ipv6_address: maybe(fc.oneof(someIpv6, fc.constant('auto'))),
    hostname: maybe(fc.constantFrom('a', 'b')),
    port_name: maybe(fc.constantFrom('eth0', 'if-1')),
    owner_datapath_uuid: maybe(one('dp')),
  }),
  post('mac_leases', { uuid: one('ml'), interface_uuid: one('if'), mac_address: someMac }),
  post('ip_leases', {
    uuid: one('il'),
    network_uuid: one('nw'),
    ipv4_address: someAddress,
    interface_uuid: maybe(one('if')),
    mac_lease_uuid: maybe(one('ml')),
  }),
  post('ip_leases', { network_uuid: one('nw'), ipv6_address: someIpv6, interface_uuid: maybe(one('if')) }),
  post('network_services', {
    uuid: one('ns'),
    interface_uuid: maybe(one('if')),
    mode: fc.constantFrom('dhcp', 'router'),
  }),
  post('routers', { uuid: one('rt'), networks: maybe(one('nw')) }),
  fc
    .record({ router: one('rt'), network: one('nw'), method: fc.constantFrom('POST', 'DELETE') })
    .map(({ router, network, method }): Request => [method, `routers/${router}/networks/${network}`, {}]),
  fc
    .record({ uuid: one('if'), new_uuid: one('if') })
    .map(({ uuid, new_uuid }): Request => ['PUT', `interfaces/${uuid}/rename`, { new_uuid }]),
  fc
    .record({ uuid: one('if'), port_number: fc.constantFrom('', 1, 2) })
    .map(({ uuid, port_number }): Request => ['PUT', `interfaces/${uuid}`, { port_number }]),
  post('route_links', { uuid: one('rl'), mac_address: maybe(someMac) }),
  post('routes', {
    uuid: one('r'),
    interface_uuid: one('if'),
    route_link_uuid: one('rl'),
    network_uuid: maybe(one('nw')),
    ipv4_network: maybe(fc.constantFrom('10.0.0.0', '10.0.0.1', '0.0.0.0')),
  }),
  post('routes', {
    router_uuid: one('rt'),
    type: maybe(fc.constantFrom('blackhole')),
    ipv4_network: maybe(fc.constant('0.0.0.0')),
    ipv6_network: maybe(fc.constant('::')),
    via: maybe(fc.oneof(someAddress, someIpv6)),
  }),
  fc
    .record({ uuid: one('r'), via: maybe(fc.oneof(someAddress, fc.constant(''))), egress: fc.boolean() })
    .map(({ uuid, ...changes }): Request => ['PUT', `routes/${uuid}`, changes]),
)

/** Few addresses, so that they run out. */
const leasing: fc.Arbitrary<Request> = fc.oneof(
  post('segments', { uuid: one('seg'), mode: fc.constant('virtual') }),
  post('ip_lease_containers', { uuid: one('ilc') }),
  post('ip_retention_containers', { uuid: one('irc') }),
  post('lease_policies', { uuid: one('lp') }),
  post('ip_range_groups', { uuid: one('iprg'), allocation_type: fc.constantFrom('decremental', 'random') }),
  post('mac_range_groups', { uuid: one('mrg') }),
  post('interfaces', {
    uuid: one('if'),
    mac_range_group_uuid: maybe(one('mrg')),
    network_uuid: maybe(one('nw')),
    segment_uuid: maybe(one('seg')),
    ipv4_address: maybe(fc.constant('auto')),
  }),
  post('ip_leases', { uuid: one('il'), network_uuid: one('nw'), ipv4_address: fc.constant('auto') }),
  fc
    .tuple(one('iprg'), someAddress, someAddress)
    .map(
      ([group, begin, end]): Request => [
        'POST',
        `ip_range_groups/${group}/ip_ranges`,
        { begin_ipv4_address: begin, end_ipv4_address: end },
      ],
    ),
  fc
    .tuple(one('mrg'), someMac)
    .map(
      ([group, begin]): Request => [
        'POST',
        `mac_range_groups/${group}/mac_ranges`,
        { begin_mac_address: begin, end_mac_address: '52:54:00:00:00:05' },
      ],
    ),
  fc
    .tuple(one('il'), fc.constantFrom('attach', 'release'), one('if'))
    .map(
      ([uuid, word, owner]): Request => [
        'PUT',
        `ip_leases/${uuid}/${word}`,
        word === 'attach' ? { interface_uuid: owner } : {},
      ],
    ),
  fc
    .tuple(one('lp'), one('il'))
    .map(([uuid, lease]): Request => ['POST', `lease_policies/${uuid}/ip_leases`, { ip_lease_uuid: lease }]),
  fc
    .tuple(
      one('lp'),
      fc.constantFrom(
        ...([
          ['networks', 'nw'],
          ['interfaces', 'if'],
          ['ip_lease_containers', 'ilc'],
          ['ip_retention_containers', 'irc'],
        ] as const),
      ),
      fc.integer({ min: 1, max: 4 }),
      one('iprg'),
    )
    .map(
      ([uuid, [collection, prefix], index, group]): Request => [
        'POST',
        `lease_policies/${uuid}/${collection}/${prefix}-${index}`,
        collection === 'networks' ? { ip_range_group_uuid: group } : {},
      ],
    ),
)

const onDatapath = (path: string) =>
  fc.constantFrom('POST', 'DELETE').map((method) => [method, path] as const)

/** What is described and mostly stored only, and topologies with what they imply. */
const described: fc.Arbitrary<Request> = fc.oneof(
  post('filters', { uuid: one('fil'), interface_uuid: one('if'), mode: fc.constant('static') }),
  post('translations', {
    uuid: one('tr'),
    interface_uuid: one('if'),
    mode: fc.constantFrom('static_address', 'vnet_edge'),
  }),
  post('vlan_translations', {
    uuid: one('vt'),
    translation_uuid: one('tr'),
    network_uuid: one('nw'),
    vlan_id: maybe(fc.constantFrom(1, 2)),
  }),
  post('security_groups', { uuid: one('sg'), rules: maybe(fc.constantFrom('tcp:22:sg-1', 'tcp:x')) }),
  post('topologies', { uuid: one('topo'), mode: fc.constantFrom('simple_overlay', 'simple_underlay') }),
  post('dns_services', { uuid: one('dnss'), network_service_uuid: one('ns') }),
  fc
    .tuple(
      one('fil'),
      fc.constantFrom('POST', 'DELETE'),
      fc.constantFrom('tcp', 'icmp'),
      maybe(fc.constantFrom(0, 22)),
    )
    .map(
      ([uuid, method, protocol, dst_port]): Request => [
        method,
        `filters/${uuid}/static`,
        { protocol, action: 'pass', dst_port },
      ],
    ),
  fc
    .tuple(one('tr'), someAddress)
    .map(
      ([uuid, address]): Request => [
        'POST',
        `translations/${uuid}/static_address`,
        { ingress_ipv4_address: '192.168.0.1', egress_ipv4_address: address },
      ],
    ),
  fc
    .tuple(
      one('if'),
      fc.constantFrom('POST', 'DELETE'),
      maybe(one('dp')),
      maybe(fc.constantFrom('eth0', 'eth1', 'if-2')),
    )
    .map(
      ([uuid, method, datapath_uuid, port_name]): Request => [
        method,
        `interfaces/${uuid}/ports`,
        { datapath_uuid, port_name },
      ],
    ),
  fc
    .tuple(one('nw'), someAddress, someAddress)
    .map(
      ([uuid, range_begin, range_end]): Request => [
        'POST',
        `networks/${uuid}/dhcp_ranges`,
        { range_begin, range_end },
      ],
    ),
  fc
    .tuple(one('sg'), one('if'), fc.constantFrom('POST', 'DELETE'), fc.boolean())
    .map(
      ([group, nic, method, turned]): Request => [
        method,
        turned ? `interfaces/${nic}/security_groups/${group}` : `security_groups/${group}/interfaces/${nic}`,
        {},
      ],
    ),
  fc
    .tuple(one('if'), fc.constantFrom('networks/nw-1', 'segments/seg-1', 'route_links/rl-1'), fc.boolean())
    .map(([uuid, other, isStatic]): Request => ['PUT', `interfaces/${uuid}/${other}`, { static: isStatic }]),
  fc
    .tuple(
      one('topo'),
      fc.constantFrom(
        'networks/nw-',
        'route_links/rl-',
        'segments/seg-',
        'underlays/topo-',
        'datapaths/dp-',
        'mac_range_groups/mrg-',
      ),
      fc.integer({ min: 1, max: 2 }),
      one('if'),
    )
    .chain(([uuid, other, index, nic]) =>
      onDatapath(`topologies/${uuid}/${other}${index}`).map(
        ([method, path]): Request => [
          method,
          path,
          method === 'POST' && other.startsWith('datapaths') ? { interface_uuid: nic } : {},
        ],
      ),
    ),
)

const anyRequest = fc.oneof(
  { weight: 5, arbitrary: described },
  { weight: 5, arbitrary: leasing },
  { weight: 6, arbitrary: creation },
  { weight: 2, arbitrary: change },
  { weight: 2, arbitrary: deletion },
  { weight: 2, arbitrary: relation },
)

const given = (parameters: object): object =>
  Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined))

const repeated = (values: readonly string[]): string[] =>
  values.filter((value, index) => values.indexOf(value) !== index)

/** References that lead nowhere. */
const dangling = (api: TestApi): string[] => {
  const { rows } = api.store.snapshot()
  const ids = new Map(RESOURCE_NAMES.map((name) => [name, new Set(rows[name].map(({ id }) => id))]))
  return RESOURCE_NAMES.flatMap((name) =>
    Object.entries((RESOURCES[name] as ResourceSpec).fields).flatMap(([field, spec]) => {
      if (spec.type !== 'reference') return []
      return (rows[name] as readonly object[]).flatMap((row) => {
        const id = (row as Record<string, number | null>)[`${field}_id`] ?? null
        const leads = id === null ? spec.nullable : ids.get(spec.to as ResourceName)?.has(id)
        return leads === true ? [] : [`${name}.${field} is ${id}`]
      })
    }),
  )
}

/** What topologies imply of networks and is not there, or is there and not implied (openvnet.md §3.6). */
const unimplied = (api: TestApi): string[] => {
  const { rows } = api.store.snapshot()
  const underlaysOf = (id: number) => [
    id,
    ...rows.topology_layer
      .filter(({ overlay_id }) => overlay_id === id)
      .map(({ underlay_id }) => underlay_id),
  ]
  const implied = rows.topology_network.flatMap(({ topology_id, network_id }) =>
    rows.topology_datapath
      .filter((row) => underlaysOf(topology_id).includes(row.topology_id))
      .map(({ datapath_id }) => `${network_id} on ${datapath_id}`),
  )
  const placeOf = (row: { network_id: number; datapath_id: number }) =>
    `${row.network_id} on ${row.datapath_id}`
  const there = new Set(rows.datapath_network.map(placeOf))
  const extra = rows.datapath_network.filter(
    (row) => row.topology_id !== null && !implied.includes(placeOf(row)),
  )
  return [
    ...implied.filter((place) => !there.has(place)).map((place) => `${place} is implied and not there`),
    ...extra.map((row) => `${placeOf(row)} is there and not implied`),
  ]
}

/** The rules that must hold of the tables, checked without the code that enforces them. */
const violations = (api: TestApi): string[] => {
  const { rows } = api.store.snapshot()
  const networksOf = (id: number): number[] => [
    ...rows.ip_lease.filter((lease) => lease.interface_id === id).map((lease) => lease.network_id),
    ...rows.interface.flatMap((row) => (row.id === id && row.network_id !== null ? [row.network_id] : [])),
  ]
  const macs = rows.mac_lease.flatMap((lease) =>
    [...new Set(networksOf(lease.interface_id))].map((network) => `${lease.mac_address} in ${network}`),
  )
  const internal = [
    ...rows.route_link,
    ...rows.datapath_network,
    ...rows.datapath_route_link,
    ...rows.datapath_segment,
  ].map(({ mac_address }) => mac_address)
  const guests = new Set(rows.mac_lease.map(({ mac_address }) => mac_address))
  const outside = rows.ip_lease.filter(({ address, network_id }) => {
    const network = rows.network.find(({ id }) => id === network_id)
    if (network === undefined) return true
    const isIpv6 = familyOf(address) === 6
    const first = isIpv6 ? network.ipv6_network : network.ipv4_network
    const size = 2n ** BigInt(isIpv6 ? 128 - network.ipv6_prefix : 32 - network.ipv4_prefix)
    if (first === null) return true
    const host = toIpAddress(address).value - toIpAddress(first).value
    return host <= 0n || host >= (isIpv6 ? size : size - 1n)
  })
  const strayed = rows.ip_lease.filter(
    (lease) =>
      (rows.mac_lease.find(({ id }) => id === lease.mac_lease_id)?.interface_id ?? null) !==
      lease.interface_id,
  )
  const ways = rows.route.filter(({ egress }) => egress)
  const destinationOf = ({ route_link_id, destination, prefix }: (typeof ways)[number]) =>
    `${destination}/${prefix} of ${route_link_id}`
  return [
    ...repeated(macs),
    ...repeated(rows.ip_lease.map(({ network_id, address }) => `${address} in ${network_id}`)),
    ...repeated(
      rows.ip_lease
        .filter(({ interface_id }) => interface_id !== null)
        .map(({ interface_id, address }) => `${address} twice on ${interface_id}`),
    ),
    ...repeated(ways.map((row) => `${destinationOf(row)} by ${row.via} at ${row.interface_id}`)),
    ...ways
      .filter(({ via }) => via === null)
      .filter((row) =>
        ways.some((other) => other.id !== row.id && destinationOf(other) === destinationOf(row)),
      )
      .map((row) => `${destinationOf(row)} is not shared`),
    ...rows.route
      .filter(({ type, interface_id, via }) => (type === 'unicast' ? interface_id === null : via !== null))
      .map(({ uuid }) => `${uuid} has a leg or a next hop too many or too few`),
    ...repeated(
      rows.interface.flatMap(({ id, hostname }) =>
        hostname === null ? [] : [...new Set(networksOf(id))].map((network) => `${hostname} in ${network}`),
      ),
    ),
    ...repeated(internal),
    ...dangling(api),
    ...unimplied(api),
    ...repeated(rows.interface_port.map((row) => `port of ${row.interface_id} on ${row.datapath_id}`)),
    ...repeated(
      [
        ...rows.interface_port,
        ...rows.interface.map((row) => ({ ...row, datapath_id: row.owner_datapath_id })),
      ]
        .filter((row) => row.port_name !== null && (!('mode' in row) || row.mode !== 'simulated'))
        .map(({ port_name, datapath_id }) => `port ${port_name} on ${datapath_id}`),
    ),
    ...repeated(
      rows.vlan_translation.map((row) => `VLAN ${row.vlan_id} ${row.mac_address} of ${row.translation_id}`),
    ),
    ...rows.vlan_translation
      .filter((row) => rows.translation.find(({ id }) => id === row.translation_id)?.mode !== 'vnet_edge')
      .map(({ uuid }) => `${uuid} is of no edge`),
    ...[...rows.ip_range, ...rows.dhcp_range]
      .filter((row) => toIpAddress(row.begin_address).value > toIpAddress(row.end_address).value)
      .map(({ uuid }) => `${uuid} goes downwards`),
    ...internal.filter((mac) => guests.has(mac)),
    ...outside.map(({ address }) => `${address} is outside`),
    ...strayed.map(({ uuid }) => `${uuid} strayed`),
  ]
}

/** What most requests refer to. */
const GROUND: readonly Request[] = [
  ['POST', 'datapaths', { uuid: 'dp-1', dpid: '1' }],
  ['POST', 'networks', { uuid: 'nw-1', ipv4_network: '10.0.0.0' }],
  ['POST', 'networks', { uuid: 'nw-2', ipv4_network: '10.0.0.0', ipv4_prefix: 29 }],
  ['POST', 'route_links', { uuid: 'rl-1' }],
  ['POST', 'ip_range_groups', { uuid: 'iprg-1' }],
  [
    'POST',
    'ip_range_groups/iprg-1/ip_ranges',
    { begin_ipv4_address: '10.0.0.1', end_ipv4_address: '10.0.0.3' },
  ],
  ['POST', 'lease_policies', { uuid: 'lp-1' }],
  ['POST', 'lease_policies/lp-1/networks/nw-1', { ip_range_group_uuid: 'iprg-1' }],
  ['POST', 'interfaces', { uuid: 'if-1', mode: 'simulated', network_uuid: 'nw-1', ipv4_address: '10.0.0.6' }],
]

/** @returns whether it was accepted. @throws when the answer breaks a rule of the API */
const ask = async (api: TestApi, [method, path, parameters]: Request): Promise<boolean> => {
  const before = api.store.revision()
  const { status, body, headers } = await api.send(method, path, given(parameters))
  const after = api.store.revision()
  if (![200, 400, 404].includes(status)) throw new Error(`${status}: ${JSON.stringify(body)}`)
  if (status !== 200 && after !== before) throw new Error('a refused request wrote')
  if (status === 200 && headers['x-revision'] !== String(after)) throw new Error('wrong X-Revision')
  if (after > before + 1) throw new Error('one request, one revision')
  return status === 200
}

t.test('any sequence of requests', async (t) => {
  const dir = t.testdir()
  let round = 0
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(fc.array(anyRequest, { minLength: 30, maxLength: 80 }), async (requests) => {
      round += 1
      const api = await startApi(t, { file: `${dir}/${round}.db` })
      const replica = createReplica()
      api.store.onChange(replica.apply)
      for (const request of [...GROUND, ...requests]) accepted += Number(await ask(api, request))
      t.strictSame(violations(api), [])
      t.strictSame(replica.rows(), api.store.snapshot().rows, 'the changes make the tables')
      const again = createReplica()
      const since = api.store.since(0)
      if (since.kind === 'changes') since.changes.forEach(again.apply)
      t.strictSame(again.rows(), replica.rows())
      await api.close()
    }),
    { numRuns: 40 },
  )
  t.ok(accepted > 40 * 10, `${accepted} requests were accepted`)
})

const nonsense: fc.Arbitrary<unknown> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(
    '',
    ' ',
    '0',
    '-1',
    '1e3',
    '0x',
    '::',
    'nw-',
    'nw-1',
    '%00',
    '../..',
    '\u0000',
    '__proto__',
  ),
  fc.array(fc.string(), { maxLength: 2 }),
  fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }),
  fc.string({ minLength: 300, maxLength: 2000 }),
)

const NAMES = [
  ...new Set(
    RESOURCE_NAMES.flatMap((name) => [`${name}_uuid`, `${name}s`]).concat(
      'uuid',
      'display_name',
      'dpid',
      'mode',
      'mac_address',
      'ipv4_address',
      'ipv4_network',
      'ipv4_prefix',
      'port_name',
      'wait',
      'limit',
      'offset',
      'since',
      'ingress',
      'enable_routing',
      'constructor',
      'toString',
    ),
  ),
]

const PATHS = [
  ...Object.entries(COLLECTIONS).flatMap(([collection, prefix]) => [collection, `${collection}/${prefix}-1`]),
  'datapaths/dp-1/networks',
  'datapaths/dp-1/networks/nw-1',
  'datapaths/dp-1/route_links/rl-1',
  'ip_range_groups/iprg-1/ip_ranges',
  'mac_range_groups/mrg-1/mac_ranges/mr-1',
  'lease_policies/lp-1/networks/nw-1',
  'lease_policies/lp-1/ip_leases',
  'ip_leases/il-1/attach',
  'ip_leases/il-1/release',
  'ip_retention_containers/irc-1/ip_retentions/il-1',
  'changes',
  'snapshot',
  'status',
  'no_such_thing',
]

t.test('nonsense is refused, never a bug', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'datapaths', { uuid: 'dp-1', dpid: '1' })
  await api.ok('POST', 'networks', { uuid: 'nw-1', ipv4_network: '10.0.0.0' })
  await api.ok('POST', 'route_links', { uuid: 'rl-1' })
  await api.ok('POST', 'interfaces', { uuid: 'if-1', mode: 'simulated', network_uuid: 'nw-1' })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
      fc.oneof(
        fc.constantFrom(...PATHS),
        fc
          .tuple(fc.constantFrom(...PATHS), fc.string())
          .map(([path, tail]) => `${path}/${encodeURIComponent(tail)}`),
      ),
      fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string()), nonsense, { maxKeys: 4 }),
      fc.constantFrom('query', 'form', 'json', 'envelope'),
      async (method, path, parameters, encoding) => {
        const harmless = { ...parameters }
        delete harmless['wait']
        const { status, body } = await api.send(method, path, harmless, encoding)
        if (status >= 500) throw new Error(`${status}: ${JSON.stringify(body)}`)
        if (status !== 200 && (typeof body.error !== 'string' || typeof body.code !== 'string')) {
          throw new Error(`not an error of ours: ${JSON.stringify(body)}`)
        }
      },
    ),
    { numRuns: 1500 },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
      fc.oneof(
        fc.webPath().map((path) => (path.startsWith('/') ? path : `/${path}`)),
        fc.string({ unit: 'grapheme-ascii' }).map((text) => `/api/${text}`),
      ),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain', ''),
      async (method, url, payload, type) => {
        const { status, body } = await api.raw({
          method: method as 'GET',
          url,
          payload,
          headers: { 'content-type': type },
        })
        if (status >= 500) throw new Error(`${status}: ${JSON.stringify(body)}`)
      },
    ),
    { numRuns: 500 },
  )
  t.equal((await api.ok('GET', 'status')).body.revision, api.store.revision(), 'and it is still well')
})
