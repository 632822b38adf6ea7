import type { Operation } from '@openvnet/feed'
import t from 'tap'
import { DPIDS, emptySnapshot } from '../test/world.ts'
import { TunnelKinds } from './tunnel_kinds.ts'

const [HERE, THERE] = DPIDS
const row = (resource: string, id: number, content: object) =>
  ({ resource, id, row: { id, uuid: `${resource}-${id}`, ...content } }) as unknown as Operation

t.test('VXLAN always; what a datapath says everywhere, what an underlay says where it is', async (t) => {
  const kinds = new TunnelKinds()
  const both = () => [kinds.of(HERE), kinds.of(THERE)]
  const change = (...operations: Operation[]) => kinds.apply({ revision: 1, operations } as never)
  kinds.load(emptySnapshot())
  t.same(both(), [['vxlan'], ['vxlan']])
  t.ok(change(row('datapath', 1, { dpid: HERE, transport: 'gre' })))
  t.same(both(), [
    ['vxlan', 'gre'],
    ['vxlan', 'gre'],
  ])
  change(
    row('datapath', 1, { dpid: HERE, transport: 'mac2mac' }),
    row('topology', 5, { mode: 'simple_underlay', transport: 'geneve' }),
    row('topology_datapath', 7, { topology_id: 5, datapath_id: 1 }),
  )
  t.same(both(), [['vxlan', 'geneve'], ['vxlan']], 'MAC2MAC needs no port')
  change(row('topology', 5, { mode: 'simple_overlay', transport: 'geneve' }))
  t.same(both(), [['vxlan'], ['vxlan']])
  t.notOk(change({ resource: 'network', id: 1, row: null }))
  change(row('topology', 5, { mode: 'simple_underlay', transport: 'geneve' }))
  change({ resource: 'topology_datapath', id: 7, row: null })
  t.same(both(), [['vxlan'], ['vxlan']])

  t.notOk(change(row('datapath', 2, { dpid: THERE, transport: null })), 'most say nothing')
  t.notOk(change(row('datapath', 2, { dpid: THERE, transport: null, display_name: 'x' })))
  t.ok(change(row('topology_datapath', 7, { topology_id: 5, datapath_id: 2 })))
  t.same(both(), [['vxlan'], ['vxlan', 'geneve']])
  t.ok(change(row('datapath', 2, { dpid: HERE, transport: null })))
  t.same(both(), [['vxlan', 'geneve'], ['vxlan']])
  t.ok(change(row('datapath', 2, { dpid: HERE, transport: 'gre' })))
  t.ok(change({ resource: 'datapath', id: 2, row: null }))
  t.same(both(), [['vxlan'], ['vxlan']])
})
