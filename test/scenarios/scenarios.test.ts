/** All scenarios on the simulator: milliseconds, no process. `test/integration` runs the same ones for real. */
import t from 'tap'
import { runOnSimulator } from './on_simulator.ts'
import { SCENARIOS } from './walkthrough.ts'

for (const scenario of SCENARIOS) {
  t.test(scenario.name, async (t) => {
    t.same(await runOnSimulator(scenario), [])
  })
}
