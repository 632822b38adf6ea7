import { requiredReference } from '../field.ts'
import { defineResource } from '../resource.ts'

export const interfaceSegment = defineResource({
  name: 'interface_segment',
  collection: 'interface_segments',
  model: 'InterfaceSegment',
  prefix: null,
  help: 'Puts an interface into a segment that it does not name itself, e.g. the port of a gateway (mode promiscuous).',
  placement: { lists: 'rows', association: true },
  fields: {
    interface: requiredReference('interface', { help: 'The interface.', onDelete: 'cascade' }),
    segment: requiredReference('segment', { help: 'The segment.', onDelete: 'cascade' }),
  },
  unique: [['interface_id', 'segment_id']],
})
