/** The list of features: a new one adds a line here and its tables to the layout. */
import type { Feature } from '../engine/rule.ts'
import { checkTables } from '../pipeline/table.ts'
import { advertisementFeature } from './advertisement/index.ts'
import { arpFeature } from './arp/index.ts'
import { dhcpFeature } from './dhcp/index.ts'
import { dnsFeature } from './dns/index.ts'
import { icmpFeature } from './icmp/index.ts'
import { ndFeature } from './nd/index.ts'
import { neighbourFeature } from './neighbour/index.ts'
import { overlayFeature } from './overlay/index.ts'
import { portFeature } from './port/index.ts'
import { puntFeature } from './punt/index.ts'
import { routingFeature } from './routing/index.ts'
import { segmentFeature } from './segment/index.ts'
import { switchingFeature } from './switching/index.ts'
import { uplinkFeature } from './uplink/index.ts'

export const FEATURES: readonly Feature[] = [
  portFeature,
  arpFeature,
  routingFeature,
  switchingFeature,
  overlayFeature,
  uplinkFeature,
  segmentFeature,
  puntFeature,
  icmpFeature,
  ndFeature,
  dnsFeature,
  dhcpFeature,
  advertisementFeature,
  neighbourFeature,
]

checkTables(FEATURES.flatMap((feature) => feature.tables))
