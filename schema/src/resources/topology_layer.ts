import { requiredReference } from '../field.ts'
import { defineResource } from '../resource.ts'

export const topologyLayer = defineResource({
  name: 'topology_layer',
  collection: 'topology_layers',
  model: 'TopologyLayer',
  prefix: null,
  help: 'An underlay on which an overlay lies.',
  placement: { words: ['underlays', 'underlay'] },
  fields: {
    overlay: requiredReference('topology', { help: 'The overlay.', onDelete: 'cascade' }),
    underlay: requiredReference('topology', { help: 'The underlay.', onDelete: 'cascade' }),
  },
  unique: [['overlay_id', 'underlay_id']],
})
