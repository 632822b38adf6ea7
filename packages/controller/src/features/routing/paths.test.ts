/** Next hops, several of them, routes to nowhere and routers that follow each other, as whole flow lines. */
import { formatFlow } from '@openvnet/openflow'
import t from 'tap'
import { compile, linesOf } from '../../../test/flow_lines.ts'
import { decodeCookie } from '../../pipeline/cookie.ts'
import { tableName } from '../../pipeline/layout.ts'
import { linksOf } from './shares.ts'

const networks = { 1: '172.16.1.0', 2: '172.16.2.0' }
const guest = { id: 1, mac: '52:54:00:00:00:01', addresses: { 1: '172.16.1.1' } }
const appliance = { id: 2, mac: '52:54:00:00:00:02', addresses: { 2: '172.16.2.3' } }
const leg1 = {
  id: 8,
  mode: 'simulated' as const,
  mac: '52:54:00:74:00:00',
  addresses: { 1: '172.16.1.254' },
}
const leg2 = {
  id: 9,
  mode: 'simulated' as const,
  mac: '52:54:00:74:22:22',
  addresses: { 2: '172.16.2.254' },
}
const other = {
  id: 10,
  mode: 'simulated' as const,
  mac: '52:54:00:74:33:33',
  addresses: { 2: '172.16.2.253' },
}
const connected = [
  { interface_id: 8, network_id: 1, destination: '172.16.1.0', prefix: 24 },
  { interface_id: 9, network_id: 2, destination: '172.16.2.0', prefix: 24 },
]
const by = (via: string, more: object = {}) => ({
  ...{ interface_id: 9, network_id: 2, destination: '10.0.0.0', prefix: 8, via },
  ...more,
})
const nowhere = (type: 'blackhole' | 'unreachable' | 'prohibit', destination: string) => ({
  ...{ interface_id: null, network_id: null, destination, prefix: 16, type },
})

type Routes = NonNullable<Parameters<typeof compile>[0]['routes']>
const linesFor = async (table: string, routes: Routes, more: readonly (typeof other)[] = []) => {
  const interfaces = [guest, appliance, leg1, leg2, ...more]
  const lines = linesOf(
    await compile({ networks, interfaces, routes: [...connected, ...routes] }, 2),
    'routing',
  )
  return lines.filter((line) => line.startsWith(`table=${table},`))
}

const leaving = 'set_field:52:54:00:74:22:22->eth_src,load:0->NXM_OF_IN_PORT[]'

t.test('a next hop is written where else the destination is', async (t) => {
  const lines = await linesFor('route', [
    by('172.16.2.3'),
    by('172.16.2.3', { destination: '0.0.0.0', prefix: 0 }),
  ])
  t.strictSame(lines.slice(2), [
    `table=route, priority=1008,ip,reg3=0x1,nw_dst=10.0.0.0/8 actions=${leaving},load:0xac100203->NXM_NX_REG11[],write_metadata:0x2/0xffffffff,goto_table:router_ttl`,
    `table=route, priority=1000,ip,reg3=0x1 actions=${leaving},load:0xac100203->NXM_NX_REG11[],write_metadata:0x2/0xffffffff,goto_table:router_ttl`,
  ])
  const ingress = await linesFor('router_ingress', [by('172.16.2.3')])
  t.match(
    ingress,
    [/nw_src=172.16.1.0/, /nw_src=172.16.2.0/, /reg2=0x9,metadata=0x2\/0xffffffff,nw_src=10.0.0.0\/8 /],
    'from there packets come back',
  )
})

t.test('an IPv6 next hop takes four registers', async (t) => {
  const interfaces = [
    { ...guest, addresses: { 1: 'fd00:1::1' } },
    { ...leg1, addresses: { 1: 'fd00:1::fe' } },
  ]
  const rows = {
    networks,
    interfaces,
    routes: [
      { interface_id: 8, network_id: 1, destination: 'fd00:1::', prefix: 64 },
      { interface_id: 8, network_id: 1, destination: '::', prefix: 0, via: 'fd00:1::1' },
    ],
  }
  const lines = linesOf(await compile(rows, 2), 'routing')
  const of = (table: string) => lines.filter((line) => line.startsWith(`table=${table},`))
  t.strictSame(of('route'), [
    'table=route, priority=1064,ipv6,reg3=0x1,ipv6_dst=fd00:1::/64 actions=set_field:52:54:00:74:00:00->eth_src,load:0->NXM_OF_IN_PORT[],move:NXM_NX_IPV6_DST[0..31]->NXM_NX_REG11[],move:NXM_NX_IPV6_DST[32..63]->NXM_NX_REG10[],move:NXM_NX_IPV6_DST[64..95]->NXM_NX_REG9[],move:NXM_NX_IPV6_DST[96..127]->NXM_NX_REG8[],write_metadata:0x1/0xffffffff,goto_table:router_ttl',
    'table=route, priority=1000,ipv6,reg3=0x1 actions=set_field:52:54:00:74:00:00->eth_src,load:0->NXM_OF_IN_PORT[],load:0x1->NXM_NX_REG11[],load:0->NXM_NX_REG10[],load:0->NXM_NX_REG9[],load:0xfd000001->NXM_NX_REG8[],write_metadata:0x1/0xffffffff,goto_table:router_ttl',
  ])
  t.match(of('neighbour'), [
    'table=neighbour, priority=200,ipv6,reg8=0xfd000001,reg9=0,reg10=0,reg11=0x1,metadata=0x1/0xffffffff actions=set_field:52:54:00:00:00:01->eth_dst,goto_table:mtu',
    /priority=100,ip,/,
    /priority=100,ipv6,/,
  ])
})

t.test('routes to nowhere drop, or tell the sender', async (t) => {
  const lines = await linesFor('route', [
    nowhere('blackhole', '10.66.0.0'),
    nowhere('unreachable', '10.67.0.0'),
    nowhere('prohibit', '10.68.0.0'),
  ])
  const told = (reason: number) =>
    `load:0x1->NXM_NX_REG5[0..7],load:0x${reason}->NXM_NX_REG5[8..15],goto_table:punt`
  t.strictSame(lines.slice(2), [
    'table=route, priority=1016,ip,reg3=0x1,nw_dst=10.66.0.0/16 actions=drop',
    `table=route, priority=1016,ip,reg3=0x1,nw_dst=10.67.0.0/16 actions=${told(3)}`,
    `table=route, priority=1016,ip,reg3=0x1,nw_dst=10.68.0.0/16 actions=${told(5)}`,
  ])
})

t.test('several next hops share by weight, and a connection keeps its own', async (t) => {
  const routes = [by('172.16.2.3', { weight: 4 }), by('172.16.2.4', { weight: 2 })]
  const [, , choice] = await linesFor('route', routes)
  t.equal(
    choice,
    'table=route, priority=1008,ip,reg3=0x1,nw_dst=10.0.0.0/8 actions=load:0x3->NXM_NX_REG7[],multipath(symmetric_l3l4,1,hrw,3,0,NXM_NX_REG12[0..7]),goto_table:route_member',
  )
  const share = (index: number, via: string) =>
    `table=route_member, priority=200,ip,reg7=0x3,reg12=${index === 0 ? '0' : `0x${index}`}/0xff actions=${leaving},load:${via}->NXM_NX_REG11[],write_metadata:0x2/0xffffffff,goto_table:router_ttl`
  t.strictSame(await linesFor('route_member', routes), [
    share(0, '0xac100203'),
    share(1, '0xac100203'),
    share(2, '0xac100204'),
  ])
})

t.test('weights become few links, and nobody is without one', async (t) => {
  t.strictSame(linksOf([1]), [1])
  t.strictSame(linksOf([10, 20, 30]), [1, 2, 3])
  t.strictSame(linksOf([255, 1]), [64, 1])
  t.strictSame(linksOf([7, 7, 7]), [1, 1, 1])
  const many = linksOf(Array.from({ length: 100 }, (_, index) => 1 + index))
  t.ok(many.every((links) => links >= 1))
  t.ok(many.reduce((sum, links) => sum + links, 0) <= 164)
})

t.test('another router in the network is the next one on the path', async (t) => {
  const routes = [{ ...connected[1]!, interface_id: 10, route_link_id: 2 }]
  const lines = await linesFor('neighbour', routes, [other])
  t.strictSame(
    lines.filter((line) => line.includes('REG4[3]')),
    [
      'table=neighbour, priority=200,ip,reg11=0xac1002fe,metadata=0x2/0xffffffff actions=set_field:52:54:00:74:22:22->eth_dst,load:0x1->NXM_NX_REG4[3],goto_table:mtu',
      'table=neighbour, priority=200,ip,reg11=0xac1002fd,metadata=0x2/0xffffffff actions=set_field:52:54:00:74:33:33->eth_dst,load:0x1->NXM_NX_REG4[3],goto_table:mtu',
    ],
  )
  t.strictSame(
    (await linesFor('neighbour', [], [other])).filter((line) => line.includes('REG4[3]')),
    [],
  )
  const far = (await linesFor('router_address', routes, [other])).filter((line) => line.includes('reg4=0x4/'))
  t.equal(far.length, 6, 'answers that are routed back: two for each leg of a router')
  t.equal(
    far.find((line) => line.includes('172.16.2.253') && line.includes('icmp_type=8')),
    'table=router_address, priority=500,icmp,reg3=0x2,reg4=0x4/0x4,nw_dst=172.16.2.253,icmp_type=8,icmp_code=0 actions=move:NXM_OF_IP_SRC[]->NXM_OF_IP_DST[],set_field:172.16.2.253->ip_src,set_field:0->icmp_type,mod_nw_ttl:64,load:0x1->NXM_NX_REG4[5],goto_table:route',
  )
})

t.test('hops are taken one after the other', async (t) => {
  const { flows } = await compile({ networks, interfaces: [guest] }, 1)
  const lines = [...flows.values()]
    .filter((flow) => decodeCookie(flow.cookie)?.feature === 'pipeline')
    .map((flow) => formatFlow(flow.content, { tableName: (id: number) => tableName(id) }))
    .filter((line) => /table=(next_router|router_hops?),/.test(line) && !line.includes('priority=0'))
  const sixteen = (table: string) => Array.from({ length: 16 }, () => `resubmit(,${table})`).join()
  t.strictSame(lines.sort(), [
    `table=next_router, priority=200,reg4=0/0x4 actions=load:0x1->NXM_NX_REG4[2],${sixteen('router_hops')}`,
    'table=router_hop, priority=200,reg4=0x2/0x2 actions=load:0->NXM_NX_REG4[1],load:0->NXM_NX_REG3[],goto_table:router_leg',
    `table=router_hops, priority=200,reg4=0x2/0x2 actions=${sixteen('router_hop')}`,
  ])
})

t.test('only what goes into a smaller MTU than there is around is looked at', async (t) => {
  const interfaces = [guest, appliance, leg1, leg2]
  const withMtu = async (...mtus: readonly number[]) => {
    const changes = Object.fromEntries(mtus.map((mtu, index) => [index + 1, { mtu }]))
    const lines = linesOf(await compile({ networks, changes, interfaces, routes: connected }, 2), 'routing')
    return lines.filter((line) => line.startsWith('table=mtu,'))
  }
  t.strictSame(await withMtu(), [])
  t.strictSame(await withMtu(1400, 1400), [])
  const fits = 'actions=goto_table:too_big'
  const look =
    'actions=load:0->NXM_NX_REG4[2],load:0x5dc->NXM_NX_REG12[16..31],check_pkt_larger(1514)->NXM_NX_REG4[4],goto_table:too_big'
  t.strictSame(await withMtu(9000, 1500), [
    `table=mtu, priority=300,reg12=0x5dc0000/0xffff0000,metadata=0x2/0xffffffff ${fits}`,
    `table=mtu, priority=200,ip,metadata=0x2/0xffffffff ${look}`,
    `table=mtu, priority=200,ipv6,metadata=0x2/0xffffffff ${look}`,
  ])
})
