import type { Row } from '@openvnet/schema'
import t from 'tap'
import { compileSite, type Guest, linesOf } from '../../../test/flow_lines.ts'
import { DPIDS } from '../../../test/world.ts'

const [HERE, THERE] = DPIDS
const datapaths = { 1: HERE, 2: THERE }
const networks = { 1: '192.168.1.0', 2: '192.168.2.0' }
const guest: Guest = { id: 1, mac: '52:54:00:00:00:01', addresses: { 1: '192.168.1.1' } }
const host: Guest = {
  ...{ id: 10, mode: 'host', owner_datapath_id: 1, port_name: 'eth0' },
  ...{ mac: '52:54:00:00:00:10', addresses: { 1: '192.168.1.10' } },
}
const ports = new Map([
  [HERE, new Map([...[['if-1', 1] as const], ['eth0', 9], ['vnet-vxlan', 7]])],
  [
    THERE,
    new Map([
      ['if-2', 1],
      ['eth0', 9],
      ['vnet-vxlan', 7],
    ]),
  ],
])

type Changes = Readonly<Record<number, Partial<Row<'network'>>>>
const physical: Changes = { 1: { mode: 'physical' } }

const linesHere = async (interfaces: readonly Guest[], changes: Changes = physical) => {
  const site = await compileSite({ networks, datapaths, interfaces, changes }, ports)
  const lines = (feature: Parameters<typeof linesOf>[1]) => linesOf(site.get(HERE)!, feature)
  return {
    lines,
    uplink: lines('uplink'),
    classify: lines('port').filter((line) => line.startsWith('table=classify')),
  }
}

t.test('what nobody here has leaves by the uplink, and what comes in is in the network', async (t) => {
  const { uplink, classify, lines } = await linesHere([guest, host])
  t.strictSame(uplink, [
    'table=uplink, priority=200,metadata=0x1/0xffffffff,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=output:9',
    'table=uplink, priority=100,metadata=0x1/0xffffffff actions=output:9',
  ])
  t.strictSame(classify.slice(1), [
    'table=classify, priority=200,in_port=LOCAL actions=load:0xa->NXM_NX_REG0[],write_metadata:0x1/0xffffffff,goto_table:learning',
    'table=classify, priority=200,in_port=9 actions=load:0xa->NXM_NX_REG0[],write_metadata:0x1/0xffffffff,goto_table:mac2mac',
  ])
  t.match(
    lines('switching').at(-1),
    'bucket=actions=output:1,bucket=actions=LOCAL',
    'the host hears what all hear',
  )
  t.match(lines('arp').at(-1), 'arp_op=1 actions=goto_table:bridging', 'who is not known is asked for')
})

t.test('a host whose MAC address nobody said gets what may be for it', async (t) => {
  const nameless: Guest = { ...host, addresses: {}, network_id: 1 }
  t.match((await linesHere([guest, { ...nameless, mac: null }])).uplink, [
    /actions=output:9$/,
    'actions=LOCAL,output:9',
  ])
  t.match((await linesHere([guest, nameless])).uplink.at(-1), /actions=output:9$/)
})

t.test('a VLAN of the uplink is a network of its own', async (t) => {
  const tagged = { ...physical, 2: { mode: 'physical', vlan_id: 100 } as const }
  const both: Guest = { ...host, addresses: { 1: '192.168.1.10', 2: '192.168.2.10' } }
  const { uplink, classify } = await linesHere([guest, both], tagged)
  t.match(uplink, [
    /metadata=0x1.*actions=output:9$/,
    /metadata=0x2.*actions=push_vlan:0x8100,set_field:4196->vlan_vid,output:9$/,
    /metadata=0x1.*actions=output:9$/,
    /metadata=0x2.*actions=push_vlan:0x8100,set_field:4196->vlan_vid,output:9$/,
  ])
  t.match(
    classify[0],
    /priority=400,.*dl_vlan=100.* actions=pop_vlan,load:0xa->NXM_NX_REG0\[\],write_metadata:0x2/,
    'above the flow that drops tags',
  )
})

t.test('physical networks go through no tunnel, virtual ones by no uplink', async (t) => {
  const away: Guest = { id: 2, mac: '52:54:00:00:00:02', addresses: { 1: '192.168.1.2' } }
  const addressed = {
    ...datapaths,
    1: { dpid: HERE, ipv4_address: '10.0.0.1' },
    2: { dpid: THERE, ipv4_address: '10.0.0.2' },
  }
  const overlay = async (changes: Changes) => {
    const site = await compileSite(
      { networks, datapaths: addressed, interfaces: [guest, away, host], changes },
      ports,
    )
    return [linesOf(site.get(HERE)!, 'overlay').length, linesOf(site.get(HERE)!, 'uplink').length]
  }
  t.strictSame(await overlay(physical), [0, 2])
  t.strictSame(await overlay({}), [5, 0])
})

t.test(
  'an internal network has the host, and no way out; a patch port is a way out without a host',
  async (t) => {
    const inside = await linesHere([guest, { ...host, mode: 'internal' }], { 1: { mode: 'internal' } })
    t.strictSame(inside.uplink, [])
    t.match(inside.classify, [/in_port=1 /, /in_port=LOCAL/])
    const patch = await linesHere([guest, { ...host, mode: 'patch' }])
    t.equal(patch.uplink.length, 2)
    t.match(patch.classify, [/in_port=1 /, /in_port=9/])
  },
)

t.test(
  'of two uplinks of a network one carries it: nothing goes in by one and out by the other',
  async (t) => {
    const [first, second] = [host, { ...host, id: 11, mode: 'patch', port_name: 'if-1' } as const]
    const { uplink, classify } = await linesHere([first, second])
    t.match(uplink, [/actions=output:9$/, /actions=output:9$/])
    t.equal(classify.filter((line) => line.includes('in_port=1 ')).length, 0, 'the other is not heard')
    const alone = await linesHere([{ ...first, port_name: 'gone' }, second])
    t.match(alone.uplink.at(-1), /actions=output:1$/, 'it takes over where the first has no port')
    t.match(alone.classify, [/in_port=LOCAL/, /in_port=1 .*write_metadata:0x1/])
  },
)

t.test('no bridge or no port, no way out', async (t) => {
  t.strictSame((await linesHere([guest, { ...host, owner_datapath_id: null }])).uplink, [])
  t.strictSame((await linesHere([guest, { ...host, port_name: 'eth1' }])).uplink, [])
  t.strictSame((await linesHere([guest, { ...host, owner_datapath_id: 2 }])).uplink, [])
})
