import t from 'tap'
import { compile, linesOf, type Rows } from '../../../test/flow_lines.ts'

const networks = { 1: '172.16.1.0', 2: '172.16.2.0' }
const changes = { 1: { ipv6_network: 'fd00:1::' }, 2: { ipv6_network: 'fd00:1::' } }
const guest = { id: 1, mac: '52:54:00:00:00:01', addresses: { 1: 'fd00:1::1' } }
const away = { id: 2, mac: '52:54:00:00:00:02', addresses: { 1: 'fd00:1::2' } }
const leg = { id: 8, mode: 'simulated' as const, mac: '52:54:00:74:00:00', addresses: { 1: 'fd00:1::fe' } }
const rows: Rows = { networks, changes, interfaces: [guest, away, leg] }

const tableOf = async (table: string, what: Rows = rows, ports = 1) =>
  linesOf(await compile(what, ports), 'nd').filter((line) => line.startsWith(`table=${table},`))
const standingOf = async (table: string) =>
  linesOf(await compile(rows, 1), 'pipeline').filter((line) => line.startsWith(`table=${table},`))

const IN_1 = 'metadata=0x1/0xffffffff'
const answer = (mac: string, router = '') =>
  `actions=move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],set_field:${mac}->eth_src,set_field:136->icmpv6_type,${router}goto_table:nd_answer`
const asks = (target: string) => `${IN_1},icmp_type=135,icmp_code=0,nd_target=${target}`

t.test(
  'every leased address and every derived link-local one is answered for, but not the own one',
  async (t) => {
    const IS_ROUTER = 'load:0x1->NXM_NX_REG4[1],'
    t.strictSame(await tableOf('nd'), [
      `table=nd, priority=400,icmp6,reg0=0x1,${asks('fe80::5054:ff:fe00:1')} actions=drop`,
      `table=nd, priority=400,icmp6,reg0=0x1,${asks('fd00:1::1')} actions=drop`,
      `table=nd, priority=200,icmp6,${asks('fe80::5054:ff:fe00:1')} ${answer('52:54:00:00:00:01')}`,
      `table=nd, priority=200,icmp6,${asks('fe80::5054:ff:fe00:2')} ${answer('52:54:00:00:00:02')}`,
      `table=nd, priority=200,icmp6,${asks('fe80::5054:ff:fe74:0')} ${answer('52:54:00:74:00:00', IS_ROUTER)}`,
      `table=nd, priority=200,icmp6,${asks('fd00:1::1')} ${answer('52:54:00:00:00:01')}`,
      `table=nd, priority=200,icmp6,${asks('fd00:1::2')} ${answer('52:54:00:00:00:02')}`,
      `table=nd, priority=200,icmp6,${asks('fd00:1::fe')} ${answer('52:54:00:74:00:00', IS_ROUTER)}`,
    ])
  },
)

t.test(
  'the solicitation becomes the advertisement: of a host, of a router, to all for a probe',
  async (t) => {
    const back = 'move:NXM_NX_REG0[]->NXM_NX_REG1[],load:0->NXM_OF_IN_PORT[],goto_table:output'
    const advertise = (flags: number) =>
      `actions=move:NXM_NX_IPV6_SRC[]->NXM_NX_IPV6_DST[],move:NXM_NX_ND_TARGET[]->NXM_NX_IPV6_SRC[],mod_nw_ttl:255,set_field:${flags}->nd_reserved,set_field:2->nd_options_type,move:NXM_OF_ETH_SRC[]->NXM_NX_ND_TLL[],${back}`
    t.strictSame(await standingOf('nd_answer'), [
      `table=nd_answer, priority=300,icmp6,ipv6_src=::,icmp_type=136,icmp_code=0 actions=set_field:33:33:00:00:00:01->eth_dst,set_field:ff02::1->ipv6_dst,move:NXM_NX_ND_TARGET[]->NXM_NX_IPV6_SRC[],mod_nw_ttl:255,${back}`,
      `table=nd_answer, priority=200,icmp6,reg4=0x2/0x2,icmp_type=136,icmp_code=0 ${advertise(0xe000_0000)}`,
      `table=nd_answer, priority=100,icmp6,icmp_type=136,icmp_code=0 ${advertise(0x6000_0000)}`,
      'table=nd_answer, priority=0 actions=drop',
    ])
  },
)

t.test('a guest says what it owns: MAC address, leased address, link-local address', async (t) => {
  const mac = '52:54:00:00:00:01'
  t.strictSame(await tableOf('link_local'), [
    'table=link_local, priority=500,ipv6,reg0=0x1,ipv6_src=fe80::5054:ff:fe00:1 actions=goto_table:nd_security',
  ])
  t.strictSame(await tableOf('nd_security'), [
    `table=nd_security, priority=200,icmp6,reg0=0x1,nw_ttl=255,icmp_type=135,icmp_code=0,nd_sll=${mac} actions=goto_table:segment_security`,
    `table=nd_security, priority=200,icmp6,reg0=0x1,nw_ttl=255,icmp_type=136,icmp_code=0,nd_tll=${mac} actions=goto_table:nd_target`,
  ])
  t.strictSame(await tableOf('nd_target'), [
    'table=nd_target, priority=300,icmp6,reg0=0x1,icmp_type=136,icmp_code=0,nd_target=fe80::5054:ff:fe00:1 actions=goto_table:segment_security',
    `table=nd_target, priority=200,icmp6,reg0=0x1,${IN_1},icmp_type=136,icmp_code=0,nd_target=fd00:1::1 actions=goto_table:segment_security`,
  ])
  t.strictSame(
    linesOf(await compile(rows, 1), 'port').filter((line) => line.includes('ipv6')),
    [
      `table=port_security, priority=200,ipv6,reg0=0x1,dl_src=${mac},ipv6_src=fd00:1::1 actions=write_metadata:0x1/0xffffffff,goto_table:nd_security`,
      `table=port_security, priority=100,ipv6,reg0=0x1,dl_src=${mac} actions=goto_table:link_local`,
    ],
  )
})

t.test('what everybody may say, and nobody', async (t) => {
  const OF_SOME_MAC = 'fe80::ff:fe00:0/ffff:ffff:ffff:ffff:0:ff:ff00:0'
  t.strictSame(await standingOf('link_local'), [
    `table=link_local, priority=400,ipv6,ipv6_src=${OF_SOME_MAC} actions=drop`,
    ...[135, 133, 131, 132, 143].map(
      (type) =>
        `table=link_local, priority=300,icmp6,ipv6_src=::,icmp_type=${type} actions=goto_table:nd_security`,
    ),
    'table=link_local, priority=300,ipv6,ipv6_src=fe80::/64 actions=goto_table:nd_security',
    'table=link_local, priority=0 actions=drop',
  ])
  const NONE = '00:00:00:00:00:00'
  t.strictSame(await standingOf('nd_security'), [
    'table=nd_security, priority=500,ipv6,nw_proto=0 actions=drop',
    'table=nd_security, priority=500,icmp6,icmp_type=134 actions=drop',
    'table=nd_security, priority=500,icmp6,icmp_type=137 actions=drop',
    'table=nd_security, priority=500,icmp6,icmp_type=135,icmp_code=0,nd_target=:: actions=drop',
    `table=nd_security, priority=400,icmp6,ipv6_src=::,nw_ttl=255,icmp_type=135,icmp_code=0,nd_sll=${NONE} actions=goto_table:segment_security`,
    'table=nd_security, priority=300,icmp6,ipv6_src=::,icmp_type=135 actions=drop',
    `table=nd_security, priority=300,icmp6,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00,icmp_type=135,icmp_code=0,nd_sll=${NONE} actions=drop`,
    `table=nd_security, priority=200,icmp6,nw_ttl=255,icmp_type=135,icmp_code=0,nd_sll=${NONE} actions=goto_table:router_leg`,
    `table=nd_security, priority=200,icmp6,nw_ttl=255,icmp_type=136,icmp_code=0,nd_tll=${NONE} actions=goto_table:nd_target`,
    'table=nd_security, priority=100,icmp6,icmp_type=135 actions=drop',
    'table=nd_security, priority=100,icmp6,icmp_type=136 actions=drop',
    'table=nd_security, priority=0 actions=goto_table:segment_security',
  ])
  t.strictSame(await standingOf('nd_target'), [
    `table=nd_target, priority=200,icmp6,icmp_type=136,icmp_code=0,nd_target=${OF_SOME_MAC} actions=drop`,
    'table=nd_target, priority=100,icmp6,icmp_type=136,icmp_code=0,nd_target=fe80::/64 actions=goto_table:segment_security',
    'table=nd_target, priority=0 actions=drop',
  ])
  t.strictSame(await standingOf('nd'), [
    'table=nd, priority=500,vlan_tci=0x1000/0x1000 actions=goto_table:bridging',
    'table=nd, priority=100,icmp6,icmp_type=136 actions=goto_table:bridging',
    'table=nd, priority=100,icmp6,icmp_type=135,icmp_code=0,nd_target=fe80::/64 actions=goto_table:bridging',
    'table=nd, priority=0 actions=drop',
  ])
})

t.test('a guest that routes says that it is a router', async (t) => {
  const lines = await tableOf('nd', { ...rows, interfaces: [guest, { ...away, enable_routing: true }] })
  const routers = lines.filter((line) => line.includes('load:0x1->NXM_NX_REG4[1]'))
  t.match(routers, [/nd_target=fe80::5054:ff:fe00:2 /, /nd_target=fd00:1::2 /])
})

t.test('a network without IPv6 costs no flow', async (t) => {
  const before = { networks, interfaces: [{ ...guest, addresses: { 1: '172.16.1.1' } }, leg] }
  t.strictSame(linesOf(await compile({ ...before, interfaces: [before.interfaces[0]!] }, 1), 'nd'), [])
  t.notMatch(linesOf(await compile(before, 1), 'port').join('\n'), 'ipv6')
})

t.test(
  'a guest of two networks has leased addresses only: another does not say in which it is sent',
  async (t) => {
    const both = { ...guest, addresses: { 1: 'fd00:1::1', 2: 'fd00:1::5' } }
    const what = { ...rows, interfaces: [both] }
    t.strictSame(await tableOf('link_local', what), [])
    t.match(await tableOf('nd_target', what), [/0x1\/0xffffffff.*fd00:1::1 /, /0x2\/0xffffffff.*fd00:1::5 /])
    t.equal((await tableOf('nd_security', what)).length, 2)
    t.notMatch((await tableOf('nd', what)).join('\n'), 'fe80')
  },
)

t.test('outside, and in a segment, there may be somebody who is not known', async (t) => {
  const physical = await tableOf('nd', {
    ...rows,
    changes: { 1: { ...changes[1], mode: 'physical' } },
    interfaces: [guest],
  })
  t.match(physical, [
    /priority=400,.*nd_target=fe80::5054:ff:fe00:1 actions=goto_table:bridging$/,
    /priority=400,.*nd_target=fd00:1::1 actions=goto_table:bridging$/,
    /priority=200,/,
    /priority=200,/,
    /^table=nd, priority=100,icmp6,metadata=0x1\/0xffffffff,icmp_type=135 actions=goto_table:bridging$/,
  ])
  const free = { id: 2, mac: '52:54:00:00:00:02', addresses: {}, segment_id: 1 }
  const segment = {
    networks,
    segments: { 1: {} },
    changes: { 1: { ...changes[1], segment_id: 1 } },
    interfaces: [guest, free],
  }
  t.match(
    (await tableOf('nd', segment, 2)).filter((line) => line.includes('metadata=0x80000001')),
    [
      /nd_target=fe80::5054:ff:fe00:1 actions=move/,
      /nd_target=fd00:1::1 actions=move/,
      /priority=100,icmp6,metadata=0x80000001\/0xffffffff,icmp_type=135 actions=goto_table:bridging$/,
    ],
    'who has no address there is answered, too',
  )
  t.strictSame(
    (await tableOf('link_local', segment, 2)).filter((line) => line.includes('reg0=0x2')),
    [
      'table=link_local, priority=500,ipv6,reg0=0x2,ipv6_src=fe80::5054:ff:fe00:2 actions=goto_table:nd_security',
      'table=link_local, priority=100,reg0=0x2 actions=goto_table:nd_security',
    ],
  )
})
