/** Filters, translations, ports and associations of interfaces: what is below a row and is no relation. */
import t from 'tap'
import { startApi, type TestApi } from './support/api.ts'
import { refusal } from './support/refusal.ts'

const interfaces = async (api: TestApi, ...uuids: string[]) => {
  for (const uuid of uuids) await api.ok('POST', 'interfaces', { uuid })
}

t.test('the rules of a filter', async (t) => {
  const api = await startApi(t)
  await interfaces(api, 'if-1')
  const made = await api.ok('POST', 'filters', { uuid: 'fil-1', interface_uuid: 'if-1', mode: 'static' })
  t.match(made.body, { interface_uuid: 'if-1', ingress_passthrough: false, egress_passthrough: false })
  t.match(made.headers['x-not-enforced'], /nothing is filtered/)
  const add = (rule: object) => api.send('POST', 'filters/fil-1/static', rule)
  t.match((await add({ protocol: 'tcp', src_address: '10.0.0.0/8', dst_port: 22, action: 'drop' })).body, {
    filter_uuid: 'fil-1',
    protocol: 'tcp',
    src_address: '10.0.0.0',
    src_prefix: 8,
    dst_address: '0.0.0.0',
    dst_prefix: 0,
    src_port: 0,
    dst_port: 22,
    action: 'drop',
  })
  t.match((await add({ protocol: 'icmp', dst_address: '10.0.0.1', action: 'pass' })).body, {
    dst_prefix: 32,
    src_port: null,
  })
  t.match(
    (await add({ protocol: 'arp', ipv4_address: '0.0.0.0', port_number: 0, passthrough: true })).body,
    { src_prefix: 0, action: 'pass' },
    'as version 0.9 spelt it',
  )
  t.match(await add({ protocol: 'tcp', src_address: '10.0.0.0/8', dst_port: 22, action: 'pass' }), {
    status: 400,
    body: { error: 'ArgumentError' },
  })
  t.match(await add({ protocol: 'icmp', dst_port: 1, action: 'pass' }), refusal('dst_port', 1, /no ports/))
  t.match(await add({ protocol: 'ip' }), {
    status: 400,
    body: { error: 'MissingArgument', message: 'action' },
  })
  t.match(await add({ protocol: 'ip', action: 'no' }), refusal('action', 'no', /not one of/))
  for (const bad of ['10.0.0.1/8', '0.0.0.0/8', '10.0.0.0/33', '10.0.0']) {
    t.match(
      await add({ protocol: 'ip', src_address: bad, action: 'pass' }),
      refusal('src_address', bad, /.+/),
    )
  }
  const page = await api.ok('GET', 'filters/fil-1/static', { limit: 2, offset: 1 })
  t.match(page.body, {
    total_count: 3,
    offset: 1,
    limit: 2,
    items: [{ protocol: 'icmp' }, { protocol: 'arp' }],
  })
  t.equal((await api.send('DELETE', 'filters/fil-1/static', { protocol: 'tcp' })).status, 404)
  const gone = await api.ok('DELETE', 'filters/fil-1/static', {
    protocol: 'tcp',
    src_address: '10.0.0.0/8',
    dst_port: 22,
  })
  t.match(gone.body, { protocol: 'tcp', action: 'drop' }, 'the action need not be said')
  t.match(await api.send('DELETE', 'filters/fil-1/static', { protocol: 'udp' }), {
    status: 404,
    body: { error: 'UnknownResource', code: '114' },
  })
  t.match((await api.ok('PUT', 'filters/fil-1', { egress_passthrough: true })).body, {
    egress_passthrough: true,
  })
  const status = (await api.ok('GET', 'status')).body
  t.match(status.not_enforced, [
    { resource: 'filter', uuid: 'fil-1' },
    { resource: 'filter_static', uuid: 'fil-1' },
    { resource: 'filter_static', uuid: 'fil-1' },
  ])
  await api.ok('DELETE', 'interfaces/if-1')
  t.equal((await api.ok('GET', 'filters')).body.total_count, 0, 'filters go with their interface')
})

t.test('the pairs of a translation', async (t) => {
  const api = await startApi(t)
  await interfaces(api, 'if-1', 'if-2')
  await api.ok('POST', 'route_links', { uuid: 'rl-1' })
  for (const index of [1, 2]) {
    await api.ok('POST', 'translations', {
      uuid: `tr-${index}`,
      interface_uuid: `if-${index}`,
      mode: 'static_address',
    })
  }
  const pair = { ingress_ipv4_address: '192.168.0.1', egress_ipv4_address: '10.0.0.1' }
  const path = 'translations/tr-1/static_address'
  const made = await api.ok('POST', path, { ...pair, route_link_uuid: 'rl-1' })
  t.match(made.body, { ...pair, route_link_uuid: 'rl-1', ingress_port_number: null })
  t.match(await api.send('POST', path, pair), { status: 400, body: { error: 'ArgumentError' } })
  t.equal((await api.send('POST', path, { ...pair, ingress_port_number: 80 })).status, 400)
  const ports = { ingress_port_number: 80, egress_port_number: 8080 }
  await api.ok('PUT', 'translations/tr-1/static_addresses', { ...pair, ...ports })
  await api.ok('POST', 'translations/tr-2/static_address', pair)
  t.equal((await api.ok('GET', path)).body.total_count, 2)
  t.same((await api.ok('DELETE', path, pair)).body, { uuid: 'tr-1' })
  t.equal((await api.send('DELETE', path, pair)).status, 404, 'the other one has ports')
  t.equal((await api.ok('GET', 'translations/tr-2/static_address')).body.total_count, 1, 'others stay')
  t.match((await api.ok('PUT', 'translations/tr-1', { passthrough: 'yes' })).body, { passthrough: true })
  t.match(
    await api.send('POST', 'translations', { interface_uuid: 'if-1', mode: 'edge' }),
    refusal('mode', 'edge', /static_address/),
  )
})

t.test('an interface names its port in one of three ways', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'datapaths', { uuid: 'dp-1', dpid: '1' })
  const post = (parameters: object) => api.send('POST', 'interfaces', parameters)
  t.match((await post({ uuid: 'if-a', port_number: 7 })).body, { port_number: 7, port_name: null })
  t.match(await post({ port_number: 7 }), refusal('port_number', 7, /if-a on any datapath/))
  t.equal((await post({ port_number: 7, owner_datapath_uuid: 'dp-1' })).status, 200)
  const vm = await post({ uuid: 'if-b', iface_id: '4a1c' })
  t.notOk(vm.headers['x-not-enforced'])
  t.match(await post({ iface_id: '4a1c' }), refusal('iface_id', '4a1c', /if-b/))
  t.match(await post({ port_name: 'eth0', port_number: 8 }), refusal('port_number', 8, /port_name already/))
  t.match(
    await api.send('PUT', 'interfaces/if-a', { port_name: 'eth0' }),
    refusal('port_number', 7, /named by port_name/),
  )
  await api.ok('PUT', 'interfaces/if-a', { port_name: 'eth0', port_number: '' })
  t.equal((await post({ port_name: 'if-b' })).status, 200, 'who has an iface_id is not the port of his name')
  for (const wrong of [0, -1, 0xff_ff_ff_01, 'x']) t.equal((await post({ port_number: wrong })).status, 400)
})

t.test('the port of an interface as the original said it', async (t) => {
  const api = await startApi(t)
  await interfaces(api, 'if-1', 'if-2')
  await api.ok('POST', 'datapaths', { uuid: 'dp-1', dpid: '1' })
  t.match((await api.ok('GET', 'interfaces/if-1/ports')).body, { total_count: 0, items: [] })
  const port = { datapath_uuid: 'dp-1', port_name: 'eth0' }
  const made = await api.ok('POST', 'interfaces/if-1/ports', { ...port, singular: true })
  t.match(made.body, { ...port, interface_uuid: 'if-1', singular: true, interface_mode: 'vif' })
  t.match((await api.ok('GET', 'interfaces/if-1')).body, { port_name: 'eth0', owner_datapath_uuid: 'dp-1' })
  t.match((await api.ok('GET', 'interfaces/if-1/ports')).body, { total_count: 1, items: [port] })
  t.match(
    await api.send('POST', 'interfaces/if-1/ports', { ...port, port_name: 'eth1' }),
    refusal('datapath_uuid', 'dp-1', /if-1 has a port on dp-1 already/),
  )
  t.match(await api.send('POST', 'interfaces/if-2/ports', port), refusal('port_name', 'eth0', /if-1/))
  t.match(await api.send('POST', 'interfaces/if-2/ports', {}), { body: { error: 'MissingArgument' } })
  t.same((await api.ok('DELETE', 'interfaces/if-1/ports', { port_name: 'eth1' })).body, [])
  t.match((await api.ok('DELETE', 'interfaces/if-1/ports', port)).body, [port])
  t.match((await api.ok('GET', 'interfaces/if-1')).body, { port_name: null, owner_datapath_uuid: null })
})

t.test('an interface has a port on each datapath, of which the first counts', async (t) => {
  const api = await startApi(t)
  await interfaces(api, 'if-1', 'if-2')
  const ports = [1, 2, 3].map((index) => ({ datapath_uuid: `dp-${index}`, port_name: `eth${index}` }))
  for (const [index, { datapath_uuid: uuid }] of ports.entries()) {
    await api.ok('POST', 'datapaths', { uuid, dpid: String(index + 1) })
  }
  const add = (uuid: string, port: object) => api.send('POST', `interfaces/${uuid}/ports`, port)
  t.notOk('x-not-enforced' in (await add('if-1', ports[0] ?? {})).headers)
  for (const port of ports.slice(1)) {
    const answer = await add('if-1', port)
    t.match(answer.body, { ...port, interface_uuid: 'if-1', singular: null, interface_mode: 'vif' })
    t.match(answer.headers['x-not-enforced'], /the interface is its first port only/)
  }
  t.match((await api.ok('GET', 'interfaces/if-1/ports')).body, { total_count: 3, items: ports })
  t.match((await api.ok('GET', 'status')).body.not_enforced, [
    { resource: 'interface_port', uuid: 'if-1' },
    { resource: 'interface_port', uuid: 'if-1' },
  ])
  t.match(
    await add('if-1', { datapath_uuid: 'dp-2', port_name: 'eth9' }),
    refusal('datapath_uuid', 'dp-2', /already/),
  )
  t.match(await add('if-2', ports[1] ?? {}), refusal('port_name', 'eth2', /already the port of if-1 on dp-2/))
  t.match(
    await api.send('POST', 'interfaces', { owner_datapath_uuid: 'dp-3', port_name: 'eth3' }),
    refusal('port_name', 'eth3', /already the port of if-1 on dp-3/),
  )
  t.match((await api.ok('DELETE', 'interfaces/if-1/ports', { datapath_uuid: 'dp-1' })).body, [ports[0]])
  t.match((await api.ok('GET', 'interfaces/if-1')).body, { port_name: 'eth2', owner_datapath_uuid: 'dp-2' })
  t.match((await api.ok('DELETE', 'interfaces/if-1/ports', {})).body, ports.slice(1), 'all of them')
  t.equal((await api.ok('GET', 'status')).body.not_enforced_total, 0)
})

t.test('an interface gets another uuid', async (t) => {
  const api = await startApi(t)
  await interfaces(api, 'if-1', 'if-2')
  const rename = (new_uuid: string) => api.send('PUT', 'interfaces/if-1/rename', { new_uuid })
  t.match(await rename('if-2'), { status: 400, body: { error: 'DuplicateUUID' } })
  t.match(await rename('nw-2'), { status: 400, body: { error: 'InvalidUUID' } })
  await api.ok('POST', 'interfaces', { uuid: 'if-4', port_name: 'if-3' })
  t.match(await rename('if-3'), refusal('port_name', 'if-3', /if-4/), 'its port would be that of another')
  const { id } = (await api.ok('GET', 'interfaces/if-1')).body
  t.match((await rename('if-5')).body, { uuid: 'if-5', id })
  t.equal((await api.send('GET', 'interfaces/if-1')).status, 404)
  t.match((await api.send('PUT', 'interfaces/if-5/rename')).body, {
    error: 'MissingArgument',
    message: 'new_uuid',
  })
})

t.test('associations of an interface: static ones, and those that leases and routes make', async (t) => {
  const api = await startApi(t)
  for (const index of [1, 2]) {
    await api.ok('POST', 'networks', { uuid: `nw-${index}`, ipv4_network: `10.0.${index}.0` })
  }
  const leg = { uuid: 'if-1', mode: 'simulated', network_uuid: 'nw-1', ipv4_address: '10.0.1.1' }
  await api.ok('POST', 'interfaces', leg)
  await api.ok('POST', 'route_links', { uuid: 'rl-1' })
  await api.ok('POST', 'routes', { interface_uuid: 'if-1', route_link_uuid: 'rl-1' })
  const put = (to: string, parameters = {}) => api.ok('PUT', `interfaces/if-1/${to}`, parameters)
  t.same((await put('networks/nw-2')).body, {})
  const set = await put('networks/nw-2', { static: true })
  t.match(set.body, { interface_uuid: 'if-1', network_uuid: 'nw-2', static: true })
  t.match(set.headers['x-not-enforced'], /IP leases decide/)
  const { revision } = api.store.snapshot()
  await put('networks/nw-2', { static: true })
  t.equal(api.store.snapshot().revision, revision, 'again is no change')
  t.match((await api.ok('GET', 'interfaces/if-1/networks')).body.items, [
    { network_uuid: 'nw-1', static: false },
    { network_uuid: 'nw-2', static: true },
  ])
  t.match((await api.ok('GET', 'interfaces/if-1/route_links')).body.items, [
    { route_link_uuid: 'rl-1', static: false },
  ])
  await put('route_links/rl-1', { static: true })
  t.match((await put('networks/nw-2', { static: false })).body, { static: false })
  t.match((await api.ok('GET', 'interfaces/if-1/networks')).body.items.length, 1)
  await api.ok('POST', 'segments', { uuid: 'seg-1', mode: 'virtual' })
  await put('segments/seg-1', { static: true })
  t.match((await api.ok('GET', 'interfaces/if-1/segments')).body.items, [
    { segment_uuid: 'seg-1', static: true },
  ])
  await api.ok('DELETE', 'route_links/rl-1')
  t.equal((await api.ok('GET', 'interfaces/if-1/route_links')).body.total_count, 0)
})

t.test('nested calls may be operations of a batch', async (t) => {
  const api = await startApi(t)
  const operations = [
    { method: 'POST', path: 'interfaces', body: { uuid: 'if-1' } },
    { method: 'POST', path: 'filters', body: { uuid: 'fil-1', interface_uuid: 'if-1', mode: 'static' } },
    { method: 'POST', path: 'filters/fil-1/static.yml', body: { protocol: 'ip', action: 'conn' } },
    { method: 'PUT', path: 'interfaces/if-1/rename', body: { new_uuid: 'if-2' } },
  ]
  await api.ok('POST', 'batch', { operations }, 'json')
  t.match((await api.ok('GET', 'filters/fil-1')).body, { interface_uuid: 'if-2' })
})
