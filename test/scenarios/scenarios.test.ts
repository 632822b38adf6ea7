/** All scenarios on the simulator: milliseconds, no process. `test/integration` runs the same ones for real. */
import t from 'tap'
import { inIpv6 } from './in_ipv6.ts'
import { MAC2MAC } from './mac2mac.ts'
import { MANY_HOSTS, manyHosts, SAID } from './many_hosts.ts'
import { neighbours } from './neighbours.ts'
import { NEXT_HOPS } from './next_hops.ts'
import { runOnSimulator } from './on_simulator.ts'
import { PATH_MTU } from './path_mtu.ts'
import { PATHS } from './paths.ts'
import { PHYSICAL } from './physical.ts'
import { PINNED, PINNED_BARE } from './pinned.ts'
import { overTwoHosts } from './scenario.ts'
import { SEGMENTS } from './segments.ts'
import { services } from './services.ts'
import { SCENARIOS } from './walkthrough.ts'

const ROUTED = [PATHS, PATH_MTU, NEXT_HOPS].flatMap((scenario) => [scenario, overTwoHosts(scenario)])
/** Written for each family, as the protocols differ. */
const SERVICES = [services(4), services(6)].flatMap((scenario) => [scenario, overTwoHosts(scenario)])

const ALL = [
  ...SCENARIOS,
  ...ROUTED,
  ...MANY_HOSTS,
  ...SAID,
  ...MAC2MAC,
  PHYSICAL,
  PINNED,
  PINNED_BARE,
  SEGMENTS,
]

/** Which tunnels carry IPv6 makes no difference to it. */
const OVER_IPV6 = [
  ...SCENARIOS,
  ...ROUTED,
  manyHosts('vxlan', 'ipv6'),
  ...MAC2MAC,
  PHYSICAL,
  PINNED,
  SEGMENTS,
].map(inIpv6)

for (const scenario of [...ALL, ...OVER_IPV6, ...SERVICES, neighbours]) {
  t.test(scenario.name, async (t) => {
    t.same(await runOnSimulator(scenario), [])
  })
}
