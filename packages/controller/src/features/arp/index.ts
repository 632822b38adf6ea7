import type { Feature } from '../../engine/rule.ts'
import { arpRules, arpStanding } from './rules.ts'
import { arpTable } from './tables.ts'

/** ARP answered in the switch. */
export const arpFeature: Feature = { name: 'arp', tables: [arpTable], rules: arpRules, standing: arpStanding }
