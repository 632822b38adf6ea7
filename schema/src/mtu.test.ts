import t from 'tap'
import { fittingMtu, transportOverhead } from './index.ts'

t.test('a tunnel takes its headers and the inner Ethernet header', async (t) => {
  const both = (transport: Parameters<typeof transportOverhead>[0]) => [
    transportOverhead(transport, 4),
    transportOverhead(transport, 6),
  ]
  t.same(both('vxlan'), [50, 70])
  t.same(both('geneve'), [50, 70])
  t.same(both('gre'), [42, 62])
  t.same(both('mac2mac'), [0, 0])
})

t.test(
  'what fits follows from the hosts: the least MTU, and the largest headers that may come',
  async (t) => {
    const host = (more: object = {}) => ({ mtu: null, ipv4_address: null, ipv6_address: null, ...more })
    const virtual = { mode: 'virtual', vlan_transparent: false } as const
    t.equal(fittingMtu(virtual, []), 1450)
    t.equal(fittingMtu(virtual, [host({ mtu: 9000 }), host({ mtu: 8000 })]), 7950)
    t.equal(fittingMtu(virtual, [host({ mtu: 9000 }), host()]), 1450, 'who says nothing has 1500')
    t.equal(fittingMtu(virtual, [host({ ipv4_address: '10.0.0.1', ipv6_address: 'fd00::1' })]), 1450)
    t.equal(fittingMtu(virtual, [host(), host({ ipv6_address: 'fd00::1' })]), 1430)
    t.equal(fittingMtu({ ...virtual, vlan_transparent: true }, []), 1446)
    for (const mode of ['physical', 'internal'] as const)
      t.equal(fittingMtu({ ...virtual, mode }, [host({ mtu: 9000 })]), 9000)
  },
)
