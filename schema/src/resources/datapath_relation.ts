/** What the rows that put something on a datapath have in common: where they stand in the underlay, and from which topology they follow. */
import { computedReference, optionalReference } from '../field.ts'

export const PLACE_FIELDS = {
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
} as const
