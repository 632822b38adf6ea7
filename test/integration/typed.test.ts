/** The walkthrough as people type it, in the spelling of 2013 and in today's: the same network comes of it. */
import t from 'tap'
import { type } from '../lab/typed.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import { TYPED_IN_2013, TYPED_TODAY } from '../scenarios/typed.ts'
import { BR0, PINGS, walkthrough } from '../scenarios/walkthrough.ts'
import { difference, settledTables } from './tables.ts'

const tablesAfter = async (world: LabWorld): Promise<readonly string[]> => {
  await world.site.converged(BR0.dpid)
  return settledTables(world)
}

const reference = await (async () => {
  const world = await LabWorld.running(walkthrough)
  try {
    return await tablesAfter(world)
  } finally {
    world.close()
  }
})()

for (const [spelling, lines, failMode] of [
  ['2013', TYPED_IN_2013, 'standalone'],
  ['today', TYPED_TODAY, 'secure'],
] as const) {
  t.test(`typed as in ${spelling}, on a bridge with fail-mode ${failMode}`, async (t) => {
    const world = await LabWorld.create()
    t.teardown(() => world.close())
    await world.site.start()
    await world.addBridge(BR0, failMode)
    await world.addGuests(walkthrough.guests)
    for (const line of lines) {
      const { code, stderr } = await type(world.site, line)
      t.equal(code, 0, `${line} ${stderr}`)
    }
    t.same(difference(reference, await tablesAfter(world)), [])
    t.same(await world.checkPings(PINGS), [])
    const { code, stdout } = await type(world.site, 'vnctl status')
    t.equal(code, 0)
    t.match(stdout, BR0.dpid)
  })
}
