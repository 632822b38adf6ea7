import { computedReference, derived, optionalReference, requiredReference } from '../field.ts'
import { mac } from '../kinds/address.ts'
import { defineResource } from '../resource.ts'

export const datapathSegment = defineResource({
  name: 'datapath_segment',
  collection: 'datapath_segments',
  model: 'DatapathSegment',
  prefix: null,
  help: 'Says that a segment is present on a datapath: stored, no traffic follows from it yet.',
  fields: {
    datapath: requiredReference('datapath', { help: 'The bridge.', onDelete: 'cascade' }),
    segment: requiredReference('segment', { help: 'The segment.', onDelete: 'cascade' }),
    interface: optionalReference('interface', {
      help: 'The host interface of the bridge.',
      onDelete: 'cascade',
    }),
    ip_lease: computedReference('ip_lease', {
      help: 'The address of the host interface, where a topology says so.',
      onDelete: 'set null',
    }),
    topology: computedReference('topology', {
      help: 'The topology that it follows from; NULL when it was asked for.',
      onDelete: 'cascade',
    }),
    topology_layer: computedReference('topology_layer', {
      help: 'The underlay of the topology that it follows from.',
      onDelete: 'cascade',
    }),
    topology_mac_range_group: computedReference('topology_mac_range_group', {
      help: 'Where the topology took the MAC address.',
      onDelete: 'set null',
    }),
    mac_address: derived(mac, {
      help: 'Identifies the segment on this bridge between hosts; allocated when absent.',
      aliases: ['broadcast_mac_address'],
    }),
  },
  unique: [['datapath_id', 'segment_id']],
})
