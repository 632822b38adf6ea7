import t from 'tap'
import { compile, linesOf } from '../../../test/flow_lines.ts'

const networks = { 1: '172.16.1.0', 2: '172.16.2.0' }
const guests = [1, 2, 3].map((id) => ({
  id,
  mac: `52:54:00:00:00:0${id}`,
  addresses: { [id === 3 ? 2 : 1]: `172.16.1.${id}` },
}))

t.test('unicast goes to its owner, broadcast to the guests of the network', async (t) => {
  t.strictSame(linesOf(await compile({ networks, interfaces: guests }, 3), 'switching'), [
    'table=destination, priority=200,metadata=0x1/0xffffffff,dl_dst=52:54:00:00:00:01 actions=load:0x1->NXM_NX_REG1[],goto_table:output',
    'table=destination, priority=200,metadata=0x1/0xffffffff,dl_dst=52:54:00:00:00:02 actions=load:0x2->NXM_NX_REG1[],goto_table:output',
    'table=destination, priority=200,metadata=0x2/0xffffffff,dl_dst=52:54:00:00:00:03 actions=load:0x3->NXM_NX_REG1[],goto_table:output',
    'table=destination, priority=100,metadata=0x1/0xffffffff,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=group:1073741825,goto_table:overlay',
    'table=destination, priority=100,metadata=0x2/0xffffffff,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=group:1073741826,goto_table:overlay',
    'group_id=1073741825,type=all,bucket=actions=output:1,bucket=actions=output:2',
    'group_id=1073741826,type=all,bucket=actions=output:3',
  ])
})

t.test('a guest that goes is only taken out of the group', async (t) => {
  const lines = linesOf(await compile({ networks, interfaces: guests }, 1), 'switching')
  t.strictSame(lines.slice(1), [
    'table=destination, priority=100,metadata=0x1/0xffffffff,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=group:1073741825,goto_table:overlay',
    'group_id=1073741825,type=all,bucket=actions=output:1',
  ])
})

t.test('a guest without an address is in the network that it names', async (t) => {
  const guest = { id: 1, mac: '52:54:00:00:00:01', addresses: {}, network_id: 2 }
  t.match(linesOf(await compile({ networks, interfaces: [guest] }, 1), 'switching'), [
    /metadata=0x2.*REG1/,
    /metadata=0x2/,
    /bucket=actions=output:1$/,
  ])
})

const trunk = { id: 1, mac: '52:54:00:00:00:01', addresses: { 1: '172.16.1.1' } }
const sub = (id: number, network: number) => ({
  ...{ id, mac: `52:54:00:00:00:0${id}`, addresses: { [network]: `172.16.1.${id}` } },
  ...{ trunk_interface_id: 1, vlan_id: 100 + id },
})

t.test('a broadcast gets to a sub-interface with its tag', async (t) => {
  const lines = linesOf(await compile({ networks, interfaces: [trunk, sub(2, 2)] }, 1), 'switching')
  t.strictSame(lines.slice(-2), [
    'group_id=1073741825,type=all,bucket=actions=output:1',
    'group_id=1073741826,type=all,bucket=actions=push_vlan:0x8100,set_field:4198->vlan_vid,output:1',
  ])
  t.equal(lines.filter((line) => line.includes('priority=100')).length, 2)
  t.equal(lines.length, 6, 'and who is alone on its port in a network needs no more')
})

t.test('those on one port and in one network hear each other, and not themselves', async (t) => {
  const interfaces = [trunk, sub(2, 1), sub(3, 1), sub(4, 2)]
  const lines = linesOf(await compile({ networks, interfaces }, 1), 'switching')
  const tagged = (id: number) => `push_vlan:0x8100,set_field:${4096 + 100 + id}->vlan_vid,IN_PORT,pop_vlan`
  const all = 'dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=group:1073741825'
  t.strictSame(
    lines.filter((line) => line.includes('reg0=')),
    [
      `table=destination, priority=200,reg0=0x1,metadata=0x1/0xffffffff,${all},${tagged(2)},${tagged(3)},goto_table:overlay`,
      `table=destination, priority=200,reg0=0x2,metadata=0x1/0xffffffff,${all},IN_PORT,${tagged(3)},goto_table:overlay`,
      `table=destination, priority=200,reg0=0x3,metadata=0x1/0xffffffff,${all},IN_PORT,${tagged(2)},goto_table:overlay`,
    ],
  )
})

const crowd = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    mac: `52:54:00:00:${(index >> 8).toString(16).padStart(2, '0')}:${(index & 255).toString(16).padStart(2, '0')}`,
    addresses: {},
    network_id: 1,
  }))

t.test('a network of many guests floods through a group of groups', async (t) => {
  const { groups } = await compile({ networks, interfaces: crowd(2500) }, 2500)
  const [top, ...parts] = [...groups.values()]
  t.equal(top?.group_id, 0x4000_0001)
  t.strictSame(
    top?.buckets.flatMap(({ actions }) => actions),
    parts.map(({ group_id }) => ({ type: 'group', group_id })),
  )
  t.equal(parts.length, 64)
  const ports = parts.flatMap(({ buckets }) => buckets.flatMap(({ actions }) => actions))
  t.strictSame(
    new Set(ports.map((action) => action.type === 'output' && action.port)),
    new Set(Array.from({ length: 2500 }, (_, index) => index + 1)),
  )
  t.equal(ports.length, 2500)
})

t.test('one more guest of many changes one group', async (t) => {
  const [before, after] = await Promise.all(
    [200, 201].map((count) => compile({ networks, interfaces: crowd(count) }, 300)),
  )
  const different = [...after!.groups].filter(([id, { value }]) => before!.groups.get(id)?.value !== value)
  t.equal(different.length, 1)
  t.equal(different[0]?.[1].buckets.length, 4)
})
