/**
 * Every endpoint and every parameter of the original's API, of its last version and of those before (its 2013 spellings
 * included), asked of the running API: each is there, each parameter is taken and shown.
 */
import { RESOURCE_NAMES, RESOURCES, type ResourceSpec } from '@openvnet/schema'
import t from 'tap'
import { startApi, type TestApi } from './support/api.ts'
import { type Endpoint, MAC, type Values } from './surface/endpoint.ts'
import { FINAL } from './surface/final.ts'
import { FORMER } from './surface/former.ts'
import { GROUND } from './surface/ground.ts'

const ENCODINGS = ['query', 'form', 'json', 'envelope'] as const

const SPELT: Values = { true: true, false: false }

/** What the answer shows of a parameter that was given. */
const expectedOf = (name: string, value: unknown, shows: Values): object => {
  if (!Object.hasOwn(shows, name)) return { [name]: SPELT[String(value)] ?? value }
  const shown = shows[name] ?? {}
  return typeof shown === 'object' ? shown : { [name]: shown }
}

const undoOf = ({ call, undo }: Endpoint, body: { uuid?: string }): string | null => {
  if (undo !== undefined) return undo?.replace(':uuid', String(body.uuid)) ?? null
  return call.startsWith('POST') ? `${call.replace('POST', 'DELETE')}/${body.uuid}` : null
}

let asked = 0

const ask = async (api: TestApi, endpoint: Endpoint, given: Values): Promise<object> => {
  const [method = '', path = ''] = endpoint.call.split(' ')
  const encoding = method === 'GET' ? 'query' : (ENCODINGS[asked++ % ENCODINGS.length] ?? 'query')
  const suffix = asked % 3 === 0 ? '.json' : ''
  const { body } = await api.ok(
    method,
    `${asked % 2 === 0 ? '/api/' : '/api/1.0/'}${path}${suffix}`,
    given,
    encoding,
  )
  const undo = undoOf(endpoint, body)
  if (undo !== null) {
    const [verb = '', below = ''] = undo.split(' ')
    const isPart = !/\/[a-z]+-[a-z0-9]+$/.test(below)
    await api.ok(verb, below, isPart ? given : {})
  } else if (method === 'POST') {
    throw new Error(`${endpoint.call} is not undone`)
  }
  return body
}

const check = async (api: TestApi, endpoint: Endpoint): Promise<void> => {
  const { call, needs = {}, takes = {}, shows = {} } = endpoint
  const attempts = [needs, ...Object.entries(takes).map(([name, value]) => ({ ...needs, [name]: value }))]
  for (const given of attempts) {
    const body = await ask(api, endpoint, given)
    if (call.startsWith('GET')) t.ok('total_count' in body && 'items' in body, call)
    else {
      const shown = Object.entries(given).map(([name, value]) => expectedOf(name, value, shows))
      t.match(body, Object.assign({}, ...shown, shows['']), `${call} ${JSON.stringify(given)}`)
    }
  }
}

/** Accepted for old clients, whatever they say. */
const MEANINGLESS = ['dc_segment_id', 'dc_segment_uuid', 'is_connected', 'dc_network_uuid', 'editable']

const checkRefusals = async (api: TestApi, { call, needs = {}, takes = {} }: Endpoint): Promise<void> => {
  const [method = '', path = ''] = call.split(' ')
  for (const name of Object.keys(takes).filter((one) => !MEANINGLESS.includes(one))) {
    const given = { ...needs, [name]: ['no', { legal: 'value' }] }
    const { status } = await api.send(method, path, given, 'json')
    t.equal(status, 400, `${call}: nonsense as ${name} is refused`)
  }
}

/** Deletes all that has a uuid, in an order in which nothing is in the way. */
const empty = async (api: TestApi): Promise<void> => {
  const { rows } = api.store.snapshot()
  for (const name of RESOURCE_NAMES.toReversed()) {
    const { prefix, parent, collection } = RESOURCES[name] as ResourceSpec
    if (prefix === null || parent !== undefined) continue
    for (const { uuid } of rows[name]) await api.send('DELETE', `${collection}/${uuid}`)
  }
}

t.test('what the original offered is here', async (t) => {
  const api = await startApi(t)
  for (const [call, given] of GROUND) {
    const [method = '', path = ''] = call.split(' ')
    await api.ok(method, path, given)
  }
  const before = api.store.snapshot().rows
  for (const endpoint of [...FINAL, ...FORMER]) {
    await check(api, endpoint)
    await checkRefusals(api, endpoint)
  }
  const after = api.store.snapshot().rows
  for (const [name, rows] of Object.entries(before)) {
    const kept = name === 'ip_lease' ? 1 : 0 // the address that a policy gave stays with its interface
    t.equal(after[name as keyof typeof after].length, rows.length + kept, `${name}: what was made is gone`)
  }
})

/** openvnet.md §3.3: the rows that must be gone, by resource, after a deletion. */
const CASCADES: Readonly<Record<string, readonly string[]>> = {
  'interfaces/if-host': [
    ...['interface', 'interface_port', 'mac_lease', 'ip_lease', 'network_service', 'translation', 'filter'],
    ...['datapath_network', 'datapath_segment', 'datapath_route_link', 'topology_datapath'],
    ...['lease_policy_interface', 'interface_network', 'interface_segment', 'interface_route_link'],
    ...['vlan_translation', 'filter_static', 'security_group_interface'],
  ],
  'interfaces/if-sim': [
    'interface',
    'route',
    'translation',
    'translation_static_address',
    'mac_lease',
    'ip_lease',
  ],
  'networks/nw-2': [
    'network',
    'ip_lease',
    'datapath_network',
    'topology_network',
    'lease_policy_network',
    'dhcp_range',
  ],
  'networks/nw-1': ['network', 'ip_lease', 'route', 'vlan_translation', 'interface_network'],
  'segments/seg-1': [
    'segment',
    'network',
    'mac_lease',
    'datapath_segment',
    'topology_segment',
    'interface_segment',
  ],
  'datapaths/dp-2': [
    'datapath',
    'datapath_network',
    'datapath_route_link',
    'datapath_segment',
    'interface_port',
  ],
  'route_links/rl-1': [
    'route_link',
    'route',
    'datapath_route_link',
    'translation_static_address',
    'topology_route_link',
  ],
  'network_services/ns-dns': ['network_service', 'dns_service', 'dns_record'],
  'topologies/topo-over': [
    'topology',
    'topology_network',
    'topology_segment',
    'topology_route_link',
    'topology_layer',
    'datapath_network',
  ],
  'topologies/topo-under': [
    'topology',
    'topology_datapath',
    'topology_layer',
    'topology_mac_range_group',
    'datapath_network',
  ],
  'security_groups/sg-1': ['security_group', 'security_group_interface'],
  'translations/tr-edge': ['translation', 'vlan_translation'],
}

/** Rows of every kind that goes with another. */
const LINKS: typeof GROUND = [
  ['POST mac_leases', { interface_uuid: 'if-2', mac_address: MAC, segment_uuid: 'seg-1' }],
  ['POST interfaces/if-host/ports', { datapath_uuid: 'dp-2', port_name: 'eth1' }],
  ['POST network_services', { mode: 'dhcp', interface_uuid: 'if-host' }],
  ['POST translations', { uuid: 'tr-host', interface_uuid: 'if-host', mode: 'vnet_edge' }],
  ['POST vlan_translations', { translation_uuid: 'tr-host', network_uuid: 'nw-1' }],
  ['POST filters', { uuid: 'fil-host', interface_uuid: 'if-host', mode: 'static' }],
  ['POST filters/fil-host/static', { protocol: 'ip', action: 'pass' }],
  ['POST datapaths/dp-2/networks/nw-2', { interface_uuid: 'if-host' }],
  ['POST datapaths/dp-2/segments/seg-1', { interface_uuid: 'if-host' }],
  ['POST datapaths/dp-2/route_links/rl-1', { interface_uuid: 'if-host' }],
  [
    'POST ip_range_groups/iprg-1/ip_ranges',
    { begin_ipv4_address: '10.0.2.50', end_ipv4_address: '10.0.2.60' },
  ],
  ['POST lease_policies/lp-2/networks/nw-2', { ip_range_group_uuid: 'iprg-1' }],
  ['POST lease_policies/lp-2/interfaces/if-host', {}],
  ['PUT interfaces/if-host/networks/nw-1', { static: true }],
  ['PUT interfaces/if-host/segments/seg-1', { static: true }],
  ['PUT interfaces/if-host/route_links/rl-1', { static: true }],
  ['POST security_groups/sg-1/interfaces/if-host', {}],
  ['POST networks/nw-2/dhcp_ranges', { range_begin: '10.0.2.1', range_end: '10.0.2.9' }],
  ['POST routes', { interface_uuid: 'if-sim', route_link_uuid: 'rl-1' }],
  [
    'POST translations/tr-1/static_address',
    { ingress_ipv4_address: '1.2.3.4', egress_ipv4_address: '10.0.1.1', route_link_uuid: 'rl-1' },
  ],
  ['POST dns_services/dnss-1/dns_records', { name: 'a', ipv4_address: '10.0.1.1' }],
  ['POST topologies/topo-under/datapaths/dp-1', { interface_uuid: 'if-host' }],
  ['POST topologies/topo-under/mac_range_groups/mrg-1', {}],
  ['POST topologies/topo-over/underlays/topo-under', {}],
  ['POST topologies/topo-over/networks/nw-2', {}],
  ['POST topologies/topo-over/segments/seg-1', {}],
  ['POST topologies/topo-over/route_links/rl-1', {}],
]

t.test('what goes with what', async (t) => {
  const api = await startApi(t)
  const operations = [...GROUND, ...LINKS].map(([call, body]) => {
    const [method, path] = call.split(' ')
    return { method, path, body }
  })
  for (const [path, resources] of Object.entries(CASCADES)) {
    await api.ok('POST', 'batch', { operations }, 'json')
    const before = api.store.snapshot().rows
    await api.ok('DELETE', path)
    const after = api.store.snapshot().rows
    for (const name of resources as (keyof typeof after)[]) {
      t.ok(after[name].length < before[name].length, `${path} takes along: ${name}`)
    }
    await empty(api)
  }
})

t.test('internal addresses come from the group that the original had for them', async (t) => {
  const api = await startApi(t)
  const macOf = async (uuid: string) => (await api.ok('POST', 'route_links', { uuid })).body.mac_address
  const pooled = await macOf('rl-a')
  await api.ok('POST', 'mac_range_groups', { uuid: 'mrg-dpg', allocation_type: 'incremental' })
  await api.ok('DELETE', 'route_links/rl-a')
  t.equal(await macOf('rl-a'), pooled, 'a group without ranges is not asked')
  const range = { begin_mac_address: '52:56:01:00:00:00', end_mac_address: '52:56:01:00:00:01' }
  await api.ok('POST', 'mac_range_groups/mrg-dpg/mac_ranges', range)
  t.equal(await macOf('rl-b'), range.begin_mac_address)
  await api.ok('POST', 'datapaths', { uuid: 'dp-1', dpid: '1' })
  const relation = (await api.ok('POST', 'datapaths/dp-1/route_links/rl-b')).body
  t.equal(relation.mac_address, range.end_mac_address)
  const { status, body } = await api.send('POST', 'route_links', {})
  t.match(
    { status, body },
    { status: 400, body: { error: 'OutOfAddresses', message: /all 2 of mrg-dpg are in use/ } },
  )
  t.equal(
    (await api.send('POST', 'route_links', { mac_address: MAC })).status,
    200,
    'one that is given is not taken there',
  )
})
