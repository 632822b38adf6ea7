import { defineTable } from '../../pipeline/table.ts'

export const destinationTable = defineTable('destination', {
  match: ['domain', 'eth_dst'],
  write: ['egress_interface'],
  goto: ['output', 'overlay'],
  miss: { goto: 'overlay', why: 'Nobody on this switch has the destination MAC address in the domain.' },
})
