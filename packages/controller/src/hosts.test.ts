import t from 'tap'
import { Hosts } from './hosts.ts'

t.test('the second host counts, once; the loopback and a host that is seen again do not', async (t) => {
  const hosts = new Hosts()
  for (const peer of [null, '127.0.0.1:40000', '::1:40000', '10.0.0.1:40000', '::ffff:10.0.0.1:40001'])
    t.notOk(hosts.note(peer), `${peer}`)
  t.notOk(hosts.areSeveral)
  t.ok(hosts.note('fd00::2:6633'))
  t.ok(hosts.areSeveral)
  t.notOk(hosts.note('10.0.0.3:1'))
})
