import type { Feature } from '../../engine/rule.ts'
import { overlayRules, overlayStanding } from './rules.ts'
import { overlayTable, tunnelIngressTable } from './tables.ts'

/** One network over many switches: tunnels between them. */
export const overlayFeature: Feature = {
  name: 'overlay',
  tables: [tunnelIngressTable, overlayTable],
  rules: overlayRules,
  standing: overlayStanding,
}
