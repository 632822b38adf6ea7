import { derived, requiredReference } from '../field.ts'
import { mac } from '../kinds/address.ts'
import { defineResource } from '../resource.ts'
import { PLACE_FIELDS } from './datapath_relation.ts'

export const datapathRouteLink = defineResource({
  name: 'datapath_route_link',
  collection: 'datapath_route_links',
  model: 'DatapathRouteLink',
  prefix: null,
  help: 'Says that a route_link is present on a datapath. Not needed: presence follows from where interfaces are.',
  fields: {
    datapath: requiredReference('datapath', { help: 'The bridge.', onDelete: 'cascade' }),
    route_link: requiredReference('route_link', { help: 'The route_link.', onDelete: 'cascade' }),
    ...PLACE_FIELDS,
    mac_address: derived(mac, {
      help: 'Identifies the route_link on this bridge between hosts; allocated when absent.',
      aliases: ['link_mac_address'],
    }),
  },
  obsolete: { route_link_uuid: 'the path names the route link' },
  unique: [['datapath_id', 'route_link_id']],
})
