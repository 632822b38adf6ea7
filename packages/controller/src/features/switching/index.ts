import type { Feature } from '../../engine/rule.ts'
import { switchingRules } from './rules.ts'
import { destinationTable } from './tables.ts'

/** Layer 2: unicast and flooding inside a network. */
export const switchingFeature: Feature = {
  name: 'switching',
  tables: [destinationTable],
  rules: switchingRules,
}
