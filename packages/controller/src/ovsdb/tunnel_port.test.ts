import t from 'tap'
import { TUNNEL_TYPES as FLOW_TYPES, tunnelPortName as nameInFlows } from '../features/overlay/stations.ts'
import type { InterfaceRow } from './columns.ts'
import { TUNNEL_PORT_NAMES, type TunnelType, tunnelPortLine, tunnelPortWork } from './tunnel_port.ts'

const row = (name: string, more: Partial<InterfaceRow> = {}): InterfaceRow => ({
  ...{ name, type: 'vxlan', ofport: 1, external_ids: new Map(), error: null },
  options: new Map([
    ['remote_ip', 'flow'],
    ['key', 'flow'],
    ['dst_port', '8472'],
  ]),
  ...more,
})
const port = (bridge: string, of: InterfaceRow) => ({ uuid: `i-${bridge}`, row: of, bridge })

t.test('a port for tunnels is made where there is none, and mended where it is another', async (t) => {
  const workOf = (...found: ReturnType<typeof port>[]) => tunnelPortWork(found, 'br0', ['vxlan', 'gre'])
  const [vxlan, gre] = [port('br0', row('vnet-vxlan')), port('br0', row('vnet-gre', { type: 'gre' }))]
  const add = (type: TunnelType) => ({ kind: 'add', type, bridge: 'br0' })
  t.same(workOf(), [add('vxlan'), add('gre')])
  t.same(workOf(vxlan, gre), [], 'what else they are told is let alone')
  t.same(workOf(gre), [add('vxlan')])
  t.same(workOf(vxlan), [add('gre')])
  const wrong = [row('vnet-vxlan', { type: 'gre' }), row('vnet-vxlan', { options: new Map([['key', '5']]) })]
  for (const one of wrong)
    t.match(workOf(port('br0', one), gre), [{ kind: 'mend', type: 'vxlan', uuid: 'i-br0' }])
  t.same(workOf(port('br1', row('vnet-vxlan')), gre), [], 'the name is taken')
  const geneve = port('br0', row('vnet-geneve', { options: new Map() }))
  t.same(workOf(vxlan, gre, geneve), [], 'who made it by hand knows what it is for')
})

t.test('the line says the same', async (t) => {
  t.equal(
    tunnelPortLine('br0', ' --db=tcp:h:6640', 'vxlan'),
    'ovs-vsctl --db=tcp:h:6640 add-port br0 vnet-vxlan -- set interface vnet-vxlan type=vxlan options:key=flow options:remote_ip=flow',
  )
  t.equal(
    tunnelPortLine('br0', '', 'geneve'),
    'ovs-vsctl add-port br0 vnet-geneve -- set interface vnet-geneve type=geneve options:key=flow options:remote_ip=flow',
  )
})

t.test('databases and flows speak of the same ports', async (t) => {
  t.same(TUNNEL_PORT_NAMES, FLOW_TYPES.map(nameInFlows))
})
