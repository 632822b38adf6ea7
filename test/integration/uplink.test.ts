/**
 * Physical networks on real Open vSwitch: guests, the host itself and what is outside reach each other through the uplink,
 * untagged and in a VLAN, and a VLAN does not hear the other network. In both families.
 */
import t from 'tap'
import { createLab } from '../lab/lab.ts'
import type { Namespace } from '../lab/namespace.ts'
import { OPENFLOW_PORT, Site } from '../lab/vnetd.ts'
import { until } from '../lab/wait.ts'
import { addressIn6 } from '../scenarios/in_ipv6.ts'
import { STREET_BRIDGE, startStreet } from './street.ts'

const DPID = '0x00000000000000a1'
const BRIDGE = 'br0'
const MAC = { flat: '02:00:00:00:00:01', tagged: '02:00:00:00:00:02' }

const lab = await createLab()
t.teardown(() => lab.close())
const host = await lab.host()
const site = await Site.on(host)
await site.start()

/** What is at the other end of the uplink: a switch with somebody untagged, and somebody in VLAN 100. */
const street = await startStreet(lab, host)
const passer = await street.guest({
  ...{ port: 'passer', mac: '02:00:00:00:00:0e', bridge: STREET_BRIDGE, ipv6: true },
  addresses: ['192.168.1.200/24', 'fd00:192:168:1::c8/64'],
})
const neighbour = await street.guest({
  ...{ port: 'neighbour', mac: '02:00:00:00:00:0f', bridge: STREET_BRIDGE, ipv6: true },
  addresses: ['192.168.2.200/24', 'fd00:192:168:2::c8/64'],
})
await street.vsctl('set', 'Port', 'neighbour', 'tag=100')
const outside = passer.namespace
await host.bridge({ name: BRIDGE, dpid: DPID, controllers: [`tcp:127.0.0.1:${OPENFLOW_PORT}`] })
await host.addPort(BRIDGE, 'uplink')
await host.namespace.run(['sysctl', '-qw', `net.ipv6.conf.${BRIDGE}.disable_ipv6=0`])
await host.namespace.ip(
  `link set ${BRIDGE} up`,
  `address add 192.168.1.100/24 dev ${BRIDGE}`,
  `address add fd00:192:168:1::64/64 dev ${BRIDGE}`,
)
await host.namespace.run(['ethtool', '-K', BRIDGE, 'tx', 'off'])
const flat = await host.guest({
  ...{ port: 'if-flat', mac: MAC.flat, bridge: BRIDGE, ipv6: true },
  addresses: ['192.168.1.1/24', 'fd00:192:168:1::1/64'],
})
const tagged = await host.guest({
  ...{ port: 'if-tagged', mac: MAC.tagged, bridge: BRIDGE, ipv6: true },
  addresses: ['192.168.2.1/24', 'fd00:192:168:2::1/64'],
})

const { rest } = site
await rest.post('datapaths', { uuid: 'dp-1', dpid: DPID })
await rest.post('networks', {
  ...{ uuid: 'nw-flat', mode: 'physical' },
  ...{ ipv4_network: '192.168.1.0', ipv6_network: 'fd00:192:168:1::' },
})
await rest.post('networks', {
  ...{ uuid: 'nw-tagged', mode: 'physical', vlan_id: 100 },
  ...{ ipv4_network: '192.168.2.0', ipv6_network: 'fd00:192:168:2::' },
})
await rest.post('interfaces', {
  ...{
    uuid: 'if-uplink',
    mode: 'host',
    port_name: 'uplink',
    owner_datapath_uuid: 'dp-1',
    network_uuid: 'nw-flat',
  },
})
await rest.call('PUT', 'interfaces/if-uplink/networks/nw-tagged', { static: true })
for (const [uuid, network_uuid, mac_address, ipv4_address] of [
  ['if-flat', 'nw-flat', MAC.flat, '192.168.1.1'],
  ['if-tagged', 'nw-tagged', MAC.tagged, '192.168.2.1'],
] as const) {
  const ipv6_address = addressIn6(ipv4_address)
  await rest.post('interfaces', { uuid, network_uuid, mac_address, ipv4_address, ipv6_address })
}
await site.converged(DPID)

await Promise.all([flat, tagged, passer, neighbour].map((guest) => guest.probed()))

const reaches = async (from: Namespace, address: string): Promise<boolean> =>
  (await from.attempt(['ping', '-n', '-c', '3', '-i', '0.05', '-W', '2', address])).code === 0

/** In one family or the other. */
const reachesEither = async (from: Namespace, address: string): Promise<boolean> =>
  (await Promise.all([address, addressIn6(address)].map((one) => reaches(from, one)))).includes(true)

for (const own of [(address: string) => address, addressIn6]) {
  t.test(`who is in the network reaches the others, inside and outside: ${own('192.168.1.1')}`, async (t) => {
    t.ok(await reaches(flat.namespace, own('192.168.1.200')), 'a guest reaches what is outside')
    t.ok(await reaches(outside, own('192.168.1.1')), 'and is reached')
    t.ok(await reaches(outside, own('192.168.1.100')), 'the host is reached from outside')
    t.ok(await reaches(flat.namespace, own('192.168.1.100')), 'and by a guest')
    t.ok(await reaches(host.namespace, own('192.168.1.1')), 'the host reaches a guest')
    t.ok(await reaches(tagged.namespace, own('192.168.2.200')), 'so in a VLAN')
    t.ok(await reaches(neighbour.namespace, own('192.168.2.1')), 'and is reached')
  })
}

t.test('a broadcast of one network is not heard in the other, and comes back to nobody', async (t) => {
  const ears = [await flat.listen(), await tagged.listen()] as const
  await outside.attempt(['ping', '-b', '-c', '3', '-i', '0.2', '-W', '1', '192.168.1.255'])
  const isEcho = (frame: Uint8Array) => frame[12] === 8 && frame[13] === 0 && frame[23] === 1
  await until('the guest hears it', () => ears[0].frames.some(isEcho))
  const [inFlat, inTagged] = await Promise.all(ears.map(async (ear) => await ear.stop()))
  t.equal(inFlat!.filter(({ frame }) => isEcho(frame)).length, 3)
  t.equal(inTagged!.filter(({ frame }) => isEcho(frame)).length, 0)
})

t.test('another VLAN, and none at all', async (t) => {
  await rest.call('PUT', 'networks/nw-tagged', { vlan_id: 101 })
  await site.converged(DPID)
  t.notOk(await reachesEither(tagged.namespace, '192.168.2.200'), 'outside nobody is in it')
  await rest.delete('interfaces/if-uplink')
  await site.converged(DPID)
  t.notOk(await reachesEither(flat.namespace, '192.168.1.200'), 'no uplink, nothing outside')
})
