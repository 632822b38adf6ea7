import { requiredReference } from '../field.ts'
import { defineResource } from '../resource.ts'

export const topologyMacRangeGroup = defineResource({
  name: 'topology_mac_range_group',
  collection: 'topology_mac_range_groups',
  model: 'TopologyMacRangeGroup',
  prefix: null,
  help: 'Where an underlay takes the MAC addresses of what it implies; the pool of internal addresses when it has none.',
  placement: { lists: 'rows' },
  fields: {
    topology: requiredReference('topology', { help: 'The underlay.', onDelete: 'cascade' }),
    mac_range_group: requiredReference('mac_range_group', {
      help: 'The range group; of several the first counts.',
      onDelete: 'cascade',
    }),
  },
  unique: [['topology_id', 'mac_range_group_id']],
})
