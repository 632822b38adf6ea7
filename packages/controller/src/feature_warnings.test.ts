/** Bridges behind one address, where nothing says whether they are on one host: said, and what says it. */
import type { Row } from '@openvnet/schema'
import t from 'tap'
import { World } from '../test/world.ts'
import { createFeatureWarnings } from './feature_warnings.ts'
import { FEATURES } from './features/index.ts'
import { Hosts } from './hosts.ts'

const DPIDS = ['0x1', '0x2', '0x3', '0x4', '0x5'].map((dpid) => dpid.replace('x', 'x000000000000000'))
const [ONE = '', TWO = ''] = DPIDS
const NAT = '192.0.2.1'

t.test('hosts behind one address are asked to say where they are, until they do', async (t) => {
  const world = new World({ dpids: DPIDS })
  const hosts = new Hosts(() => false)
  const sameHost = new Set<string>()
  const warnings = createFeatureWarnings({
    features: FEATURES,
    view: () => world.engine.view,
    hasOthers: () => hosts.areSeveral,
    besides: (dpid) => hosts.besides(dpid),
    isAway: () => false,
    isNoQuestion: (_, other) => sameHost.has(other),
  })
  for (const dpid of DPIDS) {
    world.give({ kind: 'link', dpid, up: true, address: NAT })
    hosts.note(dpid, `${NAT}:4711`)
  }
  await world.settled()
  const named = DPIDS.slice(1, 4).join(', ')
  t.same(warnings(ONE), [
    `it connects from ${NAT}, and so do ${named}: there is no tunnel between them; if they are hosts of their own behind one address (NAT), vnctl datapaths add --dpid ${ONE} --ipv4-address ADDRESS, with the address at which the other hosts reach it (or --ipv6-address)`,
  ])
  for (const dpid of DPIDS.slice(1, 4)) sameHost.add(dpid)
  t.match(warnings(ONE), [new RegExp(`and so do ${DPIDS[4]}:`)], 'those of one Open vSwitch are no question')
  const row = { id: 1, uuid: 'dp-1', dpid: ONE, ipv4_address: '10.0.0.1' } as Row<'datapath'>
  const change = { revision: 1, operations: [{ resource: 'datapath' as const, id: 1, row }] }
  world.give({ kind: 'change', operations: change.operations })
  hosts.apply(change)
  await world.settled()
  t.same(warnings(ONE), [])
  t.match(warnings(TWO).length, 1)
})
