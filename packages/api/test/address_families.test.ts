/** Subnets, leases, gateways and ranges of IPv4, of IPv6 and of both: what is given, what follows, what is refused. */
import t, { type Test } from 'tap'
import { startApi, type TestApi } from './support/api.ts'
import { refusal } from './support/refusal.ts'

const MAC = '52:54:00:12:34:56'
/** That MAC address as modified EUI-64. */
const EUI64 = '5054:ff:fe12:3456'

const dual = async (t: Test): Promise<TestApi> => {
  const api = await startApi(t)
  await api.ok('POST', 'networks', { uuid: 'nw-4', ipv4_network: '10.4.0.0' })
  await api.ok('POST', 'networks', { uuid: 'nw-6', ipv6_network: 'fd00:6::' })
  await api.ok('POST', 'networks', { uuid: 'nw-46', ipv4_network: '10.0.0.0', ipv6_network: 'fd00:46::' })
  return api
}

t.test('a network has a subnet of one family or of both', async (t) => {
  const api = await dual(t)
  t.match((await api.ok('GET', 'networks/nw-4')).body, {
    ...{ ipv4_network: '10.4.0.0', ipv4_prefix: 24, ipv6_network: null, ipv6_prefix: null },
    ...{ ipv6_address_mode: 'slaac', dhcp_lease_time: 86_400 },
  })
  t.match((await api.ok('GET', 'networks/nw-6')).body, {
    ...{ ipv4_network: null, ipv4_prefix: null, ipv6_network: 'fd00:6::', ipv6_prefix: 64 },
  })
  t.match(await api.send('POST', 'networks', {}), {
    body: { error: 'MissingArgument', message: 'ipv4_network' },
  })
  const make = (parameters: object) => api.send('POST', 'networks', parameters)
  t.match(
    await make({ ipv6_network: 'fd00::1' }),
    refusal('ipv6_network', 'fd00::1', /bits set behind its prefix; did you mean fd00::\/64/),
  )
  t.match(
    await make({ ipv6_network: 'fd00::/64' }),
    refusal('ipv6_network', 'fd00::/64', /the prefix as ipv6_prefix/),
  )
  t.match(await make({ ipv6_network: 'fe80::' }), refusal('ipv6_network', 'fe80::', /follow from MAC/))
  t.match(await make({ ipv6_network: 'ff02::' }), refusal('ipv6_network', 'ff02::', /multicast/))
  t.match(await make({ ipv6_network: '::' }), refusal('ipv6_network', '::', /which no guest can use/))
  t.match(
    await make({ ipv6_network: 'fd00::', ipv6_prefix: 112 }),
    refusal(
      'ipv6_prefix',
      112,
      /prefix of 64 only \(RFC 4862 §5\.5\.3\); give a \/64, or .* dhcpv6_stateful/,
    ),
  )
  const { status } = await make({
    ...{ ipv6_network: 'fd00::', ipv6_prefix: 112, ipv6_address_mode: 'dhcpv6_stateful' },
  })
  t.equal(status, 200)
  for (const dhcp_lease_time of [59, 0xff_ff_ff_ff]) t.equal((await make({ dhcp_lease_time })).status, 400)
})

t.test('an interface has addresses of both families, several of each', async (t) => {
  const api = await dual(t)
  const made = await api.ok('POST', 'interfaces', {
    ...{ uuid: 'if-1', network_uuid: 'nw-46', mac_address: MAC },
    ...{ ipv4_address: '10.0.0.9', ipv6_address: 'fd00:46::0:9' },
  })
  t.match(made.body, {
    ipv4_address: '10.0.0.9',
    ipv6_address: 'fd00:46::9',
    mac_leases: [
      {
        ip_leases: [
          { ipv4_address: '10.0.0.9', ipv6_address: null },
          { ipv4_address: null, ipv6_address: 'fd00:46::9' },
        ],
      },
    ],
  })
  for (const more of [{ ipv6_address: 'fd00:46::a' }, { ipv4_address: '10.0.0.10' }]) {
    await api.ok('POST', 'ip_leases', { network_uuid: 'nw-46', interface_uuid: 'if-1', ...more })
  }
  const { body } = await api.ok('GET', 'interfaces/if-1')
  t.equal(body.ip_leases.length, 4)
  t.match(body, { ipv4_address: '10.0.0.9', ipv6_address: 'fd00:46::9' }, 'the first of each')
  const six = { uuid: 'if-6', network_uuid: 'nw-6', mac_address: MAC, ipv6_address: 'auto' }
  t.match((await api.ok('POST', 'interfaces', six)).body, { ipv4_address: null, network_uuid: 'nw-6' })
})

t.test('which addresses a lease may have', async (t) => {
  const api = await dual(t)
  await api.ok('POST', 'interfaces', { uuid: 'if-1', mac_address: MAC })
  const lease = (network_uuid: string, address: object) =>
    api.send('POST', 'ip_leases', { network_uuid, interface_uuid: 'if-1', ...address }, 'json')
  const refused = async (network: string, ipv6_address: string, reason: RegExp) =>
    t.match(await lease(network, { ipv6_address }), refusal('ipv6_address', ipv6_address, reason))
  await refused('nw-4', 'fd00::1', /^nw-4 has no IPv6 subnet; give it one with ipv6_network first$/)
  await refused('nw-4', 'auto', /^nw-4 has no IPv6 subnet/)
  await refused('nw-6', 'fd00:7::1', /^IP Address fd00:7::1 is not in subnet fd00:6::\/64 of nw-6$/)
  await refused('nw-6', 'fd00:6::', /^the subnet-router anycast address of fd00:6::\/64$/)
  await refused('nw-6', 'fe80::1', /^a link-local address: every interface has .*; give one of fd00:6::\/64$/)
  t.match(
    await lease('nw-6', { ipv4_address: '10.0.0.1' }),
    refusal('ipv4_address', '10.0.0.1', /^nw-6 has no IPv4 subnet/),
  )
  t.match(
    await lease('nw-46', { ipv4_address: '10.0.0.1', ipv6_address: 'fd00:46::1' }),
    refusal('ipv6_address', 'fd00:46::1', 'contradicts ipv4_address: give one of the two'),
  )
  t.match(await lease('nw-46', {}), { body: { error: 'MissingArgument', message: 'ipv4_address' } })
  t.match(await lease('nw-46', { ipv4_address: null, ipv6_address: 'fd00:46::1' }), {
    status: 200,
    body: { ipv4_address: null, ipv6_address: 'fd00:46::1', ip_address: { ipv6_address: 'fd00:46::1' } },
  })
  await refused('nw-46', 'fd00:46::1', /^already used by if-1 in nw-46$/)
})

t.test('auto is the address that guests make for themselves where they do', async (t) => {
  const api = await dual(t)
  const uuids = [1, 2, 3, 4].map((index) => `if-${index}`)
  for (const uuid of uuids) await api.ok('POST', 'interfaces', { uuid, mac_address: MAC })
  const auto = async (interface_uuid: string, network_uuid: string) =>
    (await api.ok('POST', 'ip_leases', { interface_uuid, network_uuid, ipv6_address: 'auto' })).body
      .ipv6_address
  t.equal(await auto('if-1', 'nw-6'), `fd00:6::${EUI64}`)
  t.equal(
    await auto('if-1', 'nw-6'),
    'fd00:6::5054:ff:fe12:3457',
    'where somebody has that: the next free one',
  )
  t.equal(await auto('if-2', 'nw-46'), `fd00:46::${EUI64}`)
  const stateful = { uuid: 'nw-s', ipv6_network: 'fd00:5::', ipv6_address_mode: 'dhcpv6_stateful' }
  await api.ok('POST', 'networks', stateful)
  t.equal(await auto('if-3', 'nw-s'), 'fd00:5::1')
  const reserved = await api.ok('POST', 'ip_leases', { network_uuid: 'nw-s', ipv6_address: 'auto' })
  t.equal(reserved.body.ipv6_address, 'fd00:5::2')
  const ipv4 = await api.ok('POST', 'ip_leases', { network_uuid: 'nw-46', ipv4_address: 'auto' })
  t.equal(ipv4.body.ipv4_address, '10.0.0.1')
})

t.test('a router has a gateway of each family of a network, also of one that comes later', async (t) => {
  const api = await dual(t)
  const { body } = await api.ok('POST', 'routers', {
    ...{ uuid: 'rt-1', networks: 'nw-4,nw-46=10.0.0.254=fd00:46::fe,nw-6' },
  })
  t.match(body.networks, [
    { ipv4_address: '10.4.0.1', ipv6_address: null, route_uuid: /^r-/, ipv6_route_uuid: null },
    { ipv4_address: '10.0.0.254', ipv6_address: 'fd00:46::fe', ipv6_route_uuid: /^r-/ },
    { ipv4_address: null, ipv6_address: 'fd00:6::1', route_uuid: null },
  ])
  t.match((await api.ok('GET', `routes/${body.networks[1].ipv6_route_uuid}`)).body, {
    ...{ router_uuid: 'rt-1', ipv6_network: 'fd00:46::', ipv6_prefix: 64, ipv4_network: null },
    ...{ ipv4_prefix: null, interface_uuid: body.networks[1].interface_uuid },
  })
  await api.ok('PUT', 'networks/nw-4', { ipv6_network: 'fd00:4::' })
  const later = (await api.ok('GET', 'routers/rt-1')).body.networks[0]
  t.match(later, { ipv4_address: '10.4.0.1', ipv6_address: 'fd00:4::1', ipv6_route_uuid: /^r-/ })
  t.match(
    await api.send('PUT', 'networks/nw-4', { ipv6_network: 'fd00:44::' }),
    refusal(
      'ipv6_network',
      'fd00:44::',
      /^il-\w+ has fd00:4::1 in nw-4, which would be outside of .*delete it first$/,
    ),
  )
  t.match(
    await api.send('PUT', 'networks/nw-6', { ipv6_network: '' }),
    { body: { error: 'MissingArgument' } },
    'some subnet stays',
  )
  t.match(
    await api.send('POST', 'routers', { networks: 'nw-46=10.0.0.1=10.0.0.2' }),
    refusal('networks', 'nw-46=10.0.0.1=10.0.0.2', /two gateways of one address family in nw-46/),
  )
  t.match(
    await api.send('POST', 'routers', { networks: 'nw-6=10.0.0.1' }),
    refusal('ipv4_address', '10.0.0.1', /^nw-6 has no IPv4 subnet/),
  )
  await api.ok('DELETE', 'routers/rt-1')
  t.equal((await api.ok('GET', 'routes')).body.total_count, 0)
  await api.ok('PUT', 'networks/nw-4', { ipv6_network: '' })
  t.match((await api.ok('GET', 'networks/nw-4')).body, { ipv6_network: null, ipv6_prefix: null })
})

t.test('ranges and lease policies give addresses of either family', async (t) => {
  const api = await dual(t)
  await api.ok('POST', 'ip_range_groups', { uuid: 'iprg-6' })
  const range = (parameters: object) => api.send('POST', 'ip_range_groups/iprg-6/ip_ranges', parameters)
  t.match(await range({ begin_ipv6_address: 'fd00:46::10', end_ipv6_address: 'fd00:46::11' }), {
    status: 200,
    body: {
      ...{ begin_ipv6_address: 'fd00:46::10', begin_ipv4_address: null, range: 'fd00:46::10-fd00:46::11' },
    },
  })
  t.match(
    await range({ begin_ipv4_address: '10.0.0.1', end_ipv4_address: '10.0.0.2' }),
    refusal('begin_ipv4_address', '10.0.0.1', /^the group has IPv6 addresses .*another group for IPv4$/),
  )
  t.match(
    await range({ begin_ipv6_address: 'fd00:46::20', end_ipv4_address: '10.0.0.2' }),
    refusal('end_ipv4_address', '10.0.0.2', /another address family/),
  )
  t.match(await range({}), { body: { message: 'begin_ipv4_address' } })
  t.match(await range({ begin_ipv6_address: 'fd00:46::20' }), { body: { message: 'end_ipv6_address' } })
  await api.ok('POST', 'lease_policies', { uuid: 'lp-6' })
  await api.ok('POST', 'lease_policies/lp-6/networks/nw-46', { ip_range_group_uuid: 'iprg-6' })
  const given = []
  for (const index of [1, 2]) {
    given.push(
      (await api.ok('POST', 'lease_policies/lp-6/ip_leases', { label: `${index}` })).body.ipv6_address,
    )
  }
  t.same(given, ['fd00:46::10', 'fd00:46::11'])
  t.match(await api.send('POST', 'lease_policies/lp-6/ip_leases'), { body: { error: 'OutOfAddresses' } })
  const dhcp = (begin: string, end: string) =>
    api.send('POST', 'networks/nw-46/dhcp_ranges', { range_begin: begin, range_end: end })
  t.equal((await dhcp('fd00:46::1', 'fd00:46::9')).status, 200)
  t.match(
    await dhcp('fd00:7::1', 'fd00:7::9'),
    refusal('range_begin', 'fd00:7::1', 'is outside of nw-46, which is 10.0.0.0/24 and fd00:46::/64'),
  )
  t.match(await dhcp('10.0.0.1', 'fd00:46::9'), refusal('range_end', 'fd00:46::9', /another address family/))
})

t.test('the MTU of guests is known: what the hosts leave, or what the network says', async (t) => {
  const api = await dual(t)
  const mtuOf = async (uuid: string) => {
    const { guest_mtu, mtu_warning } = (await api.ok('GET', `networks/${uuid}`)).body
    return [guest_mtu, mtu_warning]
  }
  t.strictSame(await mtuOf('nw-4'), [1450, null])
  await api.ok('POST', 'datapaths', { uuid: 'dp-1', dpid: '0x1', mtu: 9000 })
  t.strictSame(await mtuOf('nw-4'), [8950, null])
  await api.ok('POST', 'datapaths', { uuid: 'dp-2', dpid: '0x2', mtu: 9000, ipv6_address: 'fd00::2' })
  t.strictSame(await mtuOf('nw-4'), [8930, null], 'one host is reached by IPv6 only')
  await api.ok('PUT', 'networks/nw-6', { mtu: 1400 })
  t.strictSame(await mtuOf('nw-6'), [1400, null])
  await api.ok('PUT', 'networks/nw-6', { mtu: 1279 })
  t.match(await mtuOf('nw-6'), [1279, /^guests may use 1279 octets, and IPv6 needs 1280/])
  await api.ok('PUT', 'networks/nw-6', { mtu: 9000 })
  t.match(await mtuOf('nw-6'), [9000, /^mtu is 9000, and between the hosts there is room for 8930/])
  await api.ok('POST', 'networks', { uuid: 'nw-out', ipv4_network: '10.9.0.0', mode: 'physical' })
  t.strictSame(await mtuOf('nw-out'), [9000, null])
  await api.ok('POST', 'datapaths', { uuid: 'dp-3', dpid: '0x3', ipv4_address: '192.0.2.3' })
  t.strictSame(await mtuOf('nw-out'), [1500, null], 'a host that says none has 1500')
  const { items } = (await api.ok('GET', 'networks')).body
  const listed = items.map(({ uuid, guest_mtu }: { uuid: string; guest_mtu: number }) => [uuid, guest_mtu])
  t.strictSame(Object.fromEntries(listed), { 'nw-4': 1430, 'nw-6': 9000, 'nw-46': 1430, 'nw-out': 1500 })
})
