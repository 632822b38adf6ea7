import { inColumn, required, requiredReference } from '../field.ts'
import { ipOrNumber } from '../kinds/address_number.ts'
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
    range_begin: inColumn(
      'begin_address',
      required(ipOrNumber, { help: 'The first address, of either family.' }),
    ),
    range_end: inColumn('end_address', required(ipOrNumber, { help: 'The last address.' })),
  },
})
