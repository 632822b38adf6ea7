import t from 'tap'
import { compile, type Guest, linesOf, type Rows } from '../../../test/flow_lines.ts'
import { DPIDS } from '../../../test/world.ts'

const networks = { 1: '172.16.1.0', 2: '172.16.2.0' }
const guest = { id: 1, mac: '52:54:00:00:00:01', addresses: { 1: '172.16.1.1' } }

t.test('a guest is let in with its own addresses, and out of its port', async (t) => {
  t.strictSame(linesOf(await compile({ networks, interfaces: [guest] }, 1), 'port'), [
    'table=classify, priority=200,in_port=1 actions=load:0x1->NXM_NX_REG0[],write_metadata:0x1/0xffffffff,goto_table:port_security',
    'table=port_security, priority=200,arp,reg0=0x1,dl_src=52:54:00:00:00:01,arp_spa=0.0.0.0,arp_sha=52:54:00:00:00:01 actions=goto_table:arp',
    'table=port_security, priority=200,ip,reg0=0x1,dl_src=52:54:00:00:00:01,nw_src=172.16.1.1 actions=write_metadata:0x1/0xffffffff,goto_table:router_leg',
    'table=port_security, priority=200,arp,reg0=0x1,dl_src=52:54:00:00:00:01,arp_spa=172.16.1.1,arp_sha=52:54:00:00:00:01 actions=write_metadata:0x1/0xffffffff,goto_table:arp',
    'table=output, priority=200,reg1=0x1 actions=output:1',
  ])
})

t.test('for an interface in two networks the address that it sends with decides the network', async (t) => {
  const both = { ...guest, addresses: { 1: '172.16.1.1', 2: '172.16.2.1' } }
  const lines = linesOf(await compile({ networks, interfaces: [both] }, 1), 'port')
  t.equal(
    lines[0],
    'table=classify, priority=200,in_port=1 actions=load:0x1->NXM_NX_REG0[],goto_table:port_security',
  )
  t.match(lines.slice(1), [
    /nw_src=172.16.1.1 actions=write_metadata:0x1\/0xffffffff,goto_table:router_leg$/,
    /arp_spa=172.16.1.1,.* actions=write_metadata:0x1\/0xffffffff,goto_table:arp$/,
    /nw_src=172.16.2.1 actions=write_metadata:0x2\/0xffffffff,goto_table:router_leg$/,
    /arp_spa=172.16.2.1,.* actions=write_metadata:0x2\/0xffffffff,goto_table:arp$/,
    /^table=output/,
  ])
})

t.test('no port, no flows', async (t) => {
  t.strictSame(linesOf(await compile({ networks, interfaces: [guest] }, 0), 'port'), [])
})

t.test('an interface is behind the port that it names, before one that is only called so', async (t) => {
  const named = { ...guest, id: 2, port_name: 'if-1' }
  const lines = linesOf(await compile({ networks, interfaces: [guest, named] }, 1), 'port')
  t.match(lines[0], 'in_port=1 actions=load:0x2->NXM_NX_REG0[]')
  t.notMatch(lines.join('\n'), 'reg0=0x1,')
})

t.test('an interface is behind the port whose number it knows, after one that names it', async (t) => {
  const numbered = { ...guest, id: 5, uuid: 'if-5', port_number: 1, addresses: { 1: '172.16.1.5' } }
  const lines = linesOf(await compile({ networks, interfaces: [guest, numbered] }, 2), 'port')
  t.match(lines[0], 'in_port=1 actions=load:0x5->NXM_NX_REG0[]', 'and before one that is only called so')
  const named = { ...guest, id: 2, port_name: 'if-1' }
  const after = linesOf(await compile({ networks, interfaces: [named, numbered] }, 1), 'port')
  t.match(after[0], 'in_port=1 actions=load:0x2->NXM_NX_REG0[]')
  t.notMatch(after.join('\n'), 'reg0=0x5,')
  t.strictSame(
    linesOf(await compile({ networks, interfaces: [{ ...numbered, port_number: 3 }] }, 2), 'port'),
    [],
  )
})

t.test('an interface that is known by its iface-id is behind the port that has it', async (t) => {
  const known = { ...guest, id: 5, uuid: 'if-1', iface_id: 'vm', addresses: { 1: '172.16.1.5' } }
  const rows = { networks, interfaces: [known] }
  t.strictSame(linesOf(await compile(rows, 2), 'port'), [], 'not behind the one of its name')
  const lines = linesOf(await compile(rows, 2, { 'if-2': 'vm', 'if-9': 'vm' }), 'port')
  t.match(
    lines[0],
    'in_port=2 actions=load:0x5->NXM_NX_REG0[]',
    'a port that the switch does not have counts not',
  )
  const named = { ...guest, id: 2, port_name: 'if-2' }
  const after = linesOf(await compile({ networks, interfaces: [named, known] }, 2, { 'if-2': 'vm' }), 'port')
  t.match(after[0], 'in_port=2 actions=load:0x2->NXM_NX_REG0[]', 'who names the port goes before')
  const called = { ...guest, id: 2, uuid: 'if-2' }
  const before = linesOf(
    await compile({ networks, interfaces: [called, known] }, 2, { 'if-2': 'vm' }),
    'port',
  )
  t.match(before[0], 'in_port=2 actions=load:0x5->NXM_NX_REG0[]', 'who is only called so goes behind')
})

t.test(
  'an interface that says nothing is behind the port of its name, else the one with it as iface-id',
  async (t) => {
    const rows = { networks, interfaces: [guest] }
    const named = linesOf(await compile(rows, 2, { 'if-2': 'if-1' }), 'port')
    t.match(named[0], 'in_port=1 actions=load:0x1->NXM_NX_REG0[]')
    const elsewhere = { networks, interfaces: [{ ...guest, uuid: 'if-vm' }] }
    const lines = linesOf(await compile(elsewhere, 2, { 'if-2': 'if-vm' }), 'port')
    t.match(lines[0], 'in_port=2 actions=load:0x1->NXM_NX_REG0[]')
  },
)

t.test('an interface that is pinned to another bridge is not here', async (t) => {
  const pinned = { ...guest, owner_datapath_id: 7 }
  t.strictSame(linesOf(await compile({ networks, interfaces: [pinned] }, 1), 'port'), [])
})

t.test('tagged frames come by tunnels only', async (t) => {
  const lines = linesOf(await compile({ networks, interfaces: [guest] }, 1), 'pipeline')
  t.strictSame(
    lines.slice(0, 3),
    [
      'table=classify, priority=600,dl_type=0x8100 actions=drop',
      'table=classify, priority=600,dl_type=0x88a8 actions=drop',
      'table=classify, priority=300,vlan_tci=0x1000/0x1000 actions=goto_table:tunnel_ingress',
    ],
    'and nobody sends two tags, an uplink neither',
  )
  t.match(lines.filter((line) => line.includes('vlan_tci=0x1000')).slice(1), [
    ...['arp', 'nd', 'router_leg', 'uplink'].map(
      (name) => new RegExp(`table=${name}, .*vlan_tci=0x1000/0x1000 `),
    ),
  ])
})

const TAGGED = 'table=classify, priority=400,in_port=1,vlan_tci=0x1000/0x1000 actions=load:0x1->NXM_NX_REG0[]'

t.test('a network that is transparent lets the tags of its guests through', async (t) => {
  const transparent = { vlan_transparent: true }
  const classify = async (guests: readonly Guest[], changes: NonNullable<Rows['changes']>) =>
    linesOf(await compile({ networks, interfaces: guests, changes }, 1), 'port').filter((line) =>
      line.startsWith('table=classify'),
    )
  t.strictSame(
    (await classify([guest], { 1: transparent }))[0],
    `${TAGGED},write_metadata:0x1/0xffffffff,goto_table:port_security`,
  )
  t.equal((await classify([guest], { 2: transparent })).length, 1)
  t.equal((await classify([guest], { 1: { mode: 'physical', ...transparent } })).length, 1, 'not outside')
  const both = { ...guest, addresses: { 1: '172.16.1.1', 2: '172.16.2.1' } }
  t.equal((await classify([both], { 1: transparent })).length, 1, 'the address would decide too late')
  t.strictSame(
    (await classify([both], { 1: transparent, 2: transparent }))[0],
    `${TAGGED},goto_table:port_security`,
  )
})

const sub = (id: number, vlan_id: number, more: Partial<Guest> = {}): Guest => ({
  ...{ id, mac: `52:54:00:00:00:0${id}`, addresses: { 2: `172.16.2.${id}` } },
  ...{ trunk_interface_id: 1, vlan_id, ...more },
})

t.test('a sub-interface is a guest on the port of its trunk, with its tag', async (t) => {
  const lines = linesOf(await compile({ networks, interfaces: [guest, sub(2, 100)] }, 2), 'port')
  t.strictSame(
    lines.filter((line) => line.startsWith('table=classify')),
    [
      'table=classify, priority=500,in_port=1,dl_vlan=100 actions=pop_vlan,load:0x2->NXM_NX_REG0[],write_metadata:0x2/0xffffffff,goto_table:port_security',
      'table=classify, priority=200,in_port=1 actions=load:0x1->NXM_NX_REG0[],write_metadata:0x1/0xffffffff,goto_table:port_security',
    ],
    'and no port is its own, though one is called like it',
  )
  t.strictSame(
    lines.filter((line) => line.startsWith('table=output')),
    [
      'table=output, priority=400,reg0=0x2,reg1=0x2,in_port=1 actions=drop',
      'table=output, priority=300,reg1=0x2,in_port=1 actions=push_vlan:0x8100,set_field:4196->vlan_vid,IN_PORT',
      'table=output, priority=300,reg0=0x2,reg1=0x1,in_port=1 actions=IN_PORT',
      'table=output, priority=200,reg1=0x1 actions=output:1',
      'table=output, priority=200,reg1=0x2 actions=push_vlan:0x8100,set_field:4196->vlan_vid,output:1',
    ],
  )
})

t.test('nobody gets into the VLAN of a sub-interface by a tag of his own', async (t) => {
  const tagged = async (changes: NonNullable<Rows['changes']>) => {
    const tables = await compile({ networks, changes, interfaces: [guest, sub(2, 100)] }, 2)
    return (['port', 'switching'] as const)
      .flatMap((feature) => linesOf(tables, feature))
      .filter((line) => line.includes('dl_vlan') && !line.startsWith('table=classify'))
  }
  t.strictSame(await tagged({ 1: { vlan_transparent: true } }), [
    'table=output, priority=500,reg1=0x1,dl_vlan=100 actions=drop',
    'table=destination, priority=500,metadata=0x1/0xffffffff,dl_vlan=100,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=goto_table:overlay',
  ])
  t.strictSame(await tagged({ 2: { vlan_transparent: true } }), [], 'where the trunk is, tags are dropped')
})

t.test('no trunk, no port; a trunk of trunks is none', async (t) => {
  const portsOf = async (interfaces: readonly Guest[], ports = 2) =>
    linesOf(await compile({ networks, interfaces }, ports), 'port').filter((line) => line.includes('dl_vlan'))
  t.equal((await portsOf([guest, sub(2, 100)])).length, 1)
  t.same(await portsOf([sub(2, 100)]), [])
  t.same(await portsOf([guest, sub(2, 100)], 0), [])
  t.same(await portsOf([guest, sub(2, 100, { owner_datapath_id: 7 })]), [], 'pinned to another bridge')
  t.equal((await portsOf([guest, sub(2, 100), sub(3, 101, { trunk_interface_id: 2 })])).length, 1)
  t.same(await portsOf([sub(1, 100, { trunk_interface_id: 1 })]), [], 'nor of itself')
})

t.test(
  'machines behind an edge are in the VLAN of their network, and known by their MAC addresses',
  async (t) => {
    const edge: Guest = {
      id: 9,
      mode: 'edge',
      owner_datapath_id: 1,
      port_name: 'if-2',
      mac: null,
      addresses: {},
    }
    const behind = (id: number, network: number): Guest => ({
      ...{ id, mac: `52:54:00:00:00:0${id}`, addresses: { [network]: `172.16.${network}.${id}` } },
      trunk_interface_id: 9,
    })
    const rows: Rows = {
      ...{ networks, datapaths: { 1: DPIDS[0] }, edge: 9 },
      interfaces: [guest, edge, behind(3, 1), behind(4, 1), behind(5, 2)],
      vlans: [
        { network_id: 1, vlan_id: 70 },
        { network_id: 2, vlan_id: null },
      ],
    }
    const tables = await compile(rows, 2)
    const of = (name: string) => linesOf(tables, 'port').filter((line) => line.startsWith(`table=${name}`))
    t.strictSame(
      of('classify').filter((line) => line.includes('in_port=2')),
      [
        'table=classify, priority=500,in_port=2,dl_vlan=70,dl_src=52:54:00:00:00:03 actions=pop_vlan,load:0x3->NXM_NX_REG0[],write_metadata:0x1/0xffffffff,goto_table:port_security',
        'table=classify, priority=500,in_port=2,dl_vlan=70,dl_src=52:54:00:00:00:04 actions=pop_vlan,load:0x4->NXM_NX_REG0[],write_metadata:0x1/0xffffffff,goto_table:port_security',
        'table=classify, priority=200,in_port=2,dl_src=52:54:00:00:00:05 actions=load:0x5->NXM_NX_REG0[],write_metadata:0x2/0xffffffff,goto_table:port_security',
      ],
    )
    t.strictSame(of('output').slice(1), [
      'table=output, priority=200,reg1=0x3 actions=push_vlan:0x8100,set_field:4166->vlan_vid,output:2',
      'table=output, priority=200,reg1=0x4 actions=push_vlan:0x8100,set_field:4166->vlan_vid,output:2',
      'table=output, priority=200,reg1=0x5 actions=output:2',
    ])
    t.strictSame(
      linesOf(tables, 'switching').slice(-2),
      [
        'group_id=1073741825,type=all,bucket=actions=output:1,bucket=actions=push_vlan:0x8100,set_field:4166->vlan_vid,output:2',
        'group_id=1073741826,type=all,bucket=actions=output:2',
      ],
      'one copy for each VLAN',
    )
    t.match(
      linesOf(tables, 'arp').filter((line) => line.includes('in_port=2')),
      [
        /priority=300,arp,metadata=0x1.*,in_port=2,arp_tpa=172.16.1.3,arp_op=1 actions=drop$/,
        /172.16.1.4,arp_op=1 actions=drop$/,
        /172.16.2.5,arp_op=1 actions=drop$/,
      ],
      'they ask each other outside',
    )
    const only = [{ network_id: 1, vlan_id: 70, mac_address: '52:54:00:00:00:04' }]
    const one = linesOf(await compile({ ...rows, vlans: only }, 2), 'port').filter((line) =>
      line.includes('in_port=2'),
    )
    t.match(one, [/dl_vlan=70,dl_src=52:54:00:00:00:04/], 'a VLAN may be of one machine only')
    t.strictSame(
      linesOf(await compile({ ...rows, datapaths: {} }, 2), 'port').filter((line) =>
        line.includes('in_port=2'),
      ),
      [],
      'an edge is on the bridge that owns it',
    )
    const changed = { ...rows, changes: { 1: { vlan_transparent: true }, 2: { vlan_transparent: true } } }
    t.same(
      linesOf(await compile(changed, 2), 'port').filter((line) => line.includes('dl_src=52:54:00:00:00:05')),
      [],
      'untagged in no network of tags: they would be other VLANs there',
    )
  },
)
