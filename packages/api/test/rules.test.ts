/** What may stand beside what: addresses, MAC addresses, ports, legs of routes, relations, and who is named when not. */
import t from 'tap'
import { startApi, type TestApi } from './support/api.ts'
import { refusal } from './support/refusal.ts'

const mac = (index: number): string => `52:54:00:00:00:${index.toString(16).padStart(2, '0')}`

const twoNetworks = async (api: TestApi): Promise<void> => {
  await api.ok('POST', 'networks', { uuid: 'nw-a', ipv4_network: '10.0.0.0' })
  await api.ok('POST', 'networks', { uuid: 'nw-b', ipv4_network: '10.0.0.0' })
  await api.ok('POST', 'interfaces', {
    uuid: 'if-1',
    network_uuid: 'nw-a',
    mac_address: mac(1),
    ipv4_address: '10.0.0.1',
  })
}

t.test('addresses', async (t) => {
  const api = await startApi(t)
  await twoNetworks(api)
  await api.ok('POST', 'networks', { uuid: 'nw-c', ipv4_network: '10.0.0.4', ipv4_prefix: 31 })
  const post = (network: string, address: string, index = 9) =>
    api.send('POST', 'interfaces', {
      network_uuid: network,
      mac_address: mac(index),
      ipv4_address: address,
    })
  t.match(
    await post('nw-a', '10.0.1.1'),
    refusal('ipv4_address', '10.0.1.1', 'IP Address 10.0.1.1 is not in subnet 10.0.0.0/24 of nw-a'),
  )
  t.match(
    await post('nw-a', '10.0.0.0'),
    refusal('ipv4_address', '10.0.0.0', 'the network address of 10.0.0.0/24'),
  )
  t.match(
    await post('nw-a', '10.0.0.255'),
    refusal('ipv4_address', '10.0.0.255', 'the broadcast address of 10.0.0.0/24'),
  )
  t.match(await post('nw-a', '10.0.0.1'), refusal('ipv4_address', '10.0.0.1', 'already used by if-1 in nw-a'))
  t.equal((await api.ok('GET', 'interfaces')).body.total_count, 1, 'a refused address leaves no interface')
  t.equal((await post('nw-b', '10.0.0.1')).status, 200, 'the same address in another network')
  t.equal((await post('nw-c', '10.0.0.4', 10)).status, 200, 'two hosts fit into /31')
  t.equal((await post('nw-c', '10.0.0.5', 11)).status, 200)
  t.match(
    await api.send('POST', 'networks', { ipv4_network: '10.1.2.3', ipv4_prefix: 16 }),
    refusal(
      'ipv4_network',
      '10.1.2.3',
      '10.1.2.3/16 has bits set behind its prefix; did you mean 10.1.0.0/16?',
    ),
  )
  t.match(
    await api.send('POST', 'ip_leases', {
      network_uuid: 'nw-a',
      interface_uuid: 'if-1',
      ipv4_address: '10.0.0.1',
    }),
    refusal('ipv4_address', '10.0.0.1', 'already used by if-1 in nw-a'),
  )
  const missing = (parameter: string) => ({
    status: 400,
    body: { error: 'MissingArgument', message: parameter, code: '111' },
  })
  t.match(await api.send('POST', 'interfaces', { ipv4_address: '10.0.0.9' }), missing('network_uuid'))
  t.match(
    await api.send('POST', 'interfaces', { ipv4_address: '10.0.0.9', network_uuid: 'nw-a' }),
    missing('mac_address'),
  )
})

t.test('a MAC address is unique in a segment, with all its networks', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'segments', { uuid: 'seg-a', mode: 'virtual' })
  await api.ok('POST', 'networks', { uuid: 'nw-a', ipv4_network: '10.0.0.0', segment_uuid: 'seg-a' })
  await api.ok('POST', 'networks', { uuid: 'nw-b', ipv4_network: '10.1.0.0', segment_uuid: 'seg-a' })
  await api.ok('POST', 'interfaces', { uuid: 'if-1', network_uuid: 'nw-a', mac_address: mac(1) })
  const taken = refusal('mac_address', mac(1), 'already used in seg-a by if-1')
  t.match(await api.send('POST', 'interfaces', { network_uuid: 'nw-b', mac_address: mac(1) }), taken)
  t.match(await api.send('POST', 'interfaces', { segment_uuid: 'seg-a', mac_address: mac(1) }), taken)
  await api.ok('POST', 'segments', { uuid: 'seg-b', mode: 'virtual' })
  await api.ok('POST', 'interfaces', { segment_uuid: 'seg-b', mac_address: mac(1) })
})

t.test('a MAC address is unique in each network, and only there', async (t) => {
  const api = await startApi(t)
  await twoNetworks(api)
  const taken = refusal('mac_address', mac(1), 'already used in nw-a by if-1')
  t.match(await api.send('POST', 'interfaces', { network_uuid: 'nw-a', mac_address: mac(1) }), taken)
  await api.ok('POST', 'interfaces', { uuid: 'if-2', network_uuid: 'nw-b', mac_address: mac(1) })
  await api.ok('POST', 'interfaces', { uuid: 'if-3', mac_address: mac(1) })
  t.match(
    await api.send('POST', 'ip_leases', {
      network_uuid: 'nw-a',
      interface_uuid: 'if-3',
      ipv4_address: '10.0.0.3',
    }),
    taken,
    'an IP lease would bring it into the network',
  )
  t.match(
    await api.send('POST', 'mac_leases', { interface_uuid: 'if-1', mac_address: mac(1) }),
    refusal('mac_address', mac(1), 'already used by if-1'),
    'once on one interface',
  )
  await api.ok('POST', 'interfaces', { uuid: 'if-5', network_uuid: 'nw-b' })
  const { body: second } = await api.ok('POST', 'mac_leases', { interface_uuid: 'if-5', mac_address: mac(2) })
  await api.ok('POST', 'interfaces', { uuid: 'if-4', network_uuid: 'nw-a', mac_address: mac(2) })
  t.match(
    await api.send('PUT', `mac_leases/${second.uuid}`, { interface_uuid: 'if-1' }),
    refusal('mac_address', mac(2), 'already used in nw-a by if-4'),
    'nor may it move there',
  )
  await api.ok('DELETE', 'interfaces/if-4')
  const { body: lease } = await api.ok('POST', 'ip_leases', {
    network_uuid: 'nw-b',
    mac_lease_uuid: second.uuid,
    ipv4_address: '10.0.0.2',
  })
  t.equal(lease.interface_uuid, 'if-5', 'the interface follows from the MAC lease')
  t.match(
    await api.send('PUT', `mac_leases/${second.uuid}`, { interface_uuid: 'if-1' }),
    refusal('mac_address', mac(1), 'already used in nw-b by if-2'),
    'an IP lease that moves along brings the whole interface into its network',
  )
  await api.ok('DELETE', 'interfaces/if-2')
  await api.ok('PUT', `mac_leases/${second.uuid}`, { interface_uuid: 'if-1' })
  t.match(
    (await api.ok('GET', `ip_leases/${lease.uuid}`)).body,
    {
      interface_uuid: 'if-1',
      interface: { uuid: 'if-1' },
      mac_lease: { uuid: second.uuid },
      ip_address: { ipv4_address: '10.0.0.2', network: { uuid: 'nw-b' } },
    },
    'IP leases move along with their MAC lease',
  )
  t.match((await api.ok('GET', `mac_leases/${second.uuid}`)).body, {
    mac_address: mac(2),
    interface: { uuid: 'if-1' },
    ip_leases: [{ uuid: lease.uuid }],
  })
})

t.test('allocated MAC addresses', async (t) => {
  const dir = t.testdir()
  const api = await startApi(t, { file: `${dir}/a.db` })
  await twoNetworks(api)
  const gateway = { uuid: 'if-gw', mode: 'simulated', network_uuid: 'nw-a', ipv4_address: '10.0.0.254' }
  const { mac_address: allocated } = (await api.ok('POST', 'interfaces', gateway)).body
  t.match(
    await api.send('POST', 'interfaces', { network_uuid: 'nw-a', mac_address: allocated }),
    refusal('mac_address', allocated, 'already used in nw-a by if-gw'),
    'a guest that wants one that is in use is refused',
  )
  await api.ok('POST', 'interfaces', { network_uuid: 'nw-b', mac_address: allocated })

  const other = await startApi(t, { file: `${dir}/b.db` })
  await twoNetworks(other)
  await other.ok('POST', 'interfaces', { uuid: 'if-2', network_uuid: 'nw-b', mac_address: allocated })
  const next = (await other.ok('POST', 'interfaces', gateway)).body.mac_address
  t.not(next, allocated, 'allocation steps past a guest that was there first')
  t.match(next, /^02:/)

  const { mac_address: internal } = (await api.ok('POST', 'route_links', { uuid: 'rl-1' })).body
  t.match(
    await api.send('POST', 'interfaces', { mac_address: internal }),
    refusal('mac_address', internal, 'reserved: rl-1 has it as its own address between hosts'),
  )
  t.match(
    await api.send('POST', 'route_links', { mac_address: mac(1) }),
    refusal('mac_address', mac(1), 'already used by if-1'),
  )
  t.match(
    await api.send('POST', 'route_links', { mac_address: internal }),
    refusal('mac_address', internal, 'already used by rl-1'),
  )
  await api.ok('POST', 'datapaths', { uuid: 'dp-1', dpid: '1' })
  await api.ok('POST', 'datapaths/dp-1/networks/nw-a', { mac_address: mac(77) })
  t.match(
    await api.send('POST', 'datapaths/dp-1/networks/nw-b', { mac_address: mac(77) }),
    refusal('mac_address', mac(77), 'already used by nw-a on dp-1'),
  )
})

t.test('a port of a datapath is one interface', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'datapaths', { uuid: 'dp-1', dpid: '1' })
  await api.ok('POST', 'datapaths', { uuid: 'dp-2', dpid: '2' })
  const post = (parameters: object) => api.send('POST', 'interfaces', parameters)
  await api.ok('POST', 'interfaces', { uuid: 'if-1', port_name: 'eth0', owner_datapath_uuid: 'dp-1' })
  t.match(
    await post({ port_name: 'eth0', owner_datapath_uuid: 'dp-1' }),
    refusal('port_name', 'eth0', 'already the port of if-1 on dp-1'),
  )
  await api.ok('POST', 'interfaces', { uuid: 'if-2', port_name: 'eth0', owner_datapath_uuid: 'dp-2' })
  await api.ok('POST', 'interfaces', { uuid: 'if-3', port_name: 'eth0' })
  t.match(await post({ port_name: 'eth0' }), refusal('port_name', 'eth0', /if-3 on any datapath; name one/))
  await api.ok('POST', 'interfaces', { uuid: 'if-veth1' })
  t.match(
    await post({ port_name: 'if-veth1' }),
    refusal('port_name', 'if-veth1', /already the port of if-veth1/),
    'the uuid is the name of the port when no other is given',
  )
  t.match(
    await api.send('PUT', 'interfaces/if-2', { owner_datapath_uuid: 'dp-1' }),
    refusal('port_name', 'eth0', 'already used by if-1'),
  )
  t.match(await api.send('PUT', 'interfaces/if-3', { owner_datapath_uuid: 'dp-nothere' }), {
    status: 404,
    body: { message: 'Datapath#owner_datapath_uuid: dp-nothere' },
  })
  await api.ok('POST', 'interfaces', { mode: 'simulated', port_name: 'eth0' })
  t.match(
    await api.send('POST', 'datapaths', { dpid: '0x01' }),
    refusal('dpid', '0x0000000000000001', 'already used by dp-1'),
  )
})

t.test('leases', async (t) => {
  const api = await startApi(t)
  await twoNetworks(api)
  await api.ok('POST', 'interfaces', { uuid: 'if-bare' })
  t.match(
    await api.send('POST', 'ip_leases', {
      network_uuid: 'nw-a',
      interface_uuid: 'if-bare',
      ipv4_address: '10.0.0.7',
    }),
    refusal('interface_uuid', 'if-bare', /no MAC lease/),
  )
  const reserved = await api.ok('POST', 'ip_leases', { network_uuid: 'nw-a', ipv4_address: '10.0.0.7' })
  t.match(reserved.body, { interface_uuid: null, mac_lease_uuid: null, interface: null, mac_lease: null })
  t.match(
    await api.send('POST', 'interfaces', {
      network_uuid: 'nw-a',
      mac_address: mac(6),
      ipv4_address: '10.0.0.7',
    }),
    refusal('ipv4_address', '10.0.0.7', new RegExp(`already used by ${reserved.body.uuid} in nw-a`)),
  )
  await api.ok('DELETE', `ip_leases/${reserved.body.uuid}`)
  const { body: lease } = await api.ok('POST', 'mac_leases', {
    interface_uuid: 'if-bare',
    mac_address: mac(5),
  })
  t.match(
    await api.send('POST', 'ip_leases', {
      network_uuid: 'nw-a',
      interface_uuid: 'if-1',
      mac_lease_uuid: lease.uuid,
      ipv4_address: '10.0.0.7',
    }),
    refusal('mac_lease_uuid', lease.uuid, /belongs to if-bare/),
  )
  const { body } = await api.ok('POST', 'ip_leases', {
    network_uuid: 'nw-b',
    interface_uuid: 'if-bare',
    ipv4_address: '10.0.0.7',
  })
  t.match(body, { mac_lease_uuid: lease.uuid, interface_uuid: 'if-bare', network_uuid: 'nw-b' })
  t.match(
    (await api.ok('GET', 'interfaces/if-bare')).body,
    { network_uuid: 'nw-b', ipv4_address: '10.0.0.7', mac_address: mac(5) },
    'an interface is where its first IP lease is',
  )
  t.match(
    await api.send('POST', 'ip_leases', {
      network_uuid: 'nw-a',
      interface_uuid: 'if-bare',
      ipv4_address: '10.0.0.7',
    }),
    refusal('ipv4_address', '10.0.0.7', 'if-bare has it in nw-b already, and may in one network only'),
  )
  await api.ok('POST', 'ip_leases', {
    network_uuid: 'nw-a',
    interface_uuid: 'if-1',
    ipv4_address: '10.0.0.7',
  })
  t.match(
    await api.send('PUT', `mac_leases/${lease.uuid}`, { interface_uuid: 'if-1' }),
    refusal('ipv4_address', '10.0.0.7', /^if-1 has it in nw-. already/),
    'nor may it come there with its MAC lease',
  )
  await api.ok('DELETE', `mac_leases/${lease.uuid}`)
  t.equal((await api.send('GET', `ip_leases/${body.uuid}`)).status, 404)
  t.match((await api.ok('GET', 'interfaces/if-bare')).body, {
    network_uuid: null,
    network_id: null,
    ipv4_address: null,
    mac_address: null,
    mac_leases: [],
    ip_leases: [],
  })
})

t.test('routes', async (t) => {
  const api = await startApi(t)
  await twoNetworks(api)
  await api.ok('POST', 'route_links', { uuid: 'rl-1' })
  await api.ok('POST', 'interfaces', {
    uuid: 'if-gw',
    mode: 'simulated',
    network_uuid: 'nw-a',
    ipv4_address: '10.0.0.254',
  })
  const base = { interface_uuid: 'if-gw', route_link_uuid: 'rl-1' }
  const post = (parameters: object) => api.send('POST', 'routes', { ...base, ...parameters })
  t.match(
    await post({ ipv4_network: '10.1.2.3', ipv4_prefix: 16 }),
    refusal(
      'ipv4_network',
      '10.1.2.3',
      '10.1.2.3/16 has bits set behind its prefix; did you mean 10.1.0.0/16?',
    ),
  )
  t.match(
    await post({ interface_uuid: 'if-1' }),
    refusal('interface_uuid', 'if-1', /simulated interface.*vif/),
  )
  t.match(await post({ network_uuid: 'nw-b' }), refusal('interface_uuid', 'if-gw', 'has no IP lease in nw-b'))
  await api.ok('POST', 'interfaces', { uuid: 'if-nolease', mode: 'simulated' })
  t.match(
    await post({ interface_uuid: 'if-nolease' }),
    refusal('interface_uuid', 'if-nolease', 'has no IP lease'),
  )
  const shown = async (parameters: object) => {
    const { ipv4_network, ipv4_prefix } = (await api.ok('POST', 'routes', { ...base, ...parameters })).body
    return `${ipv4_network}/${ipv4_prefix}`
  }
  t.equal(await shown({}), '10.0.0.0/24')
  t.equal(await shown({ ipv4_network: '10.7.0.0' }), '10.7.0.0/24')
  t.equal(await shown({ ipv4_network: '0.0.0.0' }), '0.0.0.0/0', 'the default route')
  t.equal(await shown({ ipv4_network: '10.8.0.0', ipv4_prefix: 13 }), '10.8.0.0/13')

  await api.ok('POST', 'routes', { ...base, uuid: 'r-first', ipv4_network: '10.9.0.0' })
  t.match(
    await post({ ipv4_network: '10.9.0.0' }),
    refusal('ipv4_network', '10.9.0.0', /^rl-1 reaches 10.9.0.0\/24 by r-first already; delete that/),
    'two ways to one destination',
  )
  t.equal((await post({ ipv4_network: '10.9.0.0', ipv4_prefix: 25 })).status, 200, 'a longer prefix')
  t.equal((await post({ ipv4_network: '10.9.0.0', egress: false })).status, 200, 'a way in only')
  await api.ok('POST', 'route_links', { uuid: 'rl-2' })
  t.equal((await post({ ipv4_network: '10.9.0.0', route_link_uuid: 'rl-2' })).status, 200, 'another router')
})

t.test('relations', async (t) => {
  const api = await startApi(t)
  await twoNetworks(api)
  await api.ok('POST', 'datapaths', { uuid: 'dp-1', dpid: '1' })
  await api.ok('POST', 'route_links', { uuid: 'rl-1' })
  for (const [collection, other] of [
    ['networks', 'nw-a'],
    ['route_links', 'rl-1'],
  ] as const) {
    const list = `datapaths/dp-1/${collection}`
    const one = `${list}/${other}`
    t.same((await api.ok('GET', list)).body, { total_count: 0, offset: 0, limit: 30, items: [] })
    const { body, headers } = await api.ok('POST', one, { interface_uuid: 'if-1' })
    t.equal(headers['x-revision'], String(api.store.revision()))
    t.match(body, { datapath_uuid: 'dp-1', interface_uuid: 'if-1', mac_address: /^06:/, id: Number })
    t.same((await api.ok('GET', list)).body.items, [(await api.ok('GET', `${collection}/${other}`)).body])
    t.same(await api.send('POST', one).then(({ status, body: refused }) => [status, refused]), [
      400,
      { error: 'RelationAlreadyExists', message: `dp-1 ${other}`, code: '112' },
    ])
    t.same((await api.ok('DELETE', one)).body, [other])
    t.match(await api.send('DELETE', one), { status: 404, body: { error: 'UnknownUUIDResource' } })
    t.match(await api.send('POST', `${list}/${other}x`), { status: 404, body: { code: '100' } })
    t.match(await api.send('POST', `${list}/if-1`), { status: 400, body: { code: '101' } })
    t.match(await api.send('POST', one.replace('dp-1', 'dp-9')), {
      status: 404,
      body: { message: /^Datapath#/ },
    })
    t.match(await api.send('GET', list.replace('dp-1', 'xx')), { status: 400, body: { code: '101' } })
    t.match(await api.send('POST', one, { mac_address: 'x' }), { status: 400, body: { code: '110' } })
    t.match(await api.send('POST', one, { nonsense: 'x' }), { status: 400, body: { code: '110' } })
  }
  t.match(
    await api.send('POST', 'datapaths/dp-1/networks/nw-a', { network_uuid: 'nw-b' }),
    refusal('network_uuid', 'nw-b', 'contradicts the path, which names nw-a'),
  )
  await api.ok('POST', 'datapaths/dp-1/networks/nw-a', { network_uuid: 'nw-a' })
})

t.test('a sub-interface is on the port of its trunk and nowhere else', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'datapaths', { uuid: 'dp-1', dpid: '1' })
  await api.ok('POST', 'interfaces', { uuid: 'if-trunk', port_name: 'tap0' })
  await api.ok('POST', 'interfaces', { uuid: 'if-leg', mode: 'simulated' })
  const add = (parameters: object) => api.send('POST', 'interfaces', parameters)
  const sub = { trunk_interface_uuid: 'if-trunk', vlan_id: 10 }
  await api.ok('POST', 'interfaces', { uuid: 'if-sub', ...sub })
  t.match(await add(sub), refusal('vlan_id', '10', 'already used by if-sub'))
  t.match(await add({ vlan_id: 10 }), refusal('vlan_id', '10', /name it with trunk_interface_uuid/))
  t.match(await add({ trunk_interface_uuid: 'if-trunk' }), {
    body: { error: 'MissingArgument', message: /vlan_id/ },
  })
  const other = { ...sub, vlan_id: 11 }
  const refused = [
    [
      'trunk_interface_uuid',
      { ...other, trunk_interface_uuid: 'if-sub' },
      /sub-interface of if-trunk itself/,
    ],
    ['trunk_interface_uuid', { ...other, trunk_interface_uuid: 'if-leg' }, /mode simulated/],
    ['mode', { ...other, mode: 'simulated' }, /vif/],
    ['port_name', { ...other, port_name: 'tap1' }, /on that of if-trunk/],
    ['port_number', { ...other, port_number: 4 }, /on that of if-trunk/],
    ['iface_id', { ...other, iface_id: 'vm' }, /on that of if-trunk/],
    ['owner_datapath_uuid', { ...other, owner_datapath_uuid: 'dp-1' }, /on that of if-trunk/],
  ] as const
  for (const [parameter, body, reason] of refused) {
    const value = String((body as Record<string, unknown>)[parameter])
    t.match(await add(body), refusal(parameter, value, reason))
  }
  t.match(await api.send('POST', 'interfaces/if-sub/ports', { port_name: 'tap1' }), { status: 400 })
  t.match(await api.send('PUT', 'interfaces/if-sub', { vlan_id: '' }), { body: { error: 'MissingArgument' } })
  await api.ok('PUT', 'interfaces/if-sub', { vlan_id: 12 })
  await api.ok('POST', 'interfaces', sub)
  await api.ok('POST', 'interfaces', { port_name: 'if-sub' }, 'json')
  await api.ok('POST', 'interfaces', { uuid: 'if-second', port_name: 'tap2' })
  await api.ok('POST', 'interfaces', { ...sub, trunk_interface_uuid: 'if-second' })
  const shown = [{ uuid: 'if-sub', vlan_id: 12 }, { vlan_id: 10 }]
  t.match((await api.ok('GET', 'interfaces/if-trunk')).body.sub_interfaces, shown)
  const { items } = (await api.ok('GET', 'interfaces')).body
  for (const { uuid, sub_interfaces } of items) {
    if (uuid === 'if-trunk') t.match(sub_interfaces, shown)
    else t.equal(sub_interfaces.length, uuid === 'if-second' ? 1 : 0, uuid)
  }
  await api.ok('DELETE', 'interfaces/if-trunk')
  t.equal((await api.ok('GET', 'interfaces')).body.total_count, 4, 'sub-interfaces go with their trunk')
})

t.test('a VLAN of an edge is one network, and machines say no other', async (t) => {
  const api = await startApi(t)
  await twoNetworks(api)
  await api.ok('POST', 'interfaces', { uuid: 'if-edge', mode: 'edge', port_name: 'trunk0' })
  await api.ok('POST', 'translations', { uuid: 'tr-1', interface_uuid: 'if-edge', mode: 'vnet_edge' })
  const vlan = (parameters: object) =>
    api.send('POST', 'vlan_translations', { translation_uuid: 'tr-1', network_uuid: 'nw-a', ...parameters })
  t.equal((await vlan({ uuid: 'vt-1', vlan_id: 10 })).status, 200)
  t.match(
    await vlan({ network_uuid: 'nw-b', vlan_id: 10 }),
    refusal('vlan_id', 10, /is nw-a by vt-1 already/),
  )
  t.equal((await vlan({ network_uuid: 'nw-b', vlan_id: 11 })).status, 200)
  const machine = { trunk_interface_uuid: 'if-edge', mac_address: mac(7), network_uuid: 'nw-a' }
  const answer = await api.ok('POST', 'interfaces', { ...machine, ipv4_address: '10.0.0.7' })
  t.notOk(answer.headers['x-not-enforced'])
  t.match(
    await api.send('POST', 'interfaces', { ...machine, mac_address: mac(8), vlan_id: 10 }),
    refusal('vlan_id', '10', /vlan_translations of the edge if-edge/),
  )
})

t.test('only a virtual network lets tags of guests through', async (t) => {
  const api = await startApi(t)
  const network = { ipv4_network: '10.0.0.0', vlan_transparent: true }
  for (const mode of ['physical', 'internal']) {
    const answer = await api.send('POST', 'networks', { ...network, mode })
    t.match(answer, refusal('vlan_transparent', true, new RegExp(`the mode is ${mode}`)))
  }
  await api.ok('POST', 'networks', { ...network, uuid: 'nw-1' })
})

t.test('the database of a bridge is named over the network, and never as a file', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'datapaths', { uuid: 'dp-1', dpid: '1' })
  const said = ['tcp:10.0.0.1', 'tcp:10.0.0.1:6640', 'ssl:[fd00::1]:6640', 'ssl:host-1.example:65535']
  for (const ovsdb of said) t.equal((await api.ok('PUT', 'datapaths/dp-1', { ovsdb })).body.ovsdb, ovsdb)
  const refused = [
    'unix:/run/openvswitch/db.sock',
    'ptcp:6640',
    'tcp:',
    'tcp:10.0.0.1:0',
    'tcp:10.0.0.1:65536',
    'tcp:fd00::1:6640',
    'tcp:10.0.0.1:6640,tcp:10.0.0.2:6640',
    'tcp:10.0.0.1:6640\n',
    `tcp:${'a'.repeat(300)}`,
  ]
  for (const ovsdb of refused)
    t.match(
      await api.send('PUT', 'datapaths/dp-1', { ovsdb }),
      refusal('ovsdb', /./, /^not tcp:HOST\[:PORT\] or ssl:HOST\[:PORT\]/),
      ovsdb,
    )
  t.equal((await api.ok('GET', 'datapaths/dp-1')).body.ovsdb, said.at(-1), 'what is refused changes nothing')
  t.equal((await api.ok('PUT', 'datapaths/dp-1', { ovsdb: '' })).body.ovsdb, null)
})
