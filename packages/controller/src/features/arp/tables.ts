import { defineTable } from '../../pipeline/table.ts'

export const arpTable = defineTable('arp', {
  match: ['in_port', 'vlan_vid', 'domain', 'ingress_interface', 'arp_op', 'arp_tpa'],
  write: [
    'eth_src',
    'eth_dst',
    'arp_op',
    'arp_sha',
    'arp_spa',
    'arp_tha',
    'arp_tpa',
    'egress_interface',
    'nxm_in_port',
  ],
  goto: ['bridging', 'output'],
  miss: { why: 'Nobody in the network has the address that is asked for.' },
})
