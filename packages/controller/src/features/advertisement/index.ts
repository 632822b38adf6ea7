import type { Feature } from '../../engine/rule.ts'
import { solicitationHandler } from './handler.ts'
import { advertisementRules } from './rules.ts'
import { advertisementSpeaker } from './schedule.ts'

/** Router advertisements of IPv6, from legs to guests. */
export const advertisementFeature: Feature = {
  name: 'advertisement',
  tables: [],
  rules: advertisementRules,
  handlers: [solicitationHandler],
  speakers: [advertisementSpeaker],
}
