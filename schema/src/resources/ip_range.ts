import { inColumn, required, requiredReference } from '../field.ts'
import { ipv4OrNumber } from '../kinds/address_number.ts'
import { defineResource } from '../resource.ts'

export const ipRange = defineResource({
  name: 'ip_range',
  collection: 'ip_ranges',
  model: 'IpRange',
  prefix: 'ipr',
  parent: 'ip_range_group',
  help: 'The IP addresses from one to another, both included.',
  fields: {
    ip_range_group: requiredReference('ip_range_group', { help: 'Its group.', onDelete: 'cascade' }),
    begin_ipv4_address: inColumn('begin_address', required(ipv4OrNumber, { help: 'The first address.' })),
    end_ipv4_address: inColumn('end_address', required(ipv4OrNumber, { help: 'The last address.' })),
  },
})
