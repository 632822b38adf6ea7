import type { Feature } from '../../engine/rule.ts'
import { applianceRules } from './appliance.ts'
import { portRules, portStanding } from './rules.ts'
import { classifyTable, outputTable, portSecurityTable } from './tables.ts'

/** Ports of guests and port security. */
export const portFeature: Feature = {
  name: 'port',
  tables: [classifyTable, portSecurityTable, outputTable],
  rules: [...portRules, ...applianceRules],
  standing: portStanding,
}
