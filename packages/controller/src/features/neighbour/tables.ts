import { defineTable } from '../../pipeline/table.ts'

export const learningTable = defineTable('learning', {
  match: [
    ...(['domain', 'eth_dst', 'arp_op', 'arp_spa', 'arp_sha'] as const),
    ...(['icmpv6_type', 'ipv6_nd_target', 'ipv6_nd_tll'] as const),
  ],
  write: ['resubmit destination', 'punt_kind', 'punt_reason'],
  goto: ['destination', 'punt'],
  miss: { goto: 'destination', why: 'The packet says nothing about a neighbour outside of the model.' },
})
