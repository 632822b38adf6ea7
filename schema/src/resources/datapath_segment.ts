import { derived, requiredReference } from '../field.ts'
import { mac } from '../kinds/address.ts'
import { defineResource } from '../resource.ts'
import { PLACE_FIELDS } from './datapath_relation.ts'

export const datapathSegment = defineResource({
  name: 'datapath_segment',
  collection: 'datapath_segments',
  model: 'DatapathSegment',
  prefix: null,
  help: 'Says that a segment is present on a datapath. Not needed: presence follows from where interfaces are.',
  fields: {
    datapath: requiredReference('datapath', { help: 'The bridge.', onDelete: 'cascade' }),
    segment: requiredReference('segment', { help: 'The segment.', onDelete: 'cascade' }),
    ...PLACE_FIELDS,
    mac_address: derived(mac, {
      help: 'Identifies the segment on this bridge between hosts; allocated when absent.',
      aliases: ['broadcast_mac_address'],
    }),
  },
  unique: [['datapath_id', 'segment_id']],
})
