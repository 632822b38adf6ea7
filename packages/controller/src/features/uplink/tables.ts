import { defineTable } from '../../pipeline/table.ts'

export const uplinkTable = defineTable('uplink', {
  match: ['vlan_vid', 'domain', 'eth_dst'],
  write: ['vlan_vid'],
  goto: [],
  miss: { why: 'Nobody that can be reached has the destination MAC address in the network.' },
})
