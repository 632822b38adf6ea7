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
