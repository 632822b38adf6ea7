import { requiredReference } from '../field.ts'
import { defineResource } from '../resource.ts'

export const topologyNetwork = defineResource({
  name: 'topology_network',
  collection: 'topology_networks',
  model: 'TopologyNetwork',
  prefix: null,
  help: 'A network of a topology.',
  placement: { lists: 'rows' },
  fields: {
    topology: requiredReference('topology', { help: 'The topology.', onDelete: 'cascade' }),
    network: requiredReference('network', { help: 'The network.', onDelete: 'cascade' }),
  },
  unique: [['topology_id', 'network_id']],
})
