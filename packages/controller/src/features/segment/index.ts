import type { Feature } from '../../engine/rule.ts'
import { segmentRules, segmentStanding } from './rules.ts'
import { bridgingTable, foreignTable, segmentSecurityTable } from './tables.ts'

/** Segments: one layer-2 domain for several networks, guests without IP address, and a gateway to a foreign network. */
export const segmentFeature: Feature = {
  name: 'segment',
  tables: [foreignTable, segmentSecurityTable, bridgingTable],
  rules: segmentRules,
  standing: segmentStanding,
}
