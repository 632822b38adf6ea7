import { defaulted } from '../field.ts'
import { oneOf } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

/** In which order a group gives out its addresses. */
export const allocationType = oneOf(['incremental', 'decremental', 'random'])

export const macRangeGroup = defineResource({
  name: 'mac_range_group',
  collection: 'mac_range_groups',
  model: 'MacRangeGroup',
  prefix: 'mrg',
  help: 'Ranges of MAC addresses from which interfaces get theirs.',
  fields: {
    allocation_type: defaulted(allocationType, 'random', {
      help: 'incremental: upwards from the last one given; decremental: downwards; random: any free one.',
      mutable: true,
    }),
  },
})
