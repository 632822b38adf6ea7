/** All scenarios on the simulator: milliseconds, no process. `test/integration` runs the same ones for real. */
import t from 'tap'
import { MAC2MAC } from './mac2mac.ts'
import { MANY_HOSTS, SAID } from './many_hosts.ts'
import { runOnSimulator } from './on_simulator.ts'
import { PHYSICAL } from './physical.ts'
import { SEGMENTS } from './segments.ts'
import { SCENARIOS } from './walkthrough.ts'

for (const scenario of [...SCENARIOS, ...MANY_HOSTS, ...SAID, ...MAC2MAC, PHYSICAL, SEGMENTS]) {
  t.test(scenario.name, async (t) => {
    t.same(await runOnSimulator(scenario), [])
  })
}
