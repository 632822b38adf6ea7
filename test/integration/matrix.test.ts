/**
 * Whatever fails: guests to whom nothing happened lose no ping, the others are back in time, and in the end the bridge
 * has what the store says, computed from scratch.
 */
import t, { type Test } from 'tap'
import { sleep } from '../lab/wait.ts'
import { inIpv6 } from '../scenarios/in_ipv6.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import { BR0, PINGS, walkthrough } from '../scenarios/walkthrough.ts'
import { type Failure, type Scene, SPARE } from './failure.ts'
import { FAILURES } from './failures.ts'
import { IN_BOTH, OngoingPings } from './ongoing.ts'
import { Parts } from './parts.ts'
import { disagreement } from './store_tables.ts'

/** In which flows are back; and how long a guest waits that asked for an address in vain, before it asks again. */
const BACK_MS = 2000
const ARP_MS = 1000
const LASTS_MS = 1000
const CONVERGED_MS = 30_000

const world = await LabWorld.create()
t.teardown(() => world.close())
const { host, rest } = world.site
const parts = new Parts(world.site)
await parts.start('vnetd')
await world.build(IN_BOTH)

/** A write is applied, and the bridge has what the store says: with it and without it. */
const isWell = async (t: Test): Promise<void> => {
  const row = { uuid: 'if-well', network_uuid: 'nw-net1', mac_address: '52:54:02:09:00:01' }
  const ends = { mode: 'simulated', ipv4_address: '172.16.1.9' }
  const { headers } = await rest.post('interfaces?wait=20', { ...row, ...ends })
  t.equal(headers['x-applied'], 'true', 'a write is applied')
  t.same(await disagreement(world, BR0), [], 'the bridge has what the store says')
  await rest.delete('interfaces/if-well?wait=20')
  t.same(await disagreement(world, BR0), [], 'also when it is taken back')
}

/** @returns from when on the site had what it takes to be well */
const happens = async (scene: Scene, { fail, meanwhile, heal }: Failure): Promise<number> => {
  try {
    await fail(scene)
    await (meanwhile === undefined ? sleep(LASTS_MS) : meanwhile(scene))
  } finally {
    await heal(scene)
  }
  const healed = Date.now()
  const { since } = await world.site.converged(BR0.dpid, CONVERGED_MS)
  return Math.max(healed, Date.parse(since))
}

/** Of the device that Open vSwitch makes itself; gone with its bridge. */
const addSparePort = () =>
  host.vsctl(
    ...['--may-exist', 'add-port', 'br0', SPARE.uuid],
    ...['--', 'set', 'Interface', SPARE.uuid, 'type=internal'],
  )

for (const row of FAILURES) {
  t.test(row.what, async (t) => {
    const scene = { world, parts, t }
    await parts.only(...row.runs)
    await addSparePort()
    await world.site.converged(BR0.dpid, CONVERGED_MS)
    const pings = new OngoingPings(world)
    t.teardown(() => pings.stop(null))
    await pings.areAnswered()
    const from = Date.now()
    const until = (await happens(scene, row)) + BACK_MS + ARP_MS
    await pings.areAnswered()
    const { loses } = row
    const { faults, sent, lost } = await pings.stop(
      loses === undefined ? null : { whose: loses, from, until },
    )
    t.same(faults, [], `${lost} of ${sent} packets lost`)
    await isWell(t)
    await row.afterwards?.(scene)
    t.same(await disagreement(world, BR0), [])
  })
}

t.test('after all that everybody reaches whom they should', async (t) => {
  t.same(await world.checkPings([...PINGS, ...inIpv6(walkthrough).pings]), [])
})
