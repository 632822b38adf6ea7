import { derived, ofFamily, requiredReference } from '../field.ts'
import { ipv6 } from '../kinds/address.ts'
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
    begin_ipv4_address: ofFamily(
      4,
      'begin_address',
      derived(ipv4OrNumber, { help: 'The first address; all of a group are of one family.' }),
    ),
    end_ipv4_address: ofFamily(4, 'end_address', derived(ipv4OrNumber, { help: 'The last address.' })),
    begin_ipv6_address: ofFamily(
      6,
      'begin_address',
      derived(ipv6, { help: 'The first address of a range of IPv6.' }),
    ),
    end_ipv6_address: ofFamily(
      6,
      'end_address',
      derived(ipv6, { help: 'The last address of a range of IPv6.' }),
    ),
  },
})
