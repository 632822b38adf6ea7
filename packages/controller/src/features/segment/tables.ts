import { defineTable } from '../../pipeline/table.ts'

export const foreignTable = defineTable('foreign', {
  match: ['domain', 'eth_src'],
  write: [],
  goto: ['segment_security'],
  miss: { goto: 'segment_security', why: 'The sender is nobody that is known in the segment.' },
})

export const segmentSecurityTable = defineTable('segment_security', {
  match: ['domain', 'eth_type', 'arp_spa', 'ipv4_src', 'ipv6_src', 'icmpv6_type', 'ipv6_nd_target'],
  write: [],
  goto: ['arp', 'nd', 'router_leg'],
  miss: { goto: 'router_leg', why: 'The sender uses no IP address that somebody else has in the segment.' },
})

export const bridgingTable = defineTable('bridging', {
  match: ['domain'],
  write: ['domain'],
  goto: ['learning'],
  miss: { goto: 'learning', why: 'The network is in no segment: it is a layer-2 domain of its own.' },
})
