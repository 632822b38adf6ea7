import type { Feature } from '../../engine/rule.ts'
import { answerRules, answerStanding } from './answers.ts'
import { securityRules, securityStanding } from './security.ts'
import { linkLocalTable, ndAnswerTable, ndSecurityTable, ndTable, ndTargetTable } from './tables.ts'

/** Neighbour discovery of IPv6: what guests may say, and answers in the switch. */
export const ndFeature: Feature = {
  name: 'nd',
  tables: [linkLocalTable, ndSecurityTable, ndTargetTable, ndTable, ndAnswerTable],
  rules: [...securityRules, ...answerRules],
  standing: [...securityStanding, ...answerStanding],
}
