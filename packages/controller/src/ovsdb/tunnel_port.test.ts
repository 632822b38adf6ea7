import t from 'tap'
import { TUNNEL_PORTS } from '../features/overlay/tunnels.ts'
import type { InterfaceRow } from './columns.ts'
import { TUNNEL_PORT_NAMES, tunnelPortLine, tunnelPortWork } from './tunnel_port.ts'

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
  t.same(tunnelPortWork([], 'br0'), { kind: 'add', bridge: 'br0' })
  t.equal(tunnelPortWork([port('br0', row('vnet-vxlan'))], 'br0'), null, 'what else it is told is let alone')
  const wrong = [row('vnet-vxlan', { type: 'gre' }), row('vnet-vxlan', { options: new Map([['key', '5']]) })]
  for (const one of wrong) t.match(tunnelPortWork([port('br0', one)], 'br0'), { kind: 'mend', uuid: 'i-br0' })
  t.equal(
    tunnelPortWork([port('br0', row('vnet-gre', { type: 'gre' }))], 'br0'),
    null,
    'another kind is fine',
  )
  t.equal(tunnelPortWork([port('br1', row('vnet-vxlan'))], 'br0'), null, 'the name is taken')
  t.same(tunnelPortWork([port('br1', row('vnet-gre'))], 'br0'), { kind: 'add', bridge: 'br0' })
})

t.test('the line says the same', async (t) => {
  t.equal(
    tunnelPortLine('br0', ' --db=tcp:h:6640'),
    'ovs-vsctl --db=tcp:h:6640 add-port br0 vnet-vxlan -- set interface vnet-vxlan type=vxlan options:key=flow options:remote_ip=flow',
  )
})

t.test('databases and flows speak of the same ports', async (t) => {
  t.same(TUNNEL_PORT_NAMES, TUNNEL_PORTS)
})
