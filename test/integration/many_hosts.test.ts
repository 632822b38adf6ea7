/**
 * The scenario of many hosts on real Open vSwitch: every transport over both families, with all placements in one site.
 * What crosses the underlay is read there, frame by frame.
 */
import t from 'tap'
import { checkForReal } from '../scenarios/for_real.ts'
import { GUESTS, MANY_HOSTS } from '../scenarios/many_hosts.ts'
import { tunnelsOf } from '../scenarios/scenario.ts'
import { HOST_NAMES, OverlaySite } from './overlay_site.ts'
import { record } from './recorded_underlay.ts'

const world = await OverlaySite.create(GUESTS)
t.teardown(() => world.close())
await world.write(MANY_HOSTS[0]!.writes)

for (const scenario of MANY_HOSTS) {
  t.test(scenario.name, async (t) => {
    const { family } = scenario.underlay!
    const ports = HOST_NAMES.flatMap((host) => tunnelsOf(scenario, host).map((type) => [host, type] as const))
    t.teardown(() => Promise.all(ports.map(([host, type]) => world.removeTunnelPort(host, type))))
    for (const host of HOST_NAMES) await world.connect(host, family)
    for (const [host, type] of ports) await world.addTunnelPort(host, type)
    await world.converged()
    await world.acquaint(family)
    t.same(await checkForReal(scenario, world.guests, () => record(world, scenario)), [])
  })
}
