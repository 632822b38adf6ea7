/** The first users' network, as they typed it in 2013, in the final spelling, and with nothing but what matters. */
import t from 'tap'
import { type Encoding, startApi, type TestApi } from './support/api.ts'

type Call = readonly [method: string, path: string, parameters?: object, encoding?: Encoding]

const GUESTS = [1, 2, 3, 4, 5, 6].map((index) => ({
  uuid: `if-veth${index}`,
  network_uuid: `nw-net${Math.ceil(index / 2)}`,
  mac_address: `52:54:00:0d:84:0${index}`,
  ipv4_address: ['172.16.1.1', '172.16.1.2', '172.16.2.3', '172.16.2.4', '172.16.1.1', '172.16.1.2'][
    index - 1
  ],
}))

/** What vnctl and curl of 2013 sent: everything in the query or in a form, paths without version. */
const OLD: readonly Call[] = [
  [
    'POST',
    '/api/datapaths',
    {
      uuid: 'dp-br0',
      display_name: 'br0',
      dc_segment_id: 'seg1',
      dpid: '0x000002fdee8e0a44',
      ipv4_address: '192.168.122.207',
      node_id: 'vnet3',
      is_connected: true,
    },
  ],
  ...([1, 2, 3] as const).flatMap((index): Call[] => [
    [
      'POST',
      '/api/networks',
      {
        uuid: `nw-net${index}`,
        display_name: `net${index}`,
        ipv4_network: `172.16.${index === 2 ? 2 : 1}.0`,
        ipv4_prefix: 24,
        domain_name: index === 3 ? 'dom2' : 'dom1',
        network_mode: 'virtual',
        editable: true,
      },
    ],
    [
      'POST',
      `/api/datapaths/dp-br0/networks/nw-net${index}`,
      { broadcast_mac_address: `08:00:27:10:03:0${index}` },
    ],
  ]),
  ...GUESTS.map((guest): Call => ['POST', '/api/interfaces', { ...guest, mode: 'vif' }, 'form']),
  [
    'POST',
    '/api/interfaces',
    {
      uuid: 'if-vnet1gw',
      network_uuid: 'nw-net1',
      mac_address: '52:54:00:74:00:00',
      ipv4_address: '172.16.1.254',
      mode: 'simulated',
    },
    'form',
  ],
  [
    'POST',
    '/api/interfaces',
    {
      uuid: 'if-vnet2gw',
      network_uuid: 'nw-net2',
      mac_address: '52:54:00:74:22:22',
      ipv4_address: '172.16.2.254',
      mode: 'simulated',
    },
    'form',
  ],
  [
    'POST',
    '/api/network_services',
    { uuid: 'ns-vnet1gw', interface_uuid: 'if-vnet1gw', display_name: 'router' },
  ],
  [
    'POST',
    '/api/network_services',
    { uuid: 'ns-vnet2gw', interface_uuid: 'if-vnet2gw', display_name: 'router' },
  ],
  ['POST', '/api/route_links', { uuid: 'rl-vnetlink1', mac_address: '52:54:00:60:11:11' }],
  [
    'POST',
    '/api/datapaths/dp-br0/route_links/rl-vnetlink1',
    { route_link_uuid: 'rl-vnetlink1', mac_address: '08:00:27:20:01:01' },
    'form',
  ],
  [
    'POST',
    '/api/routes',
    {
      uuid: 'r-vnet1',
      interface_uuid: 'if-vnet1gw',
      route_link_uuid: 'rl-vnetlink1',
      ipv4_network: '172.16.1.0',
    },
    'form',
  ],
  [
    'POST',
    '/api/routes',
    {
      uuid: 'r-vnet2',
      interface_uuid: 'if-vnet2gw',
      route_link_uuid: 'rl-vnetlink1',
      ipv4_address: '172.16.2.0',
      ipv4_prefix: 24,
    },
  ],
]

/** Everything that a row says, by uuid: without ids, times and the uuids of leases, which are made by chance. */
const described = async (api: TestApi, collections: readonly string[]): Promise<Record<string, unknown>> => {
  const rows: Record<string, unknown> = {}
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip)
    if (typeof value !== 'object' || value === null) return value
    const kept = Object.entries(value).filter(
      ([key, inner]) =>
        (key === 'node_id' || !/(^id|_id|_at)$/.test(key)) && !/^(ml|il)-/.test(String(inner)),
    )
    return Object.fromEntries(kept.map(([key, inner]) => [key, strip(inner)]))
  }
  for (const collection of collections) {
    for (const item of (await api.ok('GET', collection, { limit: 1000 })).body.items) {
      rows[item.uuid] = strip(item)
    }
  }
  return rows
}

const play = async (api: TestApi, calls: readonly Call[]): Promise<void> => {
  for (const call of calls) await api.ok(...call)
}

const DESCRIPTION = ['datapaths', 'networks', 'interfaces', 'network_services', 'route_links', 'routes']

t.test('the requests of 2013', async (t) => {
  const api = await startApi(t)
  await play(api, OLD)
  const rows = await described(api, DESCRIPTION)
  t.match(rows, {
    'dp-br0': { dpid: '0x000002fdee8e0a44', node_id: 'vnet3', ipv4_address: '192.168.122.207' },
    'nw-net3': { ipv4_network: '172.16.1.0', ipv4_prefix: 24, domain_name: 'dom2', mode: 'virtual' },
    'if-veth5': {
      mode: 'vif',
      port_name: null,
      network_uuid: 'nw-net3',
      mac_address: '52:54:00:0d:84:05',
      ipv4_address: '172.16.1.1',
      mac_leases: [
        {
          mac_address: '52:54:00:0d:84:05',
          interface_uuid: 'if-veth5',
          ip_leases: [{ ipv4_address: '172.16.1.1', network_uuid: 'nw-net3', enable_routing: false }],
        },
      ],
      ip_leases: [{ ipv4_address: '172.16.1.1' }],
    },
    'ns-vnet1gw': { mode: 'router', display_name: 'router', interface: { uuid: 'if-vnet1gw' } },
    'rl-vnetlink1': { mac_address: '52:54:00:60:11:11' },
  })
  t.same((rows as Record<string, object>)['r-vnet1'], {
    uuid: 'r-vnet1',
    route_link_uuid: 'rl-vnetlink1',
    network_uuid: 'nw-net1',
    interface_uuid: 'if-vnet1gw',
    mode: 'gateway',
    ipv4_network: '172.16.1.0',
    ipv4_prefix: 24,
    ipv6_network: null,
    ipv6_prefix: null,
    router_uuid: null,
    type: 'unicast',
    via: null,
    weight: 1,
    ingress: true,
    egress: true,
    labels: {},
  })
  const { body } = await api.ok('GET', 'datapaths/dp-br0/networks')
  t.match(body, { total_count: 3, items: [{ uuid: 'nw-net1' }, { uuid: 'nw-net2' }, { uuid: 'nw-net3' }] })
  t.match(api.store.snapshot().rows.datapath_network, [{ mac_address: '08:00:27:10:03:01' }])
  t.match((await api.ok('GET', 'datapaths/dp-br0/route_links')).body.items, [{ uuid: 'rl-vnetlink1' }])
  t.match(api.store.snapshot().rows.datapath_route_link, [{ mac_address: '08:00:27:20:01:01' }])
})

t.test('the final spelling says the same', async (t) => {
  const old = await startApi(t)
  await play(old, OLD)
  const modern = await startApi(t, { file: `${t.testdirName}/modern.db` })
  const RENAMED: Readonly<Record<string, string>> = {
    network_mode: 'mode',
    broadcast_mac_address: 'mac_address',
    ipv4_address: 'ipv4_network',
  }
  const OBSOLETE = ['dc_segment_id', 'is_connected', 'editable', 'route_link_uuid']
  await play(
    modern,
    OLD.map(([method, path, parameters = {}]): Call => {
      const isRoute = path === '/api/routes'
      const kept = Object.entries(parameters)
        .filter(([name]) => isRoute || !OBSOLETE.includes(name))
        .map(([name, value]) => {
          const isAlias = name !== 'ipv4_address' || isRoute
          return [isAlias ? (RENAMED[name] ?? name) : name, value]
        })
      const router = path === '/api/network_services' ? { mode: 'router' } : {}
      return [method, path.replace('/api/', '/api/1.0/'), { ...Object.fromEntries(kept), ...router }, 'json']
    }),
  )
  t.same(await described(modern, DESCRIPTION), await described(old, DESCRIPTION))
})

/** Only what the user must know: no datapath, no MAC address of what is simulated, no service, no network of a route. */
const LEAST: readonly Call[] = [
  ['POST', 'networks', { uuid: 'nw-net1', ipv4_network: '172.16.1.0' }],
  ['POST', 'networks', { uuid: 'nw-net2', ipv4_network: '172.16.2.0' }],
  ['POST', 'networks', { uuid: 'nw-net3', ipv4_network: '172.16.1.0' }],
  ...GUESTS.map((guest): Call => ['POST', 'interfaces', guest]),
  [
    'POST',
    'interfaces',
    { uuid: 'if-vnet1gw', mode: 'simulated', network_uuid: 'nw-net1', ipv4_address: '172.16.1.254' },
  ],
  [
    'POST',
    'interfaces',
    { uuid: 'if-vnet2gw', mode: 'simulated', network_uuid: 'nw-net2', ipv4_address: '172.16.2.254' },
  ],
  ['POST', 'route_links', { uuid: 'rl-vnetlink1' }],
  ['POST', 'routes', { uuid: 'r-vnet1', interface_uuid: 'if-vnet1gw', route_link_uuid: 'rl-vnetlink1' }],
  ['POST', 'routes', { uuid: 'r-vnet2', interface_uuid: 'if-vnet2gw', route_link_uuid: 'rl-vnetlink1' }],
  ['POST', 'datapaths', { uuid: 'dp-br0', dpid: '2fdee8e0a44' }],
  ['POST', 'datapaths/dp-br0/networks/nw-net1'],
  ['POST', 'datapaths/dp-br0/route_links/rl-vnetlink1'],
]

/** Position of the call that makes what a call refers to must be before it. */
const uuidsIn = ([, path, parameters = {}]: Call): string[] => [
  ...path.split('/').filter((part) => part.includes('-')),
  ...Object.entries(parameters)
    .filter(([name]) => name.endsWith('_uuid'))
    .map(([, value]) => String(value)),
]

const ownUuid = ([, , parameters = {}]: Call): string => (parameters as { uuid?: string }).uuid ?? ''

/** A random order in which every reference points backwards. */
const shuffled = (calls: readonly Call[], random: () => number): Call[] => {
  const rest = [...calls]
  const made = new Set<string>()
  const order: Call[] = []
  while (rest.length > 0) {
    const ready = rest.filter((call) => uuidsIn(call).every((uuid) => made.has(uuid)))
    const next = ready[Math.floor(random() * ready.length)] as Call
    rest.splice(rest.indexOf(next), 1)
    made.add(ownUuid(next))
    order.push(next)
  }
  return order
}

t.test('the order of the requests does not matter, allocated addresses included', async (t) => {
  const dir = t.testdir()
  const results: unknown[] = []
  let seed = 42
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return seed / 2 ** 31
  }
  for (let round = 0; round < 5; round += 1) {
    const api = await startApi(t, { file: `${dir}/${round}.db` })
    await play(api, round === 0 ? LEAST : shuffled(LEAST, random))
    const macs = api.store.snapshot().rows
    results.push([
      await described(api, DESCRIPTION),
      [...macs.datapath_network, ...macs.datapath_route_link].map(({ mac_address }) => mac_address),
    ])
  }
  for (const result of results.slice(1)) t.same(result, results[0])
  const [rows] = results[0] as [Record<string, { mac_address: string }>]
  t.match(rows['if-vnet1gw']?.mac_address, /^02:/, 'locally administered')
  t.match(rows['rl-vnetlink1']?.mac_address, /^06:/)
  t.match(rows, {
    'nw-net1': { display_name: 'nw-net1', domain_name: 'net1', mode: 'virtual', ipv4_prefix: 24 },
    'r-vnet2': { network_uuid: 'nw-net2', ipv4_network: '172.16.2.0', ipv4_prefix: 24 },
  })
})
