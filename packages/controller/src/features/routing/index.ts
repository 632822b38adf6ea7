import type { Feature } from '../../engine/rule.ts'
import { beyondRules } from './beyond.ts'
import { egressRules } from './egress.ts'
import { legFlows, legRules } from './legs.ts'
import { mtuRules, mtuStanding } from './mtu.ts'
import { hopStanding, neighbourRules } from './neighbours.ts'
import { routeRules, routeStanding } from './routes.ts'
import {
  mtuTable,
  neighbourTable,
  nextRouterTable,
  routeMemberTable,
  routerAddressTable,
  routerHopsTable,
  routerHopTable,
  routerIngressTable,
  routerLegTable,
  routerTtlTable,
  routeTable,
  tooBigTable,
} from './tables.ts'

/** Simulated routers: legs, their addresses, routes and neighbours. */
export const routingFeature: Feature = {
  name: 'routing',
  tables: [
    routerHopsTable,
    routerHopTable,
    routeMemberTable,
    nextRouterTable,
    mtuTable,
    tooBigTable,
    routerLegTable,
    routerIngressTable,
    routerAddressTable,
    routerTtlTable,
    routeTable,
    neighbourTable,
  ],
  rules: [...legRules, ...beyondRules, ...routeRules, ...egressRules, ...neighbourRules, ...mtuRules],
  standing: [...legFlows, ...routeStanding, ...hopStanding, ...mtuStanding],
}
