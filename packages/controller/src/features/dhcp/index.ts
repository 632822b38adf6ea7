import type { Feature } from '../../engine/rule.ts'
import { dhcp4Handler } from './handler4.ts'
import { dhcp6Handler } from './handler6.ts'
import { dhcpRules } from './rules.ts'

/** DHCP for guests: a program that answers from leases. */
export const dhcpFeature: Feature = {
  name: 'dhcp',
  tables: [],
  rules: dhcpRules,
  handlers: [dhcp4Handler, dhcp6Handler],
}
