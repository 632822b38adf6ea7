import { formatFlow } from '@openvnet/openflow'
import t from 'tap'
import { compile, linesOf } from '../../../test/flow_lines.ts'
import { decodeCookie } from '../../pipeline/cookie.ts'
import { tableName } from '../../pipeline/layout.ts'

const networks = { 1: '172.16.1.0', 2: '172.16.2.0' }
const guest = { id: 1, mac: '52:54:00:00:00:01', addresses: { 1: '172.16.1.1' } }
const peer = { id: 2, mac: '52:54:00:00:00:02', addresses: { 2: '172.16.2.3' } }
const leg1 = { id: 8, mode: 'simulated' as const, mac: '52:54:00:74:00:00', addresses: { 1: '172.16.1.254' } }
const leg2 = { id: 9, mode: 'simulated' as const, mac: '52:54:00:74:22:22', addresses: { 2: '172.16.2.254' } }
const route1 = { interface_id: 8, network_id: 1, destination: '172.16.1.0', prefix: 24 }
const route2 = { interface_id: 9, network_id: 2, destination: '172.16.2.0', prefix: 24 }
const interfaces = [guest, peer, leg1, leg2]

const echo = (ip: string) =>
  'actions=push:NXM_OF_ETH_SRC[],push:NXM_OF_ETH_DST[],pop:NXM_OF_ETH_SRC[],pop:NXM_OF_ETH_DST[],' +
  `move:NXM_OF_IP_SRC[]->NXM_OF_IP_DST[],set_field:${ip}->ip_src,set_field:0->icmp_type,mod_nw_ttl:64,move:NXM_NX_REG0[]->NXM_NX_REG1[],load:0->NXM_OF_IN_PORT[],goto_table:output`

const restOfEcho = (ip: string) =>
  'actions=push:NXM_OF_ETH_SRC[],push:NXM_OF_ETH_DST[],pop:NXM_OF_ETH_SRC[],pop:NXM_OF_ETH_DST[],' +
  `move:NXM_OF_IP_SRC[]->NXM_OF_IP_DST[],set_field:${ip}->ip_src,dec_ttl,move:NXM_NX_REG0[]->NXM_NX_REG1[],load:0->NXM_OF_IN_PORT[],goto_table:output`

/** @param reason 1 hop_limit, 2 no_route, 3 address_unreachable, 4 no_service, 7 beyond_scope */
const punted = (reason: number) =>
  `actions=load:0x1->NXM_NX_REG5[0..7],load:0x${reason}->NXM_NX_REG5[8..15],goto_table:punt`

const asked = 'actions=load:0x8->NXM_NX_REG5[0..7],load:0x28->NXM_NX_REG5[8..15],goto_table:punt'

const tableOf = (lines: readonly string[], table: string) =>
  lines.filter((line) => line.startsWith(`table=${table},`))

t.test('two networks, one router', async (t) => {
  const lines = linesOf(await compile({ networks, interfaces, routes: [route1, route2] }, 2), 'routing')
  t.strictSame(tableOf(lines, 'router_leg'), [
    'table=router_leg, priority=200,metadata=0x1/0xffffffff,dl_dst=52:54:00:74:00:00 actions=load:0x8->NXM_NX_REG2[],load:0x1->NXM_NX_REG6[],goto_table:router_ingress',
    'table=router_leg, priority=200,metadata=0x2/0xffffffff,dl_dst=52:54:00:74:22:22 actions=load:0x9->NXM_NX_REG2[],load:0x2->NXM_NX_REG6[],goto_table:router_ingress',
  ])
  t.strictSame(tableOf(lines, 'router_ingress'), [
    'table=router_ingress, priority=1024,ip,reg2=0x8,metadata=0x1/0xffffffff,nw_src=172.16.1.0/24 actions=load:0x1->NXM_NX_REG3[],goto_table:router_address',
    'table=router_ingress, priority=1024,ip,reg2=0x9,metadata=0x2/0xffffffff,nw_src=172.16.2.0/24 actions=load:0x1->NXM_NX_REG3[],goto_table:router_address',
  ])
  const [own1, via1] = [
    'reg2=0x8,metadata=0x1/0xffffffff,nw_dst=172.16.1.254',
    'reg3=0x1,nw_dst=172.16.1.254',
  ]
  const [own2, via2] = [
    'reg2=0x9,metadata=0x2/0xffffffff,nw_dst=172.16.2.254',
    'reg3=0x1,nw_dst=172.16.2.254',
  ]
  const all: [string, string][] = [
    [own1, '172.16.1.254'],
    [via1, '172.16.1.254'],
    [own2, '172.16.2.254'],
    [via2, '172.16.2.254'],
  ]
  t.strictSame(tableOf(lines, 'router_address'), [
    ...all.map(([to, ip]) => `table=router_address, priority=400,icmp,${to},nw_frag=later ${restOfEcho(ip)}`),
    ...all.map(
      ([to, ip]) => `table=router_address, priority=300,icmp,${to},icmp_type=8,icmp_code=0 ${echo(ip)}`,
    ),
    ...all.map(([to]) => `table=router_address, priority=200,ip,${to} ${punted(4)}`),
  ])
  t.strictSame(tableOf(lines, 'route'), [
    'table=route, priority=1024,ip,reg3=0x1,nw_dst=172.16.1.0/24 actions=set_field:52:54:00:74:00:00->eth_src,load:0->NXM_OF_IN_PORT[],move:NXM_OF_IP_DST[]->NXM_NX_REG11[],write_metadata:0x1/0xffffffff,goto_table:router_ttl',
    'table=route, priority=1024,ip,reg3=0x1,nw_dst=172.16.2.0/24 actions=set_field:52:54:00:74:22:22->eth_src,load:0->NXM_OF_IN_PORT[],move:NXM_OF_IP_DST[]->NXM_NX_REG11[],write_metadata:0x2/0xffffffff,goto_table:router_ttl',
  ])
  t.strictSame(tableOf(lines, 'neighbour'), [
    'table=neighbour, priority=200,ip,reg11=0xac100101,metadata=0x1/0xffffffff actions=set_field:52:54:00:00:00:01->eth_dst,goto_table:mtu',
    'table=neighbour, priority=200,ip,reg11=0xac100203,metadata=0x2/0xffffffff actions=set_field:52:54:00:00:00:02->eth_dst,goto_table:mtu',
    `table=neighbour, priority=100,ip,metadata=0x1/0xffffffff ${punted(3)}`,
    `table=neighbour, priority=100,ipv6,metadata=0x1/0xffffffff ${punted(3)}`,
    `table=neighbour, priority=100,ip,metadata=0x2/0xffffffff ${punted(3)}`,
    `table=neighbour, priority=100,ipv6,metadata=0x2/0xffffffff ${punted(3)}`,
  ])
})

t.test('a network without a route has a leg that answers, and nothing is routed', async (t) => {
  const lines = linesOf(await compile({ networks, interfaces }, 2), 'routing')
  t.equal(tableOf(lines, 'router_leg').length, 2)
  t.equal(tableOf(lines, 'router_address').length, 6)
  for (const table of ['router_ingress', 'route']) t.strictSame(tableOf(lines, table), [])
})

t.test('ingress and egress can be had one without the other', async (t) => {
  const routes = [
    { ...route1, egress: false },
    { ...route2, ingress: false },
  ]
  const lines = linesOf(await compile({ networks, interfaces, routes }, 2), 'routing')
  t.match(tableOf(lines, 'router_ingress'), [/nw_src=172.16.1.0\/24/])
  t.match(tableOf(lines, 'route'), [/nw_dst=172.16.2.0\/24/])
})

t.test('the default route matches all of its family, after every longer prefix', async (t) => {
  const routes = [route1, { ...route2, destination: '0.0.0.0', prefix: 0 }]
  const lines = linesOf(await compile({ networks, interfaces, routes }, 2), 'routing')
  t.match(tableOf(lines, 'route'), [
    /priority=1024,ip,reg3=0x1,nw_dst=172.16.1.0\/24 /,
    /priority=1000,ip,reg3=0x1 actions=/,
  ])
})

t.test('the switch of one network knows the guests of the other, wherever they are', async (t) => {
  const lines = linesOf(await compile({ networks, interfaces, routes: [route1, route2] }, 1), 'routing')
  t.match(tableOf(lines, 'neighbour'), [/reg11=0xac100101,/, /reg11=0xac100203,/])
  t.match(tableOf(lines, 'router_leg'), [/52:54:00:74:00:00/], 'but only the leg where packets can enter')
})

t.test('a leg in two networks lets only those in that have a route', async (t) => {
  const shared = { ...leg1, addresses: { 1: '172.16.1.254', 3: '172.16.1.254' } }
  const stranger = { id: 3, mac: '52:54:00:00:00:03', addresses: { 3: '172.16.1.1' } }
  const rows = {
    networks: { ...networks, 3: '172.16.1.0' },
    interfaces: [guest, peer, stranger, shared, leg2],
    routes: [route1, route2],
  }
  const lines = linesOf(await compile(rows, 3), 'routing')
  t.strictSame(
    tableOf(lines, 'router_ingress').filter((line) => line.includes('reg2=0x8')),
    [
      'table=router_ingress, priority=1024,ip,reg2=0x8,metadata=0x1/0xffffffff,nw_src=172.16.1.0/24 actions=load:0x1->NXM_NX_REG3[],goto_table:router_address',
    ],
  )
  t.equal(
    tableOf(lines, 'router_address').filter((line) => line.includes('metadata=0x3/')).length,
    3,
    'its own address there is only its own',
  )
  t.equal(
    tableOf(lines, 'router_address').filter((line) => line.includes('reg3=')).length,
    6,
    'on the router it has the address of the routed network',
  )
})

t.test('who sends what goes no further is told', async (t) => {
  const { flows } = await compile({ networks, interfaces }, 1)
  const names = { tableName: (id: number) => tableName(id) }
  const standing = [...flows.values()]
    .filter((flow) => decodeCookie(flow.cookie)?.feature === 'pipeline')
    .map((flow) => formatFlow(flow.content, names))
    .filter((line) => /table=(router_address|router_ttl|route),/.test(line) && !line.includes('priority=0'))
  const martians = [
    ...['dst', 'src'].flatMap((end) =>
      ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3'].map((subnet) => `ip,nw_${end}=${subnet}`),
    ),
    ...['::/127', 'fe80::/10', 'ff00::/8'].map((subnet) => `ipv6,ipv6_dst=${subnet}`),
    ...['::/127', 'ff00::/8'].map((subnet) => `ipv6,ipv6_src=${subnet}`),
  ]
  t.strictSame(standing.sort(), [
    `table=route, priority=100,ip ${punted(2)}`,
    `table=route, priority=100,ipv6 ${punted(2)}`,
    ...martians.map((what) => `table=router_address, priority=100,${what} actions=drop`),
    `table=router_address, priority=50,ipv6,ipv6_src=fe80::/10 ${punted(7)}`,
    'table=router_address, priority=700,reg3=0,reg4=0x4/0x4 actions=drop',
    'table=router_ttl, priority=100,ip actions=dec_ttl,goto_table:neighbour',
    'table=router_ttl, priority=100,ipv6 actions=dec_ttl,goto_table:neighbour',
    `table=router_ttl, priority=200,ip,nw_ttl=0 ${punted(1)}`,
    `table=router_ttl, priority=200,ip,nw_ttl=1 ${punted(1)}`,
    `table=router_ttl, priority=200,ipv6,nw_ttl=0 ${punted(1)}`,
    `table=router_ttl, priority=200,ipv6,nw_ttl=1 ${punted(1)}`,
    'table=router_ttl, priority=300,reg4=0x20/0x20 actions=load:0->NXM_NX_REG4[5],load:0->NXM_NX_REG4[0],goto_table:neighbour',
    'table=router_ttl, priority=400,reg4=0x20/0x20,metadata=0x80000000/0xffffffff actions=load:0->NXM_NX_REG4[5],goto_table:neighbour',
  ])
})

t.test('where others than we know may be, they are asked for', async (t) => {
  const rows = {
    networks,
    changes: { 2: { mode: 'physical' as const } },
    interfaces,
    routes: [route1, route2],
  }
  const tables = await compile(rows, 2)
  const lines = [...linesOf(tables, 'routing'), ...linesOf(tables, 'neighbour')]
  t.strictSame(
    tableOf(lines, 'neighbour').filter((line) => line.includes('priority=100')),
    [1, 2].flatMap((network) =>
      ['ip', 'ipv6'].map(
        (ip) =>
          `table=neighbour, priority=100,${ip},metadata=0x${network}/0xffffffff ${network === 1 ? punted(3) : asked}`,
      ),
    ),
  )
})
