import t from 'tap'
import { compile, linesOf } from '../../../test/flow_lines.ts'

const networks = { 1: '172.16.1.0', 2: '172.16.2.0' }
const routing = { id: 1, mac: '52:54:00:00:00:01', addresses: { 1: '172.16.1.1' }, enable_routing: true }

const routed = async (
  guest: typeof routing | (Omit<typeof routing, 'addresses'> & { addresses: object }),
) => {
  const lines = linesOf(await compile({ networks, interfaces: [guest as typeof routing] }, 1), 'port')
  return lines.filter((line) => line.startsWith('table=port_security, priority=100,'))
}

t.test('a guest that routes may send packets of others, and no ARP of theirs', async (t) => {
  t.strictSame(await routed(routing), [
    'table=port_security, priority=100,ip,reg0=0x1,dl_src=52:54:00:00:00:01 actions=write_metadata:0x1/0xffffffff,goto_table:router_leg',
  ])
  t.strictSame(await routed({ ...routing, enable_routing: false }), [])
  const inTwo = { ...routing, addresses: { 1: '172.16.1.1', 2: '172.16.2.1' } }
  t.strictSame(await routed(inTwo), [], 'of two networks nobody knows which is meant')
})

t.test('of IPv6 too, and asks for neighbours from own addresses alone', async (t) => {
  const rows = { networks, changes: { 1: { ipv6_network: 'fd00:1::' } }, interfaces: [routing] }
  const lines = linesOf(await compile(rows, 1), 'nd').filter((line) => line.startsWith('table=link_local'))
  const own = lines.filter((line) => line.includes('reg0=0x1'))
  t.strictSame(own, [
    'table=link_local, priority=500,ipv6,reg0=0x1,ipv6_src=fe80::5054:ff:fe00:1 actions=goto_table:nd_security',
    'table=link_local, priority=200,icmp6,reg0=0x1,icmp_type=135 actions=drop',
    'table=link_local, priority=100,reg0=0x1 actions=goto_table:nd_security',
  ])
  const ports = linesOf(await compile(rows, 1), 'port')
  t.match(
    ports.filter((line) => line.includes('ipv6,')),
    [/priority=100,ipv6,reg0=0x1,dl_src=52:54:00:00:00:01 actions=goto_table:link_local$/],
  )
})
