/** What is stored without effect is said: at the write, and in the status. */
import { RESOURCES } from '@openvnet/schema'
import t from 'tap'
import { startApi } from './support/api.ts'

const CASES = [
  ...(RESOURCES.interface.fields.mode.kind.jsonSchema['enum'] as string[])
    .filter(
      (mode) => !['vif', 'simulated', 'host', 'internal', 'patch', 'promiscuous', 'edge'].includes(mode),
    )
    .map((mode) => [
      'interfaces',
      { mode },
      `mode: ${mode}: stored, gets no traffic; vif, simulated, host, internal, patch, promiscuous and edge do`,
    ]),
  ['interfaces', { enable_filtering: true }, 'enable_filtering: stored, nothing is filtered'],
  [
    'interfaces',
    { enable_filtering: true, enable_route_translation: true },
    'enable_filtering: stored, nothing is filtered; enable_route_translation: stored, no address is translated',
  ],
] as [string, object, string][]

t.test('a write says what of it has no effect', async (t) => {
  const api = await startApi(t)
  for (const [collection, parameters, sentence] of CASES) {
    const { headers } = await api.ok('POST', collection, parameters)
    t.equal(headers['x-not-enforced'], sentence)
  }
  for (const [collection, parameters] of [
    ['networks', { uuid: 'nw-1', ipv4_network: '10.0.0.0' }],
    ['interfaces', { uuid: 'if-1' }],
    ['networks', { ipv4_network: '10.0.0.0', mode: 'physical', vlan_id: 100 }],
    ['networks', { ipv4_network: '10.0.0.0', mode: 'internal' }],
    ['interfaces', { mode: 'simulated' }],
    ['interfaces', { mode: 'host' }],
    ['network_services', { mode: 'router' }],
    ['interfaces', { uuid: 'if-server', mode: 'simulated' }],
    ['network_services', { mode: 'dhcp', interface_uuid: 'if-server' }],
    ['network_services', { display_name: 'DNS', interface_uuid: 'if-server' }],
  ] as [string, object][]) {
    const { headers } = await api.ok('POST', collection, parameters)
    t.notOk('x-not-enforced' in headers, collection)
  }
  const { headers: on } = await api.ok('PUT', 'interfaces/if-1', { enable_filtering: true })
  t.equal(on['x-not-enforced'], 'enable_filtering: stored, nothing is filtered')
  const { headers: off } = await api.ok('PUT', 'interfaces/if-1', { enable_filtering: false })
  t.notOk('x-not-enforced' in off)
})

t.test('the status lists the first hundred of them and counts all', async (t) => {
  const api = await startApi(t)
  const status = async () => (await api.ok('GET', 'status')).body
  t.match(await status(), { not_enforced: [], not_enforced_total: 0 })
  await api.ok('POST', 'security_groups', { uuid: 'sg-1', description: 'x', rules: '' })
  await api.ok('POST', 'interfaces', { uuid: 'if-1', enable_filtering: true })
  const { not_enforced: listed, not_enforced_total: total } = await status()
  t.same(listed, [
    { resource: 'interface', uuid: 'if-1', what: 'enable_filtering: stored, nothing is filtered' },
    { resource: 'security_group', uuid: 'sg-1', what: 'security groups: stored, nothing is filtered' },
  ])
  t.equal(total, 2)
  for (let index = 0; index < 110; index += 1) await api.ok('POST', 'interfaces', { mode: 'remote' })
  const more = await status()
  t.equal(more.not_enforced.length, 100)
  t.equal(more.not_enforced_total, 112)
  await api.ok('DELETE', 'security_groups/sg-1')
  t.equal((await status()).not_enforced_total, 111)
})

t.test('a translation of VLANs says so where its interface is no edge', async (t) => {
  const api = await startApi(t)
  const status = async () => (await api.ok('GET', 'status')).body
  await api.ok('POST', 'interfaces', { uuid: 'if-vif' })
  await api.ok('POST', 'interfaces', { uuid: 'if-edge', mode: 'edge', port_name: 'eth0' })
  const translate = (uuid: string, interface_uuid: string) =>
    api.ok('POST', 'translations', { uuid, interface_uuid, mode: 'vnet_edge' })
  const what = 'mode: vnet_edge: stored, no VLAN is translated: its interface is none of mode edge'
  t.equal((await translate('tr-before', 'if-vif')).headers['x-not-enforced'], what)
  t.notOk('x-not-enforced' in (await translate('tr-edge', 'if-edge')).headers)
  t.same((await status()).not_enforced, [{ resource: 'translation', uuid: 'tr-before', what }])
  await translate('tr-after', 'if-vif')
  await translate('tr-later', 'if-edge')
  t.equal((await status()).not_enforced_total, 2, 'what changes after the first look is followed')
  await api.ok('DELETE', 'interfaces/if-vif')
  t.equal((await status()).not_enforced_total, 0)
})

t.test('a service says so where nobody can ask it', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'interfaces', { uuid: 'if-vif' })
  const what = 'mode: dhcp: stored, nobody is answered: a service is asked at an interface of mode simulated'
  for (const service of [{ uuid: 'ns-one' }, { uuid: 'ns-two', interface_uuid: 'if-vif' }])
    t.equal(
      (await api.ok('POST', 'network_services', { mode: 'dhcp', ...service })).headers['x-not-enforced'],
      what,
    )
  t.equal((await api.ok('GET', 'status')).body.not_enforced_total, 2)
})

t.test('help does not promise what is not done', async (t) => {
  const { interface: nic } = RESOURCES
  const { mode, enable_filtering, enable_route_translation } = nic.fields
  for (const { help } of [enable_filtering, enable_route_translation, mode]) {
    t.match(help, /stored/i)
  }
})
