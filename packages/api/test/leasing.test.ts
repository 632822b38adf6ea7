/** Ranges of addresses, lease policies, retention and DNS: what they give, to whom, for how long, and what they refuse. */
import { Agent, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { startApi, type TestApi } from './support/api.ts'
import { refusal } from './support/refusal.ts'

const numberOf = (address: string): number =>
  address.split('.').reduce((number, octet) => number * 256 + Number(octet), 0)

const interfaceWith = (api: TestApi, index: number, more: object = {}) =>
  api.ok('POST', 'interfaces', {
    uuid: `if-${index}`,
    mac_address: `52:54:00:00:00:${index.toString(16).padStart(2, '0')}`,
    ...more,
  })

/** nw-1 with a policy lp-1 that gives out a range of it. */
const policy = async (api: TestApi, allocation_type: string, [begin, end]: [string, string]) => {
  await api.ok('POST', 'networks', { uuid: 'nw-1', ipv4_network: '10.0.0.0', ipv4_prefix: 16 })
  await api.ok('POST', 'ip_range_groups', { uuid: 'iprg-1', allocation_type })
  const range = { uuid: 'ipr-1', begin_ipv4_address: begin, end_ipv4_address: end }
  await api.ok('POST', 'ip_range_groups/iprg-1/ip_ranges', range)
  await api.ok('POST', 'lease_policies', { uuid: 'lp-1' })
  const relation = await api.ok('POST', 'lease_policies/lp-1/networks/nw-1', {
    ip_range_group_uuid: 'iprg-1',
  })
  return relation.body
}

const addressesOf = async (api: TestApi): Promise<string[]> => {
  const { body } = await api.ok('GET', 'ip_leases', { limit: 1000 })
  return body.items.map(({ ipv4_address }: { ipv4_address: string }) => ipv4_address)
}

t.test('ranges are below their groups', async (t) => {
  const api = await startApi(t)
  for (const [groups, prefix, ranges, child, ends, numbers] of [
    ['ip_range_groups', 'iprg', 'ip_ranges', 'ipr', ['10.0.0.1', '10.0.0.9'], [0x0a000001, 0x0a000009]],
    [
      'mac_range_groups',
      'mrg',
      'mac_ranges',
      'mr',
      ['52:54:00:00:00:01', '52:54:00:00:00:ff'],
      [0x525400000001, 0x5254000000ff],
    ],
  ] as const) {
    const what = ranges === 'ip_ranges' ? 'ipv4_address' : 'mac_address'
    const body = { [`begin_${what}`]: ends[0], [`end_${what}`]: ends[1] }
    await api.ok('POST', groups, { uuid: `${prefix}-a` })
    await api.ok('POST', groups, { uuid: `${prefix}-b` })
    const path = `${groups}/${prefix}-a/${ranges}`
    const made = await api.ok('POST', path, { uuid: `${child}-1`, ...body })
    t.match(made.body, {
      uuid: `${child}-1`,
      [`begin_${what}`]: numbers[0],
      [`end_${what}`]: numbers[1],
      range: `${ends[0]}-${ends[1]}`,
      [`${groups.slice(0, -1)}_uuid`]: `${prefix}-a`,
    })
    const again = { [`begin_${what}`]: numbers[0], [`end_${what}`]: numbers[1] }
    t.match((await api.ok('POST', path, again, 'json')).body, again, 'numbers are taken as they are given')
    const { body: list } = await api.ok('GET', path)
    t.match(list, { total_count: 2, offset: 0, limit: 30 })
    t.same(list.items[0], made.body)
    t.match((await api.ok('GET', path, { limit: 1, offset: 1 })).body, { total_count: 2, items: [again] })
    t.match((await api.ok('GET', `${groups}/${prefix}-b/${ranges}`)).body, { total_count: 0, items: [] })

    const other = await api.send('DELETE', `${groups}/${prefix}-b/${ranges}/${child}-1`)
    t.equal(other.status, 404, 'of another group')
    t.match(other.body, { error: 'UnknownUUIDResource', code: '100' })
    t.match(await api.send('POST', path, { [`begin_${what}`]: ends[1], [`end_${what}`]: ends[0] }), {
      status: 400,
      body: { error: 'ArgumentError', message: { parameter: `end_${what}`, reason: /is before/ } },
    })
    t.match(await api.send('POST', path, { [`begin_${what}`]: ends[0] }), {
      status: 400,
      body: { error: 'MissingArgument', message: `end_${what}` },
    })
    t.match(await api.send('POST', path, { uuid: `${child}-1`, ...body }), {
      body: { error: 'DuplicateUUID', message: `${child}-1` },
    })
    t.equal((await api.send('POST', `${groups}/${prefix}-none/${ranges}`, body)).status, 404)
    t.equal((await api.send('GET', ranges)).status, 404, 'they have no path of their own')
    t.same((await api.ok('DELETE', `${path}/${child}-1`)).body, [`${child}-1`])
    await api.ok('DELETE', `${groups}/${prefix}-a`)
  }
  t.equal(api.store.count('ip_range') + api.store.count('mac_range'), 0, 'they go with their groups')
  t.match(await api.send('POST', 'ip_range_groups', { allocation_type: 'sideways' }), {
    status: 400,
    body: { message: { parameter: 'allocation_type' } },
  })
  t.match((await api.ok('POST', 'ip_range_groups')).body, { allocation_type: 'incremental' })
  t.match((await api.ok('POST', 'mac_range_groups', { uuid: 'mrg-1' })).body, { allocation_type: 'random' })
  t.match(
    await api.send('POST', 'mac_range_groups/mrg-1/mac_ranges', {
      begin_mac_address: '02:00:00:00:00:01',
      end_mac_address: '04:00:00:00:00:01',
    }),
    refusal('end_mac_address', '04:00:00:00:00:01', /multicast/),
  )
})

t.test('a policy gives addresses upwards, downwards and at random until they run out', async (t) => {
  for (const [type, expected] of [
    ['incremental', ['10.0.0.254', '10.0.0.255', '10.0.1.0']],
    ['decremental', ['10.0.1.0', '10.0.0.255', '10.0.0.254']],
    ['random', ['10.0.0.254', '10.0.0.255', '10.0.1.0']],
  ] as const) {
    const api = await startApi(t, { file: `${t.testdir({ [type]: {} })}/${type}/openvnet.db` })
    t.same(await policy(api, type, ['10.0.0.254', '10.0.1.0']), { uuid: 'lp-1' })
    for (const index of [1, 2, 3]) {
      await interfaceWith(api, index)
      const { body } = await api.ok('POST', `lease_policies/lp-1/interfaces/if-${index}`)
      t.same(body, { uuid: 'lp-1' })
      const given = (await api.ok('GET', `interfaces/if-${index}`)).body
      t.match(given, { network_uuid: 'nw-1' })
      if (type !== 'random') t.equal(given.ipv4_address, expected[index - 1])
    }
    t.same((await addressesOf(api)).sort(), [...expected].sort())
    await interfaceWith(api, 4)
    const revision = api.store.revision()
    const refused = await api.send('POST', 'lease_policies/lp-1/interfaces/if-4')
    t.equal(refused.status, 400)
    t.same(refused.body, {
      error: 'OutOfAddresses',
      code: '115',
      message: 'Run out of dynamic IP addresses: all 3 of iprg-1 in nw-1 are in use',
    })
    t.equal(api.store.revision(), revision, 'and nothing is left of the attempt')
    const lease = (await api.ok('GET', 'interfaces/if-2')).body.ip_leases[0]
    await api.ok('DELETE', `ip_leases/${lease.uuid}`)
    await api.ok('POST', 'lease_policies/lp-1/interfaces/if-4')
    t.equal(
      (await api.ok('GET', 'interfaces/if-4')).body.ipv4_address,
      lease.ipv4_address,
      'a hole is filled',
    )
  }
})

t.test('only what of a range is in the network is given', async (t) => {
  const api = await startApi(t)
  await policy(api, 'incremental', ['9.0.0.0', '10.0.0.1'])
  await api.ok('POST', 'ip_range_groups/iprg-1/ip_ranges', {
    begin_ipv4_address: '10.0.255.254',
    end_ipv4_address: '10.1.0.9',
  })
  const given: string[] = []
  for (let next = await api.send('POST', 'lease_policies/lp-1/ip_leases'); next.status === 200; ) {
    given.push(next.body.ipv4_address)
    next = await api.send('POST', 'lease_policies/lp-1/ip_leases')
  }
  t.same(given, ['10.0.0.1', '10.0.255.254'], 'neither the network address nor that for broadcasts')
  await api.ok('POST', 'networks', { uuid: 'nw-2', ipv4_network: '192.168.0.0' })
  await api.ok('POST', 'lease_policies', { uuid: 'lp-2' })
  await api.ok('POST', 'lease_policies/lp-2/networks/nw-2', { ip_range_group_uuid: 'iprg-1' })
  t.match(await api.send('POST', 'lease_policies/lp-2/ip_leases'), {
    status: 400,
    body: { error: 'OutOfAddresses', message: /iprg-1 has no range in nw-2/ },
  })
})

t.test("a policy takes the interface's own network first, and the next one when that is full", async (t) => {
  const api = await startApi(t)
  await policy(api, 'incremental', ['10.0.0.1', '10.0.0.9'])
  await api.ok('POST', 'networks', { uuid: 'nw-2', ipv4_network: '10.2.0.0' })
  await api.ok('POST', 'ip_range_groups/iprg-1/ip_ranges', {
    begin_ipv4_address: '10.2.0.7',
    end_ipv4_address: '10.2.0.7',
  })
  await api.ok('POST', 'lease_policies/lp-1/networks/nw-2', { ip_range_group_uuid: 'iprg-1' })
  for (const index of [1, 2]) {
    await interfaceWith(api, index, { network_uuid: 'nw-2' })
    await api.ok('POST', `lease_policies/lp-1/interfaces/if-${index}`)
  }
  t.same(await addressesOf(api), ['10.2.0.7', '10.0.0.1'])
})

t.test('what a policy needs', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'lease_policies', { uuid: 'lp-none' })
  await interfaceWith(api, 1)
  t.match(
    await api.send('POST', 'lease_policies/lp-none/interfaces/if-1'),
    refusal('lease_policy_uuid', 'lp-none', /has no network/),
  )
  await policy(api, 'incremental', ['10.0.0.1', '10.0.0.9'])
  await api.ok('POST', 'interfaces', { uuid: 'if-bare' })
  t.match(
    await api.send('POST', 'lease_policies/lp-1/interfaces/if-bare'),
    refusal('interface_uuid', 'if-bare', /no MAC lease/),
  )
  t.match(await api.send('POST', 'lease_policies/lp-1/networks/nw-1', { ip_range_group_uuid: 'iprg-1' }), {
    status: 400,
    body: { error: 'RelationAlreadyExists', code: '112' },
  })
  await api.ok('POST', 'networks', { uuid: 'nw-2', ipv4_network: '10.2.0.0' })
  t.match(await api.send('POST', 'lease_policies/lp-1/networks/nw-2'), {
    status: 400,
    body: { error: 'MissingArgument', message: 'ip_range_group_uuid' },
  })
  t.equal((await api.send('DELETE', 'lease_policies/lp-1/networks/nw-2')).status, 404)
  const { headers } = await api.ok('PUT', 'lease_policies/lp-1', { timing: 'dhcp' })
  t.notOk('x-not-enforced' in headers)
  await api.ok('POST', 'lease_policies/lp-1/interfaces/if-1')
  t.same(await addressesOf(api), [], 'DHCP is to ask for it')
  const first = await api.ok('POST', 'lease_policies/lp-1/ip_leases', { interface_uuid: 'if-1' })
  const again = await api.ok('POST', 'lease_policies/lp-1/ip_leases', { interface_uuid: 'if-1' })
  t.match(first.body, { interface_uuid: 'if-1', ipv4_address: '10.0.0.1' })
  t.equal(again.body.uuid, first.body.uuid, 'asked twice it gives one')
  await api.ok('DELETE', `ip_leases/${first.body.uuid}`)
  t.match((await api.ok('GET', 'lease_policies/lp-1/interfaces')).body, {
    total_count: 1,
    items: [{ uuid: 'if-1' }],
  })
  t.same((await api.ok('DELETE', 'lease_policies/lp-1/interfaces/if-1')).body, { uuid: 'lp-1' })
  t.same((await api.ok('DELETE', 'lease_policies/lp-1/networks/nw-1')).body, { uuid: 'lp-1' })
})

t.test('an interface that has an address of the policy keeps it', async (t) => {
  const api = await startApi(t)
  await policy(api, 'incremental', ['10.0.0.1', '10.0.0.9'])
  await interfaceWith(api, 1, { network_uuid: 'nw-1', ipv4_address: '10.0.0.5' })
  await interfaceWith(api, 2, { network_uuid: 'nw-1', ipv4_address: '10.0.7.7' })
  for (const index of [1, 2]) await api.ok('POST', `lease_policies/lp-1/interfaces/if-${index}`)
  t.same(await addressesOf(api), ['10.0.0.5', '10.0.7.7', '10.0.0.6'])
})

t.test('leases go into the containers of their policy, by label', async (t) => {
  const api = await startApi(t)
  await policy(api, 'incremental', ['10.0.0.1', '10.0.0.9'])
  for (const [uuid, label] of [
    ['all', undefined],
    ['blue', 'blue'],
  ] as const) {
    await api.ok('POST', 'ip_lease_containers', { uuid: `ilc-${uuid}` })
    await api.ok('POST', 'ip_retention_containers', { uuid: `irc-${uuid}`, lease_time: 3600 })
    const parameters = label === undefined ? {} : { label }
    for (const path of [`ip_lease_containers/ilc-${uuid}`, `ip_retention_containers/irc-${uuid}`]) {
      const { body } = await api.ok('POST', `lease_policies/lp-1/${path}`, parameters)
      t.match(body, { uuid: path.split('/')[1] }, 'the answer is the container')
      t.match(await api.send('POST', `lease_policies/lp-1/${path}`), {
        status: 400,
        body: { error: 'RelationAlreadyExists' },
      })
    }
  }
  await interfaceWith(api, 1)
  await interfaceWith(api, 2)
  await api.ok('POST', 'lease_policies/lp-1/interfaces/if-1')
  await api.ok('POST', 'lease_policies/lp-1/interfaces/if-2', { label: 'blue' })
  await api.ok('POST', 'lease_policies/lp-1/ip_leases', { ip_lease_uuid: 'il-x', label: 'red' })
  const leases = async (path: string) =>
    (await api.ok('GET', path)).body.items.map((item: Record<string, unknown>) => item['ipv4_address'])
  t.same(await leases('ip_lease_containers/ilc-all/ip_leases'), ['10.0.0.1', '10.0.0.2', '10.0.0.3'])
  t.same(await leases('ip_lease_containers/ilc-blue/ip_leases'), ['10.0.0.2'])
  const { body } = await api.ok('GET', 'ip_retention_containers/irc-all/ip_retentions')
  t.equal(body.total_count, 3)
  t.match(body.items[2], {
    ip_lease_uuid: 'il-x',
    ip_retention_container_uuid: 'irc-all',
    leased_at: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/,
    released_at: null,
  })
  t.equal((await api.ok('GET', 'ip_retention_containers/irc-blue/ip_retentions')).body.total_count, 1)
  await api.ok('POST', 'ip_lease_containers/ilc-blue/ip_leases/il-x')
  t.same(await leases('ip_lease_containers/ilc-blue/ip_leases'), ['10.0.0.2', '10.0.0.3'], 'also by hand')
  t.same((await api.ok('DELETE', 'ip_lease_containers/ilc-blue/ip_leases/il-x')).body, ['il-x'])
  t.match((await api.ok('DELETE', 'lease_policies/lp-1/ip_lease_containers/ilc-blue')).body, {
    uuid: 'ilc-blue',
  })
  t.match(await api.send('DELETE', 'lease_policies/lp-1/ip_lease_containers/ilc-blue'), {
    status: 404,
    body: { error: 'UnknownUUIDResource' },
  })
  await api.ok('DELETE', 'networks/nw-1')
  t.equal(api.store.count('lease_policy_network'), 0)
  t.equal(api.store.count('ip_retention') + api.store.count('ip_lease_container_ip_lease'), 0)
  await api.ok('DELETE', 'interfaces/if-1')
  t.equal(api.store.count('lease_policy_interface'), 1)
})

t.test('attach and release', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'networks', { uuid: 'nw-1', ipv4_network: '10.0.0.0' })
  await interfaceWith(api, 1, { network_uuid: 'nw-1' })
  await interfaceWith(api, 2, { network_uuid: 'nw-1' })
  await api.ok('POST', 'ip_leases', { uuid: 'il-1', network_uuid: 'nw-1', ipv4_address: '10.0.0.9' })
  t.match(await api.send('PUT', 'ip_leases/il-1/attach'), {
    status: 400,
    body: { error: 'MissingArgument', message: 'interface_uuid' },
  })
  t.match(await api.send('PUT', 'ip_leases/il-1/release'), refusal('uuid', 'il-1', /no interface/))
  const attached = await api.ok('PUT', 'ip_leases/il-1/attach', { interface_uuid: 'if-1' })
  const [mac] = (await api.ok('GET', 'interfaces/if-1')).body.mac_leases
  t.match(attached.body, {
    uuid: 'il-1',
    interface_uuid: 'if-1',
    mac_lease_uuid: mac.uuid,
    ipv4_address: '10.0.0.9',
  })
  t.match(
    await api.send('PUT', 'ip_leases/il-1/attach', { interface_uuid: 'if-2' }),
    refusal('uuid', 'il-1', /attached to if-1 already/),
  )
  const released = await api.ok('PUT', 'ip_leases/il-1/release')
  t.match(released.body, { uuid: 'il-1', interface_uuid: null, mac_lease_uuid: null, interface: null })
  t.match((await api.ok('GET', 'interfaces/if-1')).body, { ipv4_address: null, ip_leases: [] })
  t.match(
    await api.send('POST', 'ip_leases', {
      network_uuid: 'nw-1',
      interface_uuid: 'if-2',
      ipv4_address: '10.0.0.9',
    }),
    refusal('ipv4_address', '10.0.0.9', /already used by il-1 in nw-1/),
  )
  t.match(
    await api.send('PUT', 'ip_leases/il-1/attach', { interface_uuid: 'if-2', mac_lease_uuid: mac.uuid }),
    refusal('mac_lease_uuid', mac.uuid, /belongs to if-1/),
  )
  await api.ok('PUT', 'ip_leases/il-1/attach', { mac_lease_uuid: mac.uuid })
  t.equal((await api.send('PUT', 'ip_leases/il-none/attach', { interface_uuid: 'if-1' })).status, 404)
  t.equal((await api.send('GET', 'ip_leases/il-1/attach')).status, 405)
  const { status } = await api.send(
    'POST',
    'batch',
    {
      operations: [
        { method: 'PUT', path: 'ip_leases/il-1/release' },
        { method: 'PUT', path: 'ip_leases/il-1/attach', body: { interface_uuid: 'if-2' } },
      ],
    },
    'json',
  )
  t.equal(status, 200)
  t.match((await api.ok('GET', 'interfaces/if-2')).body, { ipv4_address: '10.0.0.9' })
})

t.test('a free address on request', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'networks', { uuid: 'nw-1', ipv4_network: '10.0.0.0', ipv4_prefix: 29 })
  const gateway = { network_uuid: 'nw-1', mode: 'simulated', ipv4_address: '10.0.0.6' }
  await api.ok('POST', 'interfaces', gateway)
  const first = await interfaceWith(api, 1, { network_uuid: 'nw-1', ipv4_address: 'auto' })
  t.equal(first.body.ipv4_address, '10.0.0.1')
  const lease = { network_uuid: 'nw-1', interface_uuid: 'if-1', ipv4_address: 'auto' }
  t.equal((await api.ok('POST', 'ip_leases', lease)).body.ipv4_address, '10.0.0.2')
  for (const expected of ['10.0.0.3', '10.0.0.4', '10.0.0.5']) {
    t.equal((await api.ok('POST', 'ip_leases', lease)).body.ipv4_address, expected)
  }
  t.match(await api.send('POST', 'ip_leases', lease), {
    status: 400,
    body: { error: 'OutOfAddresses', message: 'Run out of dynamic IP addresses: all 6 of nw-1 are in use' },
  })
  t.match(await api.send('POST', 'interfaces', { mac_address: '52:54:00:00:00:77', ipv4_address: 'auto' }), {
    body: { error: 'MissingArgument', message: 'network_uuid' },
  })
  t.match(
    await api.send('POST', 'ip_leases', { network_uuid: 'nw-1', ipv4_address: 'automatic' }),
    refusal('ipv4_address', 'automatic', /./),
  )
})

t.test('MAC addresses of a range group', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'mac_range_groups', { uuid: 'mrg-1', allocation_type: 'incremental' })
  const empty = await api.send('POST', 'interfaces', { mac_range_group_uuid: 'mrg-1' })
  t.match(empty, { status: 400, body: { error: 'OutOfAddresses', message: /mrg-1 has no range/ } })
  await api.ok('POST', 'mac_range_groups/mrg-1/mac_ranges', {
    begin_mac_address: '52:54:00:00:00:01',
    end_mac_address: '52:54:00:00:00:03',
  })
  await api.ok('POST', 'interfaces', { uuid: 'if-x', mac_address: '52:54:00:00:00:02' })
  await api.ok('POST', 'networks', { uuid: 'nw-1', ipv4_network: '10.0.0.0' })
  const made = await api.ok('POST', 'interfaces', {
    mac_range_group_uuid: 'mrg-1',
    network_uuid: 'nw-1',
    ipv4_address: 'auto',
  })
  t.match(made.body, { mac_address: '52:54:00:00:00:03', ipv4_address: '10.0.0.1' })
  await api.ok('PUT', 'mac_range_groups/mrg-1', { allocation_type: 'random' })
  const last = await api.ok('POST', 'interfaces', { mac_range_group_uuid: 'mrg-1' })
  t.equal(last.body.mac_address, '52:54:00:00:00:01')
  t.match(await api.send('POST', 'interfaces', { mac_range_group_uuid: 'mrg-1' }), {
    status: 400,
    body: { error: 'OutOfAddresses', message: /all 3 of mrg-1 are in use/ },
  })
  t.match(
    await api.send('POST', 'interfaces', {
      mac_range_group_uuid: 'mrg-1',
      mac_address: '52:54:00:00:00:09',
    }),
    refusal('mac_range_group_uuid', 'mrg-1', /contradicts mac_address/),
  )
  t.equal((await api.send('POST', 'interfaces', { mac_range_group_uuid: 'mrg-none' })).status, 404)
})

t.test('segments', async (t) => {
  const api = await startApi(t)
  for (const uuid of ['seg-1', 'seg-2']) await api.ok('POST', 'segments', { uuid, mode: 'virtual' })
  const network = { uuid: 'nw-1', ipv4_network: '10.0.0.0', segment_uuid: 'seg-1' }
  t.match((await api.ok('POST', 'networks', network)).body, { segment_uuid: 'seg-1', segment_id: 1 })
  await api.ok('POST', 'networks', { uuid: 'nw-2', ipv4_network: '10.2.0.0' })
  const made = await interfaceWith(api, 1, { network_uuid: 'nw-1', ipv4_address: '10.0.0.1' })
  t.match(made.body, { segment_uuid: 'seg-1', mac_leases: [{ segment_uuid: 'seg-1' }] })
  await interfaceWith(api, 2, { segment_uuid: 'seg-2' })
  for (const [network_uuid, own] of [
    ['nw-1', /nw-1, which is in seg-1/],
    ['nw-2', /nw-2, which is in no segment/],
  ] as const) {
    t.match(await api.send('POST', 'interfaces', { network_uuid, segment_uuid: 'seg-2' }), {
      status: 400,
      body: { error: 'InvalidID', code: '103', message: own },
    })
  }
  const lease = { interface_uuid: 'if-2', mac_address: '52:54:00:00:00:21' }
  t.match(await api.send('POST', 'mac_leases', { ...lease, segment_uuid: 'seg-1' }), {
    status: 400,
    body: { error: 'InvalidID' },
  })
  t.match((await api.ok('POST', 'mac_leases', { uuid: 'ml-1', ...lease })).body, { segment_uuid: 'seg-2' })
  const moved = await api.ok('PUT', 'mac_leases/ml-1', { interface_uuid: 'if-1' })
  t.match(moved.body, { segment_uuid: 'seg-1' }, 'it follows its interface')
  await api.ok('POST', 'datapaths', { uuid: 'dp-1', dpid: '1' })
  const relation = await api.ok('POST', 'datapaths/dp-1/segments/seg-1', {
    mac_address: '02:00:00:00:00:99',
  })
  t.match(relation.body, { segment_uuid: 'seg-1', mac_address: '02:00:00:00:00:99' })
  t.match(
    await api.send('POST', 'route_links', { mac_address: '02:00:00:00:00:99' }),
    refusal('mac_address', '02:00:00:00:00:99', /seg-1 on dp-1/),
  )
  t.match((await api.ok('GET', 'datapaths/dp-1/segments')).body, { items: [{ uuid: 'seg-1' }] })
  await api.ok('DELETE', 'segments/seg-1')
  t.equal((await api.send('GET', 'networks/nw-1')).status, 404, 'networks go with their segment')
  t.match((await api.ok('GET', 'interfaces/if-1')).body, { segment_uuid: null, mac_leases: [] })
  t.equal(api.store.count('datapath_segment'), 0)
})

t.test('DNS services and their records', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'network_services', { uuid: 'ns-1', mode: 'dns' })
  await api.ok('POST', 'network_services', { uuid: 'ns-2', mode: 'dhcp' })
  const made = await api.ok('POST', 'dns_services', {
    uuid: 'dnss-1',
    network_service_uuid: 'ns-1',
    public_dns: ' 8.8.8.8 , 8.8.4.4',
  })
  t.match(made.body, {
    network_service_uuid: 'ns-1',
    public_dns: '8.8.8.8,8.8.4.4',
    network_service: { uuid: 'ns-1', mode: 'dns' },
  })
  t.notOk('x-not-enforced' in made.headers)
  t.match(
    await api.send('POST', 'dns_services', { network_service_uuid: 'ns-2' }),
    refusal('network_service_uuid', 'ns-2', /mode dns, this is one of mode dhcp/),
  )
  for (const public_dns of ['8.8.8.8,', 'example.org', '8.8.8.8 8.8.4.4', '1.2.3']) {
    t.match(await api.send('PUT', 'dns_services/dnss-1', { public_dns }), {
      status: 400,
      body: { message: { parameter: 'public_dns' } },
    })
  }
  t.match((await api.ok('PUT', 'dns_services/dnss-1', { public_dns: '' })).body, { public_dns: null })
  const record = { uuid: 'dnsr-1', name: 'web', ipv4_address: '10.0.0.7', ttl: 60 }
  const path = 'dns_services/dnss-1/dns_records'
  t.match((await api.ok('POST', path, record)).body, {
    ...record,
    ipv4_address: numberOf('10.0.0.7'),
    address: '10.0.0.7',
    dns_service_uuid: 'dnss-1',
  })
  t.match(await api.send('POST', path, { name: 'web' }), { body: { message: 'ipv4_address' } })
  t.match((await api.ok('GET', path)).body, { total_count: 1, items: [{ uuid: 'dnsr-1' }] })
  await api.ok('POST', 'dns_services', { uuid: 'dnss-2', network_service_uuid: 'ns-1' })
  t.equal((await api.send('DELETE', 'dns_services/dnss-2/dns_records/dnsr-1')).status, 404)
  t.same((await api.ok('DELETE', `${path}/dnsr-1`)).body, ['dnsr-1'])
  await api.ok('POST', path, record)
  await api.ok('DELETE', 'network_services/ns-1')
  t.equal(api.store.count('dns_record') + api.store.count('dns_service'), 0)
})

/** Waits until it holds. */
const reach = async (t: Test, what: string, holds: () => Promise<boolean>) => {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await holds()) {
      t.pass(what)
      return
    }
    await sleep(25)
  }
  t.fail(what)
}

const SOON = { expiryInterval: 20 }

t.test('a lease is released after its lease time and deleted after its grace time', async (t) => {
  const api = await startApi(t, SOON)
  await policy(api, 'incremental', ['10.0.0.1', '10.0.0.1'])
  await api.ok('POST', 'ip_retention_containers', { uuid: 'irc-1' })
  await api.ok('POST', 'lease_policies/lp-1/ip_retention_containers/irc-1')
  await interfaceWith(api, 1)
  await api.ok('POST', 'lease_policies/lp-1/interfaces/if-1')
  await sleep(100)
  t.match((await api.ok('GET', 'interfaces/if-1')).body, { ipv4_address: '10.0.0.1' }, 'for ever')
  await api.ok('PUT', 'ip_retention_containers/irc-1', { lease_time: 0 })
  await reach(t, 'released', async () => (await api.ok('GET', 'interfaces/if-1')).body.ipv4_address === null)
  const [retention] = (await api.ok('GET', 'ip_retention_containers/irc-1/ip_retentions')).body.items
  t.match(retention.released_at, /UTC$/)
  await interfaceWith(api, 2)
  t.match(
    await api.send('POST', 'lease_policies/lp-1/interfaces/if-2'),
    { status: 400, body: { error: 'OutOfAddresses' } },
    'the address is kept',
  )
  const [{ uuid }] = (await api.ok('GET', 'ip_leases')).body.items
  await api.ok('PUT', 'ip_retention_containers/irc-1', { lease_time: 3600 })
  await api.ok('PUT', `ip_leases/${uuid}/attach`, { interface_uuid: 'if-1' })
  const [renewed] = (await api.ok('GET', 'ip_retention_containers/irc-1/ip_retentions')).body.items
  t.equal(renewed.released_at, null, 'who attaches it again renews it')
  await api.ok('PUT', 'ip_retention_containers/irc-1', { grace_time: 0 })
  await sleep(100)
  t.same(await addressesOf(api), ['10.0.0.1'], 'the grace time begins with the release')
  await api.ok('PUT', `ip_leases/${uuid}/release`)
  await reach(t, 'deleted', async () => (await addressesOf(api)).length === 0)
  t.equal(api.store.count('ip_retention'), 0)
  await api.ok('POST', 'lease_policies/lp-1/interfaces/if-2')
  t.same(await addressesOf(api), ['10.0.0.1'], 'and may be given again')
})

t.test('what was due while nobody ran is done at the start', async (t) => {
  const file = `${t.testdir()}/openvnet.db`
  const before = await startApi(t, { file, ...SOON })
  await policy(before, 'incremental', ['10.0.0.1', '10.0.0.9'])
  await before.ok('POST', 'ip_retention_containers', { uuid: 'irc-1', lease_time: 1, grace_time: 1 })
  await before.ok('POST', 'lease_policies/lp-1/ip_retention_containers/irc-1')
  await interfaceWith(before, 1)
  await before.ok('POST', 'lease_policies/lp-1/interfaces/if-1')
  t.match((await before.ok('GET', 'interfaces/if-1')).body, { ipv4_address: '10.0.0.1' })
  await before.close()
  await sleep(1100)
  const after = await startApi(t, { file, ...SOON })
  await reach(
    t,
    'released',
    async () => (await after.ok('GET', 'interfaces/if-1')).body.ipv4_address === null,
  )
  await after.close()
  await sleep(1100)
  const again = await startApi(t, { file, ...SOON })
  await reach(t, 'deleted', async () => (await addressesOf(again)).length === 0)
})

t.test('thousands of leases expire together', async (t) => {
  const api = await startApi(t, SOON)
  await policy(api, 'incremental', ['10.0.0.1', '10.0.255.254'])
  await api.ok('POST', 'ip_retention_containers', { uuid: 'irc-1' })
  await api.ok('POST', 'lease_policies/lp-1/ip_retention_containers/irc-1')
  const operations = Array.from({ length: 1200 }, () => ({
    method: 'POST',
    path: 'lease_policies/lp-1/ip_leases',
  }))
  t.equal((await api.send('POST', 'batch', { operations }, 'json')).status, 200)
  t.equal(api.store.count('ip_lease'), 1200)
  await api.ok('PUT', 'ip_retention_containers/irc-1', { lease_time: 0, grace_time: 0 })
  await reach(t, 'all are gone', async () => api.store.count('ip_lease') === 0)
})

/** Requests over sockets. @returns status and body of each */
const flood = async (api: TestApi, count: number): Promise<{ status: number; body: string }[]> => {
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = api.app.server.address() as AddressInfo
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const ask = () =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const path = '/api/1.0/lease_policies/lp-1/ip_leases'
      const request = httpRequest({ port, path, method: 'POST', agent }, (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          body += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      })
      request.on('error', reject)
      request.end()
    })
  /** Who waits a second for another process is told to try again. */
  const answer = async (): Promise<{ status: number; body: string }> => {
    for (;;) {
      const answered = await ask()
      if (answered.status !== 503) return answered
    }
  }
  const answers = await Promise.all(Array.from({ length: count }, answer))
  agent.destroy()
  return answers
}

/** How many more than there are addresses. */
const MORE = 20

for (const [type, count] of [
  ['incremental', 10_000],
  ['decremental', 2000],
  ['random', 2000],
] as const) {
  t.test(`${count} parallel allocations from one range, ${type}`, async (t) => {
    const api = await startApi(t)
    const last = `10.0.${Math.floor(count / 256)}.${count % 256}`
    await policy(api, type, ['10.0.0.1', last])
    const answers = await flood(api, count + MORE)
    const given = answers.filter(({ status }) => status === 200)
    const refused = answers.filter(({ status }) => status !== 200)
    t.equal(given.length, count)
    const numbers = given.map(({ body }) => numberOf(JSON.parse(body).ipv4_address)).sort((a, b) => a - b)
    const first = numberOf('10.0.0.1')
    t.ok(
      numbers.every((number, index) => number === first + index),
      'no duplicate and no hole',
    )
    t.equal(refused.length, MORE)
    for (const { status, body } of refused) {
      t.equal(status, 400)
      t.match(JSON.parse(body), { error: 'OutOfAddresses', code: '115' })
    }
    t.equal(api.store.count('ip_lease'), count)
  })
}

t.test('two processes on one file allocate from one range, each asked by a client of its own', async (t) => {
  const file = `${t.testdir()}/openvnet.db`
  const apis = [await startApi(t, { file }), await startApi(t, { file })] as const
  await policy(apis[0], 'incremental', ['10.0.0.1', '10.0.3.232'])
  const answers = (await Promise.all(apis.map((api) => flood(api, 500 + MORE / 2)))).flat()
  const given = answers.filter(({ status }) => status === 200)
  t.same(
    given.map(({ body }) => numberOf(JSON.parse(body).ipv4_address)).sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, index) => numberOf('10.0.0.1') + index),
    'no duplicate and no hole',
  )
  const refused = answers.filter(({ status }) => status !== 200)
  t.equal(refused.length, MORE)
  for (const { body } of refused) t.equal(JSON.parse(body).error, 'OutOfAddresses')
})

t.test('parallel interfaces with an address of each kind', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'mac_range_groups', { uuid: 'mrg-1' })
  await api.ok('POST', 'mac_range_groups/mrg-1/mac_ranges', {
    begin_mac_address: '52:54:00:00:00:01',
    end_mac_address: '52:54:00:00:00:c8',
  })
  await api.ok('POST', 'networks', { uuid: 'nw-1', ipv4_network: '10.0.0.0' })
  const parameters = { network_uuid: 'nw-1', mac_range_group_uuid: 'mrg-1', ipv4_address: 'auto' }
  const answers = await Promise.all(
    Array.from({ length: 210 }, () => api.send('POST', 'interfaces', parameters)),
  )
  const made = answers.filter(({ status }) => status === 200)
  t.equal(made.length, 200)
  t.equal(new Set(made.map(({ body }) => body.mac_address)).size, 200)
  t.equal(new Set(made.map(({ body }) => body.ipv4_address)).size, 200)
  t.equal(api.store.count('interface'), 200, 'what was refused left nothing')
})
