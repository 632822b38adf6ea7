import { requiredReference } from '../field.ts'
import { defineResource } from '../resource.ts'

export const topologyRouteLink = defineResource({
  name: 'topology_route_link',
  collection: 'topology_route_links',
  model: 'TopologyRouteLink',
  prefix: null,
  help: 'A router of an overlay.',
  placement: { lists: 'rows' },
  fields: {
    topology: requiredReference('topology', { help: 'The overlay.', onDelete: 'cascade' }),
    route_link: requiredReference('route_link', { help: 'The router.', onDelete: 'cascade' }),
  },
  unique: [['topology_id', 'route_link_id']],
})
