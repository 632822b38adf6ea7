/**
 * DHCP with the clients of BusyBox and ISC on real Open vSwitch: the original's walkthroughs 2 and 4, and what it could
 * not do. Both bridges have the same server, so a guest that moves is told the same.
 */
import {
  BROADCAST_MAC,
  buildEthernet,
  buildIpv4,
  buildUdp,
  DHCP4_OPTION,
  DHCP4_TYPE,
  encodeDhcp4,
  toIpv4,
  toMac,
  u32s,
} from '@openvnet/controller/packet'
import t from 'tap'
import type { Guest } from '../lab/guest.ts'
import { until } from '../lab/wait.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import type { Scenario, Write } from '../scenarios/scenario.ts'
import { DhcpClients } from './dhcp_clients.ts'

const BRIDGES = [
  { name: 'br0', dpid: '0x0000000000000a01' },
  { name: 'br1', dpid: '0x0000000000000a02' },
] as const
const MACS = ['10:54:ff:00:00:01', '10:54:ff:00:00:02', '10:54:ff:00:00:03'] as const

const simulated = (uuid: string, network: string, mac: string, address: string): Write => ({
  path: 'interfaces',
  body: { uuid, mode: 'simulated', network_uuid: network, mac_address: mac, ipv4_address: address },
})
const leg = (n: number, destination: string): Write => ({
  path: 'routes',
  body: {
    ...{ interface_uuid: `if-router${n}`, network_uuid: `nw-test${n}` },
    ...{ route_link_uuid: 'rl-1', ipv4_network: destination, ipv4_prefix: 24 },
  },
})
const WRITES: readonly Write[] = [
  {
    path: 'networks',
    body: { uuid: 'nw-test1', ipv4_network: '10.100.0.0', ipv4_prefix: 24, domain_name: 'one.example' },
  },
  { path: 'networks', body: { uuid: 'nw-test2', ipv4_network: '192.168.50.0', ipv4_prefix: 24 } },
  ...MACS.map((mac_address, index) => ({
    path: 'interfaces',
    body: {
      ...{ uuid: `if-inst${index + 1}`, port_name: `inst${index + 1}`, network_uuid: 'nw-test1' },
      ...{ mac_address, ipv4_address: `10.100.0.1${index}` },
    },
  })),
  simulated('if-dhcp', 'nw-test1', '02:00:00:00:01:11', '10.100.0.100'),
  { path: 'network_services', body: { uuid: 'ns-dhcp', mode: 'dhcp', interface_uuid: 'if-dhcp' } },
  simulated('if-router1', 'nw-test1', '02:00:00:00:02:01', '10.100.0.1'),
  simulated('if-router2', 'nw-test2', '02:00:00:00:02:02', '192.168.50.1'),
  { path: 'route_links', body: { uuid: 'rl-1', mac_address: '02:00:10:00:00:01' } },
  leg(1, '10.100.0.0'),
  leg(2, '192.168.50.0'),
]
const SCENARIO = { bridges: BRIDGES, guests: [], writes: [], pings: [], sends: [] } as unknown as Scenario

const clients = new DhcpClients({ configures: true })
t.teardown(() => clients.remove())
const udhcpc = clients.udhcpc.bind(clients)
const dhclient = clients.dhclient.bind(clients)
const world = await LabWorld.running(SCENARIO)
t.teardown(() => world.close())
const { rest, host } = world.site

const call = async (method: string, path: string, body?: Write['body']): Promise<void> => {
  const { headers } = await rest.call(method, path, body)
  await rest.call('GET', `wait?revision=${String(headers['x-revision'])}&timeout=20`)
}
const write = (one: Write): Promise<void> => call(one.method ?? 'POST', one.path, one.body)
for (const one of WRITES) await write(one)
const [inst1, inst2, inst3] = (await Promise.all(
  MACS.map((mac, index) =>
    host.guest({ name: `inst${index + 1}`, port: `inst${index + 1}`, mac, bridge: 'br0', ipv6: index === 2 }),
  ),
)) as [Guest, Guest, Guest]

const LEASED = {
  ...{ event: 'bound', ip: '10.100.0.10', subnet: '255.255.255.0', router: '10.100.0.1' },
  ...{ domain: 'one.example', lease: '86400', serverid: '10.100.0.100', mtu: '1450' },
  staticroutes: '0.0.0.0/0 10.100.0.1 192.168.50.0/24 10.100.0.1',
}

t.test('walkthrough 2: guests get their addresses, and reach each other', async (t) => {
  const { told, text } = await udhcpc(inst1)
  t.match(told, LEASED, text)
  const second = await dhclient(inst2)
  t.match(second.told, { new_ip_address: '10.100.0.11', new_routers: '10.100.0.1' }, second.text)
  t.ok((await inst1.ping('10.100.0.11')).received > 0)
})

t.test('a change counts at once', async (t) => {
  await write({
    path: 'dhcp_options',
    body: { network_uuid: 'nw-test1', code: 'ntp-servers', value: '10.100.0.7' },
  })
  await write({
    path: 'dhcp_options',
    body: { interface_uuid: 'if-inst1', code: 'domain-search', value: 'a.example,b.example' },
  })
  await write({ method: 'PUT', path: 'networks/nw-test1', body: { dhcp_lease_time: 600, mtu: 1400 } })
  const { told, text } = await udhcpc(inst1, '-x', 'hostname:ignored')
  t.match(told, { ntpsrv: '10.100.0.7', search: 'a.example b.example', lease: '600', mtu: '1400' }, text)
})

t.test('a client that comes back with an address of before is told that it is not its own', async (t) => {
  const again = await dhclient(inst2)
  t.match(again.text, /DHCPREQUEST.*10\.100\.0\.11/, 'init-reboot')
  t.notMatch(again.text, /DHCPDISCOVER/)
  const { body } = await rest.call('GET', 'interfaces/if-inst2')
  const lease = /il-\w+/.exec(JSON.stringify(body))![0]
  await call('DELETE', `ip_leases/${lease}`)
  await write({
    path: 'ip_leases',
    body: { interface_uuid: 'if-inst2', network_uuid: 'nw-test1', ipv4_address: '10.100.0.15' },
  })
  const { told, text } = await dhclient(inst2)
  t.match(text, /DHCPNAK from 10\.100\.0\.100[\s\S]*DHCPDISCOVER/)
  t.match(told, { new_ip_address: '10.100.0.15' }, text)
  t.ok((await inst1.ping('10.100.0.15')).received > 0)
  await dhclient(inst2, '-r')
})

t.test('on another host the answer is the same', async (t) => {
  const before = await udhcpc(inst1)
  await host.removePort('br0', 'inst1')
  await host.addPort('br1', 'inst1')
  await until('the guest may ask there', async () =>
    (await host.flows('br1')).some(({ text }) => text.includes('tp_src=68')),
  )
  const after = await udhcpc(inst1)
  t.match(after.told, { event: 'bound', ip: '10.100.0.10' }, after.text)
  t.strictSame(after.told, before.told)
})

t.test('DHCPv6: addresses, or what goes with those that guests make', async (t) => {
  await write({
    method: 'PUT',
    path: 'networks/nw-test1',
    body: { ipv6_network: 'fd00:100::', ipv6_address_mode: 'dhcpv6_stateful' },
  })
  await write({
    path: 'ip_leases',
    body: { interface_uuid: 'if-inst3', network_uuid: 'nw-test1', ipv6_address: 'fd00:100::13' },
  })
  await write({
    path: 'dhcp_options',
    body: { network_uuid: 'nw-test1', family: 6, code: 'dns-servers', value: 'fd00:100::53' },
  })
  const stateful = await dhclient(inst3, '-6')
  t.match(
    stateful.told,
    { new_ip6_address: 'fd00:100::13', new_dhcp6_name_servers: 'fd00:100::53' },
    stateful.text,
  )
  t.match(stateful.told, { new_dhcp6_domain_search: /one\.example/ })
  t.match((await dhclient(inst3, '-6', '-r')).text, /Release/)
  await inst3.namespace.ip('link set eth0 down', 'link set eth0 addrgenmode random', 'link set eth0 up')
  await inst3.probed()
  const opaque = await dhclient(inst3, '-6')
  t.match(opaque.told, { new_ip6_address: 'fd00:100::13' }, 'from a link-local address of RFC 7217')
  await write({ method: 'PUT', path: 'networks/nw-test1', body: { ipv6_address_mode: 'dhcpv6_stateless' } })
  const stateless = await dhclient(inst3, '-6', '-S')
  t.match(stateless.told, { new_dhcp6_name_servers: 'fd00:100::53' }, stateless.text)
  t.notOk('new_ip6_address' in stateless.told)
})

t.test('a lease policy gives an address when DHCP first asks', async (t) => {
  for (const [path, body] of [
    ['ip_range_groups', { uuid: 'iprg-1' }],
    [
      'ip_range_groups/iprg-1/ip_ranges',
      { begin_ipv4_address: '10.100.0.77', end_ipv4_address: '10.100.0.79' },
    ],
    ['lease_policies', { uuid: 'lp-1', timing: 'dhcp' }],
    ['lease_policies/lp-1/networks/nw-test1', { ip_range_group_uuid: 'iprg-1' }],
    ['interfaces', { uuid: 'if-inst4', port_name: 'inst4', mac_address: '10:54:ff:00:00:04' }],
    ['lease_policies/lp-1/interfaces/if-inst4', {}],
  ] as const)
    await write({ path, body })
  const inst4 = await host.guest({ name: 'inst4', port: 'inst4', mac: '10:54:ff:00:00:04', bridge: 'br0' })
  const given = await udhcpc(inst4)
  t.match(given.told, { event: 'bound', ip: '10.100.0.77' }, given.text)
  t.match((await udhcpc(inst4)).told, { ip: '10.100.0.77' })
  t.ok((await inst4.ping('10.100.0.1')).received > 0)
})

t.test('what guests send as servers reaches nobody', async (t) => {
  const [own, other] = [MACS[1], '10:54:ff:00:00:04'].map(toMac) as [number, number]
  const ends = { src: toIpv4('10.100.0.15'), dst: toIpv4('10.100.0.77') }
  const frame = (src: number, dst: number): Uint8Array =>
    buildEthernet({
      ...{ src: own, dst: other, eth_type: 0x0800 },
      payload: buildIpv4({
        ...{ ...ends, protocol: 17 },
        payload: buildUdp({ src, dst, payload: new Uint8Array(300) }, ends),
      }),
    })
  const ears = await host.guests.get('inst4')!.listen()
  await inst2.send(frame(67, 68), frame(66, 68))
  const isUdp = (heard: Uint8Array): boolean => heard.length > 300 && heard[12] === 8 && heard[23] === 17
  await until('the other one is heard', () => ears.frames.some(isUdp))
  const heard = (await ears.stop()).map((packet) => packet.frame)
  const ports = heard.filter(isUdp).map((bytes) => bytes[35])
  t.strictSame(ports, [66])
})

t.test('a declined address is not offered, and the bridge has a warning', async (t) => {
  const own = toMac(MACS[1])
  const options = [
    [DHCP4_OPTION.message_type, Uint8Array.of(DHCP4_TYPE.decline)],
    [DHCP4_OPTION.requested_address, u32s(toIpv4('10.100.0.15'))],
    [DHCP4_OPTION.server_id, u32s(toIpv4('10.100.0.100'))],
  ] as const
  const header = { op: 1, hops: 0, xid: 7, secs: 0, broadcast: false, sname: '', file: '', chaddr: own }
  const { bytes } = encodeDhcp4(
    { ...header, ciaddr: 0, yiaddr: 0, siaddr: 0, giaddr: 0 },
    options.map(([code, data]) => ({ code, data })),
  )
  const ends = { src: 0, dst: 0xffff_ffff }
  const payload = buildUdp({ src: 68, dst: 67, payload: bytes }, ends)
  await inst2.send(
    buildEthernet({
      ...{ src: own, dst: BROADCAST_MAC, eth_type: 0x0800 },
      payload: buildIpv4({ ...ends, protocol: 17, payload }),
    }),
  )
  await until('the warning', async () => {
    const { stdout } = await world.site.vnctl('status')
    return /if-inst2 has declined 10\.100\.0\.15, as somebody else uses it/.test(stdout)
  })
  t.match((await udhcpc(inst2, '-t', '1')).text, /no lease/)
  const { text } = await rest.send({ method: 'GET', path: '/metrics' })
  t.match(text, /openvnet_datapath_punts_total\{.*kind="dhcp4",outcome="declined: [^"]*"\} 1/)
})

t.test('without a service nobody answers: guests are no servers', async (t) => {
  await call('DELETE', 'network_services/ns-dhcp')
  const { text } = await udhcpc(inst2, '-t', '1')
  t.match(text, /no lease/)
})
