import type { Feature } from '../../engine/rule.ts'
import { announcementSpeaker } from './announcement.ts'
import { arrivalRules, arrivalStanding } from './arrival.ts'
import { beyondRules } from './beyond.ts'
import { egressRules } from './egress.ts'
import { legFlows, legRules } from './legs.ts'
import { mtuRules, mtuStanding } from './mtu.ts'
import { hopStanding, neighbourRules } from './neighbours.ts'
import { routeRules, routeStanding } from './routes.ts'
import {
  arrivalTable,
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
import { routingWarnings } from './warnings.ts'

/** Simulated routers: legs, their addresses, routes and neighbours. */
export const routingFeature: Feature = {
  name: 'routing',
  tables: [
    arrivalTable,
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
  rules: [
    ...arrivalRules,
    ...legRules,
    ...beyondRules,
    ...routeRules,
    ...egressRules,
    ...neighbourRules,
    ...mtuRules,
  ],
  speakers: [announcementSpeaker],
  warnings: routingWarnings,
  standing: [...arrivalStanding, ...legFlows, ...routeStanding, ...hopStanding, ...mtuStanding],
}
