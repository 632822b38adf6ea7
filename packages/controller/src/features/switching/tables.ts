import { defineTable } from '../../pipeline/table.ts'

export const destinationTable = defineTable('destination', {
  match: ['domain', 'ingress_interface', 'eth_dst', 'vlan_vid'],
  write: ['egress_interface', 'vlan_vid'],
  goto: ['output', 'overlay'],
  miss: { goto: 'overlay', why: 'Nobody on this switch has the destination MAC address in the domain.' },
})
