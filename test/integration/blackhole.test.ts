/**
 * The path between the switch and vnetd loses everything without a word, and is healed: guests notice nothing, `wait`
 * says which switch is behind and why, and does not wait for a switch that is given up.
 */

import { fileURLToPath } from 'node:url'
import t from 'tap'
import { OPENFLOW_PORT } from '../lab/vnetd.ts'
import { sleep, until } from '../lab/wait.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import { BR0, PINGS, walkthrough } from '../scenarios/walkthrough.ts'
import { storeAndSwitch } from './store_tables.ts'
import { difference } from './tables.ts'

/** vnetd gives a switch up that owes an answer for 5 s, and looks every 400 ms. */
const GIVEN_UP_MS = 6500
const PATH_PORT = 16_633
const PATH = fileURLToPath(new URL('../lab/path_process.ts', import.meta.url))

const world = await LabWorld.running(walkthrough)
t.teardown(() => world.close())
const { host, rest } = world.site
const path = await host.start([process.execPath, PATH, `${PATH_PORT}`, `${OPENFLOW_PORT}`], { ready: 'open' })

interface Applied {
  readonly applied: boolean
  readonly reason: string | null
  readonly pending: readonly { readonly uuid: string | null; readonly dpid: string }[]
}
const wait = async (timeout: number): Promise<Applied> =>
  (await rest.call('GET', `wait?timeout=${timeout}`)).body as Applied

t.test(
  'a path that loses everything is noticed, told of, given up, and made good when it is healed',
  async (t) => {
    await host.setController('br0', `tcp:127.0.0.1:${PATH_PORT}`)
    await sleep(1500)
    await world.site.converged(BR0.dpid)
    const pings = [
      world.guest('ns1').pingStart('172.16.1.2', { interval: 0.01 }),
      world.guest('ns2').pingStart('172.16.2.3', { interval: 0.01 }),
    ]
    await pings[0]!.reaches(50)

    path.signal('SIGSTOP')
    const begin = performance.now()
    await rest.delete('interfaces/if-veth6')
    const early = await wait(4)
    t.equal(early.applied, false)
    t.match(early.pending, [{ dpid: BR0.dpid }])
    t.match(
      early.reason,
      /^not acknowledged by 0x[0-9a-f]{16} \(at revision \d+: the switch owes an answer and is silent for \d s\)$/,
    )
    const late = await wait(20)
    const took = performance.now() - begin
    t.equal(late.applied, true, 'a switch that is not there is not waited for')
    t.ok(took < GIVEN_UP_MS, `after ${Math.round(took)} ms`)
    t.match(await world.site.datapath(BR0.dpid), { connected: false, last_error: /owes an answer/ })

    path.signal('SIGCONT')
    await until('it is connected', async () => (await world.site.datapath(BR0.dpid))?.connected === true, {
      timeout: 20_000,
    })
    const status = await world.site.converged(BR0.dpid)
    t.equal(status.last_error, null)
    const { store, bridge } = await storeAndSwitch(world, BR0)
    t.same(difference(store, bridge), [])
    for (const ping of pings) t.same((await ping.stop()).lost, [])
    const others = PINGS.filter(({ from, to }) => from !== 'ns6' && to !== '172.16.1.2')
    t.same(await world.checkPings(others), [])
  },
)

t.test('a path that is healed before anybody noticed costs nothing', async (t) => {
  const before = (await world.site.datapath(BR0.dpid))!
  path.signal('SIGSTOP')
  await rest.post('interfaces', { uuid: 'if-later', network_uuid: 'nw-net1' })
  await sleep(1000)
  path.signal('SIGCONT')
  t.match(await wait(5), { applied: true })
  const { since, connected } = (await world.site.datapath(BR0.dpid))!
  t.same({ since, connected }, { since: before.since, connected: true })
})
