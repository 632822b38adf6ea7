import { defineTable } from '../../pipeline/table.ts'

export const destinationTable = defineTable('destination', {
  match: ['domain', 'eth_dst'],
  write: ['egress_interface'],
  goto: ['output'],
  miss: { why: 'Nobody in the network has the destination MAC address.' },
})
