/** The DHCPv4 server: what flows let a guest ask, and each answer and each silence, to the octet. */
import { formatMeter } from '@openvnet/openflow'
import t from 'tap'
import { compile, type Guest, linesOf, type Rows, viewOf } from '../../../test/flow_lines.ts'
import type { PacketAnswer } from '../../engine/packet.ts'
import * as packet from '../../packet/index.ts'
import { dhcp4Handler } from './handler4.ts'
import { QUARANTINE_MS, Quarantine } from './quarantine.ts'

const { DHCP4_TYPE: TYPE, DHCP4_OPTION: OPTION } = packet
const ip = packet.toIpv4
const guest: Guest = { id: 1, mac: '10:54:ff:00:00:01', addresses: { 1: '10.100.0.10' } }
const other: Guest = { id: 2, mac: '10:54:ff:00:00:02', addresses: { 2: '192.168.50.10' } }
const server: Guest = { id: 8, mode: 'simulated', mac: '02:00:00:00:01:11', addresses: { 1: '10.100.0.100' } }
const rows: Rows = {
  networks: { 1: '10.100.0.0', 2: '192.168.50.0' },
  changes: { 1: { domain_name: 'test1' } },
  interfaces: [guest, other, server],
  services: [{ mode: 'dhcp', interface_id: 8 }],
}

t.test('a guest may ask where there is a server; guests are none', async (t) => {
  const tables = await compile(rows, 2)
  t.strictSame(
    [...tables.meters.values()].map(formatMeter).filter((line) => line.includes('rate=20')),
    ['meter=1174405121 pktps burst bands=type=drop rate=20 burst_size=40'],
  )
  t.strictSame(linesOf(tables, 'dhcp'), [
    'table=punt, priority=200,reg0=0x1,reg5=0x6/0xff actions=meter:1174405121,controller(userdata=06)',
  ])
  t.strictSame(
    linesOf(tables, 'port').filter((line) => line.includes('tp_')),
    [
      'table=port_security, priority=300,udp,reg0=0x1,vlan_tci=0x0000/0x1fff,dl_src=10:54:ff:00:00:01,tp_src=68,tp_dst=67 actions=load:0x6->NXM_NX_REG5[0..7],load:0x20->NXM_NX_REG5[8..15],write_metadata:0x1/0xffffffff,goto_table:punt',
    ],
  )
  const why = [...tables.flows.values()].flatMap((flow) => (/server/.test(flow.why) ? flow.why : []))
  t.strictSame(why, [
    'A guest is no DHCP server: its answers would take the place of those of the network.',
    'A guest is no DHCPv6 server: its answers would take the place of those of the network.',
  ])
})

t.test(
  'without a service the question reaches who is outside, and of several networks the first with a server',
  async (t) => {
    const udp = async (more: Rows) =>
      linesOf(await compile({ ...rows, ...more }, 2), 'port').filter((line) => line.includes('tp_'))
    t.strictSame(await udp({ services: [] }), [])
    t.strictSame(await udp({ services: [], changes: { 1: { mode: 'physical' } } }), [
      'table=port_security, priority=300,udp,reg0=0x1,vlan_tci=0x0000/0x1fff,dl_src=10:54:ff:00:00:01,nw_src=0.0.0.0,nw_dst=255.255.255.255,tp_src=68,tp_dst=67 actions=write_metadata:0x1/0xffffffff,goto_table:router_leg',
    ])
    const both: Guest = { ...other, addresses: { 1: '10.100.0.20', 2: '192.168.50.10' } }
    const lines = await udp({ interfaces: [both, { ...server, addresses: { 2: '192.168.50.1' } }] })
    t.equal(lines.length, 1)
    t.match(lines[0], /reg0=0x2,.*write_metadata:0x2\//)
    const pinned = { ...server, owner_datapath_id: 1 }
    t.strictSame(await udp({ interfaces: [guest, pinned], datapaths: { 1: '0x0000000000000002' } }), [])
    t.equal((await udp({ interfaces: [guest, pinned], datapaths: { 1: '0x0000000000000001' } })).length, 1)
  },
)

interface Ask {
  readonly type: number
  readonly options?: Readonly<Record<number, Uint8Array>>
  readonly header?: Partial<packet.Dhcp4Header>
  readonly src?: number
  readonly dst?: number
  readonly mac?: string
  readonly domain?: number
}

const frameOf = ({ type, options = {}, header = {}, src, dst = 0xffffffff, mac = guest.mac! }: Ask) => {
  const list = Object.entries(options).map(([code, data]) => ({ code: Number(code), data }))
  const { bytes } = packet.encodeDhcp4(
    {
      ...{ op: 1, hops: 0, xid: 0x56f31f11, secs: 3, broadcast: false, sname: '', file: '' },
      ...{ ciaddr: 0, yiaddr: 0, siaddr: 0, giaddr: 0, chaddr: packet.toMac(mac) },
      ...header,
    },
    [{ code: OPTION.message_type, data: Uint8Array.of(type) }, ...list],
  )
  const ends = { src: src ?? header.ciaddr ?? 0, dst }
  const payload = packet.buildUdp({ src: 68, dst: 67, payload: bytes }, ends)
  return packet.buildEthernet({
    ...{ src: packet.toMac(mac), dst: packet.BROADCAST_MAC, eth_type: 0x0800 },
    payload: packet.buildIpv4({ ...ends, protocol: 17, payload }),
  })
}

/** A server with its rows and what it remembers. */
const served = (more: Rows = {}, state = new Quarantine()) => {
  const view = viewOf({ ...rows, ...more })
  return (ask: Ask | Uint8Array, now = 0): PacketAnswer =>
    dhcp4Handler.handle(
      {
        ...{
          dpid: '0x0000000000000001',
          reason: 'dhcp4',
          ingress_interface: 1,
          leg: 0,
          router: 0,
          ingress_domain: 0,
        },
        domain: ask instanceof Uint8Array ? 1 : (ask.domain ?? 1),
        frame: ask instanceof Uint8Array ? ask : frameOf(ask),
      },
      { view, state, now },
    )
}

const sent = (answer: PacketAnswer) => {
  if (!('send' in answer)) throw new Error(answer.dropped)
  const { frame, at, slices } = answer.send[0]!
  const ethernet = packet.parseEthernet(frame)!
  const ipv4 = packet.parseIpv4(ethernet.payload)!
  const udp = packet.parseUdp(ipv4.payload, ipv4)!
  const message = packet.decodeDhcp4(udp.payload)
  if (packet.isMalformed(message)) throw new Error(message.malformed)
  const options = [...message.options].map(([code, data]) => packet.explainDhcp4Option({ code, data }))
  return { at, slices, ethernet, ipv4, udp, message, options }
}
const asking = (...codes: number[]) => ({ [OPTION.parameter_list]: Uint8Array.from(codes) })
const u32 = (text: string) => packet.u32s(ip(text))
const discover = { type: TYPE.discover, options: asking(1, 28, 51, 26, 15) }
const selecting = {
  type: TYPE.request,
  options: { [OPTION.requested_address]: u32('10.100.0.10'), [OPTION.server_id]: u32('10.100.0.100') },
}
const reboot = (address: string) => ({
  type: TYPE.request,
  options: { [OPTION.requested_address]: u32(address) },
})
const renew = (address: string, dst?: string) => ({
  ...{ type: TYPE.request, header: { ciaddr: ip(address) } },
  ...(dst === undefined ? {} : { dst: ip(dst) }),
})
const decline = { ...selecting, type: TYPE.decline }

t.test('an offer, to the octet', async (t) => {
  const answer = served()(discover)
  if (!('send' in answer)) throw new Error(answer.dropped)
  const hex = Buffer.from(answer.send[0]!.frame).toString('hex')
  const options = [
    ...['350102', '36040a640064', '330400015180', '3a040000a8c0', '3b0400012750'],
    ...['0104ffffff00', '1c040a6400ff', '1a0205aa', '0f057465737431', 'ff'],
  ].join('')
  const body = [
    ...['02010600', '56f31f11', '00000000', '00000000', '0a64000a', '0a640064', '00000000'],
    ...['1054ff000001', '00'.repeat(10), '00'.repeat(192), '63825363', options.padEnd(120, '0')],
  ].join('')
  t.equal(hex.slice(0, 28), '1054ff000001' + '020000000111' + '0800')
  t.match(hex.slice(28, 68), /^45000148000040004011....0a6400640a64000a$/)
  t.match(hex.slice(68, 84), /^004300440134....$/)
  t.equal(hex.slice(84), body)
  t.match(answer.send[0], { at: 'output', slices: { domain: 1, egress_interface: 1 } })
})

t.test('request in its four forms', async (t) => {
  const ask = served()
  const outcome = (question: Ask) => {
    const answer = ask(question)
    if ('dropped' in answer) return answer.dropped
    const { message, ipv4 } = sent(answer)
    const type = message.type === TYPE.ack ? 'ack' : message.type === TYPE.nak ? 'nak' : 'offer'
    return `${type} ${packet.formatIpv4(message.yiaddr)} to ${packet.formatIpv4(ipv4.dst)}`
  }
  const acknowledged = 'ack 10.100.0.10 to 10.100.0.10'
  const refused = 'nak 0.0.0.0 to 255.255.255.255'
  t.equal(outcome(discover), 'offer 10.100.0.10 to 10.100.0.10')
  t.equal(outcome({ ...discover, header: { broadcast: true } }), 'offer 10.100.0.10 to 255.255.255.255')
  const rapid = { ...discover, options: { ...discover.options, [OPTION.rapid_commit]: new Uint8Array() } }
  t.equal(outcome(rapid), acknowledged, 'RFC 4039')
  t.ok(sent(ask(rapid)).message.options.has(OPTION.rapid_commit), 'which says so')
  t.notOk(sent(ask(selecting)).message.options.has(OPTION.rapid_commit))
  t.equal(outcome(selecting), acknowledged)
  const selectingOf = (address: string, id: string) => ({
    type: TYPE.request,
    options: { [OPTION.requested_address]: u32(address), [OPTION.server_id]: u32(id) },
  })
  t.equal(outcome(selectingOf('10.100.0.11', '10.100.0.100')), refused)
  t.equal(outcome(selectingOf('10.100.0.10', '10.100.0.99')), 'for another server')
  t.equal(outcome({ type: TYPE.request }), 'a request without an address')
  t.equal(outcome(reboot('10.100.0.10')), acknowledged)
  t.equal(outcome(reboot('10.100.0.11')), refused)
  t.equal(outcome(reboot('192.168.50.10')), refused)
  t.equal(outcome(renew('10.100.0.10', '10.100.0.100')), acknowledged)
  t.equal(outcome(renew('10.100.0.10')), acknowledged, 'rebinding')
  t.equal(outcome(renew('10.100.0.10', '10.100.0.255')), acknowledged)
  t.equal(outcome(renew('10.100.0.12', '10.100.0.100')), refused, 'the lease is another one now')
  t.equal(outcome(renew('10.100.0.10', '10.100.0.99')), 'for another server')
  t.equal(outcome({ type: TYPE.release, header: { ciaddr: ip('10.100.0.10') } }), 'released: the lease stays')
  t.equal(outcome({ type: TYPE.offer }), 'a message for clients')
  const inform = { type: TYPE.inform, header: { ciaddr: ip('10.100.0.10') } }
  t.equal(outcome(inform), 'ack 0.0.0.0 to 10.100.0.10')
  t.notOk(sent(ask(inform)).options.some((option) => /time/.test(option)))
  t.match(outcome({ type: TYPE.inform }), /^asks for information/)
  t.strictSame(sent(ask(reboot('192.168.50.10'))).options, [
    'message-type=6',
    'server-id=10.100.0.100',
    'message=this address is of another network',
  ])
})

t.test('who is not known is left to others, and one whose lease is gone is told', async (t) => {
  const unleased: Guest = { ...guest, network_id: 1, addresses: {} }
  const ask = served({ interfaces: [unleased, server] })
  t.strictSame(ask(discover), { dropped: 'no address is leased to the client' })
  t.strictSame(ask(reboot('10.100.0.10')), { dropped: 'no address is leased to the client' })
  t.equal(sent(ask(reboot('10.9.0.1'))).message.type, TYPE.nak)
  t.equal(sent(ask(renew('10.100.0.10', '10.100.0.100'))).message.type, TYPE.nak)
  t.strictSame(served({ services: [] })(discover), { dropped: 'no DHCP service any more' })
})

const policies = (
  network_id: number,
  begin_address: string,
  timing: 'dhcp' | 'immediate' = 'dhcp',
): Rows => ({
  interfaces: [{ ...guest, addresses: {} }, server],
  also: {
    lease_policy: [{ id: 1, uuid: 'lp-1', mode: 'simple', timing }],
    lease_policy_interface: [{ id: 1, uuid: '', lease_policy_id: 1, interface_id: 1, label: null }],
    lease_policy_network: [{ id: 1, uuid: '', lease_policy_id: 1, network_id, ip_range_group_id: 1 }],
    ip_range: [{ id: 1, uuid: 'ipr-1', ip_range_group_id: 1, begin_address, end_address: begin_address }],
  },
})

t.test('who has no lease may get one from a policy of timing dhcp', async (t) => {
  const without = policies(1, '10.100.0.50')
  t.equal(
    linesOf(await compile({ ...rows, ...without }, 1), 'dhcp').length,
    1,
    'it may ask, in no network yet',
  )
  const asked = { dropped: 'a lease policy was asked', wish: { policy: 'lp-1', interface: 'if-1' } }
  t.strictSame(served(without)(discover), asked)
  t.strictSame(served(without)(reboot('10.100.0.10')), { dropped: 'no address is leased to the client' })
  for (const other of [
    policies(2, '192.168.50.50'),
    policies(1, 'fd00::1'),
    policies(1, '10.100.0.50', 'immediate'),
  ])
    t.strictSame(served(other)(discover), { dropped: 'no address is leased to the client' })
})

t.test('a declined address rests for a while, and only that one', async (t) => {
  const state = new Quarantine()
  const ask = served({}, state)
  const stays = { dropped: 'the client declined its address' }
  const foreign = { ...decline.options, [OPTION.requested_address]: u32('10.100.0.11') }
  t.strictSame(ask({ ...decline, options: foreign }), { dropped: 'declines an address that is not its own' })
  t.ok('send' in ask(discover))
  t.strictSame(ask(decline), { dropped: 'declined: somebody else uses the address' })
  t.strictSame(ask(discover), stays)
  t.strictSame(ask(selecting), stays)
  t.ok(
    'send' in
      served({ interfaces: [{ ...guest, addresses: { 1: '10.100.0.12' } }, server] }, state)(discover),
  )
  ask(decline)
  t.strictSame(state.warnings('0x0000000000000001', 60_000), [
    'if-1 has declined 10.100.0.10, as somebody else uses it: DHCP offers it again in 9 min',
  ])
  t.strictSame(state.warnings('0x0000000000000002', 0), [])
  t.strictSame(ask(discover, QUARANTINE_MS - 1), stays)
  t.ok('send' in ask(discover, QUARANTINE_MS))
  t.equal(state.size, 0)
})

t.test('what routers, services and users say, in this order of precedence', async (t) => {
  const leg = (id: number, addresses: Guest['addresses']): Guest => ({
    ...{ id, mode: 'simulated', mac: `02:00:00:00:02:0${id}`, addresses },
  })
  const routed: Rows = {
    interfaces: [
      guest,
      server,
      leg(3, { 1: '10.100.0.1' }),
      leg(4, { 2: '192.168.50.1' }),
      leg(5, { 1: '10.100.0.53' }),
    ],
    services: [
      { mode: 'dhcp', interface_id: 8 },
      { mode: 'dns', interface_id: 5 },
    ],
    routes: [
      { interface_id: 3, network_id: 1, destination: '10.100.0.0', prefix: 24 },
      { interface_id: 4, network_id: 2, destination: '192.168.50.0', prefix: 24 },
    ],
  }
  const all = (more: Rows, ...codes: number[]) =>
    sent(served({ ...routed, ...more })({ ...discover, options: asking(...codes) })).options.slice(5)
  t.strictSame(all({}, 3, 33, 6), [
    'router=10.100.0.1',
    'classful-routes=192.168.50.0,10.100.0.1',
    'dns-servers=10.100.0.53',
  ])
  t.strictSame(all({}, 3, 33, 121), [
    'router=10.100.0.1',
    'static-routes=0.0.0.0/0 via 10.100.0.1,192.168.50.0/24 via 10.100.0.1',
  ])
  const options = (...list: NonNullable<Rows['dhcp_options']>) => ({ dhcp_options: list })
  const ofNetwork = { network_id: 1 }
  const told = options(
    { ...ofNetwork, code: 'router', value: '10.100.0.2' },
    { ...ofNetwork, code: 'ntp-servers', value: '10.100.0.7' },
    { ...ofNetwork, code: '222', value: '0x0a0b' },
    { ...ofNetwork, code: 'tftp-server', value: '10.100.0.9' },
    { ...ofNetwork, code: 'boot-file', value: 'pxe.0' },
    { ...ofNetwork, code: 'domain-search', value: 'a.org,b.org' },
    { interface_id: 1, code: 'ntp-servers', value: '10.100.0.8' },
    { interface_id: 2, code: 'ntp-servers', value: '10.100.0.66' },
    { ...ofNetwork, family: 6, code: 'ntp-servers', value: 'fd00::1' },
  )
  t.strictSame(all(told, 3, 42, 119, 121, 222), [
    'router=10.100.0.2',
    'ntp-servers=10.100.0.8',
    'domain-search=a.org,b.org',
    'static-routes=0.0.0.0/0 via 10.100.0.2,192.168.50.0/24 via 10.100.0.1',
    '222=0x0a0b',
  ])
  const booted = sent(served({ ...routed, ...told })(discover)).message
  t.match(booted, { siaddr: ip('10.100.0.9'), sname: '10.100.0.9', file: 'pxe.0' })
  t.strictSame(all(told, 66, 67), ['tftp-server=10.100.0.9', 'boot-file=pxe.0'])
  t.strictSame(
    all({ interfaces: [{ ...guest, hostname: 'vm1' }, server], changes: { 1: { mtu: 9000 } } }, 12, 26),
    ['hostname=vm1', 'mtu=9000'],
  )
})

t.test('of many routes as many as the client has room for, those of most need first', async (t) => {
  const leg = (id: number, address: string): Guest => ({
    ...{ id, mode: 'simulated', mac: `02:00:00:00:02:0${id}`, addresses: { 1: address } },
  })
  const to = (route_link_id: number, destination: string) => ({
    ...{ route_link_id, interface_id: null, network_id: 2, destination, prefix: 24 },
  })
  const own = { network_id: 1, destination: '10.100.0.0', prefix: 24 }
  const numbers = Array.from({ length: 100 }, (_, index) => index)
  const ask = served({
    interfaces: [guest, server, leg(3, '10.100.0.1'), leg(4, '10.100.0.2')],
    routes: [
      { ...own, interface_id: 3 },
      { ...own, interface_id: 4, route_link_id: 2 },
      ...numbers.map((n) => to(1, `10.1.${n}.0`)),
      ...numbers.map((n) => to(2, `10.2.${n}.0`)),
    ],
  })
  const told = (...sizes: number[]) => {
    const size = Object.fromEntries(sizes.map((one) => [OPTION.max_message_size, packet.u16s(one)]))
    const { message } = sent(ask({ ...discover, options: { ...asking(1, 3, 121, 15), ...size } }))
    t.ok(message.options.has(OPTION.domain_name), 'and what is asked for after them has its room')
    const routes = packet.readClasslessRoutes(message.options.get(OPTION.classless_routes)!)!
    return routes.map(({ destination, router }) => `${packet.formatIpv4(destination)} ${router & 0xff}`)
  }
  const few = told()
  const some = told(1000)
  const most = told(1500)
  t.ok(
    few.length > 20 && few.length < some.length && some.length < most.length,
    `${few.length}, ${most.length}`,
  )
  t.equal(few[0], '0.0.0.0 1', 'the default route')
  t.strictSame(most.slice(0, few.length), few)
  t.strictSame(
    most.slice(1, 101),
    numbers.map((n) => `10.2.${n}.0 2`),
    'what the default router does not reach',
  )
})

t.test('times that mean something', async (t) => {
  const times = (
    options: Readonly<Record<number, Uint8Array>>,
    said: NonNullable<Rows['dhcp_options']> = [],
  ) =>
    sent(
      served({ changes: { 1: { dhcp_lease_time: 3600 } }, dhcp_options: said })({
        type: TYPE.discover,
        options,
      }),
    )
      .options.filter((option) => option.includes('-time='))
      .map((option) => Number(option.split('=')[1]))
  t.strictSame(times({}), [3600, 1800, 3150])
  t.strictSame(times({ [OPTION.lease_time]: packet.u32s(600) }), [600, 300, 525])
  t.strictSame(times({ [OPTION.lease_time]: packet.u32s(1) }), [60, 30, 52])
  t.strictSame(times({ [OPTION.lease_time]: packet.u32s(0xffffffff) }), [3600, 1800, 3150])
  const t1 = { network_id: 1, code: 'renewal-time', value: '900' }
  t.strictSame(times({}, [t1]), [3600, 900, 3150])
  t.strictSame(times({}, [{ ...t1, value: '3600' }]), [3600, 1800, 3150], 'T1 after the end')
})

t.test('who asks is the guest behind the port, whatever it says', async (t) => {
  const ask = served()
  const reason = (question: Ask) => {
    const answer = ask(question)
    return 'dropped' in answer ? answer.dropped : 'answered'
  }
  t.equal(reason({ ...discover, mac: other.mac! }), 'no address is leased to the client')
  t.equal(reason({ ...discover, header: { chaddr: 1 } }), 'for another hardware address')
  t.equal(reason({ ...discover, header: { giaddr: ip('10.100.0.1') } }), 'of a relay agent')
  t.equal(reason({ ...discover, header: { op: 2 } }), 'a message for clients')
  t.equal(reason({ ...discover, src: ip('10.100.0.10') }), 'sent from another address')
  const identified = { ...discover, options: { [OPTION.client_id]: Uint8Array.of(0, 1, 2, 3) } }
  t.ok(sent(ask(identified)).message.options.has(OPTION.client_id), 'RFC 6842')
  const two: Guest = { ...guest, addresses: { 1: ['10.100.0.20', '10.100.0.10'], 2: '192.168.50.7' } }
  const several = served({
    interfaces: [two, { ...server, addresses: { 1: '10.100.0.100', 2: '192.168.50.100' } }],
  })
  t.equal(sent(several(discover)).message.yiaddr, ip('10.100.0.20'), 'the first of the network')
  const elsewhere = sent(several(renew('192.168.50.7')))
  t.match(elsewhere, { message: { yiaddr: ip('192.168.50.7') }, slices: { domain: 2 } })
})
