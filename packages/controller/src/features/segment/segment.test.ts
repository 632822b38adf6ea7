import type { Operation } from '@openvnet/feed'
import t from 'tap'
import { compileSite, type Guest, interfaceRow, linesOf } from '../../../test/flow_lines.ts'
import { DPIDS, World } from '../../../test/world.ts'
import type { FeatureName } from '../../pipeline/features.ts'

const [HERE, THERE] = DPIDS
const networks = { 1: '172.16.1.0', 2: '172.16.2.0' }
const inSegment = { 1: { segment_id: 1 }, 2: { segment_id: 1 } }
const datapaths = {
  1: { dpid: HERE, ipv4_address: '10.0.0.1' },
  2: { dpid: THERE, ipv4_address: '10.0.0.2' },
}
/** With an address in a network of the segment, here. */
const addressed: Guest = { id: 1, mac: '52:54:00:00:00:01', addresses: { 1: '172.16.1.1' } }
/** With a MAC address only. */
const free: Guest = { id: 2, mac: '52:54:00:00:00:02', addresses: {}, segment_id: 1 }
const away: Guest = { id: 3, mac: '52:54:00:00:00:03', addresses: { 2: '172.16.2.3' } }
const gateway: Guest = {
  ...{ id: 9, mac: null, addresses: {}, mode: 'promiscuous' as const },
  ...{ port_name: 'street', owner_datapath_id: 1 },
}
const ports = (here: Record<string, number>, there: Record<string, number>) =>
  new Map([
    [HERE, new Map(Object.entries({ ...here, 'vnet-vxlan': 7 }))],
    [THERE, new Map(Object.entries({ ...there, 'vnet-vxlan': 8 }))],
  ])
const everybody = ports({ 'if-1': 1, 'if-2': 2, street: 5 }, { 'if-3': 1 })

type Rows = Parameters<typeof compileSite>[0]

const siteOf = async (rows: Rows, where = everybody) => {
  const site = await compileSite(
    { networks, changes: inSegment, datapaths, segments: { 1: {} }, ...rows },
    where,
  )
  return (dpid: string, feature: FeatureName, ...tables: string[]) =>
    linesOf(site.get(dpid)!, feature).filter(
      (line) => tables.length === 0 || tables.some((table) => line.startsWith(`table=${table},`)),
    )
}

const SEGMENT = 'metadata=0x80000001/0xffffffff'
const MULTICAST = 'dl_dst=01:00:00:00:00:00/01:00:00:00:00:00'

t.test('networks of a segment are one layer-2 domain, over switches too', async (t) => {
  const lines = await siteOf({ interfaces: [addressed, free, away] })
  t.strictSame(lines(HERE, 'segment', 'bridging'), [
    'table=bridging, priority=200,metadata=0x1/0xffffffff actions=write_metadata:0x80000001/0xffffffff,goto_table:learning',
    'table=bridging, priority=200,metadata=0x2/0xffffffff actions=write_metadata:0x80000001/0xffffffff,goto_table:learning',
  ])
  t.strictSame(lines(HERE, 'switching'), [
    `table=destination, priority=200,${SEGMENT},dl_dst=52:54:00:00:00:01 actions=load:0x1->NXM_NX_REG1[],goto_table:output`,
    `table=destination, priority=200,${SEGMENT},dl_dst=52:54:00:00:00:02 actions=load:0x2->NXM_NX_REG1[],goto_table:output`,
    `table=destination, priority=100,${SEGMENT},${MULTICAST} actions=group:1140850689,goto_table:overlay`,
    'group_id=1140850689,type=all,bucket=actions=output:1,bucket=actions=output:2',
  ])
  t.strictSame(lines(HERE, 'overlay'), [
    'table=tunnel_ingress, priority=200,tun_id=0x800001,in_port=7 actions=load:0x1->NXM_NX_REG4[0],write_metadata:0x80000001/0xffffffff,goto_table:tunnel_source',
    'table=tunnel_source, priority=200,tun_src=10.0.0.2 actions=goto_table:destination',
    `table=overlay, priority=200,${SEGMENT},dl_dst=52:54:00:00:00:03 actions=set_field:0x800001->tun_id,set_field:10.0.0.2->tun_dst,output:7`,
    `table=overlay, priority=100,${SEGMENT},${MULTICAST} actions=set_field:0x800001->tun_id,group:1174405121`,
    'group_id=1174405121,type=all,bucket=actions=set_field:10.0.0.2->tun_dst,output:7',
  ])
})

t.test('who has a MAC address only sends anything but IP addresses of others', async (t) => {
  const lines = await siteOf({ interfaces: [addressed, free, away] })
  t.strictSame(
    lines(HERE, 'port', 'port_security').filter((line) => line.includes('reg0=0x2')),
    [
      'table=port_security, priority=300,arp,reg0=0x2,dl_src=52:54:00:00:00:02,arp_sha=52:54:00:00:00:02 actions=write_metadata:0x80000001/0xffffffff,goto_table:segment_security',
      'table=port_security, priority=200,arp,reg0=0x2,dl_src=52:54:00:00:00:02 actions=drop',
      'table=port_security, priority=200,ipv6,reg0=0x2,dl_src=52:54:00:00:00:02 actions=write_metadata:0x80000001/0xffffffff,goto_table:link_local',
      'table=port_security, priority=100,reg0=0x2,dl_src=52:54:00:00:00:02 actions=write_metadata:0x80000001/0xffffffff,goto_table:segment_security',
    ],
  )
  t.strictSame(lines(HERE, 'segment', 'segment_security'), [
    `table=segment_security, priority=200,ip,${SEGMENT},nw_src=172.16.1.1 actions=drop`,
    `table=segment_security, priority=200,arp,${SEGMENT},arp_spa=172.16.1.1 actions=drop`,
    `table=segment_security, priority=200,ip,${SEGMENT},nw_src=172.16.2.3 actions=drop`,
    `table=segment_security, priority=200,arp,${SEGMENT},arp_spa=172.16.2.3 actions=drop`,
  ])
  const six = await siteOf({ interfaces: [{ ...addressed, addresses: { 1: 'fd00::1' } }, free] })
  t.strictSame(six(HERE, 'segment', 'segment_security'), [
    `table=segment_security, priority=200,ipv6,${SEGMENT},ipv6_src=fd00::1 actions=drop`,
    `table=segment_security, priority=200,icmp6,${SEGMENT},icmp_type=136,icmp_code=0,nd_target=fd00::1 actions=drop`,
  ])
  t.strictSame(lines(THERE, 'segment', 'segment_security'), [], 'nobody there has a MAC address only')
  const address = [...lines(HERE, 'port', 'port_security'), ...lines(THERE, 'port', 'port_security')]
  t.match(
    address.find((line) => line.includes('nw_src=172.16.1.1')),
    'write_metadata:0x1/0xffffffff,goto_table:router_leg',
    'who has an address stays in its network until it is bridged',
  )
})

t.test('ARP is answered for leased addresses, and others are asked for', async (t) => {
  const lines = await siteOf({ interfaces: [addressed, free, away] })
  const questions = (dpid: string) =>
    lines(dpid, 'arp')
      .filter((line) => !line.includes('reg0='))
      .map((line) => line.replace(/^.*priority=|,arp_op=1.*$/g, ''))
      .sort()
  t.strictSame(questions(HERE), [
    '100,arp,metadata=0x1/0xffffffff',
    `100,arp,${SEGMENT}`,
    '200,arp,metadata=0x1/0xffffffff,arp_tpa=172.16.1.1',
    `200,arp,${SEGMENT},arp_tpa=172.16.1.1`,
    `200,arp,${SEGMENT},arp_tpa=172.16.2.3`,
  ])
  t.strictSame(questions(THERE), [
    '100,arp,metadata=0x2/0xffffffff',
    '200,arp,metadata=0x2/0xffffffff,arp_tpa=172.16.2.3',
  ])
})

t.test('a router is entered from the segment by the MAC address of its leg', async (t) => {
  const leg: Guest = {
    ...{ id: 4, mac: '52:54:00:00:00:04', mode: 'simulated', addresses: { 2: '172.16.2.254' } },
  }
  const lines = await siteOf({ interfaces: [addressed, free, leg] })
  t.strictSame(lines(HERE, 'routing', 'router_leg'), [
    'table=router_leg, priority=200,metadata=0x2/0xffffffff,dl_dst=52:54:00:00:00:04 actions=load:0x4->NXM_NX_REG2[],load:0x2->NXM_NX_REG6[],goto_table:router_ingress',
    `table=router_leg, priority=200,${SEGMENT},dl_dst=52:54:00:00:00:04 actions=load:0x4->NXM_NX_REG2[],load:0x2->NXM_NX_REG6[],write_metadata:0x2/0xffffffff,goto_table:router_ingress`,
  ])
})

t.test(
  'the segment of a MAC address: its own, of the interface, of the network, the associated one',
  async (t) => {
    const segmentsOf = async (guest: Guest, rows: Rows = {}) => {
      const lines = await siteOf({
        ...{ interfaces: [guest], segments: { 1: {}, 2: {} }, changes: { 1: { segment_id: 1 } } },
        ...rows,
      })
      return lines(HERE, 'switching', 'destination').filter((line) => line.includes('dl_dst=52'))
    }
    const nobody: Guest = { id: 2, mac: '52:54:00:00:00:02', addresses: {} }
    t.strictSame(await segmentsOf(nobody), [])
    t.match(await segmentsOf({ ...nobody, segment_id: 2 }), [/metadata=0x80000002/])
    t.match(await segmentsOf({ ...nobody, network_id: 1 }), [/metadata=0x80000001/])
    t.match(await segmentsOf(nobody, { associations: [[2, 2]] }), [/metadata=0x80000002/])
  },
)

t.test(
  'a gateway: what nobody is known to have leaves, nothing comes in as one of us, nothing goes back',
  async (t) => {
    const rows: Rows = { interfaces: [addressed, free, away, gateway], associations: [[9, 1]] }
    const lines = await siteOf(rows)
    t.strictSame(
      lines(HERE, 'port', 'classify').filter((line) => line.includes('in_port=5')),
      [
        'table=classify, priority=200,in_port=5 actions=load:0x9->NXM_NX_REG0[],write_metadata:0x80000001/0xffffffff,goto_table:foreign',
      ],
    )
    t.match(
      lines(HERE, 'port', 'output').filter((line) => line.includes('reg1=0x9')),
      ['0x80000001', '0x1', '0x2'].map(
        (domain) => new RegExp(`metadata=${domain}/0xffffffff actions=output:5$`),
      ),
      'what the switch answers finds its way back',
    )
    t.strictSame(lines(HERE, 'segment', 'foreign'), [
      `table=foreign, priority=200,${SEGMENT},dl_src=52:54:00:00:00:01 actions=drop`,
      `table=foreign, priority=200,${SEGMENT},dl_src=52:54:00:00:00:02 actions=drop`,
      `table=foreign, priority=200,${SEGMENT},dl_src=52:54:00:00:00:03 actions=drop`,
    ])
    t.strictSame(lines(HERE, 'uplink'), [
      `table=uplink, priority=200,${SEGMENT},${MULTICAST} actions=output:5`,
      `table=uplink, priority=100,${SEGMENT} actions=output:5`,
    ])
    t.strictSame(
      lines(HERE, 'overlay').filter((line) => line.includes('goto_table:uplink')),
      [
        `table=overlay, priority=400,reg4=0x1/0x1,${SEGMENT} actions=goto_table:uplink`,
        `table=overlay, priority=100,${SEGMENT},${MULTICAST} actions=set_field:0x800001->tun_id,group:1174405121,goto_table:uplink`,
      ],
    )
    t.strictSame(
      lines(THERE, 'overlay').at(-2),
      `table=overlay, priority=100,${SEGMENT},dl_dst=00:00:00:00:00:00/01:00:00:00:00:00 actions=set_field:0x800001->tun_id,set_field:10.0.0.1->tun_dst,output:8`,
    )
    t.strictSame([...lines(THERE, 'segment', 'foreign'), ...lines(THERE, 'uplink')], [])
  },
)

t.test('a gateway alone makes a segment known: its switch receives and sends', async (t) => {
  const rows: Rows = { interfaces: [away, gateway], associations: [[9, 1]] }
  const lines = await siteOf(rows, ports({ street: 5 }, { 'if-3': 1 }))
  t.match(lines(HERE, 'overlay', 'tunnel_ingress'), [/tun_id=0x800001/])
  t.match(lines(HERE, 'switching').at(-1), /^group_id=1140850689,type=all$/)
  t.match(lines(THERE, 'overlay').slice(-3), [
    /01:00:00:00:00:00.*group/,
    /00:00:00:00:00:00.*tun_dst/,
    /tun_dst/,
  ])
})

t.test('of several gateways the first with a port is the way; a physical segment has none', async (t) => {
  const second: Guest = { ...gateway, id: 10, port_name: 'avenue', owner_datapath_id: 2 }
  const associations = [
    [9, 1],
    [10, 1],
  ] as const
  const waysOut = async (here: Record<string, number>, segments: Rows['segments'] = { 1: {} }) => {
    const lines = await siteOf(
      { interfaces: [free, gateway, second], associations, segments },
      ports({ 'if-2': 2, ...here }, { avenue: 6 }),
    )
    return [...lines(HERE, 'uplink', 'uplink'), ...lines(THERE, 'uplink', 'uplink')].map((line) =>
      line.slice(line.indexOf('actions')),
    )
  }
  t.strictSame(await waysOut({ street: 5 }), ['actions=output:5', 'actions=output:5'])
  t.strictSame(await waysOut({}), ['actions=output:6', 'actions=output:6'])
  t.strictSame(await waysOut({ street: 5 }, { 1: { mode: 'physical' } }), [])
  const alone = await siteOf(
    { interfaces: [free, gateway, second], associations },
    new Map([
      [
        THERE,
        new Map([
          ['if-2', 1],
          ['avenue', 6],
        ]),
      ],
    ]),
  )
  t.strictSame(alone(THERE, 'uplink'), [], 'the first may go on where its switch has not told of it')
  t.match(await waysOut({ street: 5 }, { 1: { vlan_id: 30 } }), [
    /push_vlan:0x8100,set_field:4126->vlan_vid,output:5$/,
    /push_vlan.*output:5$/,
  ])
})

t.test('the host itself is in a physical segment, whether its MAC address is known or not', async (t) => {
  const host: Guest = {
    ...{
      id: 8,
      mac: '52:54:00:00:00:08',
      addresses: {},
      mode: 'host',
      port_name: 'street',
      owner_datapath_id: 1,
    },
    segment_id: 1,
  }
  const hostLines = async (interfaces: Guest[], segments: NonNullable<Rows['segments']>) => {
    const lines = await siteOf({ interfaces, segments })
    return [
      ...lines(HERE, 'port', 'classify').filter((line) => line.includes('in_port=LOCAL')),
      ...lines(HERE, 'switching', 'destination').filter((line) => line.includes('load:0x8')),
      ...lines(HERE, 'uplink'),
    ]
  }
  const classified =
    'table=classify, priority=200,in_port=LOCAL actions=load:0x8->NXM_NX_REG0[],write_metadata:0x80000001/0xffffffff,goto_table:learning'
  t.strictSame(await hostLines([addressed, host], { 1: { mode: 'physical' } }), [
    classified,
    `table=destination, priority=200,${SEGMENT},dl_dst=52:54:00:00:00:08 actions=load:0x8->NXM_NX_REG1[],goto_table:output`,
    `table=uplink, priority=200,${SEGMENT},${MULTICAST} actions=output:5`,
    `table=uplink, priority=100,${SEGMENT} actions=output:5`,
  ])
  t.strictSame(await hostLines([addressed, { ...host, mac: null }], { 1: { mode: 'physical' } }), [
    classified,
    `table=uplink, priority=200,${SEGMENT},${MULTICAST} actions=output:5`,
    `table=uplink, priority=100,${SEGMENT} actions=LOCAL,output:5`,
  ])
  t.strictSame(await hostLines([addressed, host], { 1: {} }), [], 'not in a virtual one')
})

t.test('a physical segment leaves by the uplink, with its tag, and through no tunnel', async (t) => {
  const uplink: Guest = {
    ...{ id: 8, mac: null, addresses: {}, mode: 'patch', port_name: 'street', owner_datapath_id: 1 },
    segment_id: 1,
  }
  const lines = await siteOf({
    ...{ interfaces: [addressed, free, away, uplink] },
    segments: { 1: { mode: 'physical', vlan_id: 100 } },
  })
  t.match(
    lines(HERE, 'port', 'classify')[0],
    'priority=400,in_port=5,dl_vlan=100 actions=pop_vlan,load:0x8->NXM_NX_REG0[],write_metadata:0x80000001/0xffffffff,goto_table:arrival',
  )
  t.match(lines(HERE, 'uplink'), [/actions=push_vlan:0x8100,set_field:4196->vlan_vid,output:5$/, /output:5$/])
  t.strictSame(lines(HERE, 'overlay'), [])
})

t.test('one more guest costs as much in a segment of 600 as in one of 150', async (t) => {
  const guest = (id: number): Operation[] => [
    {
      resource: 'interface',
      id,
      row: interfaceRow({ id, mac: null, addresses: {}, segment_id: 1 }),
    },
    {
      resource: 'mac_lease',
      id,
      row: {
        ...{ id, uuid: `ml-${id}`, interface_id: id, segment_id: 1 },
        mac_address: `52:54:00:00:${(id >> 8).toString(16).padStart(2, '0')}:${(id & 255).toString(16).padStart(2, '0')}`,
      },
    },
  ]
  const costOf = async (guests: number): Promise<number> => {
    const world = new World()
    const segment = { id: 1, uuid: 'seg-1', mode: 'virtual', vlan_id: null } as const
    const join = (id: number, ...more: Operation[]) => {
      world.give({ kind: 'change', operations: [...more, ...guest(id)] })
      world.give({ kind: 'port', dpid: id % 2 === 0 ? HERE : THERE, name: `if-${id}`, port_no: id })
    }
    join(1, { resource: 'segment', id: 1, row: segment })
    for (let id = 2; id <= guests; id += 1) join(id)
    await world.settled()
    const before = world.engine.runs
    join(guests + 2)
    await world.settled()
    t.strictSame(world.faults, [])
    return world.engine.runs - before
  }
  t.equal(await costOf(600), await costOf(150))
})
