import { required, requiredReference } from '../field.ts'
import { macOrNumber } from '../kinds/address_number.ts'
import { defineResource } from '../resource.ts'

export const macRange = defineResource({
  name: 'mac_range',
  collection: 'mac_ranges',
  model: 'MacRange',
  prefix: 'mr',
  parent: 'mac_range_group',
  help: 'The MAC addresses from one to another, both included.',
  fields: {
    mac_range_group: requiredReference('mac_range_group', { help: 'Its group.', onDelete: 'cascade' }),
    begin_mac_address: required(macOrNumber, { help: 'The first address.' }),
    end_mac_address: required(macOrNumber, { help: 'The last address.' }),
  },
})
