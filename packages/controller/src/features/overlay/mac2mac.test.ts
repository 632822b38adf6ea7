/** Two hosts that are in one physical network, and send each other what is of virtual networks without encapsulation. */
import type { Row } from '@openvnet/schema'
import t from 'tap'
import { compileSite, type Guest, linesOf } from '../../../test/flow_lines.ts'
import { DPIDS } from '../../../test/world.ts'

const [HERE, THERE] = DPIDS
type Rows = Parameters<typeof compileSite>[0]

const networks = { 1: '172.16.1.0', 2: '172.16.2.0', 9: '10.0.0.0' }
const physical: Partial<Row<'network'>> = { mode: 'physical' }
const end = (id: number, more: Partial<Row<'datapath'>> = {}) => ({
  ...{ dpid: id === 1 ? HERE : THERE, ipv4_address: `10.0.0.${id}`, transport: 'mac2mac' as const },
  ...more,
})
const guest = (id: number, more: Partial<Guest> = {}): Guest => ({
  ...{ id, mac: `52:54:00:00:00:0${id}`, addresses: { 1: `172.16.1.${id}` } },
  ...more,
})
const host = (id: number, more: Partial<Guest> = {}): Guest => ({
  ...{ id: 10 + id, mac: `52:54:00:00:00:1${id}`, mode: 'host', owner_datapath_id: id, port_name: 'eth0' },
  addresses: { 9: `10.0.0.${id}` },
  ...more,
})
const hosts = [host(1), host(2)]
const portsOf = (...names: string[]) =>
  new Map([...names, 'eth0', 'vnet-vxlan'].map((name, index) => [name, index + 1]))

/** Guests 1 and 3 are here, 2 and 4 there; `eth0` is the port before the last. */
const switches = new Map([
  [HERE, portsOf('if-1', 'if-3')],
  [THERE, portsOf('if-2', 'if-4')],
])

const linesHere = async (rows: Rows) => {
  const site = await compileSite(
    { networks, datapaths: { 1: end(1), 2: end(2) }, changes: { 9: physical }, ...rows },
    switches,
  )
  return linesOf(site.get(HERE)!, 'overlay')
}
const interfaces = [guest(1), guest(2), ...hosts]

const SOURCE_OF_TUNNEL = [
  'table=tunnel_ingress, priority=200,tun_id=0x1,in_port=4 actions=load:0x1->NXM_NX_REG4[0],write_metadata:0x1/0xffffffff,goto_table:tunnel_source',
  'table=tunnel_source, priority=200,tun_src=10.0.0.2 actions=goto_table:destination',
]
const TO_ALL =
  'table=overlay, priority=100,metadata=0x1/0xffffffff,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=set_field:0x1->tun_id,group:1107296257'
const INGRESS = [
  'table=mac2mac, priority=200,metadata=0x9/0xffffffff,dl_dst=f2:00:01:00:00:01 actions=set_field:ff:ff:ff:ff:ff:ff->eth_dst,load:0x1->NXM_NX_REG4[0],write_metadata:0x1/0xffffffff,goto_table:mac2mac_source',
  'table=mac2mac, priority=200,metadata=0x9/0xffffffff,dl_dst=52:54:00:00:00:01 actions=load:0x1->NXM_NX_REG4[0],write_metadata:0x1/0xffffffff,goto_table:mac2mac_source',
  'table=mac2mac_source, priority=200,metadata=0x1/0xffffffff,dl_src=52:54:00:00:00:02 actions=goto_table:mac2mac_multicast',
]

t.test(
  'guests go as they are out of the uplink, broadcasts with the address that stands for all there',
  async (t) => {
    t.strictSame(await linesHere({ interfaces }), [
      ...INGRESS,
      ...SOURCE_OF_TUNNEL,
      'table=overlay, priority=200,metadata=0x1/0xffffffff,dl_dst=52:54:00:00:00:02 actions=output:3',
      TO_ALL,
      'group_id=1107296257,type=all,bucket=actions=set_field:f2:00:02:00:00:01->eth_dst,output:3',
    ])
  },
)

t.test('the tag of the network between the hosts is put on', async (t) => {
  const lines = await linesHere({ interfaces, changes: { 9: { ...physical, vlan_id: 100 } } })
  t.equal(
    lines.at(-3),
    'table=overlay, priority=200,metadata=0x1/0xffffffff,dl_dst=52:54:00:00:00:02 actions=push_vlan:0x8100,set_field:4196->vlan_vid,output:3',
  )
  t.equal(
    lines.at(-1),
    'group_id=1107296257,type=all,bucket=actions=set_field:f2:00:02:00:00:01->eth_dst,push_vlan:0x8100,set_field:4196->vlan_vid,output:3',
  )
})

t.test('the address that stands for all may be said', async (t) => {
  const relation = (datapath_id: number) => ({
    ...{ datapath_id, network_id: 1, mac_address: `06:00:00:00:00:0${datapath_id}` },
  })
  const lines = await linesHere({ interfaces, datapath_networks: [relation(1), relation(2)] })
  t.match(lines[0], /dl_dst=06:00:00:00:00:01 actions=set_field:ff:ff:ff:ff:ff:ff->eth_dst/)
  t.match(lines.at(-1), 'set_field:06:00:00:00:00:02->eth_dst,output:3')
})

const TUNNELLED = [
  ...SOURCE_OF_TUNNEL,
  'table=overlay, priority=200,metadata=0x1/0xffffffff,dl_dst=52:54:00:00:00:02 actions=set_field:0x1->tun_id,set_field:10.0.0.2->tun_dst,output:4',
  TO_ALL,
  'group_id=1107296257,type=all,bucket=actions=set_field:10.0.0.2->tun_dst,output:4',
]

t.test('hosts without a physical network in common have a tunnel', async (t) => {
  const apart = { ...networks, 8: '10.0.8.0' }
  const other = host(2, { addresses: { 8: '10.0.8.2' } })
  const changes = { 8: physical, 9: physical }
  const lines = await linesHere({
    networks: apart,
    changes,
    interfaces: [guest(1), guest(2), host(1), other],
  })
  const also = SOURCE_OF_TUNNEL[1]!.replace('10.0.0.2', '10.0.8.2')
  t.strictSame(lines, TUNNELLED.toSpliced(2, 0, also))
  t.strictSame(
    await linesHere({ interfaces: [guest(1), guest(2), host(1, { port_name: 'gone' }), host(2)] }),
    TUNNELLED,
  )
  const without = { 1: end(1), 2: end(2, { transport: null }) }
  t.strictSame(
    (await linesHere({ interfaces, datapaths: without })).slice(0, 3),
    INGRESS,
    'one of both says it',
  )
  const never = { 1: end(1, { transport: null }), 2: end(2, { transport: 'vxlan' }) }
  t.strictSame(await linesHere({ interfaces, datapaths: never }), TUNNELLED)
})

t.test('tags of guests need a tunnel: on the wire they would be those of another network', async (t) => {
  const changes = { 1: { vlan_transparent: true }, 9: physical }
  t.strictSame(await linesHere({ interfaces, changes }), TUNNELLED)
})

t.test(
  'where a MAC address is in two networks of a switch, what is for it goes through the tunnel',
  async (t) => {
    const [twin, own] = [guest(4, { mac: guest(2).mac }), guest(3, { mac: guest(1).mac })]
    const second = (one: Guest) => ({ ...one, addresses: { 2: `172.16.2.${one.id}` } })
    const lines = await linesHere({ interfaces: [...interfaces, second(twin), second(own)] })
    const unicast = lines.filter((line) => line.startsWith('table=overlay, priority=200'))
    t.match(unicast, [/metadata=0x1.*tun_dst,output:4$/, /metadata=0x2.*tun_dst,output:4$/])
    t.notMatch(lines.join('\n'), /table=mac2mac,.*dl_dst=52:54/, 'nor is it looked for in what comes plainly')
    t.match(
      lines.at(-1),
      /set_field:f2:00:02:00:00:02->eth_dst,output:3$/,
      'a broadcast says its network itself',
    )
    const away = await linesHere({ interfaces: [...interfaces, second(own)] })
    t.match(
      away.find((line) => line.includes('dl_dst=52:54:00:00:00:02')),
      /actions=output:3$/,
    )
  },
)

t.test('what is routed on another host comes from the address of the leg', async (t) => {
  const leg: Guest = { id: 21, mac: '52:54:00:00:00:21', mode: 'simulated', addresses: { 1: '172.16.1.254' } }
  const routes = [{ interface_id: 21, network_id: 1, destination: '172.16.1.0', prefix: 24 }]
  const lines = await linesHere({ interfaces: [...interfaces, leg], routes })
  t.ok(
    lines.includes(
      'table=mac2mac_source, priority=200,metadata=0x1/0xffffffff,dl_src=52:54:00:00:00:21 actions=goto_table:mac2mac_multicast',
    ),
  )
})

t.test('a segment goes the same way, unless it has a gateway: who is behind that is not known', async (t) => {
  const rows = { interfaces, segments: { 5: {} }, changes: { 1: { segment_id: 5 }, 9: physical } }
  const lines = await linesHere(rows)
  t.match(lines[0], /metadata=0x9.*dl_dst=f2:00:01:80:00:05 .*write_metadata:0x80000005/)
  t.match(lines.at(-1), /set_field:f2:00:02:80:00:05->eth_dst,output:3$/)
  const gateway: Guest = {
    ...{ id: 30, mac: null, mode: 'promiscuous', owner_datapath_id: 2, port_name: 'if-4', addresses: {} },
    segment_id: 5,
  }
  const behind = await linesHere({ ...rows, interfaces: [...interfaces, gateway] })
  t.notMatch(behind.join('\n'), /output:3|table=mac2mac,/)
})

t.test('multicast gets its destination back from its IP address', async (t) => {
  const site = await compileSite({}, switches)
  const lines = linesOf(site.get(HERE)!, 'pipeline').filter((line) =>
    line.includes('table=mac2mac_multicast, priority=200'),
  )
  t.strictSame(lines, [
    'table=mac2mac_multicast, priority=200,ip,dl_dst=ff:ff:ff:ff:ff:ff,nw_dst=224.0.0.0/4 actions=set_field:01:00:5e:00:00:00->eth_dst,move:NXM_OF_IP_DST[0..22]->NXM_OF_ETH_DST[0..22],goto_table:destination',
    'table=mac2mac_multicast, priority=200,ipv6,dl_dst=ff:ff:ff:ff:ff:ff,ipv6_dst=ff00::/8 actions=set_field:33:33:00:00:00:00->eth_dst,move:NXM_NX_IPV6_DST[0..31]->NXM_OF_ETH_DST[0..31],goto_table:destination',
  ])
})
