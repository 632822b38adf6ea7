import type { Feature } from '../../engine/rule.ts'
import { overlayRules, overlayStanding } from './rules.ts'
import {
  mac2macMulticastTable,
  mac2macSourceTable,
  mac2macTable,
  overlayTable,
  tunnelIngressTable,
  tunnelSourceTable,
} from './tables.ts'
import { overlayWarnings } from './warnings.ts'

/** One network over many switches: tunnels and plain ways between them. */
export const overlayFeature: Feature = {
  name: 'overlay',
  tables: [
    mac2macTable,
    mac2macSourceTable,
    mac2macMulticastTable,
    tunnelIngressTable,
    tunnelSourceTable,
    overlayTable,
  ],
  rules: overlayRules,
  standing: overlayStanding,
  warnings: overlayWarnings,
}
