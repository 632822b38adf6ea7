import { requiredReference } from '../field.ts'
import { defineResource } from '../resource.ts'

export const interfaceSegment = defineResource({
  name: 'interface_segment',
  collection: 'interface_segments',
  model: 'InterfaceSegment',
  prefix: null,
  help: 'Says that an interface belongs to a segment that it does not name itself. Stored; no traffic follows from it yet.',
  placement: { lists: 'rows', association: true },
  fields: {
    interface: requiredReference('interface', { help: 'The interface.', onDelete: 'cascade' }),
    segment: requiredReference('segment', { help: 'The segment.', onDelete: 'cascade' }),
  },
  unique: [['interface_id', 'segment_id']],
})
