import { computedReference, derived, optionalReference, requiredReference } from '../field.ts'
import { mac } from '../kinds/address.ts'
import { defineResource } from '../resource.ts'

export const datapathRouteLink = defineResource({
  name: 'datapath_route_link',
  collection: 'datapath_route_links',
  model: 'DatapathRouteLink',
  prefix: null,
  help: 'Says that a route_link is present on a datapath. Not needed: presence follows from where interfaces are.',
  fields: {
    datapath: requiredReference('datapath', { help: 'The bridge.', onDelete: 'cascade' }),
    route_link: requiredReference('route_link', { help: 'The route_link.', onDelete: 'cascade' }),
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
      help: 'Identifies the route_link on this bridge between hosts; allocated when absent.',
      aliases: ['link_mac_address'],
    }),
  },
  obsolete: { route_link_uuid: 'the path names the route link' },
  unique: [['datapath_id', 'route_link_id']],
})
