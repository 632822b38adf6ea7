import { inColumn, required, requiredReference } from '../field.ts'
import { ipv4OrNumber } from '../kinds/address_number.ts'
import { defineResource } from '../resource.ts'

export const dhcpRange = defineResource({
  name: 'dhcp_range',
  collection: 'dhcp_ranges',
  model: 'DhcpRange',
  prefix: 'dr',
  parent: 'network',
  help: 'The addresses of a network that DHCP may give, both included. Stored; leases decide about addresses.',
  fields: {
    network: requiredReference('network', { help: 'Its network.', onDelete: 'cascade' }),
    range_begin: inColumn('begin_address', required(ipv4OrNumber, { help: 'The first address.' })),
    range_end: inColumn('end_address', required(ipv4OrNumber, { help: 'The last address.' })),
  },
})
