import { defaulted } from '../field.ts'
import { defineResource } from '../resource.ts'
import { allocationType } from './mac_range_group.ts'

export const ipRangeGroup = defineResource({
  name: 'ip_range_group',
  collection: 'ip_range_groups',
  model: 'IpRangeGroup',
  prefix: 'iprg',
  help: 'Ranges of IP addresses from which a lease policy takes them.',
  fields: {
    allocation_type: defaulted(allocationType, 'incremental', {
      help: 'incremental: upwards from the last one given; decremental: downwards; random: any free one.',
      mutable: true,
    }),
  },
})
