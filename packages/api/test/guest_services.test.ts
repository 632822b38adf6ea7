/** What guests are told: DNS records, options of DHCP, their names. */
import t from 'tap'
import { startApi } from './support/api.ts'
import { refusal } from './support/refusal.ts'

t.test('DNS records of every type', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'network_services', { uuid: 'ns-1', mode: 'dns' })
  await api.ok('POST', 'dns_services', {
    uuid: 'dnss-1',
    network_service_uuid: 'ns-1',
    public_dns: '8.8.8.8, 2001:DB8::53',
  })
  t.equal((await api.ok('GET', 'dns_services/dnss-1')).body.public_dns, '8.8.8.8,2001:db8::53')
  const post = (name: string, parameters: object) =>
    api.send('POST', 'dns_services/dnss-1/dns_records', { name, ...parameters })
  const says = async (name: string, parameters: object, shown: object) =>
    t.match(await post(name, parameters), { status: 200, body: shown })
  await says(
    'web',
    { ipv4_address: '10.0.0.1' },
    { type: 'A', ipv4_address: 167_772_161, address: '10.0.0.1' },
  )
  await says('web', { value: '10.0.0.2' }, { type: 'A', value: '10.0.0.2', address: '10.0.0.2' })
  await says('web', { ipv6_address: 'FD00:0::1' }, { type: 'AAAA', value: 'fd00::1', ipv4_address: null })
  await says('web', { type: 'aaaa', value: 'fd00::2' }, { type: 'AAAA', ipv6_address: 'fd00::2' })
  await says('1.0.0.10.in-addr.arpa', { type: 'PTR', value: 'web.d' }, { type: 'PTR', address: null })
  await says('www', { type: 'CNAME', value: 'web' }, { type: 'CNAME', value: 'web' })
  await says('_sip._udp', { type: 'SRV', value: '0  5 5060 web' }, { value: '0 5 5060 web' })
  await says('web', { type: 'TXT', value: '10.0.0.1' }, { ipv4_address: null, value: '10.0.0.1' })
  const refused = async (name: string, given: object, parameter: string, value: string, reason: RegExp) =>
    t.match(await post(name, given), refusal(parameter, value, reason))
  await refused(
    'WEB.',
    { ipv4_address: '10.0.0.1' },
    'value',
    '10.0.0.1',
    /^dnsr-\w+ says so of WEB\. already$/,
  )
  await refused(
    'WWW',
    { ipv4_address: '10.0.0.1' },
    'type',
    'A',
    /CNAME record dnsr-\w+, and a CNAME stands alone/,
  )
  await refused('web', { type: 'CNAME', value: 'www' }, 'type', 'CNAME', /stands alone \(RFC 1034/)
  await refused('x', { type: 'SRV', value: 'web' }, 'value', 'web', /^not "priority weight port target" like/)
  await refused('x', { type: 'SRV', value: '0 0 70000 web' }, 'value', '0 0 70000 web', /above 65535/)
  await refused('x', { type: 'AAAA', value: '10.0.0.1' }, 'value', '10.0.0.1', /not an IPv6 address/)
  await refused('x', { type: 'MX', value: 'web' }, 'type', 'MX', /^not one of A, AAAA, PTR/)
  await refused(
    'x',
    { type: 'TXT', ipv4_address: '1.2.3.4' },
    'ipv4_address',
    '1.2.3.4',
    /of a record of type A/,
  )
  t.match(await post('x', {}), { body: { error: 'MissingArgument', message: 'ipv4_address' } })
  t.match(await post('x', { type: 'TXT' }), { body: { message: 'value' } })
})

t.test('options of DHCP by code or name, in their own form', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'networks', { uuid: 'nw-1', ipv4_network: '10.0.0.0', ipv6_network: 'fd00::' })
  await api.ok('POST', 'interfaces', { uuid: 'if-1', mac_address: '52:54:00:00:00:01' })
  const post = (code: unknown, value: unknown, more: object = { network_uuid: 'nw-1' }) =>
    api.send('POST', 'dhcp_options', { code, value, ...more }, 'json')
  const says = async (code: unknown, value: unknown, shown: object, more?: object) =>
    t.match(await post(code, value, more), { status: 200, body: shown })
  await says('router', '10.0.0.1, 10.0.0.2', {
    option: 3,
    code: 'router',
    value: '10.0.0.1,10.0.0.2',
    family: 4,
  })
  await says(42, '10.0.0.123', { option: 42, code: '42' })
  await says('Domain_Search', 'a.example, b.example', { code: 'domain-search', value: 'a.example,b.example' })
  await says('static-routes', '10.9.0.0/16  via 10.0.0.1', { option: 121, value: '10.9.0.0/16 via 10.0.0.1' })
  await says('mtu', 1400, { value: '1400' }, { interface_uuid: 'if-1' })
  await says('224', '0x0A0b', { option: 224, value: '0x0a0b' })
  await says('225', '"PXE"', { option: 225, value: '0x505845' })
  await says(33, '10.8.0.1, 10.0.0.1', { option: 33, value: '10.8.0.1,10.0.0.1' })
  const six = { network_uuid: 'nw-1', family: 6 }
  await says('ntp-servers', 'FD00:0::1', { option: 56, value: 'fd00::1', family: 6 }, six)
  const refused = async (code: string, value: string, parameter: string, reason: RegExp, more?: object) =>
    t.match(await post(code, value, more), refusal(parameter, parameter === 'code' ? code : value, reason))
  await refused('ntp-servers', '10.0.0.9', 'code', /^already said by do-\w+; change its value$/)
  await refused('dns-severs', '10.0.0.9', 'code', /did you mean dns-servers\?$/)
  await refused('51', '60', 'code', /the server's own; the time of leases is dhcp_lease_time of the network$/)
  await refused('226', '10.0.0.1', 'value', /^neither octets like 0x0a0b nor text in double quotes/)
  await refused('300', '0x00', 'code', /options of DHCPv4 go from 1 to 254/)
  await refused('dns-servers', 'fd00::1', 'value', /not an IPv4 address .*\(of the option dns-servers\)$/)
  await refused('dns-servers', '10.0.0.1', 'value', /not an IPv6 address/, six)
  await refused('mtu', '70000', 'value', /outside of 0\.\.65535/)
  const guest = { interface_uuid: 'if-1' }
  await refused('static-routes', '10.9.0.1/16 via 10.0.0.1', 'value', /did you mean 10\.9\.0\.0\/16\?/, guest)
  t.match(await post('mtu', '1400', {}), { body: { error: 'MissingArgument', message: 'network_uuid' } })
  t.match(
    await post('mtu', '1400', { network_uuid: 'nw-1', interface_uuid: 'if-1' }),
    refusal('interface_uuid', 'if-1', 'contradicts network_uuid: give one of the two'),
  )
  await api.ok('DELETE', 'interfaces/if-1')
  await api.ok('DELETE', 'networks/nw-1')
  t.equal(api.store.count('dhcp_option'), 0)
})

t.test('the name of a guest is its own in each of its networks', async (t) => {
  const api = await startApi(t)
  for (const uuid of ['nw-a', 'nw-b']) await api.ok('POST', 'networks', { uuid, ipv4_network: '10.0.0.0' })
  const guest = (index: number, hostname: string, network_uuid?: string) =>
    api.send('POST', 'interfaces', {
      ...{ uuid: `if-${index}`, mac_address: `52:54:00:00:00:0${index}`, hostname },
      ...(network_uuid === undefined ? {} : { network_uuid }),
    })
  t.match(await guest(1, 'Web1', 'nw-a'), { body: { hostname: 'web1' } })
  t.equal((await guest(2, 'web1', 'nw-b')).status, 200, 'another network')
  const taken = refusal('hostname', 'web1', 'already the name of if-1 in nw-a')
  t.match(await guest(3, 'WEB1', 'nw-a'), taken)
  await api.ok('POST', 'interfaces', { uuid: 'if-3', mac_address: '52:54:00:00:00:03', hostname: 'web1' })
  const join = { network_uuid: 'nw-a', interface_uuid: 'if-3', ipv4_address: 'auto' }
  t.match(await api.send('POST', 'ip_leases', join), taken, 'by a lease too')
  await api.ok('PUT', 'interfaces/if-3', { hostname: 'web3' })
  await api.ok('POST', 'ip_leases', join)
  t.match(await api.send('PUT', 'interfaces/if-3', { hostname: 'web1' }), taken)
  for (const hostname of ['a.b', '-a', 'a_b', 'x'.repeat(64)]) t.equal((await guest(4, hostname)).status, 400)
})
