import { requiredReference } from '../field.ts'
import { defineResource } from '../resource.ts'

export const topologySegment = defineResource({
  name: 'topology_segment',
  collection: 'topology_segments',
  model: 'TopologySegment',
  prefix: null,
  help: 'A segment of a topology.',
  placement: { lists: 'rows' },
  fields: {
    topology: requiredReference('topology', { help: 'The topology.', onDelete: 'cascade' }),
    segment: requiredReference('segment', { help: 'The segment.', onDelete: 'cascade' }),
  },
  unique: [['topology_id', 'segment_id']],
})
