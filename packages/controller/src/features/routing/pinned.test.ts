/** Legs that one bridge alone has, as whole flow lines: on that bridge, and on another. */
import t from 'tap'
import { compileSite, type Guest, linesOf, viewOf } from '../../../test/flow_lines.ts'
import { DPIDS } from '../../../test/world.ts'
import type { PuntedPacket } from '../../engine/packet.ts'
import { buildEthernet, buildIpv4, formatIpv4, toIpv4, toMac } from '../../packet/index.ts'
import { HANDOVER } from '../../pipeline/domain.ts'
import { icmpErrorHandler } from '../icmp/handler.ts'
import { type Announcements, noticeLeg, speakOfLegs } from './announcement.ts'
import { routingWarnings } from './warnings.ts'

const [OWNER, OTHER] = DPIDS
type Rows = Parameters<typeof compileSite>[0]

const networks = { 1: '172.16.1.0', 9: '10.9.0.0' }
const end = (id: number) => ({ dpid: id === 1 ? OWNER : OTHER, ipv4_address: `10.0.0.${id}` })
const guest = (id: number): Guest => ({
  ...{ id, mac: `52:54:00:00:00:0${id}`, addresses: { 1: `172.16.1.${id}` } },
})
const inside: Guest = {
  ...{ id: 8, mode: 'simulated', mac: '52:54:00:74:00:01', addresses: { 1: '172.16.1.254' } },
}
const leg: Guest = {
  ...{ id: 9, mode: 'simulated', mac: '52:54:00:74:00:02', owner_datapath_id: 1 },
  addresses: { 9: ['10.9.0.254', 'fd00:9::fe'] },
}
const uplink: Guest = {
  ...{ id: 20, mac: null, addresses: {}, mode: 'patch', port_name: 'eth0' },
  ...{ owner_datapath_id: 1, network_id: 9 },
}
const routes = [
  { interface_id: 8, network_id: 1, destination: '172.16.1.0', prefix: 24 },
  { interface_id: 9, network_id: 9, destination: '10.9.0.0', prefix: 24 },
]
const rows = (more: Partial<Rows> = {}): Rows => ({
  ...{ networks, datapaths: { 1: end(1), 2: end(2) }, routes },
  changes: { 9: { mode: 'physical', ipv6_network: 'fd00:9::' } },
  interfaces: [guest(1), guest(2), inside, leg, uplink],
  ...more,
})
const portsOf = (...names: string[]) => new Map(names.map((name, index) => [name, index + 1]))
/** Guest 1 is on the bridge that has the leg, guest 2 on the other. */
const switches = new Map([
  [OWNER, portsOf('if-1', 'eth0', 'vnet-vxlan')],
  [OTHER, portsOf('if-2', 'eth0', 'vnet-vxlan')],
])
const siteOf = async (more: Partial<Rows> = {}) => {
  const site = await compileSite(rows(more), switches)
  return (dpid: string, feature: Parameters<typeof linesOf>[1], table: string) =>
    linesOf(site.get(dpid)!, feature).filter((line) => line.startsWith(`table=${table},`))
}

const PLAIN = '10.9.0.0/24'
const ROUTER_MAC = 'f6:00:01:00:00:01'

t.test('the bridge that has it routes through it, others hand over to that bridge', async (t) => {
  const lines = await siteOf()
  const through = (dpid: string) => lines(dpid, 'routing', 'route').filter((line) => line.includes(PLAIN))
  t.strictSame(through(OWNER), [
    `table=route, priority=1024,ip,reg3=0x1,nw_dst=${PLAIN} actions=set_field:52:54:00:74:00:02->eth_src,load:0->NXM_OF_IN_PORT[],move:NXM_OF_IP_DST[]->NXM_NX_REG11[],write_metadata:0x9/0xffffffff,goto_table:router_ttl`,
  ])
  // Guests outside have 1500 octets, a tunnel takes 1450.
  t.strictSame(through(OTHER), [
    `table=route, priority=1024,ip,reg3=0x1,nw_dst=${PLAIN} actions=set_field:${ROUTER_MAC}->eth_dst,load:0->NXM_OF_IN_PORT[],load:0->NXM_NX_REG4[2],load:0x5aa->NXM_NX_REG12[16..31],check_pkt_larger(1464)->NXM_NX_REG4[4],write_metadata:0x80000000/0xffffffff,goto_table:router_ttl`,
  ])
  t.strictSame(
    lines(OTHER, 'overlay', 'overlay').filter((line) => line.includes(ROUTER_MAC)),
    [
      `table=overlay, priority=200,metadata=0x80000000/0xffffffff,dl_dst=${ROUTER_MAC} actions=set_field:0x800000->tun_id,set_field:10.0.0.1->tun_dst,output:3`,
    ],
  )
  const handed = (line: string) => line.includes('0x80000000/') || line.includes('0x800000,')
  t.strictSame(
    [
      ...lines(OWNER, 'overlay', 'tunnel_ingress').filter(handed),
      ...lines(OWNER, 'overlay', 'tunnel_source').filter(handed),
      ...lines(OWNER, 'routing', 'arrival').filter(handed),
    ],
    [
      'table=tunnel_ingress, priority=200,tun_id=0x800000,in_port=3 actions=load:0x1->NXM_NX_REG4[0],write_metadata:0x80000000/0xffffffff,goto_table:tunnel_source',
      'table=tunnel_source, priority=300,tun_src=10.0.0.2,metadata=0x80000000/0xffffffff actions=goto_table:arrival',
      `table=arrival, priority=200,metadata=0x80000000/0xffffffff,dl_dst=${ROUTER_MAC} actions=load:0x9->NXM_NX_REG0[],load:0x1->NXM_NX_REG3[],load:0x1->NXM_NX_REG4[5],goto_table:router_address`,
    ],
  )
  t.strictSame(
    lines(OTHER, 'overlay', 'tunnel_ingress').filter(handed),
    [],
    'nothing is handed over to others',
  )
})

t.test('who comes from outside meets the leg on its bridge, and nowhere else', async (t) => {
  const lines = await siteOf()
  const outside = 'metadata=0x9/0xffffffff'
  t.strictSame(
    lines(OWNER, 'routing', 'arrival')
      .filter((line) => line.includes(outside) && !line.includes('icmp'))
      .sort(),
    [
      ...['ip', 'ipv6'].map(
        (family) =>
          `table=arrival, priority=200,${family},${outside},dl_dst=52:54:00:74:00:02 actions=load:0x9->NXM_NX_REG0[],goto_table:router_leg`,
      ),
      `table=arrival, priority=300,arp,${outside},arp_tpa=10.9.0.254,arp_op=1 actions=load:0x9->NXM_NX_REG0[],goto_table:arp`,
    ],
  )
  t.equal(
    lines(OWNER, 'routing', 'arrival').filter((line) => line.includes('nd_target=fd00:9::fe')).length,
    2,
    'a question and a probe',
  )
  t.strictSame(lines(OWNER, 'port', 'output'), [
    'table=output, priority=200,reg1=0x1 actions=output:1',
    `table=output, priority=200,reg1=0x9,${outside} actions=output:2`,
  ])
  t.strictSame(lines(OTHER, 'routing', 'arrival'), [])
  t.notMatch(lines(OTHER, 'arp', 'arp').join('\n'), '10.9.0.254')
  t.notMatch(lines(OTHER, 'routing', 'router_leg').join('\n'), '52:54:00:74:00:02')
})

t.test('without an owner it is everywhere, and nothing is handed over', async (t) => {
  const { owner_datapath_id: _, ...everywhere } = leg
  const lines = await siteOf({ interfaces: [guest(1), guest(2), inside, everywhere, uplink] })
  for (const dpid of [OWNER, OTHER]) {
    t.strictSame(lines(dpid, 'routing', 'arrival'), [])
    t.notMatch(lines(dpid, 'routing', 'route').join('\n'), ROUTER_MAC)
    t.notMatch(lines(dpid, 'overlay', 'tunnel_ingress').join('\n'), '0x800000,')
  }
})

t.test('the address between hosts may be said', async (t) => {
  const mac_address = '02:00:00:00:0a:01'
  const row = { id: 1, uuid: '', datapath_id: 1, route_link_id: 1, mac_address }
  const lines = await siteOf({
    also: { datapath_route_link: [{ ...row, interface_id: null, ip_lease_id: null } as never] },
  })
  t.match(lines(OTHER, 'overlay', 'overlay').join('\n'), `dl_dst=${mac_address} actions=set_field:0x800000`)
})

t.test('of two bridges with a leg to one subnet each uses its own', async (t) => {
  const second: Guest = { ...leg, id: 10, mac: '52:54:00:74:00:03', addresses: { 9: '10.9.0.253' } }
  const lines = await siteOf({
    interfaces: [guest(1), guest(2), inside, leg, { ...second, owner_datapath_id: 2 }, uplink],
    routes: [...routes, { ...routes[1]!, interface_id: 10 }],
  })
  for (const [dpid, mac] of [
    [OWNER, '52:54:00:74:00:02'],
    [OTHER, '52:54:00:74:00:03'],
  ] as const)
    t.match(lines(dpid, 'routing', 'route').join('\n'), `nw_dst=${PLAIN} actions=set_field:${mac}->eth_src`)
})

t.test('what does not go on at the owner is told from the leg on the side of the sender', async (t) => {
  const ends = { src: toIpv4('172.16.1.2'), dst: toIpv4('10.9.0.77') }
  const packet = buildIpv4({ ...ends, protocol: 17, payload: new Uint8Array(16) })
  const frame = buildEthernet({
    ...{ src: toMac('52:54:00:74:00:02'), dst: toMac(ROUTER_MAC), eth_type: 0x0800, payload: packet },
  })
  const met: PuntedPacket = {
    ...{ dpid: OWNER, reason: 'address_unreachable', ingress_interface: 9, domain: 9 },
    ...{ leg: 0, router: 1, ingress_domain: 0, frame },
  }
  const ask = (more: Partial<PuntedPacket>) =>
    icmpErrorHandler.handle({ ...met, ...more }, { view: viewOf(rows()), state: undefined, now: 0 })
  const answer = ask({})
  if (!('send' in answer)) throw new Error(answer.dropped)
  const [sent] = answer.send
  t.match(sent, { at: 'route', slices: { router: 1, counted: 1 } })
  const at = Buffer.from(sent!.frame)
  t.equal(formatIpv4(at.readUInt32BE(26)), '172.16.1.254', 'from the leg')
  t.equal(formatIpv4(at.readUInt32BE(30)), '172.16.1.2')
  // Of what is too large to be handed over: the next hop takes 1450.
  const tooBig = ask({ reason: 'too_big', domain: HANDOVER, ingress_interface: 2, leg: 8, ingress_domain: 1 })
  t.match(tooBig, { send: [{ at: 'next_router', slices: { domain: HANDOVER } }] }, 'fragments go on there')
})

t.test(
  'where it comes to be it announces its addresses three times, and not where it is no more',
  async (t) => {
    const view = viewOf(rows())
    const entries: Announcements = new Map()
    const said = (seconds: number, read = view) =>
      speakOfLegs(entries, read, seconds * 1000).flatMap(({ dpid, send }) =>
        send.map(({ frame, at, slices }) => [dpid, at, slices.domain, frame[13] === 6 ? 'arp' : 'nd']),
      )
    noticeLeg({ dpid: OWNER, kind: 'mac_lease', id: 9, isThere: true }, entries, view, 0)
    noticeLeg({ dpid: OWNER, kind: 'ip_lease', id: 90, isThere: true }, entries, view, 0)
    const once = ['arp', 'nd'].map((kind) => [OWNER, 'bridging', 9, kind])
    t.strictSame([said(0), said(0.5), said(1), said(2), said(3)], [once, [], once, once, []])
    noticeLeg({ dpid: OWNER, kind: 'mac_lease', id: 9, isThere: true }, entries, view, 5000)
    const moved = viewOf(rows({ interfaces: [inside, { ...leg, owner_datapath_id: 2 }] }))
    t.strictSame([said(5, moved), said(6)], [[], []])
  },
)

t.test('what such a leg cannot do is a warning, on its bridge and where packets are for it', async (t) => {
  const view = viewOf(rows({ interfaces: [guest(1), inside, leg] }))
  const around = (isAway: boolean) => ({ hasOthers: true, besides: [], isAway: () => isAway })
  t.match(routingWarnings(OWNER, view, around(false)), [
    /^if-9 is on this bridge alone, which has no uplink into nw-9: nobody outside reaches it; vnctl interfaces modify if-9 /,
  ])
  t.strictSame(routingWarnings(OTHER, view, around(true)), [], 'nothing there is for it')
  const pinned = viewOf(rows({ interfaces: [{ ...inside, owner_datapath_id: 2 }, leg] }))
  t.match(routingWarnings(OTHER, pinned, around(false)), [
    /^if-8 is on this bridge alone, and nw-1 is a virtual network: its guests on other bridges do not reach the router/,
  ])
})

t.test(
  'between hosts that do without encapsulation it goes as it is, from an address of the sender',
  async (t) => {
    const host = (id: number): Guest => ({
      ...{ id: 20 + id, mac: `52:54:00:00:01:0${id}`, addresses: { 9: `10.9.0.${id}` } },
      ...{ mode: 'host', port_name: 'eth0', owner_datapath_id: id },
    })
    const bare = (id: number) => ({ ...end(id), transport: 'mac2mac' as const })
    const lines = await siteOf({
      datapaths: { 1: bare(1), 2: bare(2) },
      interfaces: [guest(1), guest(2), inside, leg, host(1), host(2)],
    })
    const sender = 'f6:00:02:00:00:01'
    t.match(
      lines(OTHER, 'overlay', 'overlay').join('\n'),
      `metadata=0x80000000/0xffffffff,dl_dst=${ROUTER_MAC} actions=set_field:${sender}->eth_src,output:2`,
    )
    t.match(
      lines(OWNER, 'overlay', 'mac2mac').join('\n'),
      `metadata=0x9/0xffffffff,dl_dst=${ROUTER_MAC} actions=load:0x1->NXM_NX_REG4[0],write_metadata:0x80000000/0xffffffff,goto_table:mac2mac_source`,
    )
    t.strictSame(
      lines(OWNER, 'overlay', 'mac2mac_source').filter((line) => line.includes('0x80000000')),
      [
        `table=mac2mac_source, priority=200,metadata=0x80000000/0xffffffff,dl_src=${sender} actions=goto_table:arrival`,
      ],
    )
  },
)
