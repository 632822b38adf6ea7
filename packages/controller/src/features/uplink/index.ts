import type { Feature } from '../../engine/rule.ts'
import { uplinkRules, uplinkStanding } from './rules.ts'
import { uplinkTable } from './tables.ts'
import { uplinkWarnings } from './warnings.ts'

/** Physical networks: what nobody here has leaves through the uplink of the bridge. */
export const uplinkFeature: Feature = {
  name: 'uplink',
  tables: [uplinkTable],
  rules: uplinkRules,
  standing: uplinkStanding,
  warnings: uplinkWarnings,
}
