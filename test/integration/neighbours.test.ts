/**
 * Next hops that no row names, on real Open vSwitch, in both families: a router whose leg is in a physical network, in a VLAN, and who
 * is there by chance. The first packet is not lost; who moves is followed; nobody at home is told; a restart loses nothing.
 */

import * as packet from '@openvnet/controller/packet'
import { toIpAddress } from '@openvnet/schema'
import t from 'tap'
import type { Guest } from '../lab/guest.ts'
import { createLab } from '../lab/lab.ts'
import { OPENFLOW_PORT, Site } from '../lab/vnetd.ts'
import { until } from '../lab/wait.ts'
import { addressIn6 } from '../scenarios/in_ipv6.ts'
import { STREET_BRIDGE, startStreet } from './street.ts'

const DPID = '0x00000000000000a1'
const BRIDGE = 'br0'
const MAC = {
  user: '02:00:00:00:00:01',
  far: '02:00:00:00:00:0e',
  moved: '02:00:00:00:00:1e',
  scanner: '02:00:00:00:00:02',
}
const FAR = '192.168.2.200'
/** Of the same one, for whom nobody asks before there is a scan. */
const LATER = '192.168.2.201'

const lab = await createLab()
t.teardown(() => lab.close())
const host = await lab.host()
const site = await Site.on(host)
await site.start()

/** What is at the other end of the uplink: a switch with somebody in VLAN 100. */
const street = await startStreet(lab, host)
const far = await street.guest({
  ...{ port: 'far', mac: MAC.far, bridge: STREET_BRIDGE, ipv6: true },
  addresses: [FAR, LATER].flatMap((address) => [`${address}/24`, `${addressIn6(address)}/64`]),
  routes: [
    '10.1.1.0/24 via 192.168.2.254',
    `${addressIn6('10.1.1.0')}/64 via ${addressIn6('192.168.2.254')}`,
  ],
})
await street.vsctl('set', 'Port', 'far', 'tag=100')
await host.bridge({ name: BRIDGE, dpid: DPID, controllers: [`tcp:127.0.0.1:${OPENFLOW_PORT}`] })
await host.addPort(BRIDGE, 'uplink')
const user = await host.guest({
  ...{ port: 'if-user', mac: MAC.user, bridge: BRIDGE, ipv6: true },
  addresses: ['10.1.1.1/24', `${addressIn6('10.1.1.1')}/64`],
  routes: [
    '192.168.2.0/24 via 10.1.1.254',
    `${addressIn6('192.168.2.0')}/64 via ${addressIn6('10.1.1.254')}`,
  ],
})

const scanner = await host.guest({
  ...{ port: 'if-scanner', mac: MAC.scanner, bridge: BRIDGE, ipv6: true },
  addresses: ['10.1.1.2/24', `${addressIn6('10.1.1.2')}/64`],
})

const { rest } = site
const both = (address: string) => ({ ipv4_address: address, ipv6_address: addressIn6(address) })
const subnets = (address: string) => ({ ipv4_network: address, ipv6_network: addressIn6(address) })
await rest.post('datapaths', { uuid: 'dp-1', dpid: DPID })
await rest.post('networks', { uuid: 'nw-in', ...subnets('10.1.1.0') })
await rest.post('networks', { uuid: 'nw-out', mode: 'physical', vlan_id: 100, ...subnets('192.168.2.0') })
await rest.post('interfaces', {
  ...{ uuid: 'if-uplink', mode: 'patch', port_name: 'uplink' },
  ...{ owner_datapath_uuid: 'dp-1', network_uuid: 'nw-out' },
})
await rest.post('interfaces', {
  ...{ uuid: 'if-user', network_uuid: 'nw-in', mac_address: MAC.user },
  ...both('10.1.1.1'),
})
await rest.post('interfaces', {
  ...{ uuid: 'if-scanner', network_uuid: 'nw-in', mac_address: MAC.scanner },
  ...both('10.1.1.2'),
})
await rest.post('interfaces', {
  ...{ uuid: 'if-legin', mode: 'simulated', network_uuid: 'nw-in' },
  ...both('10.1.1.254'),
})
await rest.post('interfaces', {
  ...{ uuid: 'if-legout', mode: 'simulated', network_uuid: 'nw-out', owner_datapath_uuid: 'dp-1' },
  ...both('192.168.2.254'),
})
await rest.post('route_links', { uuid: 'rl-1' })
for (const [leg, network] of [
  ['if-legin', '10.1.1.0'],
  ['if-legout', '192.168.2.0'],
] as const) {
  const route = { interface_uuid: leg, route_link_uuid: 'rl-1' }
  await rest.post('routes', { ...route, ipv4_network: network, ipv4_prefix: 24 })
  await rest.post('routes', { ...route, ipv6_network: addressIn6(network), ipv6_prefix: 64 })
}
await site.converged(DPID)
await Promise.all([user, far, scanner].map((guest) => guest.probed()))

const FAMILIES = [FAR, addressIn6(FAR)] as const
const learned = async (): Promise<readonly string[]> =>
  ((await site.datapath(DPID))?.neighbours ?? []).map(
    ({ network, address, mac_address }) => `${network} ${address} ${mac_address}`,
  )
const knows = (address: string, mac: string) =>
  until(`${address} is known at ${mac}`, async () => (await learned()).includes(`nw-out ${address} ${mac}`), {
    describe: async () => JSON.stringify(await site.status()),
  })
const count = async (kind: string, outcome: string): Promise<number> =>
  (await site.datapath(DPID))?.punts?.[kind]?.[outcome] ?? 0

/** Nobody has been asked for yet: guests know their own legs, and it is not they who wait. */
const acquainted = async (guest: Guest, leg: string): Promise<void> => {
  await until(`${guest.port} knows its leg`, async () => (await guest.ping(leg, { count: 1 })).received === 1)
}

for (const address of FAMILIES) {
  const isIpv6 = address.includes(':')
  const own = (text: string) => (isIpv6 ? addressIn6(text) : text)

  t.test(`the first packet is not lost: ${address}`, async (t) => {
    await acquainted(user, own('10.1.1.254'))
    t.notOk((await learned()).some((line) => line.includes(address)))
    const { sent, received, ttl } = await user.ping(address, { count: 4, interval: 0.05, timeout: 10 })
    t.strictSame([sent, received, ttl], [4, 4, 63])
    await knows(address, MAC.far)
    const flows = await host.ofctl('dump-flows', BRIDGE, 'table=50')
    t.match(flows, MAC.far)
  })

  t.test(`nobody at home: the sender is told, ${own('192.168.2.77')}`, async (t) => {
    const before = await count('neighbour', 'nobody answered')
    const { text, received } = await user.ping(own('192.168.2.77'), { count: 1, timeout: 10 })
    t.equal(received, 0)
    t.match(text, isIpv6 ? /Address unreachable/ : /Destination Host Unreachable/)
    await until('it is counted', async () => (await count('neighbour', 'nobody answered')) > before)
  })
}

t.test('a restart of vnetd loses no packet, and sends no flow', async (t) => {
  const pings = FAMILIES.map((address) => user.pingStart(address, { interval: 0.02 }))
  for (const ping of pings) await ping.reaches(10)
  const before = await learned()
  t.equal(before.length, 2)
  await site.restart('SIGKILL')
  const { flow_mods_sent } = await site.converged(DPID)
  t.equal(flow_mods_sent, 0)
  for (const ping of pings) await ping.reaches(ping.answers + 50)
  for (const ping of pings) t.strictSame((await ping.stop()).lost, [])
  t.strictSame(await learned(), before)
})

const SCANNED = 10_000

/** A packet for each of many addresses that nobody has. */
const scan = async (): Promise<Uint8Array[]> => {
  const leg = addressIn6('10.1.1.254')
  await acquainted(scanner, leg)
  const dst = packet.toMac((await scanner.arp()).find(({ address }) => address === leg)!.mac!)
  const first = toIpAddress(addressIn6('192.168.2.0')).value + 0x10000n
  return Array.from({ length: SCANNED }, (_, index) =>
    packet.buildUdpFrame(
      { src: packet.toMac(MAC.scanner), dst },
      { src: toIpAddress(addressIn6('10.1.1.2')).value, dst: first + BigInt(index) },
      { src: 4000, dst: 9, payload: new Uint8Array(8) },
    ),
  )
}

t.test('a scan of 10,000 silent addresses disturbs nobody', async (t) => {
  const frames = await scan()
  const known = user.pingStart(FAR, { interval: 0.05 })
  await known.reaches(3)
  // As many as fit into the arguments of a program.
  for (let sent = 0; sent < SCANNED; sent += 2500) await scanner.send(...frames.slice(sent, sent + 2500))
  for (const address of [LATER, addressIn6(LATER)]) {
    const { sent, received } = await user.ping(address, { count: 2, interval: 0.05, timeout: 10 })
    t.equal(received, sent, `${address} is found meanwhile`)
  }
  t.strictSame((await known.stop()).lost, [])
  await until('it is counted', async () => (await count('resolution', 'held')) > 0)
  const { punts = {} } = (await site.datapath(DPID))!
  const all = Object.values(punts['resolution'] ?? {}).reduce((sum, some) => sum + some, 0)
  t.ok(all < SCANNED / 4, `${all} packets came to the program`)
})

/** What who has moved says to everybody. */
const announcements = (): Uint8Array[] => {
  const mac = packet.toMac(MAC.moved)
  const address = packet.toIpv4(FAR)
  const arp = { op: packet.ARP_OP.request, sha: mac, spa: address, tha: 0, tpa: address }
  const target = toIpAddress(addressIn6(FAR)).value
  const advertisement = packet.buildNd(
    {
      ...{ kind: 'neighbour_advertisement', target, router: false, solicited: false, override: true },
      options: [{ kind: 'target_link_layer', mac }],
    },
    { src: target, dst: packet.ALL_NODES },
  )
  return [
    packet.buildEthernet({
      ...{
        src: mac,
        dst: packet.BROADCAST_MAC,
        eth_type: packet.ETH_TYPE.arp,
        payload: packet.buildArp(arp),
      },
    }),
    packet.buildEthernet({
      ...{ src: mac, dst: packet.multicastMacIpv6(packet.ALL_NODES) },
      ...{ eth_type: packet.ETH_TYPE.ipv6, payload: advertisement },
    }),
  ]
}

t.test('who moves to another MAC address and says so is followed', async (t) => {
  await far.setMac(MAC.moved)
  await far.send(...announcements())
  for (const address of FAMILIES) await knows(address, MAC.moved)
  for (const address of FAMILIES) {
    const { sent, received } = await user.ping(address, { count: 2, interval: 0.05, timeout: 5 })
    t.equal(received, sent)
  }
})
