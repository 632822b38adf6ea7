/** A network with IPv4 and IPv6: what leases and routes of both families mean on a switch. */
import t from 'tap'
import { compile, linesOf } from './flow_lines.ts'

const guest = {
  ...{ id: 1, mac: '52:54:00:00:00:01' },
  addresses: { 1: ['172.16.1.1', 'fd00:1::1', 'fd00:1::2'] },
}
const leg = {
  ...{ id: 8, mode: 'simulated' as const, mac: '52:54:00:74:00:00' },
  addresses: { 1: ['172.16.1.254', 'fd00:1::fe'] },
}
const at = { interface_id: 8, network_id: 1 }
const connected = [
  { ...at, destination: '172.16.1.0', prefix: 24 },
  { ...at, destination: 'fd00:1::', prefix: 64 },
]
const rows = {
  networks: { 1: '172.16.1.0' },
  changes: { 1: { ipv6_network: 'fd00:1::' } },
  interfaces: [guest, leg],
  routes: connected,
}

t.test('a guest sends with what it owns of either family, and with nothing else', async (t) => {
  const tables = await compile(rows, 1)
  const own = 'reg0=0x1,dl_src=52:54:00:00:00:01'
  const on = 'actions=write_metadata:0x1/0xffffffff'
  const security = linesOf(tables, 'port').filter((line) => line.startsWith('table=port_security,'))
  t.strictSame(security, [
    `table=port_security, priority=200,arp,${own},arp_spa=0.0.0.0,arp_sha=52:54:00:00:00:01 actions=goto_table:arp`,
    `table=port_security, priority=200,ip,${own},nw_src=172.16.1.1 ${on},goto_table:router_leg`,
    `table=port_security, priority=200,arp,${own},arp_spa=172.16.1.1,arp_sha=52:54:00:00:00:01 ${on},goto_table:arp`,
    `table=port_security, priority=200,ipv6,${own},ipv6_src=fd00:1::1 ${on},goto_table:nd_security`,
    `table=port_security, priority=200,ipv6,${own},ipv6_src=fd00:1::2 ${on},goto_table:nd_security`,
    `table=port_security, priority=100,ipv6,${own} actions=goto_table:link_local`,
  ])
  t.notMatch(linesOf(tables, 'arp').join('\n'), /fd00|ipv6/, 'ARP is a matter of IPv4')
})

t.test('a router knows the subnets, its own addresses and the neighbours of both families', async (t) => {
  const lines = linesOf(await compile(rows, 1), 'routing')
  const of = (table: string) => lines.filter((line) => line.startsWith(`table=${table},`))
  t.strictSame(of('router_ingress'), [
    'table=router_ingress, priority=1064,ipv6,reg2=0x8,metadata=0x1/0xffffffff,ipv6_src=fd00:1::/64 actions=load:0x1->NXM_NX_REG3[],goto_table:router_address',
    'table=router_ingress, priority=1024,ip,reg2=0x8,metadata=0x1/0xffffffff,nw_src=172.16.1.0/24 actions=load:0x1->NXM_NX_REG3[],goto_table:router_address',
  ])
  t.strictSame(of('route'), [
    'table=route, priority=1064,ipv6,reg3=0x1,ipv6_dst=fd00:1::/64 actions=set_field:52:54:00:74:00:00->eth_src,load:0->NXM_OF_IN_PORT[],move:NXM_NX_IPV6_DST[0..31]->NXM_NX_REG11[],move:NXM_NX_IPV6_DST[32..63]->NXM_NX_REG10[],move:NXM_NX_IPV6_DST[64..95]->NXM_NX_REG9[],move:NXM_NX_IPV6_DST[96..127]->NXM_NX_REG8[],write_metadata:0x1/0xffffffff,goto_table:router_ttl',
    'table=route, priority=1024,ip,reg3=0x1,nw_dst=172.16.1.0/24 actions=set_field:52:54:00:74:00:00->eth_src,load:0->NXM_OF_IN_PORT[],move:NXM_OF_IP_DST[]->NXM_NX_REG11[],write_metadata:0x1/0xffffffff,goto_table:router_ttl',
  ])
  t.strictSame(
    of('neighbour').filter((line) => !line.includes('punt')),
    [
      'ip,reg11=0xac100101,metadata=0x1/0xffffffff',
      ...['1', '2'].map(
        (host) => `ipv6,reg8=0xfd000001,reg9=0,reg10=0,reg11=0x${host},metadata=0x1/0xffffffff`,
      ),
    ].map(
      (match) =>
        `table=neighbour, priority=200,${match} actions=set_field:52:54:00:00:00:01->eth_dst,goto_table:mtu`,
    ),
  )
  t.match(
    of('router_address').filter((line) => line.includes('fd00')),
    ['nw_proto=44,nw_frag=later', 'icmp_type=128,icmp_code=0', 'actions=.*goto_table:punt'].flatMap((what) =>
      ['reg2=0x8,metadata=0x1/0xffffffff', 'reg3=0x1'].map(
        (reach) => new RegExp(`,${reach},ipv6_dst=fd00:1::fe[ ,]${what}`),
      ),
    ),
  )
})

t.test('a next hop is of the family of its route', async (t) => {
  const others = [
    { ...at, destination: '0.0.0.0', prefix: 0, via: '172.16.1.9' },
    { ...at, destination: '::', prefix: 0, via: 'fd00:1::9' },
    { interface_id: null, network_id: null, destination: '10.0.0.0', prefix: 8, type: 'blackhole' as const },
  ]
  const [without, having] = [
    await compile(rows, 1),
    await compile({ ...rows, routes: [...connected, ...others] }, 1),
  ]
  for (const feature of ['port', 'arp', 'nd', 'switching'] as const) {
    t.strictSame(linesOf(having, feature), linesOf(without, feature), feature)
  }
  const before = linesOf(without, 'routing')
  t.match(
    linesOf(having, 'routing').filter((line) => line.startsWith('table=route,') && !before.includes(line)),
    [
      /priority=1008,ip,reg3=0x1,nw_dst=10.0.0.0\/8 actions=drop$/,
      /priority=1000,ip,reg3=0x1 actions=.*load:0xac100109->NXM_NX_REG11\[\]/,
      /priority=1000,ipv6,reg3=0x1 actions=.*load:0x9->NXM_NX_REG11\[\].*load:0xfd000001->NXM_NX_REG8\[\]/,
    ],
  )
})
