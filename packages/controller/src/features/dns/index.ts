import type { Feature } from '../../engine/rule.ts'
import { dnsHandler } from './handler.ts'
import { dnsRules } from './rules.ts'

/** DNS for guests: records of rows and names of guests, answered by a program. */
export const dnsFeature: Feature = { name: 'dns', tables: [], rules: dnsRules, handlers: [dnsHandler] }
