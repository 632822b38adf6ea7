import type { Feature } from '../../engine/rule.ts'
import { icmpErrorHandler } from './handler.ts'
import { icmpRules } from './rules.ts'

/** What routers tell senders of packets that go no further: ICMP errors and TCP resets. */
export const icmpFeature: Feature = {
  name: 'icmp',
  tables: [],
  rules: icmpRules,
  handlers: [icmpErrorHandler],
}
