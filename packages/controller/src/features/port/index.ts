import type { Feature } from '../../engine/rule.ts'
import { applianceRules } from './appliance.ts'
import { legRule } from './legs.ts'
import { portRules, portStanding } from './rules.ts'
import { classifyTable, outputTable, portSecurityTable } from './tables.ts'

/** Ports of guests and port security. */
export const portFeature: Feature = {
  name: 'port',
  tables: [classifyTable, portSecurityTable, outputTable],
  rules: [...portRules, ...applianceRules, legRule],
  standing: portStanding,
}
