import { derivedReference, requiredReference } from '../field.ts'
import { defineResource } from '../resource.ts'

export const topologyDatapath = defineResource({
  name: 'topology_datapath',
  collection: 'topology_datapaths',
  model: 'TopologyDatapath',
  prefix: null,
  help: 'A bridge of an underlay.',
  placement: { lists: 'rows' },
  fields: {
    topology: requiredReference('topology', { help: 'The underlay.', onDelete: 'cascade' }),
    datapath: requiredReference('datapath', { help: 'The bridge.', onDelete: 'cascade' }),
    interface: requiredReference('interface', {
      help: 'The host interface of the bridge.',
      mutable: true,
      onDelete: 'cascade',
    }),
    ip_lease: derivedReference('ip_lease', {
      help: 'Its address in the underlay; the first lease of the interface when absent.',
      mutable: true,
      onDelete: 'cascade',
    }),
  },
  unique: [['topology_id', 'datapath_id']],
})
