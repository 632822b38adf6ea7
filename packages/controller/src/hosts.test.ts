import type { Change } from '@openvnet/feed'
import t from 'tap'
import { Hosts } from './hosts.ts'

const OWN = '10.0.0.1'
const row = (id: number, dpid: string, more: object = {}): Change =>
  ({
    revision: id,
    operations: [
      { resource: 'datapath', id, row: { id, dpid, ipv4_address: null, ipv6_address: null, ...more } },
    ],
  }) as unknown as Change
const gone = (id: number): Change =>
  ({ revision: id, operations: [{ resource: 'datapath', id, row: null }] }) as unknown as Change

t.test(
  'the second host counts; all addresses of this machine are one, a host seen again is none',
  async (t) => {
    const hosts = new Hosts((address) => address === OWN)
    const peers = [null, '127.0.0.1:40000', '::1:40000', `${OWN}:40000`, `::ffff:${OWN}:40001`]
    for (const [index, peer] of peers.entries()) hosts.note(`0x${index}`, peer)
    t.notOk(hosts.areSeveral)
    t.ok(hosts.note('0x9', 'fd00::2:6633'))
    t.ok(hosts.areSeveral)
    t.notOk(hosts.note('0x9', 'fd00::2:6634'))
    t.same([...hosts.besides('0x1')], [], 'what is on this machine is no question')
  },
)

t.test('a bridge is where its row says, as long as it does', async (t) => {
  const hosts = new Hosts(() => false)
  for (const dpid of ['0x1', '0x2', '0x3']) hosts.note(dpid, '192.0.2.1:40000')
  t.notOk(hosts.areSeveral, 'behind one address they seem to be one')
  t.same([...hosts.besides('0x1')], ['0x2', '0x3'])
  hosts.apply(row(3, '0x3', { ipv6_address: 'fd00::3' }))
  t.ok(hosts.areSeveral)
  t.same([...hosts.besides('0x1')], ['0x2'])
  t.same([...hosts.besides('0x3')], [])
  hosts.apply(row(3, '0x2', { ipv4_address: '10.0.0.2' }))
  t.same([...hosts.besides('0x1')], ['0x3'], 'a row may come to be that of another bridge')
  hosts.apply(gone(3))
  t.same([...hosts.besides('0x1')].sort(), ['0x2', '0x3'])
  hosts.apply(row(4, '0x4', { ipv4_address: '192.0.2.1' }))
  t.equal([...hosts.besides('0x1')].length, 2, 'who never connected is nowhere')
})
