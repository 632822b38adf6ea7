import type { Feature } from '../../engine/rule.ts'
import { legFlows, legRules } from './legs.ts'
import { routeRules, routeStanding } from './routes.ts'
import {
  neighbourTable,
  routerAddressTable,
  routerIngressTable,
  routerLegTable,
  routerTtlTable,
  routeTable,
} from './tables.ts'

/** Simulated routers: legs, their addresses, routes and neighbours. */
export const routingFeature: Feature = {
  name: 'routing',
  tables: [
    routerLegTable,
    routerIngressTable,
    routerAddressTable,
    routerTtlTable,
    routeTable,
    neighbourTable,
  ],
  rules: [...legRules, ...routeRules],
  standing: [...legFlows, ...routeStanding],
}
